"""The pages of the window, one row each; their classes are named as text so that each loads when first shown."""

from dataclasses import dataclass
from importlib import import_module

from studio.ui.page import Page


@dataclass(frozen=True)
class PageRow:
    """One page: its lasting name, its title (translated), its Phosphor icon and `module:class` below this package."""

    name: str
    title: str
    icon: str
    path: str

    def load(self) -> type[Page]:
        """Import the page's class."""
        module, _, name = self.path.partition(":")
        return getattr(import_module(f"{__name__}.{module}"), name)


PAGES = (
    PageRow("home", "Home", "house", "home:HomePage"),
    PageRow("create", "Create", "paint-brush", "create:CreatePage"),
    PageRow("gallery", "Gallery", "image", "gallery:GalleryPage"),
    PageRow("settings", "Settings", "gear", "settings:SettingsPage"),
)
