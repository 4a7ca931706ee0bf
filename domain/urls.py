"""Links that are shown to shoppers."""

from __future__ import annotations

from pydantic import HttpUrl, TypeAdapter, ValidationError

from domain.errors import Invalid

_HTTP_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


def check_url(text: str, *, path: tuple[str, ...]) -> str:
    """An http or https address, unchanged. Anything else (`javascript:`, `data:`, a relative one) is refused."""
    try:
        _HTTP_URL.validate_python(text)
    except ValidationError:
        raise Invalid("This is no web address: write it in full, like https://example.com/shoes.", path=path) from None
    if " " in text or not text.isprintable():
        raise Invalid("A web address has no spaces or invisible characters: write them like %20.", path=path)
    return text
