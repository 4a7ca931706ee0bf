"""Texts, addresses, numbers, amounts and ids are normalised, or refused with their field."""

from __future__ import annotations

import time
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.values.contacts import check_email, check_phone
from domain.values.errors import Invalid
from domain.values.ids import new_id
from domain.values.money import CURRENCIES, Money, check_money
from domain.values.text import LABEL_LIMIT, MESSAGE_LIMIT, check_label, check_text, clean_text
from domain.values.urls import check_url

PATH = ("here",)


@given(st.text(max_size=200))
@example("\xad")
def test_any_text_is_kept_exactly_or_refused(text: str) -> None:
    controls = [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n\r"]
    blank = all(c.isspace() or unicodedata.category(c) == "Cf" for c in text)
    if controls or blank:
        with pytest.raises(Invalid) as refused:
            check_text(text, field=PATH)
        assert refused.value.field == PATH
    else:
        assert check_text(text, field=PATH) == text


def test_limits_are_counted_in_characters() -> None:
    assert check_text("😀" * MESSAGE_LIMIT, field=PATH) == "😀" * MESSAGE_LIMIT
    assert check_label("é" * LABEL_LIMIT, field=PATH) == "é" * LABEL_LIMIT
    for check, limit in ((check_text, MESSAGE_LIMIT), (check_label, LABEL_LIMIT)):
        with pytest.raises(Invalid, match="at most"):
            check("x" * (limit + 1), field=PATH)


@given(st.text())
def test_somebody_elses_text_is_made_one_that_can_be_kept(text: str) -> None:
    kept = clean_text(text)
    assert kept == "" or check_text(kept, field=PATH) == kept
    assert clean_text(kept) == kept


def test_what_is_left_of_somebody_elses_text() -> None:
    assert clean_text("  a\r\nb\x00\ud800\u2028 😀 ") == "a\nb\u2028 😀"
    assert clean_text(" \u200b\n") == ""
    assert clean_text("x" * (MESSAGE_LIMIT + 1)) == "x" * (MESSAGE_LIMIT - 1) + "…"


def test_hostile_texts_are_refused_quickly() -> None:
    began = time.thread_time()
    for text in ("x" * 1_000_000, "\u0000" * 1_000_000, " " * 1_000_000, "@" * 1_000_000, "1" * 1_000_000):
        for check in (check_text, check_label, check_email, check_phone):
            with pytest.raises(Invalid):
                check(text, field=PATH)
    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ann@example.com", "ann@example.com"),
        (" Ann@EXAMPLE.Com ", "Ann@example.com"),
        ("ann+tag@example.com", "ann+tag@example.com"),
        ("ünï@exämple.com", "ünï@exämple.com"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("abc..def@DOCOMO.ne.jp", "abc..def@docomo.ne.jp"),
        (".hana.@docomo.ne.jp", ".hana.@docomo.ne.jp"),
    ],
)
def test_email(text: str, kept: str) -> None:
    assert check_email(text, field=PATH) == kept
    assert check_email(kept, field=PATH) == kept


def test_an_address_that_mail_came_from_may_have_any_dots() -> None:
    assert check_email("a..b.@Example.com", field=PATH, exists=True) == "a..b.@example.com"
    for text in ("..@example.com", "@example.com", "a b@example.com"):
        with pytest.raises(Invalid):
            check_email(text, field=PATH, exists=True)


@pytest.mark.parametrize(
    "text",
    ["", " ", "ann", "@", "ann@", "@example.com", "a b@example.com", "ann@example", "a\n@example.com", "ann@\ud800.com",
     "Ann <ann@example.com>", "ann@example..com", ".ann@example.com"],
)  # fmt: skip
def test_invalid_email_addresses(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_email(text, field=PATH)
    assert refused.value.field == PATH
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("text", ["+39 333 1234567", "+39-333-123-4567", "+39 (333) 1234567", "+393331234567"])
def test_phone(text: str) -> None:
    assert check_phone(text, field=PATH) == "+393331234567"


@pytest.mark.parametrize(
    "text", ["", "+", "333 1234567", "00393331234567", "+39", "+0 123", "phone", "+39333123456789012", "\ud800"]
)
def test_invalid_phone_numbers(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_phone(text, field=PATH)
    assert refused.value.field == PATH


@pytest.mark.parametrize("text", ["https://shop.example/a?b=ü#c", "http://localhost:8000", "https://例子.广告/路径"])
def test_url_is_kept_as_it_is(text: str) -> None:
    assert check_url(text, field=PATH) == text


@pytest.mark.parametrize(
    "text",
    ["", "shop.example", "/path", "//shop.example", "ftp://shop.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
     "data:text/html,x", "https://", "https:// shop.example", " https://shop.example", "https://shop.example/a b",
     "https://shop.example/\n", "https://shop.example/\u0000", "\u0001https://shop.example", "https://shop.example/\u202e"],
)  # fmt: skip
def test_invalid_urls(text: str) -> None:
    with pytest.raises(Invalid):
        check_url(text, field=PATH)


@given(st.decimals(allow_nan=True, allow_infinity=True), st.sampled_from(sorted(CURRENCIES)))
def test_amounts(amount: Decimal, currency: str) -> None:
    money = Money(amount=amount, currency=currency)
    digits = amount.as_tuple()
    fits = isinstance(digits.exponent, int) and len(digits.digits) <= 18 and abs(digits.exponent) <= 18 and amount >= 0
    if fits:
        assert check_money(money, field=PATH, least=Decimal(0)) == money
    else:
        with pytest.raises(Invalid) as refused:
            check_money(money, field=PATH, least=Decimal(0))
        assert refused.value.field == (*PATH, "amount")


def test_ids_are_26_characters_and_sort_by_age() -> None:
    older = new_id()
    deadline = time.monotonic() + 60
    while (younger := new_id())[:10] == older[:10]:
        assert time.monotonic() < deadline
    assert older < younger
    assert {len(older), len(younger)} == {26}
    assert set(older) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert len({new_id() for _ in range(10_000)}) == 10_000
