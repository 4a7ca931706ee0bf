"""Binds the server's port before anything else starts, so that an operator learns at once if it cannot be used."""

from __future__ import annotations

import socket

from api.server.errors import OperatorError


class CannotListen(OperatorError):
    """Another program uses the port, or the host has no such address."""


def bind(host: str, port: int, *, setting: str | None = None) -> socket.socket:
    """Return a bound socket that does not listen yet, so that clients are refused and not kept waiting until the server
    is up. `setting`: the variable that names the address, if it is not HOST and PORT. Raises `CannotListen`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(f"{setting or 'HOST'} cannot be used: there is no address {host}.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        variables = setting or "PORT, or HOST,"
        raise CannotListen(f"{host}:{port} cannot be used: {error.strerror}. Set {variables} to another.") from error
    return listener
