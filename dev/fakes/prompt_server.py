"""uvicorn's server without the pauses of a tenth of a second at its end: tests start and end hundreds of them."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import uvicorn

_LOOK_SECONDS = 0.005  # between two looks whether all connections have ended


class PromptServer(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, and end when every response is sent, at the latest after the configured time."""
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - it has no event
                    await asyncio.sleep(_LOOK_SECONDS)
        for task in self.server_state.tasks:
            task.cancel()
