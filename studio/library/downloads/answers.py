"""What a server's answer means when it is not the file: one sentence of what happened, one of what to do."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from studio.core.errors import NoNetwork
from studio.library.downloads.sites import Site, Sites

AGAIN_CODES = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524}
NOT_SATISFIABLE = 416  # a range beyond the end: what is there may be all
MOST_WAIT_S = 900.0


class Refused(NoNetwork):
    """A server answered, and will answer the same again until the user does something."""


class TokenNeeded(Refused):
    """A server wants to know who asks, or does not like the token it got; its value `site` is the site's name."""


class Gone(Refused):
    """What was asked for is not there (any more)."""


class Busy(NoNetwork):
    """Something that passes: the server is busy, the line broke. `wait_s` is how long the server asks to wait."""

    wait_s = 0.0


def check(status: int, headers: Mapping[str, str], url: str, sites: Sites, has_token: bool) -> None:
    """Raise what an answer other than a success means: TokenNeeded, Gone, Refused, or Busy if it may pass."""
    if status < 400 or status == NOT_SATISFIABLE:
        return
    host = urlsplit(url).hostname or ""
    if status in (401, 403):
        raise denied(status, headers, host, sites.of(url), bool(sites.hub_mirror), has_token)
    if status in (404, 410):
        raise Gone("{host} does not have this file.", "It was removed or renamed; look at its page.", host=host)
    if status == 451:
        raise Refused("{host} may not offer this file where you are.", "Look for it elsewhere.", host=host)
    if status == 407:
        raise Refused("The proxy wants a name and a password.", "Write them into its address in the settings.")
    if status in AGAIN_CODES or status >= 500:
        raise busy(status, headers, host)
    raise Refused("{host} refused the download (error {status}).", "Look at its page.", host=host, status=status)


def denied(
    status: int, headers: Mapping[str, str], host: str, site: Site | None, is_mirrored: bool, has_token: bool
) -> Refused:
    """What 401 and 403 mean."""
    reason = f"{headers.get('X-Error-Code', '')} {headers.get('X-Error-Message', '')}".lower()
    if site is None:
        return Refused("{host} does not give this file to everybody.", "Download it with your browser.", host=host)
    if is_mirrored and site.name == "huggingface":
        return Refused(
            "The mirror {host} does not give this file without a token, and it gets none.",
            "Take the mirror out of the settings for this file.",
            host=host,
        )
    if not has_token:
        return TokenNeeded(
            "{label} gives this file only to its users.",
            "Make a token at {page} and enter it here.",
            label=site.label,
            page=site.tokens,
            site=site.name,
        )
    if "gated" in reason or "awaiting" in reason:
        return Refused(
            "You have not been let in to this repository yet.", "Accept its terms on its page at {host}.", host=host
        )
    if status == 401:
        return TokenNeeded(
            "{label} does not accept the token.",
            "Make a new one at {page} and enter it here.",
            label=site.label,
            page=site.tokens,
            site=site.name,
        )
    return Refused(
        "{label} does not give this file to you.",
        "It may be in early access or need its terms accepted: look at its page.",
        label=site.label,
    )


def login_page(url: str, sites: Sites, has_token: bool) -> Refused | None:
    """What it means to be sent to a page for logging in; None if `url` is none."""
    parts, site = urlsplit(url), sites.of(url)
    if site is None or not parts.path.rstrip("/").endswith(("/login", "/sign-in")):
        return None
    if "early" in "".join(parse_qs(parts.query).get("reason", [])).lower():
        return early_access("")
    return denied(401, {}, parts.hostname or "", site, bool(sites.hub_mirror), has_token)


def early_access(until: str) -> Refused:
    """A version that is only for those who paid for it, until a day if that is known."""
    if until:
        return Refused("This version is in early access.", "It is free from {until} on.", until=until)
    return Refused("This version is in early access.", "Wait until it is free, or take an earlier version.")


def page(host: str) -> Refused:
    """A web page or a text came where a model should be."""
    return Refused(
        "{host} sent a web page instead of the model.",
        "Open the address in your browser: it may need a login, or be no link to a file.",
        host=host,
    )


def busy(status: int, headers: Mapping[str, str], host: str) -> Busy:
    """A server that asks for patience."""
    if status == 429:
        error = Busy("{host} had too many requests from here.", "Try again in some minutes.", host=host)
    else:
        error = Busy("{host} has trouble (error {status}).", "Try again later.", host=host, status=status)
    error.wait_s = retry_after(headers.get("Retry-After", ""))
    return error


def retry_after(text: str, now_s: float | None = None) -> float:
    """The seconds that a Retry-After header asks to wait, at most MOST_WAIT_S; 0 if it says nothing useful."""
    text = text.strip()
    try:
        wait = float(text) if text[:1].isdigit() else parsedate_to_datetime(text).timestamp() - (now_s or time.time())
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    return min(max(wait, 0.0), MOST_WAIT_S) if wait == wait else 0.0
