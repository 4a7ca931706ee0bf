"""The page of a link, in the language of the conversation: what is confirmed, and one button.

It loads nothing, links to nothing, is not cached, and cannot be framed. Its one form posts to its own address.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape

from starlette.responses import HTMLResponse, Response

from api.pages import PAGE_HEADERS
from domain.email_confirmation.service import LinkState, OpenedLink
from domain.i18n.localization import catalog_for, moment_text
from domain.i18n.messages.catalog import MessageCatalog

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;overflow-wrap:anywhere}"
    "h1{font-size:1.25rem}button{font:inherit;padding:.75rem 1.5rem}"
)
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {**PAGE_HEADERS, "content-security-policy": _POLICY, "x-robots-tag": "noindex, nofollow"}
_STATUS = {
    LinkState.WAITING: 200,
    LinkState.CONFIRMED: 200,
    LinkState.EXPIRED: 410,
    LinkState.CHANGED: 409,
    LinkState.REFUSED: 409,
}


def link_page(link: OpenedLink) -> Response:
    """Return the page of a link in its present state."""
    catalog = catalog_for(link.conversation.locale)
    if link.state is LinkState.WAITING:
        return _question(link, catalog)
    texts = catalog.confirmation
    text = {
        LinkState.CONFIRMED: texts.done,
        LinkState.EXPIRED: texts.expired,
        LinkState.CHANGED: texts.changed,
        LinkState.REFUSED: texts.refused,
    }[link.state]
    return _document(catalog, link.account.name, [text], status=_STATUS[link.state])


def unknown_page(languages: str) -> Response:
    """Return the page of a link that does not exist. `languages` is the browser's `Accept-Language`."""
    catalog = catalog_for(_first(languages))
    return _document(catalog, None, [catalog.confirmation.expired], status=404)


def busy_page(languages: str, *, status: int) -> Response:
    """Return the page of a server that cannot look at the link now."""
    catalog = catalog_for(_first(languages))
    return _document(catalog, None, [catalog.confirmation.later], status=status)


def _question(link: OpenedLink, catalog: MessageCatalog) -> Response:
    texts, shop = catalog.confirmation, link.account.name
    began = moment_text(link.conversation.started_at, link.account.time_zone, link.conversation.locale)
    claim = texts.claim.format(shop=shop, email=link.email, began=began)
    paragraphs = [claim, texts.effect.format(shop=shop), texts.caution]
    form = f'<form method="post"><button>{escape(texts.button)}</button></form>'
    return _document(catalog, shop, paragraphs, form=form)  # no title that urges anybody to confirm


def _document(
    catalog: MessageCatalog, title: str | None, paragraphs: Iterable[str], *, form: str = "", status: int = 200
) -> Response:
    heading = f"<h1>{escape(title)}</h1>" if title else ""
    html = (
        f'<!doctype html><html lang="{catalog.locale}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title or "Baton")}</title>'
        f"<style>{_STYLE}</style>{heading}"
        f"{''.join(f'<p>{escape(text)}</p>' for text in paragraphs)}{form}</html>"
    )
    return HTMLResponse(html, status_code=status, headers=_HEADERS)


def _first(languages: str) -> str:
    """The first language of an `Accept-Language`, without its weight."""
    return languages.partition(",")[0].partition(";")[0].strip()
