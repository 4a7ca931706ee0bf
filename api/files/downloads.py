"""`GET /files/{token}`: an attachment, whole or a range of it (RFC 9110, 14).

Images and PDF files are shown in the browser, anything else is saved: a page, an SVG image or a script of a stranger
never runs on this origin. The policy holds even if a browser shows it. The token in the path is the permission; the
path is in no log, and pages that are opened from the file get no referrer.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from api.files.transfers import Transfers, taken_in_time
from api.refusal import RequestRefused
from api.server.abort import abort
from api.server.client_address import client_address
from domain.attachments.service import AttachmentService
from domain.content_types import is_inline
from domain.model.attachments import Attachment
from domain.values.errors import NotFound, Unavailable
from domain.values.record import Record
from domain.values.workload import reading_for

_KEPT_SECONDS = 3_600  # in the browser's own cache: the bytes of an address never change
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"  # a sandbox has no viewer of PDF
_ATTR_CHARS = "!#$&+-.^_`|~"  # besides letters and digits (RFC 8187, 3.2.1)


class ByteRange(Record):
    """The bytes that a response has: from `start` up to `end` (excluded)."""

    start: int
    end: int


class DownloadEndpoint:
    def __init__(self, *, attachments: AttachmentService, transfers: Transfers) -> None:
        self._attachments = attachments
        self._transfers = transfers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            with self._transfers.slot(client_address(scope)):
                await self._serve(request, send)
        except TimeoutError:
            abort(scope)  # the peer does not read; the end of the response would mean that the file is whole
        except RequestRefused as refused:
            await _refusal(refused)(scope, receive, send)
        except NotFound as error:
            await _refusal(RequestRefused(404, error.message, code=error.code))(scope, receive, send)
        except Unavailable as error:
            away = RequestRefused(503, str(error), code="UNAVAILABLE", headers={"Retry-After": "5"})
            await _refusal(away)(scope, receive, send)

    async def _serve(self, request: Request, send: Send) -> None:
        account_id, row = await self._attachments.find(request.path_params["token"])
        size = row.size or 0
        span = _span(request, row)
        headers = _headers(row)
        if span is not None:
            headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
        whole = span or ByteRange(start=0, end=size)
        headers["Content-Length"] = str(whole.end - whole.start)
        pieces = self._attachments.read(account_id, row, start=whole.start, end=whole.end)
        with reading_for(account_id):
            await _stream(request, send, 206 if span else 200, headers, pieces)


async def _stream(
    request: Request, send: Send, status: int, headers: dict[str, str], pieces: AsyncIterator[bytes]
) -> None:
    """Send the response. It starts with the first piece, so that a file that cannot be read is refused by its status;
    a later failure breaks the connection. A peer that does not read holds one piece of memory."""
    head_only = request.method == "HEAD"
    async with aclosing(pieces) as source:  # type: ignore[type-var]  # a generator
        first = b"" if head_only else await anext(aiter(source), b"")
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        if not head_only:
            await taken_in_time(send({"type": "http.response.body", "body": first, "more_body": True}))
            async for piece in source:
                if await request.is_disconnected():
                    return
                await taken_in_time(send({"type": "http.response.body", "body": piece, "more_body": True}))
        await send({"type": "http.response.body", "body": b""})


def _headers(row: Attachment) -> dict[str, str]:
    inline = is_inline(row.content_type)
    kind = row.content_type
    return {
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "Content-Disposition": disposition(row.name, inline=inline),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _PDF_POLICY if kind == "application/pdf" else _POLICY,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
        "Cache-Control": f"private, max-age={_KEPT_SECONDS}, immutable",
        "Accept-Ranges": "bytes",
        "ETag": f'"{row.id}"',
    }


def disposition(name: str, *, inline: bool) -> str:
    """Return the value of `Content-Disposition` (RFC 6266): the name in ASCII, and as it is (RFC 8187)."""
    ascii_name = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"


def _span(request: Request, row: Attachment) -> ByteRange | None:
    """Return the range that the request names; `None` for the whole file. RFC 9110 allows ignoring other units than
    bytes and several ranges at once, and demands ignoring the ranges of HEAD. Raises `RequestRefused` with 416 for a
    range that the file does not have."""
    given = request.headers.get("range", "") if request.method == "GET" else ""
    found = _RANGE.fullmatch(given.strip())
    condition = request.headers.get("if-range")
    if found is None or found.group() == "bytes=-" or (condition is not None and condition != f'"{row.id}"'):
        return None
    first, last, size = found[1], found[2], row.size or 0
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    if start >= end:
        headers = {"Content-Range": f"bytes */{size}"}
        raise RequestRefused(416, "The file has no such range.", code="RANGE_NOT_SATISFIABLE", headers=headers)
    return ByteRange(start=start, end=end)


def _refusal(refused: RequestRefused) -> Response:
    headers = {"Cache-Control": "no-store", **refused.headers}
    return JSONResponse({"errors": [refused.entry]}, refused.status, headers)
