"""Serves the built files: `/widget.js`, which shops put into their pages, and the parts of Baton's pages under `/web/`.

The names of those parts contain their hashes, so browsers keep them for good. The widget's name never changes: browsers
ask again after some minutes, and get 304 as long as it is the same.
"""

from __future__ import annotations

import gzip
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.http_headers import is_known, takes_gzip

DIST = Path(__file__).parent / "dist"
WIDGET = "widget.js"
# A table of our own: the operating system's may call scripts text/plain, which `nosniff` makes browsers refuse.
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
_WIDGET_SECONDS = 300  # after which a new release of the widget reaches open shops
_FOR_GOOD = "public, max-age=31536000, immutable"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",  # shops that isolate their pages may load the widget
    "vary": "accept-encoding",
}


class WebFile:
    """A built file in memory, as it is and compressed."""

    def __init__(self, path: Path) -> None:
        self.content = path.read_bytes()
        self.media_type = _MEDIA_TYPES[path.suffix]
        self.etag = f'W/"{sha256(self.content).hexdigest()[:32]}"'  # weak: both encodings have it
        lasting = "public, no-cache" if path.suffix == ".txt" else _FOR_GOOD
        self.cache_control = f"public, max-age={_WIDGET_SECONDS}" if path.name == WIDGET else lasting

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.content, 9, mtime=0)

    def response(self, request: Request) -> Response:
        headers = {**_HEADERS, "etag": self.etag, "cache-control": self.cache_control}
        if is_known(self.etag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        if not takes_gzip(request.headers.get("accept-encoding", "")):
            return Response(self.content, media_type=self.media_type, headers=headers)
        return Response(self.compressed, media_type=self.media_type, headers={**headers, "content-encoding": "gzip"})


def web_files() -> list[Route]:
    """Return the routes of all built files but pages, which have endpoints of their own."""
    files = {path.name: WebFile(path) for path in DIST.iterdir() if path.suffix in _MEDIA_TYPES}
    widget = files.pop(WIDGET)

    def serve(request: Request) -> Response:
        file = files.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        return file.response(request)

    return [Route(f"/{WIDGET}", widget.response, methods=["GET"]), Route("/web/{name}", serve, methods=["GET"])]
