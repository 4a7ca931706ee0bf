"""Request bodies, read within a bounded size and a bounded time."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from api.refusal import RequestRefused


async def read_limited(request: Request, *, max_bytes: int, seconds: float) -> bytes:
    """Return the body.

    The bytes are counted as they arrive, because `Content-Length` may be missing or wrong. Raises `RequestRefused` with
    413 if there are more than `max_bytes` and with 408 if they take longer than `seconds`, and starlette's
    `ClientDisconnect`.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _too_large(max_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > max_bytes:
                    raise _too_large(max_bytes)
    except TimeoutError:
        raise RequestRefused(408, "The body did not arrive in time: send it again.", code="REQUEST_TIMEOUT") from None
    return bytes(body)


def _too_large(max_bytes: int) -> RequestRefused:
    return RequestRefused(413, f"The body is larger than {max_bytes:,} bytes.", code="PAYLOAD_TOO_LARGE")
