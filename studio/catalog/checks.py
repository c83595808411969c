"""What is checked on a machine, what can be found, and what to do then."""

from dataclasses import dataclass

REINSTALL = (
    "Run “python main.py doctor --repair” and start the studio again: it then installs the build that fits this card."
)
DRIVER = "Install a newer driver from https://www.nvidia.com/drivers."


@dataclass(frozen=True)
class Finding:
    """One possible outcome of a check: "ok", "warn" or "bad"; texts with `{name}` places.

    `fix` names what a button can do about it: "reinstall_torch", "open_driver_page", "open_models_folder".
    """

    status: str
    value: str
    remedy: str = ""
    fix: str = ""


@dataclass(frozen=True)
class MachineCheck:
    """One line of the check list and everything that can stand there."""

    id: str
    title: str
    findings: dict[str, Finding]


NO_NVIDIA = Finding("warn", "no NVIDIA card", "Only NVIDIA cards tell this.")

CHECKS = (
    MachineCheck("python", "Python", {"found": Finding("ok", "{version}")}),
    MachineCheck(
        "torch",
        "torch",
        {
            "fits": Finding("ok", "{version} ({build})"),
            "cpu": Finding("ok", "{version} (CPU)"),
            "missing": Finding("bad", "not installed", "Start the studio again: it installs it.", "reinstall_torch"),
            "cpu_beside_nvidia": Finding(
                "bad", "{version} (CPU only)", "It cannot use the {card}. " + REINSTALL, "reinstall_torch"
            ),
            "wrong_build": Finding(
                "bad",
                "{version} ({build})",
                "It does not run on the {card} with driver {driver}. " + REINSTALL,
                "reinstall_torch",
            ),
        },
    ),
    MachineCheck(
        "device",
        "Pictures are made by",
        {
            "cuda": Finding("ok", "{card}"),
            "idle_card": Finding("bad", "the processor", "The {card} cannot be used by this torch. " + REINSTALL),
            "rocm": Finding("ok", "AMD card (ROCm)"),
            "xpu": Finding("ok", "Intel card (XPU)"),
            "mps": Finding("ok", "Apple GPU (MPS)"),
            "cpu": Finding("warn", "the processor", "Without an NVIDIA card a picture takes minutes, not seconds."),
            "amd": Finding(
                "warn",
                "the processor",
                "The AMD card needs a ROCm build of torch, which the studio does not install by itself.",
            ),
            "intel": Finding(
                "warn",
                "the processor",
                "Intel graphics need an XPU build of torch, which the studio does not install by itself.",
            ),
        },
    ),
    MachineCheck(
        "gpu",
        "Graphics card",
        {
            "nvidia": Finding("ok", "{names}"),
            "other": Finding("warn", "{names}", "The studio is made for NVIDIA cards."),
            "none": Finding("warn", "none found", "The studio is made for NVIDIA cards with 4 GB or more."),
        },
    ),
    MachineCheck(
        "vram",
        "Graphics memory",
        {
            "enough": Finding("ok", "{total:.1f} GB, {free:.1f} GB free"),
            "little": Finding(
                "warn",
                "{total:.1f} GB, {free:.1f} GB free",
                "Under 4 GB only small pictures fit; choose a VRAM preset.",
            ),
            "in_use": Finding(
                "warn",
                "{total:.1f} GB, {free:.1f} GB free",
                "Other programs hold most of it. Close games, browsers and other image programs.",
            ),
            "none": NO_NVIDIA,
        },
    ),
    MachineCheck(
        "driver",
        "Driver",
        {
            "fits": Finding("ok", "{driver}"),
            "old": Finding("bad", "{driver}", "It is too old for every build of torch. " + DRIVER, "open_driver_page"),
            "none": NO_NVIDIA,
        },
    ),
    MachineCheck(
        "compute_capability",
        "Compute capability",
        {
            "fits": Finding("ok", "{capability}"),
            "unknown": Finding("warn", "unknown", "The driver is too old to tell. " + DRIVER, "open_driver_page"),
            "unsupported": Finding(
                "bad", "{capability}", "torch no longer runs on cards of this age; 5.0 is the least."
            ),
            "none": NO_NVIDIA,
        },
    ),
    MachineCheck(
        "ram",
        "Memory",
        {
            "enough": Finding("ok", "{gb:.0f} GB"),
            "little": Finding(
                "warn", "{gb:.0f} GB", "16 GB or more are advised: close other programs while the studio works."
            ),
        },
    ),
    MachineCheck(
        "disk",
        "Free disk space",
        {
            "enough": Finding("ok", "{gb:.0f} GB"),
            "little": Finding("warn", "{gb:.0f} GB", "60 GB or more are advised; models have 2 to 7 GB each."),
            "full": Finding("bad", "{gb:.1f} GB", "Pictures will soon fail to be saved: free some space."),
        },
    ),
    MachineCheck(
        "git",
        "Git",
        {
            "found": Finding("ok", "{version}"),
            "missing": Finding("warn", "not installed", "Updates need it; get it from https://git-scm.com."),
        },
    ),
    MachineCheck(
        "xformers",
        "xFormers",
        {
            "usable": Finding("ok", "{version}"),
            "missing": Finding("ok", "not installed; torch's own attention is used"),
            "no_card": Finding("ok", "{version}, not usable without an NVIDIA card"),
            "mismatch": Finding(
                "warn",
                "{version}, not usable: made for torch {wanted}, there is {torch}",
                "Nothing needs it, torch's own attention is used. Uninstall it, or install the version for this torch.",
            ),
        },
    ),
    MachineCheck(
        "folders",
        "Folders",
        {
            "writable": Finding("ok", "{home}"),
            "read_only": Finding(
                "bad", "{path}", "This folder cannot be written. Change its permissions or choose another in Settings."
            ),
        },
    ),
    MachineCheck(
        "models",
        "Models",
        {
            "found": Finding("ok", "{count} found"),
            "none": Finding("warn", "none found", "Put a .safetensors checkpoint into {path}.", "open_models_folder"),
        },
    ),
    MachineCheck(
        "torch_says",
        "torch itself says",
        {
            "works": Finding("ok", "{name}"),
            "no_gpu": Finding("bad", "CPU", "It does not see the {card}. " + REINSTALL, "reinstall_torch"),
            "fails": Finding("bad", "{error}", REINSTALL, "reinstall_torch"),
        },
    ),
)
