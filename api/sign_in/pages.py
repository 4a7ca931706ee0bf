"""The plain pages of sign-in. They load nothing, link to nothing, and are not cached."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.pages import PAGE_HEADERS


def page(title: str, text: str, status: int = 200) -> Response:
    """Return a page with a title and a sentence or two."""
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(text)}</p></html>"
    )
    return HTMLResponse(html, status_code=status, headers=PAGE_HEADERS)


def redirect(url: str) -> Response:
    """Return a redirect that no cache keeps and that tells the next page nothing."""
    return RedirectResponse(url, status_code=303, headers=PAGE_HEADERS)
