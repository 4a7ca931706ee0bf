"""Ending a connection whose peer no longer reads, for which ASGI has no word.

Closing waits until what is buffered has been written, which is never where the peer has stopped reading; the buffers
stay. uvicorn's protocols, extended by one entry in the scope, let an endpoint drop the connection with all it holds:
pass these two classes to `uvicorn.Config(http=…, ws=…)`. Under another server an endpoint just returns.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_EXTENSION = "baton.abort"


class AbortableHTTP(HttpToolsProtocol):
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"abort": self.transport.abort}}


class AbortableWebSocket(WebSocketsSansIOProtocol):
    async def run_asgi(self) -> None:
        self.scope["extensions"] = {**self.scope["extensions"], _EXTENSION: {"abort": self.transport.abort}}
        await super().run_asgi()


def abort(scope: MutableMapping[str, Any]) -> None:
    if extension := scope.get("extensions", {}).get(_EXTENSION):
        extension["abort"]()
