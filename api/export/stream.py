"""A running export: each page of rows is read after the former page was sent.

So an export holds one page in memory, and a slow reader holds nothing else up.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial

from starlette.types import Message, Receive, Scope, Send

from api.export.content import Content
from api.export.request import ExportRequest, Format
from api.graphql.open_connections import Closing
from api.graphql.ports import Services
from api.graphql.websocket.close_codes import ACCESS_ENDS, GONE, SLOW_CONSUMER, UNAVAILABLE_NOW, Close, CloseCode
from api.graphql.websocket.session import expiry_timer, recheck
from api.server.abort import abort, unwritten
from domain.principal import Principal
from domain.values.errors import DomainError, Unavailable
from domain.values.record import Record
from domain.values.workload import reading_for

_CHUNK = 64 << 10  # bytes in one write
_SEND_SECONDS = 60.0  # that a reader may take for one chunk; then the connection is aborted
STALLED_SECONDS = 5.0  # without a byte taken by the network; an export that nobody reads would keep its place
_COMPLETE = Close(CloseCode.NONE, "The export is complete.")
_GZIP = 16 + zlib.MAX_WBITS  # zlib's parameter for the gzip format


class ExportStream(Record):
    """The response, as an ASGI application."""

    services: Services
    principal: Principal
    asked: ExportRequest
    name: str  # of the kind of export, for the name of the file
    content: Content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        closing = Closing()
        watching = self.services.hub.watch(self.principal, lambda end: closing.request(ACCESS_ENDS[end]))
        # A page that was read before an erasure still has the shopper. The client resumes after the last row it got.
        erasures = self.services.hub.erasures(self.principal.account_id, lambda: closing.request(UNAVAILABLE_NOW))
        with self.services.connections.registered(closing), watching, erasures, self._expiring(closing):
            await send({"type": "http.response.start", "status": 200, "headers": self._headers()})
            async with asyncio.TaskGroup() as tasks:
                watched = partial(_send_unless_stalled, scope, send)
                running = [
                    tasks.create_task(self._produce(watched, closing)),
                    tasks.create_task(_notice_disconnect(receive, closing)),
                    tasks.create_task(recheck(self.principal, closing, self.services)),
                ]
                reason = await closing.requested()
                for task in running:
                    task.cancel()
            if reason is _COMPLETE:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                abort(scope)  # a regular end of the response would mean that the export is complete

    @contextmanager
    def _expiring(self, closing: Closing) -> Iterator[None]:
        """End the export when its credential expires."""
        if self.principal.expires_at is None:
            yield
            return
        timer = expiry_timer(self.principal.expires_at, closing, self.services)
        try:
            yield
        finally:
            timer.cancel()

    def _headers(self) -> list[tuple[bytes, bytes]]:
        form, today = self.asked.format, self.services.clock.now().date()
        headers = {
            "content-type": form.media_type if form is Format.ZIP else f"{form.media_type}; charset=utf-8",
            "content-disposition": f'attachment; filename="{self.name}-{today.isoformat()}.{form.value}"',
            "cache-control": "no-store",
            "vary": "Accept, Accept-Encoding",
            "x-content-type-options": "nosniff",
            "x-accel-buffering": "no",
            **({"content-encoding": "gzip"} if self.asked.gzip else {}),
        }
        return [(name.encode(), value.encode()) for name, value in headers.items()]

    async def _produce(self, send: Send, closing: Closing) -> None:
        with reading_for(self.principal.account_id):
            await self._send_all(send, closing)

    async def _send_all(self, send: Send, closing: Closing) -> None:
        packing = zlib.compressobj(6, zlib.DEFLATED, _GZIP) if self.asked.gzip else None
        try:
            async for chunk in _chunks(self.content.pieces(), _CHUNK):
                body = chunk if packing is None else packing.compress(chunk) + packing.flush(zlib.Z_SYNC_FLUSH)
                async with asyncio.timeout(_SEND_SECONDS):
                    await send({"type": "http.response.body", "body": body, "more_body": True})
            if packing is not None:
                await send({"type": "http.response.body", "body": packing.flush(), "more_body": True})
            closing.request(_COMPLETE)
        except TimeoutError:
            closing.request(SLOW_CONSUMER)
        except Unavailable:
            closing.request(UNAVAILABLE_NOW)
        except Exception as error:  # noqa: BLE001 - the boundary of a request; its response has begun
            if not isinstance(error, DomainError):
                self.services.executor.errors.failure(error)
            closing.request(UNAVAILABLE_NOW)


async def _chunks(pieces: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    held = bytearray()
    async for piece in pieces:
        held += piece
        if len(held) >= size:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


async def _send_unless_stalled(scope: Scope, send: Send, message: Message) -> None:
    """Send. Raises `TimeoutError` if the reader has taken nothing for some seconds."""
    sending = asyncio.ensure_future(send(message))
    left = unwritten(scope)
    try:
        while not (await asyncio.wait([sending], timeout=STALLED_SECONDS))[0]:
            before, left = left, unwritten(scope)
            if before is None or left is None or left >= before:
                raise TimeoutError
    finally:
        sending.cancel()
    await sending


async def _notice_disconnect(receive: Receive, closing: Closing) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    closing.request(GONE)
