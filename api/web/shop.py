"""The page at `/` of the demo: a made-up shop, with the widget on the demo account's publishable key.

The page shows what a shop's own page would: it holds the publishable key, which is public, and no other credential.
"""

from __future__ import annotations

import html

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.web.files import DIST

_KEY_PLACE = "{publishable-key}"


class ShopPage:
    """Responds with 404 until `open` is called: only the demo account has a shop."""

    def __init__(self, *, public_address: str) -> None:
        self._page: str | None = None
        self._headers = {
            "content-security-policy": _policy(public_address),
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
        }

    def open(self, publishable_key: str) -> None:
        page = (DIST / "shop.html").read_text("utf-8")
        self._page = page.replace(_KEY_PLACE, html.escape(publishable_key))

    def show(self, _: Request) -> Response:
        if self._page is None:
            raise HTTPException(404)
        return HTMLResponse(self._page, headers=self._headers)


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
