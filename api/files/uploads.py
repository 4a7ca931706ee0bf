"""`PUT /uploads/{token}`: the bytes of an upload that `createUpload` reserved.

    201  stored: {"contentType": "image/png", "bytes": 68}
    400  not as many bytes as announced       409  the address was used       413  larger than allowed
    404  unknown or expired address           415  a type that is not allowed  422  the scanner found malware
    408  too slow                             429, 503  try again after Retry-After

The bytes go to the store as they come. The token in the path is the permission, so no credential is read, and the path
is in no log.
"""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from api.body import BodyBudget
from api.files.transfers import Transfers, in_time
from api.refusal import RequestRefused
from api.server.client_address import client_address
from domain.attachments.errors import FileTooLarge, Infected, TypeNotAllowed, UploadUsed
from domain.attachments.ports import PIECE
from domain.attachments.service import AttachmentService
from domain.values.errors import NotFound, Refusal, Unavailable

_HELD = 3 * PIECE  # bytes that an upload has in memory: in the socket's buffer, on the way, and in the store's command

_STATUSES: dict[type[Refusal], int] = {
    NotFound: 404,
    UploadUsed: 409,
    FileTooLarge: 413,
    TypeNotAllowed: 415,
    Infected: 422,
}


class UploadEndpoint:
    def __init__(self, *, attachments: AttachmentService, bodies: BodyBudget, transfers: Transfers) -> None:
        self._attachments = attachments
        self._bodies = bodies
        self._transfers = transfers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            with self._transfers.slot(client_address(request.scope)), self._bodies.share() as share:
                share.take(_HELD)
                row = await self._attachments.receive(
                    request.path_params["token"], in_time(request.stream()), announced=_announced(request)
                )
        except RequestRefused as refused:
            return _refusal(refused)
        except Refusal as refusal:
            status = next((status for kind, status in _STATUSES.items() if isinstance(refusal, kind)), 400)
            return _refusal(RequestRefused(status, refusal.message, code=refusal.code))
        except Unavailable as error:
            return _refusal(RequestRefused(503, str(error), code="UNAVAILABLE", headers={"Retry-After": "5"}))
        stored = {"contentType": row.content_type, "bytes": row.size}
        return JSONResponse(stored, 201, {"Cache-Control": "no-store"})


def _announced(request: Request) -> int | None:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def _refusal(refused: RequestRefused) -> Response:
    """The body may not have been read to its end, so the connection is closed."""
    headers = {"Cache-Control": "no-store", **refused.headers, "Connection": "close"}
    return JSONResponse({"errors": [refused.entry]}, refused.status, headers)
