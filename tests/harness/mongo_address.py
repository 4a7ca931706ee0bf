"""Addresses of one MongoDB by several ways."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def by_way_of(uri: str, port: int) -> str:
    """Return the URI of the same MongoDB with the same credentials, through a proxy on a local port."""
    parts = urlsplit(uri)
    credentials, at, _ = parts.netloc.rpartition("@")
    # The driver would leave the proxy for the members that the replica set names.
    options = [(name, value) for name, value in parse_qsl(parts.query) if name != "replicaSet"]
    query = urlencode([*options, ("directConnection", "true")])
    return urlunsplit((parts.scheme, f"{credentials}{at}127.0.0.1:{port}", parts.path, query, ""))


def without_credentials(uri: str) -> str:
    """Return the URI of the same MongoDB for somebody who does not know its password."""
    parts = urlsplit(uri)
    options = [(name, value) for name, value in parse_qsl(parts.query) if not name.startswith("auth")]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, urlencode(options), ""))
