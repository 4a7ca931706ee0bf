"""GraphQL over WebSocket: the handshake, after which the connection speaks `graphql-transport-ws` (connection.py).

Browsers let any page open a WebSocket to any host, and CORS does not apply to it, so the origin is checked here.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from api.graphql.ports import Services
from api.graphql.websocket.close_codes import SUBPROTOCOL_REFUSED, UNAVAILABLE_NOW
from api.graphql.websocket.connection import WebSocketConnection
from api.graphql.websocket.protocol import SUBPROTOCOL


class GraphQLWebSocket:
    def __init__(self, *, services: Services) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        if not self._is_allowed(Headers(scope=scope)):
            await send({"type": "websocket.close"})  # before `accept` this becomes HTTP 403
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            close = SUBPROTOCOL_REFUSED
            await send({"type": "websocket.close", "code": int(close.code), "reason": close.reason})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        connection = WebSocketConnection(services=self._services, scope=scope, receive=receive, send=send)
        try:
            await connection.run()
        except Exception as error:  # noqa: BLE001 - the boundary of a socket
            self._services.executor.errors.failure(error)
            await connection.close(UNAVAILABLE_NOW)

    def _is_allowed(self, headers: Headers) -> bool:
        """Return whether the origin may connect. Programs send none; pages of this host and of listed origins may."""
        origin = headers.get("origin")
        if origin is None:
            return True
        allowed = self._services.allowed_origins
        return "*" in allowed or origin in allowed or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
