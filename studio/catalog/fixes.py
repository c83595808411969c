"""What can be done about a diagnosis: an id, what it is called, what it must be told, how careful it has to be.

The launcher knows how to do each of them; a rule only names one and fills in its arguments.
"""

from dataclasses import dataclass

SAFE, ASKS, GUIDES = "safe", "asks", "guides"


@dataclass(frozen=True)
class Fix:
    """One kind of fix. `title` is a template over `arguments`, which are all texts.

    `care` is "safe" (undone by one click, nothing installed or removed), "asks" (shown as a list of changes and done
    after a yes) or "guides" (only opens what the user needs: a page, a folder, a check).
    """

    id: str
    title: str
    arguments: tuple[str, ...] = ()
    care: str = ASKS


FIXES = (
    # packages
    Fix("install_module", "Install the package that provides {module}", ("module",)),
    Fix("install_package", "Install {requirement}", ("requirement",)),
    Fix("install_clip", "Install CLIP with the build tools it needs"),
    Fix("reinstall_package", "Reinstall {package}", ("package",)),
    Fix("reinstall_torch", "Install the torch build that fits this graphics card"),
    Fix("reinstall_pair", "Install torch, torchvision and xFormers that belong together"),
    Fix("reinstall_requirements", "Install the web UI's own package versions again"),
    Fix("delete_leftovers", "Remove what broken installations left in the environment"),
    Fix("clear_package_cache", "Remove the damaged download of {package}", ("package",)),
    Fix("install_pip", "Put pip back into the environment"),
    Fix("rebuild_venv", "Build the environment anew"),
    Fix("relocate_venv", "Tell the environment where it lies now"),
    Fix("install_python", "Use a Python {version} of the studio's own", ("version",)),
    # options and environment
    Fix("set_option", "Start with {option}", ("option",), SAFE),
    Fix("unset_option", "Start without {option}", ("option",), SAFE),
    Fix("set_env", "Set {name} to {value} for the web UI", ("name", "value"), SAFE),
    Fix("unset_env", "Start without the variable {name}", ("name",), SAFE),
    Fix("set_setting", "Set {key} to {value} in the web UI's settings", ("key", "value"), SAFE),
    Fix("choose_vram_tier", "Choose the next more sparing VRAM tier", (), SAFE),
    Fix("next_free_port", "Use the next free port", (), SAFE),
    # Git and extensions
    Fix("set_remote", "Fetch {repository} from {url}", ("repository", "url")),
    Fix("reclone", "Fetch {repository} afresh beside the damaged copy", ("repository",)),
    Fix("adopt_git", "Connect this folder with its repository, all files kept"),
    Fix("trust_folder", "Let the studio's Git use {folder}", ("folder",), SAFE),
    Fix("stash_changes", "Put the changed files aside under a name"),
    Fix("disable_extension", "Disable the extension {extension}", ("extension",), SAFE),
    Fix("update_extension", "Update the extension {extension}", ("extension",)),
    Fix("rename_extension", "Rename the extension's folder to {name}", ("name",)),
    Fix("restore_config", "Restore the last good copy of {file}", ("file",)),
    # what only shows the way
    Fix("check_model", "Check the model file {file}", ("file",), GUIDES),
    Fix("check_models", "Check the web UI's model files", (), GUIDES),
    Fix("free_memory", "Show what else uses the graphics card", (), GUIDES),
    Fix("find_culprit", "Find the extension that is to blame", (), GUIDES),
    Fix("open_network_doctor", "Measure which ways to the network work", (), GUIDES),
    Fix("open_folder", "Open the folder {folder}", ("folder",), GUIDES),
    Fix("open_page", "Open {url}", ("url",), GUIDES),
    Fix("move_install", "Move the web UI to another folder", (), GUIDES),
    Fix("free_space", "Show what takes space", (), GUIDES),
)

BY_ID = {fix.id: fix for fix in FIXES}
