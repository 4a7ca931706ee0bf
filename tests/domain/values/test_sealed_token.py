from __future__ import annotations

import string
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.sealed_token import ForeignToken, MalformedToken, SealedTokens

TOKENS = SealedTokens(b"a secret of the tests", purpose="test")
CONTENT = b"the content of a token"


@given(st.binary(min_size=1, max_size=200), st.lists(st.text(max_size=10), max_size=3))
def test_a_sealed_text_can_be_opened(content: bytes, scope: list[str]) -> None:
    token = TOKENS.seal(content, *scope)
    assert set(token) <= set(string.ascii_letters + string.digits + "-_")
    assert TOKENS.open(token, *scope) == content
    assert TOKENS.seal(content, *scope) == token


@pytest.mark.parametrize(
    "other",
    [
        SealedTokens(b"a secret of the tests", purpose="another").seal(CONTENT, "account", "list"),
        SealedTokens(b"another secret", purpose="test").seal(CONTENT, "account", "list"),
        TOKENS.seal(CONTENT, "account", "another list"),
        TOKENS.seal(CONTENT, "account", "list", ""),
        TOKENS.seal(CONTENT, "accountlist"),
        TOKENS.seal(CONTENT, "accountl", "ist"),
        TOKENS.seal(CONTENT),
    ],
)
def test_a_token_opens_under_its_own_secret_purpose_and_scope_only(other: str) -> None:
    with pytest.raises(ForeignToken):
        TOKENS.open(other, "account", "list")


@given(st.data())
def test_a_changed_character_is_noticed(data: st.DataObject) -> None:
    token = TOKENS.seal(CONTENT)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_").filter(lambda c: c != token[place]))
    with pytest.raises((ForeignToken, MalformedToken)):
        TOKENS.open(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        *("", "41", "no token", "é" * 40, "A" * 3_000, "\ud800"),
        urlsafe_b64encode(b"\x01" + b"x" * 40).decode().rstrip("="),
        urlsafe_b64encode(b"\x02" + b"x" * 16).decode().rstrip("="),
        *(TOKENS.seal(CONTENT) + more for more in ("=", "\n", " ", "*")),
        TOKENS.seal(CONTENT)[:20],
    ],
)
def test_any_other_text_is_malformed(text: str) -> None:
    with pytest.raises(MalformedToken):
        TOKENS.open(text)


def test_neither_the_content_nor_how_much_of_it_is_equal_shows() -> None:
    one, other = (TOKENS.seal(content) for content in (b"conversation 100", b"conversation 101"))
    assert len(one) == len(other)
    assert sum(a == b for a, b in zip(one[2:], other[2:], strict=True)) < 8
