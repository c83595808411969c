"""The web UIs that can be installed, started and kept up to date."""

from dataclasses import dataclass

A1111_READY = r"^Startup time: [\d.]+s"
A1111_KEPT = ("models", "embeddings", "outputs", "output", "log/images", "textual_inversion")


@dataclass(frozen=True)
class WebuiSource:
    """One web UI. Paths are relative to its folder, with slashes.

    `branches` begins with the one installed where none is chosen. `entry` is the script that is started.
    `argument_files` are read for its flags; those that a version lacks are passed over. `pythons` are the lowest and
    highest (major, minor) it runs on, `best_python` the one to make environments with. `ready` matches the log line
    after which it answers, at `port` if none is chosen. A folder is of this kind when it has all `marks`. Below `kept`
    lie models and pictures.
    """

    key: str
    title: str
    url: str
    branches: tuple[str, ...]
    marks: tuple[str, ...]
    entry: str = "launch.py"
    argument_files: tuple[str, ...] = ("modules/cmd_args.py",)
    pythons: tuple[tuple[int, int], tuple[int, int]] = ((3, 10), (3, 11))
    best_python: tuple[int, int] = (3, 10)
    ready: str = A1111_READY
    port: int = 7860
    extensions: str = "extensions"
    builtin_extensions: str = "extensions-builtin"
    settings: str = "config.json"
    kept: tuple[str, ...] = A1111_KEPT


A1111_MARKS = ("launch.py", "webui.py", "modules/shared.py")

# From the most particular marks to the most general: the first row that fits names an adopted folder.
WEBUI_SOURCES = (
    WebuiSource(
        "comfyui",
        "ComfyUI",
        "https://github.com/Comfy-Org/ComfyUI.git",
        ("master",),
        ("main.py", "comfy/cli_args.py", "nodes.py"),
        entry="main.py",
        argument_files=("comfy/cli_args.py",),
        pythons=((3, 10), (3, 14)),
        best_python=(3, 12),
        ready=r"To see the GUI go to: https?://",
        port=8188,
        extensions="custom_nodes",
        builtin_extensions="comfy_extras",
        settings="user/default/comfy.settings.json",
        kept=("models", "output", "input", "user", "temp"),
    ),
    WebuiSource(
        "sdnext",
        "SD.Next",
        "https://github.com/vladmandic/sdnext.git",
        ("master", "dev"),
        ("launch.py", "installer.py", "webui.py", "modules/cmd_args.py"),
        argument_files=("modules/cmd_args.py", "installer.py"),
        pythons=((3, 10), (3, 13)),
        best_python=(3, 12),
        ready=r"Startup time:",
        kept=(*A1111_KEPT, "data", "wildcards"),
    ),
    WebuiSource(
        "forge-neo",
        "Forge Neo",
        "https://github.com/Haoming02/sd-webui-forge-classic.git",
        ("neo",),
        (*A1111_MARKS, "modules_forge/presets.py", "backend/args.py"),
        argument_files=("modules/cmd_args.py", "backend/args.py"),
        pythons=((3, 11), (3, 13)),
        best_python=(3, 13),
    ),
    WebuiSource(
        "forge",
        "Forge",
        "https://github.com/lllyasviel/stable-diffusion-webui-forge.git",
        ("main",),
        (*A1111_MARKS, "modules_forge", "backend/args.py"),
        argument_files=("modules/cmd_args.py", "backend/args.py"),
    ),
    WebuiSource(
        "reforge",
        "reForge",
        "https://github.com/Panchovix/stable-diffusion-webui-reForge.git",
        ("main", "dev_upstream"),
        (*A1111_MARKS, "modules_forge", "ldm_patched/modules/args_parser.py", "modules/core_ui"),
        argument_files=("modules/cmd_args.py", "ldm_patched/modules/args_parser.py"),
        pythons=((3, 9), (3, 12)),
    ),
    WebuiSource(
        "forge-classic",
        "Forge Classic",
        "https://github.com/Haoming02/sd-webui-forge-classic.git",
        ("classic",),
        (*A1111_MARKS, "modules_forge"),
        argument_files=("modules/cmd_args.py", "ldm_patched/modules/args_parser.py", "backend/args.py"),
        pythons=((3, 10), (3, 11)),
        best_python=(3, 11),
    ),
    WebuiSource(
        "a1111",
        "AUTOMATIC1111",
        "https://github.com/AUTOMATIC1111/stable-diffusion-webui.git",
        ("master", "dev"),
        A1111_MARKS,
        pythons=((3, 7), (3, 11)),
    ),
)
