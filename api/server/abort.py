"""Two things that an endpoint may do with its connection and for which ASGI has no message.

A close waits until the buffered data has been written, which never happens if the peer has stopped reading, and the
buffers stay in memory. `abort` drops the connection with its buffers.

A message to an ASGI server takes a task that awaits it, which costs as much as the write itself. `frame_writer` returns
a function that writes frames of a WebSocket at once, unless the peer has yet to take what was written before.

These two classes add an entry to the ASGI scope for both: pass them to `uvicorn.Config(http=…, ws=…)`. Under another
server `abort` does nothing, and `frame_writer` returns None.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from struct import Struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.server.lean_websocket import LeanWebSocket

_EXTENSION = "baton.abort"
_FINAL_TEXT = 0x81  # the last frame of a message, which is text; a server does not mask it
_MEDIUM, _LONG = Struct("!BBH").pack, Struct("!BBQ").pack

WriteFrames = Callable[[bytes], bool]


class AbortableHTTP(HttpToolsProtocol):
    def on_message_begin(self) -> None:
        super().on_message_begin()
        transport = self.transport
        self.scope["extensions"] = {
            _EXTENSION: {"abort": transport.abort, "unwritten": transport.get_write_buffer_size}
        }


class AbortableWebSocket(LeanWebSocket):
    async def run_asgi(self) -> None:
        mine: dict[object, object] = {"abort": self.transport.abort, "write_frames": self.write_frames}
        self.scope["extensions"] = {**self.scope["extensions"], _EXTENSION: mine}
        await super().run_asgi()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        scope = vars(self).get("scope")  # there is none if the handshake failed
        if scope is not None:
            scope["extensions"].pop(_EXTENSION, None)  # these methods refer to this object, which refers to the scope

    def write_frames(self, frames: bytes) -> bool:
        """Write frames of `text_frame`. Return False if the peer does not take them now."""
        if not self.writable.is_set() or self.close_sent or self.transport.is_closing():
            return False
        self.transport.write(frames)
        return True


def text_frame(*parts: bytes) -> bytes:
    """Return the text that has these parts as a frame of a WebSocket (RFC 6455, section 5.2)."""
    size = sum(map(len, parts))
    if size < 126:
        head = bytes((_FINAL_TEXT, size))
    elif size < 1 << 16:
        head = _MEDIUM(_FINAL_TEXT, 126, size)
    else:
        head = _LONG(_FINAL_TEXT, 127, size)
    return b"".join((head, *parts))


def unwritten(scope: MutableMapping[str, Any]) -> int | None:
    """Return the bytes of the response that the network has not taken yet; `None` under another server."""
    extension = scope.get("extensions", {}).get(_EXTENSION, {})
    size: Callable[[], int] | None = extension.get("unwritten")
    return None if size is None else size()


def abort(scope: MutableMapping[str, Any]) -> None:
    """Drop the connection of this scope without writing what is buffered."""
    if extension := scope.get("extensions", {}).get(_EXTENSION):
        extension["abort"]()


def frame_writer(scope: MutableMapping[str, Any]) -> WriteFrames | None:
    """Return the function that writes frames of this WebSocket at once; `None` under another server."""
    write: WriteFrames | None = scope.get("extensions", {}).get(_EXTENSION, {}).get("write_frames")
    return write
