"""Links that are shown to shoppers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from domain.values.errors import Invalid

if TYPE_CHECKING:
    from pydantic import HttpUrl, TypeAdapter


def web_address(text: str) -> HttpUrl | None:
    """An http or https address, taken apart; None for anything else (`javascript:`, `data:`, a relative one)."""
    try:
        return _adapter().validate_python(text)
    except ValueError:  # pydantic's error is one
        return None


def check_url(text: str, *, path: tuple[str, ...]) -> str:
    """An http or https address, unchanged."""
    if web_address(text) is None:
        raise Invalid("This is no web address: write it in full, like https://example.com/shoes.", path=path)
    if " " in text or not text.isprintable():
        raise Invalid("A web address has no spaces or invisible characters: write them like %20.", path=path)
    return text


@cache
def _adapter() -> TypeAdapter[HttpUrl]:
    from pydantic import HttpUrl, TypeAdapter  # here: a start waits for no library that its first answer does not need

    return TypeAdapter(HttpUrl)
