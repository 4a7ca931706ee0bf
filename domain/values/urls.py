"""Links that are shown to shoppers."""

from __future__ import annotations

from pydantic import HttpUrl, TypeAdapter

from domain.values.errors import Field, Invalid

_HTTP_URL = TypeAdapter(HttpUrl)


def web_address(text: str) -> HttpUrl | None:
    """An http or https address, taken apart; None for anything else (`javascript:`, `data:`, a relative one)."""
    try:
        return _HTTP_URL.validate_python(text)
    except ValueError:  # pydantic's error is one
        return None


def check_url(text: str, *, field: Field) -> str:
    """An http or https address, unchanged."""
    if web_address(text) is None:
        raise Invalid("This is no web address: write it in full, like https://example.com/shoes.", field=field)
    if " " in text or not text.isprintable():
        raise Invalid("A web address has no spaces or invisible characters: write them like %20.", field=field)
    return text
