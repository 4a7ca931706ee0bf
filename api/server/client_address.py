"""The address of a client: for its budget, for the networks that a key allows, and for the audit log."""

from __future__ import annotations

from starlette.types import Scope


def client_address(scope: Scope) -> str:
    """Return the IP address of a request's or socket's client; empty if the connection has none (a Unix socket)."""
    client = scope.get("client")
    return client[0] if client else ""
