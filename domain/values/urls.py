"""Web addresses."""

from __future__ import annotations

from pydantic import HttpUrl, TypeAdapter

from domain.values.errors import Field, Invalid

_HTTP_URL = TypeAdapter(HttpUrl)


def web_address(text: str) -> HttpUrl | None:
    """Parse an http or https address. Returns `None` for anything else (`javascript:`, `data:`, a relative address)."""
    try:
        return _HTTP_URL.validate_python(text)
    except ValueError:  # pydantic's error is one
        return None


def check_url(text: str, *, field: Field) -> str:
    """Return an http or https address unchanged. Raises `Invalid`."""
    if web_address(text) is None:
        raise Invalid("This is not a web address. Write it in full, like https://example.com/shoes.", field=field)
    if " " in text or not text.isprintable():
        raise Invalid("A web address has no spaces or invisible characters. Encode them, like %20.", field=field)
    return text
