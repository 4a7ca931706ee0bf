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
    if any(character.isspace() for character in text):
        raise Invalid("A web address has no spaces: write them as %20.", path=path)
    return text
