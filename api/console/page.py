"""Serves the GraphQL IDE: the page on GET of the GraphQL address by a browser, its files under /console.

The page holds credentials, so it may run its own files, talk to its own origin, and nothing else.
"""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

_STATIC = Path(__file__).parent / "static"
# Named here rather than guessed: the operating system's own table may call scripts text/plain, and nosniff stops them.
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


def ide(request: Request) -> Response:
    return FileResponse(_STATIC / "index.html", media_type="text/html", headers={**_HEADERS, "vary": "accept"})


def assets() -> Route:
    names = {path.name: path for path in sorted(_STATIC.iterdir()) if path.suffix in _MEDIA_TYPES}

    def asset(request: Request) -> Response:
        path = names.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix], headers=_HEADERS)

    return Route("/console/{name}", asset, methods=["GET"])
