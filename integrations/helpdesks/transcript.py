"""Renders a transcript as HTML or plain text, split into parts that fit a helpdesk's size limits.

Every text keeps its own direction: HTML elements have `dir="auto"`, plain text uses Unicode isolates, so that a name in
Hebrew does not reorder the time beside it. A text that exceeds a part is cut between grapheme clusters and continues in
the next part. If the transcript exceeds all parts, its middle is omitted, and a note says which messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape

import regex

from domain.handoff.transcript import Entry, price_of
from domain.model.conversation import ProductCard
from domain.values.record import Record, replace

_WINDOW = 200  # characters around a cut in which grapheme clusters are searched
_ISOLATE, _POP = "\u2068", "\u2069"  # first strong isolate (Unicode Bidirectional Algorithm, section 2.6)


class Style(Record):
    """An output format. Each function returns a complete block."""

    fact: Callable[[str, str], str]  # (name, value)
    entry: Callable[[Entry, str, bool], str]  # (message, the piece of its text, whether it is the first piece)
    extras: Callable[[Entry], list[str]]  # blocks below the text: product cards, buttons
    note: Callable[[str], str]  # a remark by Baton
    entry_separator: str  # between the blocks of one message
    block_separator: str


class Block(Record):
    content: str
    sequence: int = 0  # of its message; 0: it belongs to no message


class TranscriptLimits(Record):
    """A helpdesk's size limits."""

    part_bytes: int  # of one part, in UTF-8
    max_parts: int


def split_transcript(
    facts: Sequence[tuple[str, str]],
    entries: Sequence[Entry],
    style: Style,
    limits: TranscriptLimits,
    *,
    reference: str,
) -> list[str]:
    """Return the parts in order. The first begins with the facts. Each of several ends with its `part_mark`."""
    free = limits.part_bytes - 400  # reserved for the part mark and the note on omissions
    kept = _prune(entries, limits)
    blocks = [*_facts(facts, style, free), *_entries(kept, style, free)]
    pages = _pages(blocks, style, free)
    if len(pages) > limits.max_parts:
        pages = _without_middle(pages, style, limits.max_parts)
    if len(pages) == 1:
        return [style.block_separator.join(block.content for block in pages[0])]
    count = len(pages)
    return [
        style.block_separator.join(
            [*(block.content for block in page), style.note(part_mark(number, count, reference) + ".")]
        )
        for number, page in enumerate(pages, start=1)
    ]


def part_mark(number: int, count: int, reference: str) -> str:
    """The text by which a part is found again in the helpdesk."""
    return f"Transcript, part {number} of {count} ({reference})"


def _prune(entries: Sequence[Entry], limits: TranscriptLimits) -> Sequence[Entry]:
    """Drop a middle that cannot fit, before it is rendered: rendering any number of long messages would block the event
    loop. The rest still exceeds the limits; the caller cuts it exactly."""
    head = _count_until(entries, (_head_parts(limits.max_parts) + 1) * limits.part_bytes)
    tail = _count_until(entries[::-1], (limits.max_parts - _head_parts(limits.max_parts) + 1) * limits.part_bytes)
    if head + tail >= len(entries):
        return entries
    return [*entries[:head], *entries[len(entries) - tail :]]


def _count_until(entries: Sequence[Entry], characters: int) -> int:
    """The number of first entries that have so many characters together."""
    for number, entry in enumerate(entries, start=1):
        characters -= len(entry.text)
        if characters <= 0:
            return number
    return len(entries)


def _head_parts(max_parts: int) -> int:
    """The number of parts for the beginning; the others are for the end."""
    return max(1, max_parts // 4)


def _facts(facts: Sequence[tuple[str, str]], style: Style, free: int) -> Iterator[Block]:
    for name, value in facts:
        for piece in _pieces(value, partial(style.fact, name), free):
            yield Block(content=style.fact(name, piece))


def _entries(entries: Sequence[Entry], style: Style, free: int) -> Iterator[Block]:
    for entry in entries:
        extras = style.extras(entry)
        whole = style.entry_separator.join([style.entry(entry, entry.text, True), *extras])
        if _size(whole) <= free:
            yield Block(content=whole, sequence=entry.sequence)
            continue
        pieces = _pieces(entry.text, _renderer(style, entry), free)
        rendered = [style.entry(entry, piece, index == 0) for index, piece in enumerate(pieces)]
        yield from (Block(content=block, sequence=entry.sequence) for block in [*rendered, *extras])


def _renderer(style: Style, entry: Entry) -> Callable[[str], str]:
    return lambda text: style.entry(entry, text, True)


def _pieces(text: str, render: Callable[[str], str], free: int) -> Iterator[str]:
    """Pieces of a text, each as long as fits when rendered, cut between grapheme clusters."""
    while _size(render(text)) > free:
        cut = _before_cluster(text, _fitting(text, render, free))
        yield text[:cut]
        text = text[cut:]
    yield text


def _fitting(text: str, render: Callable[[str], str], free: int) -> int:
    """The number of first characters that fit when rendered, at least one (binary search)."""
    fits, too_many = 1, min(len(text), free) + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if _size(render(text[:middle])) <= free:
            fits = middle
        else:
            too_many = middle
    return fits


def _before_cluster(text: str, cut: int) -> int:
    """The last boundary of grapheme clusters up to `cut`. A cluster may be of any length: if there is no boundary
    nearby, `cut` itself is returned."""
    start = max(cut - _WINDOW, 0)
    clusters = regex.finditer(r"\X", text[start : cut + _WINDOW])
    boundaries = [start + cluster.start() for cluster in clusters if 0 < cluster.start() <= cut - start]
    return boundaries[-1] if boundaries else cut


def _pages(blocks: Sequence[Block], style: Style, free: int) -> list[list[Block]]:
    pages: list[list[Block]] = [[]]
    used = 0
    for block in blocks:
        size = _size(block.content) + _size(style.block_separator)
        if pages[-1] and used + size > free:
            pages.append([])
            used = 0
        pages[-1].append(block)
        used += size
    return pages


def _without_middle(pages: list[list[Block]], style: Style, max_parts: int) -> list[list[Block]]:
    """The beginning and the end of the pages. The end is longer, because it says what the shopper asks of the staff."""
    first = _head_parts(max_parts)
    head, tail = pages[:first], pages[first - max_parts :]
    omitted = [block.sequence for page in pages[first : first - max_parts] for block in page if block.sequence]
    if not omitted:
        return [*head, *tail]
    # The range includes the messages that `_prune` dropped, which lie between these.
    note = f"Messages {min(omitted)} to {max(omitted)} are omitted: the conversation is too long for one ticket."
    return [*head, [Block(content=style.note(note)), *tail[0]], *tail[1:]]


def _size(text: str) -> int:
    return len(text.encode())


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _html_fact(name: str, value: str) -> str:
    shown = _link(value, value) if value.startswith(("http://", "https://")) else _lines(value)
    return f'<p><strong>{escape(name)}:</strong> <span dir="auto">{shown}</span></p>'


def _html_entry(entry: Entry, text: str, first: bool) -> str:
    suffix = "" if first else ", continued"
    head = f"<p><strong><bdi>{escape(entry.author)}</bdi></strong> ({entry.role}), {entry.at}{suffix}</p>"
    return f'{head}<div dir="auto">{_lines(text)}</div>'


def html_body(entry: Entry) -> str:
    """The content of one message, without author and time."""
    return "".join([f'<div dir="auto">{_lines(entry.text)}</div>', *_html_extras(entry)])


def _html_extras(entry: Entry) -> list[str]:
    cards = [f'<p dir="auto">&bull; {_html_card(card)}</p>' for card in entry.products]
    choices = " ".join(f"[<bdi>{escape(label)}</bdi>]" for label in entry.choices)
    files = [f'<p dir="auto">{_link(file.url or "", file.name)}</p>' for file in entry.files]
    return [*cards, *([f"<p>{choices}</p>"] if choices else []), *files]


def _html_card(card: ProductCard) -> str:
    title = _link(card.url, card.title) if card.url else escape(card.title)
    return " &ndash; ".join([title, *(escape(detail) for detail in _details(card))])


def _link(url: str, text: str) -> str:
    if not url.startswith(("http://", "https://")):
        return escape(text)
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def _details(card: ProductCard) -> list[str]:
    price = [price_of(card.price)] if card.price else []
    return [*price, *([f"SKU {card.sku}"] if card.sku else [])]


HTML = Style(
    fact=_html_fact,
    entry=_html_entry,
    extras=_html_extras,
    note=lambda text: f"<p><em>{escape(text)}</em></p>",
    entry_separator="",
    block_separator="",
)


_HTML_BODY = replace(HTML, entry=lambda _, text, __: f'<div dir="auto">{_lines(text)}</div>')


def html_bodies(entry: Entry, part_bytes: int) -> list[str]:
    """The content of one message, without author and time, in parts of at most `part_bytes`."""
    pages = _pages(list(_entries([entry], _HTML_BODY, part_bytes)), _HTML_BODY, part_bytes)
    return ["".join(block.content for block in page) for page in pages]


def isolated(text: str) -> str:
    """Isolate each line by itself, because an isolate ends with its paragraph."""
    return "\n".join(f"{_ISOLATE}{line}{_POP}" if line else "" for line in text.split("\n"))


def _text_fact(name: str, value: str) -> str:
    return f"{name}: {isolated(value)}"


def _text_entry(entry: Entry, text: str, first: bool) -> str:
    suffix = "" if first else ", continued"
    return f"{isolated(entry.author)} ({entry.role}), {entry.at}{suffix}\n{isolated(text)}"


def text_body(entry: Entry) -> str:
    """The content of one message, without author and time."""
    return "\n".join([entry.text, *_text_extras(entry)])


def _text_extras(entry: Entry) -> list[str]:
    cards = [" – ".join([isolated(c.title), *_details(c), *([c.url] if c.url else [])]) for c in entry.products]
    choices = " ".join(f"[{isolated(label)}]" for label in entry.choices)
    files = [isolated(file.name) + (f": {file.url}" if file.url else "") for file in entry.files]
    return [*(f"* {card}" for card in cards), *([choices] if choices else []), *files]


TEXT = Style(
    fact=_text_fact,
    entry=_text_entry,
    extras=_text_extras,
    note=lambda text: f"({text})",
    entry_separator="\n",
    block_separator="\n\n",
)
