"""The pages of the demo: a made-up shop at `/` and `/help` with the chat widget, and the pages of its team.

The shop's pages hold the publishable key, which is public. On the team's pages, members of staff sign in, so their
policy lets them run their own files and talk to their own origin, and nothing else.
"""

from __future__ import annotations

import html

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from api.web.files import DIST

_KEY_PLACE = "{publishable-key}"
_ARTICLES_PLACE = "{articles}"
_SHOP = {"/": "shop.html", "/help": "help.html"}
_TEAM = {"/inbox": "inbox.html", "/dashboard": "dashboard.html", "/settings": "settings.html"}


class DemoPages:
    """They respond with 404 until `open` is called: only the demo account has them."""

    def __init__(self, *, public_address: str) -> None:
        self._pages: dict[str, str] = {}
        self._headers = {
            "content-security-policy": _policy(public_address),
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
        }

    def open(self, publishable_key: str, articles: str = "") -> None:
        """`articles`: the shop's help, as HTML."""
        key = html.escape(publishable_key)
        shop = {path: (DIST / name).read_text("utf-8").replace(_KEY_PLACE, key) for path, name in _SHOP.items()}
        team = {path: (DIST / name).read_text("utf-8") for path, name in _TEAM.items()}
        self._pages = {**shop, "/help": shop["/help"].replace(_ARTICLES_PLACE, articles), **team}

    @property
    def are_open(self) -> bool:
        return bool(self._pages)

    def routes(self) -> list[Route]:
        return [Route(path, self._show, methods=["GET"]) for path in (*_SHOP, *_TEAM)]

    def _show(self, request: Request) -> Response:
        page = self._pages.get(request.url.path)
        if page is None:
            raise HTTPException(404)
        return HTMLResponse(page, headers=self._headers)


def _policy(public_address: str) -> str:
    """Files of messages are uploaded to, and shown from, the public address."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' {public_address}",
            f"connect-src 'self' {public_address}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
