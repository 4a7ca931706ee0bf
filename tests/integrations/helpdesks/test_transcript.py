"""The rendered transcript: every message with its time and text direction, and no internal notes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest

from domain.handoff.transcript import Entry, entries
from domain.model.conversation import Author, AuthorKind, Message, MessageAction, MessageKind, ProductCard
from domain.values.ids import ConversationId, MessageId
from domain.values.money import Money
from domain.values.record import replace
from integrations.helpdesks.transcript import (
    HTML,
    TEXT,
    Style,
    TranscriptLimits,
    html_body,
    part_mark,
    split_transcript,
    text_body,
)

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half an hour before daylight saving time ends in Rome
LIMITS = TranscriptLimits(part_bytes=60_000, max_parts=20)
UNLIMITED = TranscriptLimits(part_bytes=10_000_000, max_parts=1)


def message(
    number: int,
    text: str = "Hello",
    *,
    by: AuthorKind = AuthorKind.SHOPPER,
    name: str = "Anna",
    kind: MessageKind = MessageKind.TEXT,
    products: tuple[ProductCard, ...] = (),
    actions: tuple[MessageAction, ...] = (),
    at: datetime | None = None,
) -> Message:
    return Message(
        id=MessageId(f"m{number}"),
        conversation_id=ConversationId("c"),
        sequence=number,
        kind=kind,
        author=Author(kind=by, name=name),
        text=text,
        sent_at=at or START + timedelta(minutes=number),
        products=products,
        actions=actions,
    )


def visible_text(html: str) -> str:
    """The text that a browser would show."""
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"<br>|</p>|</div>", "\n", html)))


def render_all(*messages: Message, style: Style = HTML, zone: str = "Europe/Rome") -> str:
    [part] = split_transcript([], entries(messages, zone), style, UNLIMITED, reference="c001")
    return part


def test_every_message_has_its_time_in_the_accounts_zone() -> None:
    text = render_all(message(1, at=START), message(2, at=START + timedelta(hours=1)), style=TEXT)
    # The same local time occurs twice; the offset distinguishes them.
    assert "\u2068Anna\u2069 (shopper), 2026-10-25 02:30:00+02:00\n\u2068Hello\u2069" in text
    assert "\u2068Anna\u2069 (shopper), 2026-10-25 02:30:00+01:00" in text
    assert "2026-10-25 00:30:00 UTC" in render_all(message(1, at=START), zone="UTC")


def test_authors_and_buttons_are_shown() -> None:
    html = render_all(
        message(1, "Where is it?"),
        message(2, "On its way.", by=AuthorKind.AI_AGENT, name="Bot"),
        message(
            3,
            "Shall a person come?",
            by=AuthorKind.SYSTEM,
            name="Baton",
            kind=MessageKind.HANDOFF_OFFER,
            actions=(MessageAction(id="a", label="Yes"), MessageAction(id="d", label="No & no")),
        ),
        message(4, "Here I am.", by=AuthorKind.HUMAN_AGENT, name="Sam"),
    )
    assert visible_text(html).split("\n") == [
        "Anna (shopper), 2026-10-25 02:31:00+02:00",
        "Where is it?",
        "Bot (AI agent), 2026-10-25 02:32:00+02:00",
        "On its way.",
        "Baton (automatic), 2026-10-25 02:33:00+02:00",
        "Shall a person come?",
        "[Yes] [No & no]",
        "Sam (team), 2026-10-25 02:34:00+02:00",
        "Here I am.",
        "",
    ]


def test_internal_notes_are_omitted() -> None:
    note = message(2, "He is rude", by=AuthorKind.HUMAN_AGENT, kind=MessageKind.NOTE)
    for style in (HTML, TEXT):
        assert render_all(message(1), note, message(3), style=style) == render_all(message(1), message(3), style=style)


@pytest.mark.parametrize("style", [HTML, TEXT])
def test_scripts_of_every_direction_and_emoji_stay_as_they_are(style: Style) -> None:
    for text in ("היכן ההזמנה שלי #1001?", "أين طلبي؟ 😀👩‍👩‍👧‍👦", "🇮🇹 e\u0301 ﷽", "日本語の注文"):
        assert text in render_all(message(1, text, name="דנה"), style=style)


def test_each_text_runs_in_its_own_direction() -> None:
    html = render_all(message(1, "שלום\nעולם", name="דנה"))
    assert "<strong><bdi>דנה</bdi></strong> (shopper), 2026" in html
    assert '<div dir="auto">שלום<br>עולם</div>' in html
    text = render_all(message(1, "שלום\n\nעולם", name="דנה"), style=TEXT)
    assert text.startswith("\u2068דנה\u2069 (shopper), 2026")
    assert text.endswith("\u2068שלום\u2069\n\n\u2068עולם\u2069")
    assert text.count("\u2068") == text.count("\u2069")


def test_text_of_shoppers_is_escaped() -> None:
    html = render_all(message(1, "<script>alert('x')</script> & \"so\"\r\non\rand on", name="<b>Anna</b>"))
    assert "<script" not in html
    assert "<b>" not in html
    assert visible_text(html).split("\n") == [
        "<b>Anna</b> (shopper), 2026-10-25 02:31:00+02:00",
        "<script>alert('x')</script> & \"so\"",
        "on",
        "and on",
        "",
    ]


def test_product_cards() -> None:
    cards = (
        ProductCard(
            product_id="1",
            title="Kettle <red>",
            url='https://shop.example/k?a=1&b="',
            price=Money(amount=Decimal("19.90"), currency="EUR"),
            sku="K-1",
        ),
        ProductCard(product_id="2", title="Cup", url="javascript:alert(1)"),
    )
    recommended = message(1, "These", by=AuthorKind.AI_AGENT, name="Bot", products=cards)
    html = render_all(recommended)
    assert (
        '<a href="https://shop.example/k?a=1&amp;b=&quot;">Kettle &lt;red&gt;</a> &ndash; 19.90 EUR &ndash; SKU K-1'
        in html
    )
    assert "javascript" not in html
    text = render_all(recommended, style=TEXT)
    assert '* \u2068Kettle <red>\u2069 – 19.90 EUR – SKU K-1 – https://shop.example/k?a=1&b="' in text


def test_bodies_of_single_messages() -> None:
    [entry] = entries([message(1, "a\nb <c>")], "UTC")
    assert html_body(entry) == '<div dir="auto">a<br>b &lt;c&gt;</div>'
    assert text_body(entry) == "a\nb <c>"


def test_facts_come_first() -> None:
    [part] = split_transcript(
        [("Summary", "He waits\n<long>"), ("Conversation", "https://baton.example/c?a=1&b=2")],
        entries([message(1)], "UTC"),
        HTML,
        LIMITS,
        reference="c001",
    )
    assert part.startswith('<p><strong>Summary:</strong> <span dir="auto">He waits<br>&lt;long&gt;</span></p>')
    assert '<a href="https://baton.example/c?a=1&amp;b=2">' in part
    assert part.index("Conversation") < part.index("Anna")


def many(count: int, text: str) -> list[Entry]:
    return entries([message(n, f"{n}: {text}") for n in range(1, count + 1)], "Europe/Rome")


@pytest.mark.parametrize("style", [HTML, TEXT])
def test_five_thousand_messages_continue_in_further_parts(style: Style) -> None:
    found = split_transcript([("Summary", "Long")], many(5_000, "Is it here? & 😀"), style, LIMITS, reference="c001")
    assert 5 < len(found) <= LIMITS.max_parts
    assert max(len(part.encode()) for part in found) <= LIMITS.part_bytes
    for place, part in enumerate(found, start=1):
        assert part_mark(place, len(found), "c001") in part
    together = "\n".join(found)
    told = [int(n) for n in re.findall(r"(\d+): Is it here", together)]
    assert told == list(range(1, 5_001))  # each once, in order
    assert "left out" not in together


@pytest.mark.parametrize("style", [HTML, TEXT])
def test_the_middle_is_omitted_if_the_whole_exceeds_all_parts(style: Style) -> None:
    found = split_transcript([("Summary", "Long")], many(5_000, "x" * 1_000), style, LIMITS, reference="c001")
    assert len(found) == LIMITS.max_parts
    assert max(len(part.encode()) for part in found) <= LIMITS.part_bytes
    together = "\n".join(found)
    told = [int(n) for n in re.findall(r"(\d+): x", together)]
    assert told[0] == 1
    assert told[-1] == 5_000
    [(first, last)] = re.findall(r"Messages (\d+) to (\d+) are omitted", together)
    assert told == [*range(1, int(first)), *range(int(last) + 1, 5_001)]


def test_one_message_longer_than_a_part_is_cut_between_characters() -> None:
    family = "👩‍👩‍👧‍👦"
    text = family * 4_000  # 25 bytes each
    found = split_transcript([], entries([message(1, text)], "UTC"), HTML, LIMITS, reference="c001")
    assert max(len(part.encode()) for part in found) <= LIMITS.part_bytes
    pieces = [re.search(r'<div dir="auto">(.*?)</div>', part, re.S) for part in found]
    assert len(found) == 2
    assert "".join(piece.group(1) for piece in pieces if piece) == text
    assert all(piece is not None and set(piece.group(1).split(family)) == {""} for piece in pieces)
    assert "continued" not in found[0]
    assert "2026-10-25 00:31:00 UTC, continued" in found[1]


@pytest.mark.parametrize("text", ["&" * 32_000, "\n" * 31_999 + "x", "a" + "\u0301" * 31_999, "<" * 32_000])
def test_text_that_grows_when_escaped_still_fits(text: str) -> None:
    cards = tuple(
        ProductCard(product_id=str(n), title="&" * 500, url="https://shop.example/?" + "&" * 2_000) for n in range(20)
    )
    found = split_transcript(
        [("Summary", text[:10_000])], entries([message(1, text, products=cards)], "UTC"), HTML, LIMITS, reference="c"
    )
    assert max(len(part.encode()) for part in found) <= LIMITS.part_bytes
    assert "".join(found).count("https://shop.example/?") == 20


def test_messages_that_cannot_be_shown_are_not_rendered() -> None:
    """Only messages that can be shown are rendered: those of the first and last parts."""
    flood = entries([message(n, f"{n}: " + "&😀" * 15_000) for n in range(1, 1_001)], "UTC")
    rendered: set[int] = set()

    def render(entry: Entry, text: str, first: bool) -> str:
        rendered.add(entry.sequence)
        return HTML.entry(entry, text, first)

    found = split_transcript([], flood, replace(HTML, entry=render), LIMITS, reference="c001")
    assert len(rendered) < 100
    assert len(found) == LIMITS.max_parts
    assert max(len(part.encode()) for part in found) <= LIMITS.part_bytes
    together = "\n".join(found)
    [(first, last)] = re.findall(r"Messages (\d+) to (\d+) are omitted", together)
    told = [int(n) for n in re.findall(r">(\d+): ", together)]
    assert told[0] == 1
    assert told[-1] == 1_000
    assert int(first) < 10
    assert 980 < int(last) < 1_000
    assert not [n for n in told if int(first) < n < int(last)]
