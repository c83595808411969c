"""Asking servers: through the proxy that is set, with tokens for their own host only, redirects followed by hand."""

import ipaddress
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.utils import get_environ_proxies

from studio.core.errors import BadRequest, NoNetwork
from studio.core.job import JobContext
from studio.core.settings import Settings
from studio.library.downloads import answers
from studio.library.downloads.answers import Busy, Refused
from studio.library.downloads.sites import Sites, origin_of, sites_of
from studio.library.downloads.tokens import Tokens

AGENT = "SD-Studio/0.1"
MOST_HOPS = 8
MOST_JSON = 2**25
CHUNK = 2**16


@dataclass(frozen=True)
class Patience:
    """How long servers are waited for, in seconds, and how often they are asked again without getting further.

    `slow_s` is how long a transfer may stay below `least_rate` bytes per second.
    """

    connect_s: float = 15
    stall_s: float = 30
    slow_s: float = 90
    least_rate: float = 512
    attempts: int = 6
    first_wait_s: float = 1
    longest_wait_s: float = 60


@dataclass
class Web:
    """The network as the settings want it used; may be used from any thread."""

    settings: Settings
    tokens: Tokens = field(default_factory=Tokens)
    sites: Sites = field(default_factory=Sites)
    patience: Patience = field(default_factory=Patience)

    def json(self, url: str, parameters: Mapping[str, Any], context: JobContext) -> tuple[Any, Mapping[str, str]]:
        """A server's answer in JSON with its headers. Raises NoNetwork and its kinds, or Cancelled."""
        with self.opened(url, {"Accept": "application/json"}, context, parameters) as answer:
            data = read(answer, MOST_JSON, context)
            try:
                return json.loads(data), dict(answer.headers)
            except (ValueError, RecursionError) as error:
                raise answers.page(urlsplit(url).hostname or "") from error

    def bytes(self, url: str, most: int, context: JobContext) -> bytes:
        """What lies at an address, at most `most` bytes. Raises NoNetwork and its kinds, or Cancelled."""
        with self.opened(url, {}, context) as answer:
            return read(answer, most, context)

    @contextmanager
    def opened(
        self, url: str, headers: Mapping[str, str], context: JobContext, parameters: Mapping[str, Any] | None = None
    ) -> Iterator["Answer"]:
        """The answer at an address, redirects followed; closed at the end, and at once if the work is cancelled.

        Raises Busy for what may pass, Refused, Gone or TokenNeeded for what will not, or Cancelled.
        """
        context.check()
        with self._session() as session:
            answer = self._follow(session, self.sites.address(url), headers, parameters, context)
            try:
                with context.on_cancel(answer.interrupt):
                    yield answer
            except (requests.RequestException, urllib3.exceptions.HTTPError, ConnectionError, TimeoutError) as error:
                context.check()
                raise _broken(error, answer.url) from error
            finally:
                answer.close()

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # .netrc would send passwords; proxies and certificates are set below
        session.headers.update({"User-Agent": AGENT, "Accept-Encoding": "identity"})
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
        return session

    def _follow(
        self,
        session: requests.Session,
        url: str,
        headers: Mapping[str, str],
        parameters: Mapping[str, Any] | None,
        context: JobContext,
    ) -> "Answer":
        seen: dict[str, str] = {}
        for _ in range(MOST_HOPS):
            check_address(url)
            site = self.sites.at(url)
            token = self.tokens.token(site) if site else ""
            answer = self._ask(session, url, {**headers, **_bearer(token)}, parameters, context)
            linked = answer.headers.get("X-Linked-Etag", "")
            seen |= {"X-Linked-Etag": linked} if linked else {}
            target = answer.headers.get("Location", "")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                answers.check(answer.status, answer.headers, url, self.sites, bool(token))
                answer.headers.update({name: text for name, text in seen.items() if name not in answer.headers})
                return answer
            answer.close()
            url, parameters = _next_hop(url, target), None
            if refused := answers.login_page(url, self.sites, bool(token)):
                raise refused
        raise Refused("{host} sends from one address to the next without end.", "Try again later.", host=_host(url))

    def _ask(
        self,
        session: requests.Session,
        url: str,
        headers: Mapping[str, str],
        parameters: Mapping[str, Any] | None,
        context: JobContext,
    ) -> "Answer":
        def ask() -> requests.Response:
            return session.get(
                url,
                params=parameters,
                headers=dict(headers),
                proxies=proxies(self.settings, url),
                timeout=(self.patience.connect_s, self.patience.stall_s),
                allow_redirects=False,
                stream=True,
            )

        try:
            return Answer(url, waited(ask, context))
        except (requests.exceptions.InvalidSchema, requests.exceptions.InvalidProxyURL) as error:
            raise Refused(
                "The proxy {proxy} cannot be used.",
                "Look at its address in the settings.",
                proxy=_without_password(self.settings.proxy),
                details=type(error).__name__,
            ) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise _broken(error, url) from None


def waited(ask: Callable[[], requests.Response], context: JobContext) -> requests.Response:
    """What `ask` returns or raises; if the work is cancelled it is left alone, as nothing wakes a name look-up.

    Raises Cancelled.
    """
    found: list[requests.Response | Exception] = []
    woken = Event()

    def run() -> None:
        try:
            found.append(ask())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            found.append(error)
        if context.is_cancelled and isinstance(found[0], requests.Response):
            found[0].close()
        woken.set()

    Thread(target=run, name="request", daemon=True).start()
    with context.on_cancel(woken.set):
        woken.wait()
    context.check()
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


@dataclass
class Answer:
    """One answer of a server; `url` is the last of its redirects."""

    url: str
    response: requests.Response

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def headers(self) -> Any:
        """The headers, their letter case aside."""
        return self.response.headers

    @property
    def is_encoded(self) -> bool:
        """Whether the server compressed what was asked for as it is, so that its lengths and ranges mean nothing."""
        return self.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """The content piece by piece, as soon as it comes. Raises what urllib3 raises when the line breaks."""
        raw = self.response.raw
        while (
            data := raw.read1(size, decode_content=True) if not self.is_encoded else raw.read(size, decode_content=True)
        ):
            yield data

    def interrupt(self) -> None:
        """Let a read in another thread end now."""
        try:
            self.response.raw.shutdown()
        except (OSError, ValueError, AttributeError, RuntimeError):
            self.response.close()

    def close(self) -> None:
        """Let go of the connection."""
        self.response.close()


def read(answer: Answer, most: int, context: JobContext) -> bytes:
    """An answer's content. Raises Refused if it is larger than `most` bytes."""
    found = bytearray()
    for chunk in answer.chunks():
        context.check()
        found += chunk
        if len(found) > most:
            raise Refused("{host} sent more than was asked for.", "Try again later.", host=_host(answer.url))
    return bytes(found)


def proxies(settings: Settings, url: str) -> dict[str, str]:
    """The proxies for an address as requests wants them: the settings', else the system's; none for this machine.

    Host names are looked up by a SOCKS proxy, which is what it is there for.
    """
    host = _host(url)
    if not settings.proxy_downloads or is_local(host):
        return {}
    address = settings.proxy.strip()
    if not address:
        found = get_environ_proxies(url)
        return {name: _with_scheme(value) for name, value in found.items() if value}
    return dict.fromkeys(("http", "https"), _with_scheme(address))


def check_address(url: str) -> None:
    """Raises BadRequest for an address that is none of the web's, or that holds a password."""
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fine, parts = False, urlsplit("")
    if not is_fine:
        raise BadRequest("{url} is no address on the web.", "It begins with https://.", url=url[:200])
    if parts.username or parts.password:
        raise BadRequest("The address has a password in it, which would be saved.", "Take it out, or use your browser.")


def is_local(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _next_hop(url: str, target: str) -> str:
    try:
        found = urljoin(url, target)
    except ValueError as error:
        raise Refused("{host} sends to an address that is none.", "Try again later.", host=_host(url)) from error
    if origin_of(url)[0] == "https" and origin_of(found)[0] != "https":
        raise Refused("{host} sends to an address that anyone could change.", "Look for the file elsewhere.",
                      host=_host(url))  # fmt: skip
    return found


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _with_scheme(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    if not separator:
        return f"http://{address}"
    return f"socks5h://{rest}" if scheme.lower() in ("socks", "socks5", "socks5h") else address


def _without_password(address: str) -> str:
    return address.rpartition("@")[2]


def _host(url: str) -> str:
    return origin_of(url)[1]


def _broken(error: Exception, url: str) -> NoNetwork:
    host, details = _host(url), str(error)
    if isinstance(error, requests.exceptions.SSLError):
        return Refused(
            "{host} could not prove who it is.", "Check the clock of this computer and what stands between: a proxy, "
            "a virus scanner.", host=host, details=details,
        )  # fmt: skip
    if isinstance(error, requests.exceptions.ProxyError):
        return Busy("The proxy does not answer.", "Check that it runs, or change it in the settings.", details=details)
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return Busy(
            "{host} does not answer.", "Check the network, or set a proxy or a mirror.", host=host, details=details
        )
    return Busy(
        "The connection to {host} broke.", "Check the network, or set a proxy or a mirror.", host=host, details=details
    )


def web_of(settings: Settings, tokens: Tokens) -> Web:
    """The network as the settings want it used."""
    return Web(settings, tokens, sites_of(settings))
