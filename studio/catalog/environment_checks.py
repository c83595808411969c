"""What can be wrong with an installed web UI's environment, and the steps that mend it, in words.

Texts are templates; the finding's values fill them once they are translated.
"""

from dataclasses import dataclass

BAD, WARN = "bad", "warn"


@dataclass(frozen=True)
class EnvironmentCheck:
    """One thing that can be wrong. `status` is "bad" (it will not run right) or "warn" (it may)."""

    id: str
    status: str
    title: str
    cause: str


ENVIRONMENT_CHECKS = (
    EnvironmentCheck("no_environment", BAD, "There is no environment yet", "The web UI needs a Python of its own."),
    EnvironmentCheck(
        "python_gone",
        BAD,
        "The environment's Python is gone",
        "It was made from {home}, where no Python is any more; the folder was moved, or that Python was removed.",
    ),
    EnvironmentCheck(
        "moved",
        WARN,
        "The environment was moved",
        "Its scripts still name {was}.",
    ),
    EnvironmentCheck(
        "python_unfit",
        BAD,
        "The environment's Python does not suit the web UI",
        "It is Python {version}; {webui} runs on {low} to {high}.",
    ),
    EnvironmentCheck(
        "no_python",
        BAD,
        "No Python that suits the web UI was found",
        "{webui} runs on Python {low} to {high} (64-bit), best on {best}.",
    ),
    EnvironmentCheck("no_pip", BAD, "pip is missing", "Nothing can be installed without it."),
    EnvironmentCheck(
        "leftovers",
        WARN,
        "Leftovers of an interrupted removal",
        "{names} were left when pip was interrupted or a file was in use.",
    ),
    EnvironmentCheck(
        "broken_record",
        BAD,
        "The record of {package} is broken",
        "{file} is missing or cannot be read, so pip can neither update nor remove the package.",
    ),
    EnvironmentCheck(
        "duplicate",
        WARN,
        "{package} is there more than once",
        "Versions {versions} are recorded; which one is used is chance.",
    ),
    EnvironmentCheck(
        "missing_files", BAD, "Files of {package} are missing", "{count} files are missing, {first} for one."
    ),
    EnvironmentCheck(
        "altered_files",
        WARN,
        "Files of {package} were changed",
        "{count} files are not as they were installed, {first} for one: damaged, or changed on purpose.",
    ),
    EnvironmentCheck("no_torch", BAD, "torch is missing", "Without it nothing can be computed."),
    EnvironmentCheck(
        "cpu_torch",
        BAD,
        "torch cannot use the {card}",
        "torch {version} was built for the CPU only.",
    ),
    EnvironmentCheck(
        "wrong_torch",
        BAD,
        "This torch does not run on the {card}",
        "torch {version} has no code for this card, or needs a newer driver.",
    ),
    EnvironmentCheck(
        "driver_too_old",
        BAD,
        "The driver of the {card} is too old",
        "Driver {driver} runs none of the builds of torch that this card and web UI need. Install a newer one.",
    ),
    EnvironmentCheck(
        "card_unusable",
        WARN,
        "The graphics card cannot be used",
        "There is no build of torch for {card} that this web UI can use: pictures are made by the CPU, slowly.",
    ),
    EnvironmentCheck(
        "torchvision_mismatch",
        BAD,
        "torchvision does not belong to this torch",
        "torchvision {version} was built for torch {wanted}, but {torch} is installed.",
    ),
    EnvironmentCheck(
        "xformers_mismatch",
        BAD,
        "xFormers does not belong to this torch",
        "xFormers {version} was built for torch {wanted}, but {torch} is installed.",
    ),
    EnvironmentCheck("requirement_missing", BAD, "{package} is missing", "The web UI asks for {wanted} ({origin})."),
    EnvironmentCheck(
        "requirement_wrong",
        WARN,
        "{package} has another version",
        "The web UI asks for {wanted} ({origin}), but {version} is installed.",
    ),
    EnvironmentCheck(
        "dependency_unmet",
        WARN,
        "{package} does not find what it needs",
        "It needs {wanted}; installed is: {version}.",
    ),
    EnvironmentCheck(
        "socks_support",
        WARN,
        "The SOCKS proxy cannot be used yet",
        "{packages} are missing, without which pip and the web UI cannot speak to a SOCKS proxy.",
    ),
)

STEPS = {
    "make": "Make the environment with Python {python}",
    "recreate": "Make the environment anew with Python {python}; the old one goes to the trash",
    "rehome": "Let the environment use {python}",
    "rename": "Let the scripts name the folder where they are now",
    "restore_pip": "Bring pip back",
    "discard": "Move to the trash: {names}",
    "install": "Install {names}",
    "reinstall": "Install {names} again",
}
