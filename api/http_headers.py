"""Request headers that several endpoints read in the same way (RFC 9110)."""

from __future__ import annotations


def takes_gzip(accept_encoding: str) -> bool:
    """Return whether the client accepts the content coding gzip."""
    for item in accept_encoding.lower().split(","):
        name, _, quality = item.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def is_known(etag: str, if_none_match: str) -> bool:
    """Return whether the client has this entity. Tags are compared weakly (13.1.2): proxies that compress make a tag
    weak."""
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in known or etag.removeprefix("W/") in known
