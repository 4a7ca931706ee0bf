"""Serves the GraphQL IDE: the page on GET of the GraphQL address by a browser, and its files under /console.

The page holds credentials, so its policy lets it run its own files and talk to its own origin, and nothing else.
CodeMirror inserts its style sheet with the nonce of the response (`static/editor/editor.js`).
"""

from __future__ import annotations

import secrets
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

_STATIC = Path(__file__).parent / "static"
# A table of our own: the operating system's may call scripts text/plain, which `nosniff` makes browsers refuse.
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
_NONCE_BYTES = 16
_NONCE_PLACE = "{style-nonce}"
_HIDDEN_LINKS = '<nav aria-label="Pages" hidden'


def _policy(style_source: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src {style_source}",
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
    "content-security-policy": _policy("'self'"),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


def ide(request: Request, *, with_pages: bool = False) -> Response:
    """Return the page, with a nonce that no other response has. `with_pages`: with links to the team's pages, where
    they are served."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    page = (_STATIC / "index.html").read_text("utf-8").replace(_NONCE_PLACE, nonce)
    if with_pages:
        page = page.replace(_HIDDEN_LINKS, _HIDDEN_LINKS.removesuffix(" hidden"))
    policy = _policy(f"'self' 'nonce-{nonce}'")
    return HTMLResponse(page, headers={**_HEADERS, "content-security-policy": policy, "vary": "accept"})


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
