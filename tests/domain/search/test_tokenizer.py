"""The words of texts, and the terms of a search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.conversation import Visitor
from domain.search.query import search_of
from domain.search.terms import day_terms, identity
from domain.search.tokenizer import _BOUNDARY, _WORD, LONGEST_WORD, addresses_in, folded, words_of
from domain.values.errors import Invalid

_EARLY, _LATE = datetime(1990, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001 - UTC is put on below
WORDS = {
    "Where's my Order #1234-56?": ["where", "s", "my", "order", "1234", "56"],
    "CAFÉ café ｃａｆé": ["cafe", "cafe", "cafe"],
    "Łódź Øresund straße İstanbul Ærø": ["lodz", "oresund", "strasse", "istanbul", "aero"],
    "Ποῦ εἶναι ΤΟ ΔΈΜΑ;": ["που", "ειναι", "το", "δεμα"],
    "Где мой ёжик?": ["где", "мои", "ежик"],
    "订单在哪里": ["订", "单", "在", "哪", "里"],
    "カタカナ ひら": ["カタカナ", "ひ", "ら"],
    "أين طَلَبِي": ["اين", "طلبي"],
    "איפה שָׁלוֹם": ["איפה", "שלום"],
    "میخواهم می\u200cخواهم": ["میخواهم", "میخواهم"],
    "नमस्ते दुनिया": ["नमस्ते", "दुनिया"],
    "soft\u00adhyphen zero\u200bwidth": ["softhyphen", "zero", "width"],
    "_x_y_ <b>bold</b> a.b": ["x", "y", "b", "bold", "b", "a", "b"],
    "😀 ?! …": [],
}


@pytest.mark.parametrize("text", list(WORDS))
def test_words(text: str) -> None:
    assert words_of(text) == WORDS[text]


def test_hangul_is_found_as_it_is_typed() -> None:
    [whole], [begun] = words_of("주문"), words_of("주무")
    assert whole.startswith(begun)
    assert words_of("주문해요") != words_of("주문")


@given(st.text())
def test_folding_is_done_once(text: str) -> None:
    """Tokenizing is idempotent, so that stored words equal searched words."""
    for word in words_of(text):
        assert len(word) <= LONGEST_WORD
        assert words_of(word)[0] == word


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_is_the_long_way(text: str) -> None:
    long = [w[:LONGEST_WORD] for piece in _BOUNDARY.split(folded(text)) for w in _WORD.findall(piece)]
    assert words_of(text) == long


def test_addresses() -> None:
    assert addresses_in("Write to <Ann.Smith@Example.com>, or (bob@example.org).") == [
        "ann.smith@example.com",
        "bob@example.org",
    ]
    assert addresses_in("@nobody, none@ and 2 @ 3") == []


def forms(text: str) -> list[tuple[tuple[str, ...], bool]]:
    search = search_of(text, field=())
    assert search is not None
    return [(word.forms, word.complete) for word in search.words]


def test_what_is_looked_for() -> None:
    assert forms("Where is") == [(("where",), True), (("is",), False)]
    assert forms("Where is ") == [(("where",), True), (("is",), True)]
    assert forms("ann@exa") == [(("ann@exa",), False)]
    assert forms("+39 333 123-4567") == [(("393331234567",), False)]
    assert forms("(415) 555-2671 ") == [(("4155552671",), True)]
    assert forms("415-555-2671") == [(("4155552671",), False)]
    assert forms("0171 234567 Ann") == [(("0171234567", "171234567"), True), (("ann",), False)]
    assert forms("0039333123") == [(("0039333123", "39333123"), False)]
    assert forms("order 12 34") == [(("order",), True), (("12",), True), (("34",), False)]
    assert forms("order order ") == [(("order",), True)]


@pytest.mark.parametrize(
    "text", ['{"$gt": ""}', "$where: sleep(1000)", "^.*order.*$", "order OR 2=1 --", "(a+)+$ order", '"order" -x']
)
def test_operators_are_text(text: str) -> None:
    assert [word for (word, *_), _ in forms(text)] == words_of(text)


def test_invalid_searches_are_refused() -> None:
    assert search_of("", field=()) is None
    assert search_of(" \t\n", field=()) is None
    for text in ("?", ".*", "$", "😀", "x" * 201, "a b c d e f g h i j k", "a\x00b", "a\x1bb", "\ud800 a"):
        with pytest.raises(Invalid) as refused:
            search_of(text, field=("filter", "search"))
        assert refused.value.field == ("filter", "search")


def test_who_a_shopper_is() -> None:
    ann = Visitor(name="Ann Müller", email="Ann.M@Example.com", phone="+4917123456789", anonymous_id="secret")
    assert identity(ann) == {
        *("@ann", "@muller", "@m", "@example", "@com"),
        *("@&ann.m@example.com", "@+4917123456789", "@+17123456789"),
    }
    assert identity(Visitor()) == set() == identity(None)
    assert identity(Visitor(phone="no number")) == {"@+no number"}


@given(st.datetimes(_EARLY, _LATE), st.integers(1, 3_700), st.integers(0, 86_400 * 3_700))
def test_days_of_a_range(begins: datetime, length: int, offset: int) -> None:
    begins = begins.replace(tzinfo=UTC)
    ends = begins + timedelta(days=length)
    terms = day_terms(begins, ends)
    assert len(terms) <= 200  # sorted scans that MongoDB merges
    instant = begins + timedelta(seconds=offset)
    if instant < ends:
        assert {f":day:{instant:%Y-%m-%d}", f":month:{instant:%Y-%m}"} & set(terms)
    far = ends + timedelta(days=1)
    assert not {f":day:{far:%Y-%m-%d}", f":month:{far:%Y-%m}"} & set(terms)
