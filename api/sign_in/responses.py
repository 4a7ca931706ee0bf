"""The responses of sign-in to scripts, and what it keeps of a request's client."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.pages import PAGE_HEADERS
from api.server.client_address import client_address
from domain.sign_in.model import Browser
from domain.values.text import one_line

_LONGEST_CLIENT = 200  # characters of a User-Agent that are kept


def browser_of(request: Request) -> Browser:
    """Return the client of a request, for its session."""
    client = one_line(request.headers.get("user-agent", ""), limit=_LONGEST_CLIENT)
    return Browser(address=client_address(request.scope) or None, client=client or None)


def refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    """Return a refusal in the form of a GraphQL response."""
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return JSONResponse(body, status, {**PAGE_HEADERS, **(headers or {})})


def unread(request: Request, response: Response) -> Response:
    """Close the connection if the request has a body, which is not read."""
    if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
        response.headers["connection"] = "close"
    return response
