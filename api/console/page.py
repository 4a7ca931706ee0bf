"""Serves the GraphQL IDE: the page on GET of the GraphQL address by a browser, and its files under /console.

The page holds credentials, so its policy lets it run its own files and talk to its own origin, and nothing else.
CodeMirror needs no exception: its style sheets are constructed in a shadow root (`static/editor/editor.js`).
"""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

_STATIC = Path(__file__).parent / "static"
# A table of our own: the operating system's may call scripts text/plain, which `nosniff` makes browsers refuse.
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
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
    paths = (path for path in sorted(_STATIC.rglob("*")) if path.suffix in _MEDIA_TYPES)
    files = {path.relative_to(_STATIC).as_posix(): path for path in paths}

    def asset(request: Request) -> Response:
        path = files.get(request.path_params["path"])
        if path is None:
            raise HTTPException(404)
        response = FileResponse(path, media_type=_MEDIA_TYPES[path.suffix], headers=_HEADERS, stat_result=path.stat())
        if request.headers.get("if-none-match") == response.headers["etag"]:
            return Response(status_code=304, headers={**_HEADERS, "etag": response.headers["etag"]})
        return response

    return Route("/console/{path:path}", asset, methods=["GET"])
