"""Tokens of sites: in the system's keyring, or in memory until the program ends; never in a file of ours."""

import importlib
import os
from threading import Lock
from typing import Any

from studio.core.errors import BadRequest
from studio.library.downloads.sites import Site

SERVICE = "SD Studio"
PLAIN = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt", "keyring.backends.chainer.Plain")
MOST = 512


class Tokens:
    """The tokens of this session and those in the keyring; may be used from any thread."""

    def __init__(self) -> None:
        self._session: dict[str, str] = {}
        self._lock = Lock()

    def token(self, site: Site) -> str:
        """The token for a site: this session's, the environment's, the keyring's; "" if there is none."""
        with self._lock:
            if site.name not in self._session:
                self._session[site.name] = os.environ.get(site.variable, "").strip() or _read(site)
            return self._session[site.name]

    def keep(self, site: Site, token: str) -> bool:
        """Use a token from now on; whether the keyring keeps it, else it is gone with this session.

        Raises BadRequest for what cannot be a token.
        """
        token = token.strip()
        if not token or len(token) > MOST or not token.isascii() or not token.isprintable() or " " in token:
            raise BadRequest("This is not a token.", "Copy it from {page}.", page=site.tokens)
        self.use(site, token)
        return _write(site, token)

    def use(self, site: Site, token: str) -> None:
        """Use a token for this session only."""
        with self._lock:
            self._session[site.name] = token

    def forget(self, site: Site) -> None:
        """Take a site's token out of the session and the keyring."""
        with self._lock:
            self._session[site.name] = ""
        if (ring := _keyring()) is not None:
            try:
                ring.delete_password(SERVICE, site.name)
            except ring.errors.KeyringError:
                return  # there was none, or it is locked

    @property
    def can_be_kept(self) -> bool:
        """Whether there is a keyring; without one tokens are asked for in each session."""
        return _keyring() is not None


def _keyring() -> Any:
    """The keyring module, None without a backend that keeps secrets."""
    try:
        ring = importlib.import_module("keyring")
        backend = ring.get_keyring()
    except Exception:  # noqa: BLE001 - a backend of any system may fail in any way; then there is none
        return None
    kind = type(backend)
    backends = getattr(backend, "backends", [backend])
    names = [f"{type(one).__module__}.{type(one).__name__}" for one in backends] or [kind.__module__]
    return None if any(name.startswith(PLAIN) for name in names) else ring


def _read(site: Site) -> str:
    ring = _keyring()
    if ring is None:
        return ""
    try:
        return ring.get_password(SERVICE, site.name) or ""
    except Exception:  # noqa: BLE001 - locked, refused, its service gone
        return ""


def _write(site: Site, token: str) -> bool:
    ring = _keyring()
    if ring is None:
        return False
    try:
        ring.set_password(SERVICE, site.name, token)
        return ring.get_password(SERVICE, site.name) == token
    except Exception:  # noqa: BLE001
        return False
