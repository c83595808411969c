"""The sites that are known by name: their hosts, whose keeper gives tokens, and where mirrors stand for them."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from studio.core.settings import Settings


@dataclass(frozen=True)
class Site:
    """One site: `origin` is the only one its token is sent to, `variable` holds a token in the environment.

    `tokens` is the page where its users make tokens.
    """

    name: str
    label: str
    origin: str
    hosts: tuple[str, ...]
    tokens: str
    variable: str


CIVITAI = Site(
    "civitai",
    "Civitai",
    "https://civitai.com",
    ("civitai.com", "www.civitai.com", "civitai.green", "civitai.red"),
    "https://civitai.com/user/account",
    "CIVITAI_TOKEN",
)
HUGGINGFACE = Site(
    "huggingface",
    "Hugging Face",
    "https://huggingface.co",
    ("huggingface.co", "www.huggingface.co", "hf.co", "hf-mirror.com"),
    "https://huggingface.co/settings/tokens",
    "HF_TOKEN",
)
SITES = (CIVITAI, HUGGINGFACE)
HUB_MIRRORS = ("hf-mirror.com",)  # hosts of Hugging Face's that stand in for it where it cannot be reached


@dataclass(frozen=True)
class Sites:
    """The sites of one run; tests put local servers in their place."""

    civitai: Site = CIVITAI
    huggingface: Site = HUGGINGFACE
    hub_mirror: str = ""

    @property
    def rows(self) -> tuple[Site, ...]:
        """All of them."""
        return self.civitai, self.huggingface

    @property
    def hub(self) -> str:
        """Where Hugging Face is asked: a mirror, or itself."""
        return self.hub_mirror or self.huggingface.origin

    def address(self, url: str) -> str:
        """The address that is asked for `url`: Hugging Face's files come from the mirror if there is one."""
        origin = self.huggingface.origin
        is_hub = url == origin or url.startswith(f"{origin}/")
        return self.hub + url[len(origin) :] if is_hub else url

    def at(self, url: str) -> Site | None:
        """The site whose own server answers at `url`; a mirror's is nobody's."""
        return next((site for site in self.rows if origin_of(url) == origin_of(site.origin)), None)

    def of(self, url: str) -> Site | None:
        """The site that `url` belongs to, mirrors included."""
        is_mirrored = bool(self.hub_mirror) and origin_of(url) == origin_of(self.hub_mirror)
        return self.huggingface if is_mirrored else self.at(url)


def sites_of(settings: Settings) -> Sites:
    """The sites with the mirror that the settings, or else HF_ENDPOINT, name."""
    mirror = (settings.hub_mirror or os.environ.get("HF_ENDPOINT", "")).strip().rstrip("/")
    return Sites(hub_mirror="" if mirror == HUGGINGFACE.origin else mirror)


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address; ("", "", 0) if it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        return parts.scheme, (parts.hostname or "").lower(), port
    except ValueError:
        return "", "", 0
