"""The origins of pages that people may return to after a sign-in, and that may renew access tokens: Baton's own, and
those that the operator lists."""

from __future__ import annotations

from urllib.parse import urlsplit

_LONGEST = 512  # characters of a return address: it travels in a cookie
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Origins:
    def __init__(self, *, public_address: str, listed: tuple[str, ...]) -> None:
        address = urlsplit(public_address)
        self.own = _origin(public_address)
        self.base_path = address.path
        self.port = address.port  # None: that of the scheme
        self.is_secure = address.scheme == "https"
        self.is_usable = self.is_secure or address.hostname in _LOOPBACK  # cookies need TLS, except on this machine
        self._allowed = frozenset({self.own, *(_origin(origin) for origin in listed)})

    def allows(self, origin: str | None) -> bool:
        """Whether pages of this origin (the header `Origin`) may renew access tokens."""
        return origin is not None and origin.lower() in self._allowed

    def allows_return(self, address: str) -> bool:
        """Whether a browser may be sent to this address: a path of Baton's own origin, or a URL of an allowed one.

        Browsers take a backslash for a slash and skip control characters, so an address with either is refused.
        """
        if len(address) > _LONGEST or "\\" in address or any(ord(c) <= 0x20 or ord(c) >= 0x7F for c in address):
            return False
        if address.startswith("/"):
            return not address.startswith("//")
        try:
            parts = urlsplit(address)
            return "@" not in parts.netloc and parts.scheme != "" and _origin(address) in self._allowed
        except ValueError:
            return False


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
