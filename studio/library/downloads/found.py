"""What a search of a site finds."""

from typing import Literal

from studio.core.option import Record
from studio.library.downloads.wanted import Wanted


class Query(Record):
    """What is searched for: words, since when, in which order.

    `kind` and `base` are rows of catalog.hubs, "" is any. `cursor` is what a Page gave to go on behind it.
    """

    words: str = ""
    site: Literal["civitai", "huggingface"] = "civitai"
    kind: str = ""
    base: str = ""
    period: Literal["AllTime", "Year", "Month", "Week", "Day"] = "AllTime"
    sort: Literal["downloads", "rating", "newest"] = "downloads"
    adult: bool = False
    cursor: str = ""


class Variant(Record):
    """One version of a model: its files with the main one first, its picture; `locked_until` is a day or ""."""

    id: str
    title: str = ""
    base: str = ""
    published: str = ""
    locked_until: str = ""
    preview: str = ""
    is_preview_adult: bool = False
    files: tuple[Wanted, ...] = ()


class Found(Record):
    """A model of a site; `variants` are empty until they are asked for, where a search does not tell them."""

    site: str
    id: str
    title: str
    creator: str = ""
    kind: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    downloads: int = 0
    likes: int = 0
    is_adult: bool = False
    page: str = ""
    preview: str = ""
    variants: tuple[Variant, ...] = ()

    def picture(self, with_adult: bool) -> str:
        """The address of a picture that may be shown, "" if there is none."""
        if self.is_adult and not with_adult:
            return ""
        shown = (one.preview for one in self.variants if one.preview and (with_adult or not one.is_preview_adult))
        return self.preview or next(shown, "")


class Page(Record):
    """A part of what was found; `cursor` is "" at the end."""

    found: tuple[Found, ...] = ()
    cursor: str = ""
