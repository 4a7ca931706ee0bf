"""Aborts a connection whose peer no longer reads, for which ASGI has no message.

A close waits until the buffered data has been written, which never happens if the peer has stopped reading, and the
buffers stay in memory. These two classes add an entry to the ASGI scope by which an endpoint drops the connection with
its buffers: pass them to `uvicorn.Config(http=…, ws=…)`. `abort` does nothing under another server.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_EXTENSION = "baton.abort"


class AbortableHTTP(HttpToolsProtocol):
    def on_message_begin(self) -> None:
        super().on_message_begin()
        transport = self.transport
        self.scope["extensions"] = {
            _EXTENSION: {"abort": transport.abort, "unwritten": transport.get_write_buffer_size}
        }


class AbortableWebSocket(WebSocketsSansIOProtocol):
    async def run_asgi(self) -> None:
        self.scope["extensions"] = {**self.scope["extensions"], _EXTENSION: {"abort": self.transport.abort}}
        await super().run_asgi()


def unwritten(scope: MutableMapping[str, Any]) -> int | None:
    """Return the bytes of the response that the network has not taken yet; `None` under another server."""
    extension = scope.get("extensions", {}).get(_EXTENSION, {})
    size: Callable[[], int] | None = extension.get("unwritten")
    return None if size is None else size()


def abort(scope: MutableMapping[str, Any]) -> None:
    """Drop the connection of this scope without writing what is buffered."""
    if extension := scope.get("extensions", {}).get(_EXTENSION):
        extension["abort"]()
