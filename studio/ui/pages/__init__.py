"""The pages of the window, one row each; their classes are named as text so that each loads when first shown."""

import sys
from dataclasses import dataclass
from importlib import import_module

from studio.ui.page import Page


@dataclass(frozen=True)
class PageRow:
    """One page: its lasting name, its title (translated), its Phosphor icon and `module:class` below this package.

    `modules` are those without Qt that it and its panels need, with what these import; they are imported beside the
    window before the page is.
    """

    name: str
    title: str
    icon: str
    path: str
    modules: tuple[str, ...] = ()

    @property
    def is_loaded(self) -> bool:
        """Whether the page's module is imported."""
        return f"{__name__}.{self.path.partition(':')[0]}" in sys.modules

    def load(self) -> type[Page]:
        """Import the page's class."""
        module, _, name = self.path.partition(":")
        return getattr(import_module(f"{__name__}.{module}"), name)


CREATE_MODULES = (
    "studio.core.infotext", "studio.core.prompt.network_edit", "studio.core.prompt.network_timeline",
    "studio.core.chunks",
)  # fmt: skip
MODELS_MODULES = (
    "studio.library.index", "studio.library.model_doctor", "studio.library.model_covers",
    "studio.library.model_defaults", "studio.library.gallery", "studio.library.filing", "studio.library.networks",
    "studio.library.undo_list", "studio.library.downloads.runner", "studio.library.downloads.sources",
    "studio.core.merge_request", "studio.tasks",
)  # fmt: skip
LAUNCHER_MODULES = (
    "launch", "operations", "culprits", "culprit", "diagnose", "findings", "fixes", "environment_fixes", "report",
    "connect", "console", "lint", "webui_user", "snapshots", "extension_index", "extension_preview", "network",
    "network_route", "removal", "space",
)  # fmt: skip
WEBUI_MODULES = ("studio.catalog.mirrors", *(f"studio.launcher.{name}" for name in LAUNCHER_MODULES))
PAGES = (
    PageRow("home", "Home", "house", "home:HomePage", ("studio.doctor",)),
    PageRow("create", "Create", "paint-brush", "create:CreatePage", CREATE_MODULES),
    PageRow("models", "Models", "cube", "models:ModelsPage", MODELS_MODULES),
    PageRow("gallery", "Gallery", "image", "gallery:GalleryPage", ("studio.library.outputs", "studio.library.gallery")),
    PageRow("webui", "WebUI", "browser", "webui:WebuiPage", WEBUI_MODULES),
    PageRow("settings", "Settings", "gear", "settings:SettingsPage"),
)
