"""A transcript written down, as HTML and as text, in parts that a helpdesk takes.

A text runs in its own direction, wherever it stands: in HTML each has `dir="auto"`, in text it is set apart by isolates
of Unicode, so that a name in Hebrew does not turn the time beside it round. What is too long for one part goes on in
the next, cut between what people see as characters; what is too long for all is left out in the middle, and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape

import regex

from domain.handoff.transcript import Entry, price_of
from domain.model.conversation import ProductCard
from domain.values.record import Record, replace

_WINDOW = 200  # characters around a cut in which it is looked for clusters
_ISOLATE, _END = "\u2068", "\u2069"  # Unicode Bidirectional Algorithm, 2.6: first strong isolate


class Style(Record):
    """One way to write it down. Each answers a whole block, which can stand anywhere."""

    fact: Callable[[str, str], str]  # name, value
    entry: Callable[[Entry, str, bool], str]  # with this text of it; whether it is the first piece
    extras: Callable[[Entry], list[str]]  # what stands below the text: cards, buttons
    remark: Callable[[str], str]  # our own words
    inner: str  # between what belongs to one message
    joint: str  # between blocks


class Block(Record):
    written: str
    sequence: int = 0  # of the message; 0: not of one


class Room(Record):
    """What a helpdesk takes, in bytes of UTF-8 and numbers of parts."""

    part_bytes: int
    most_parts: int


def parts(
    facts: Sequence[tuple[str, str]], entries: Sequence[Entry], style: Style, room: Room, *, reference: str
) -> list[str]:
    """The whole, in order; the first part begins with the facts. Each of several says which it is (`part_mark`)."""
    free = room.part_bytes - 400  # for the words around it
    kept = _worth_writing(entries, room)
    blocks = [*_facts(facts, style, free), *_entries(kept, style, free)]
    pages = _pages(blocks, style, free)
    if len(pages) > room.most_parts:
        pages = _without_middle(pages, style, room.most_parts)
    if len(pages) == 1:
        return [style.joint.join(block.written for block in pages[0])]
    count = len(pages)
    return [
        style.joint.join([*(block.written for block in page), style.remark(part_mark(place, count, reference) + ".")])
        for place, page in enumerate(pages, start=1)
    ]


def part_mark(place: int, count: int, reference: str) -> str:
    """By these words a part is found again where it may have arrived."""
    return f"Transcript, part {place} of {count} ({reference})"


def _worth_writing(entries: Sequence[Entry], room: Room) -> Sequence[Entry]:
    """Without a middle of which nothing could be shown: a shopper may write any number of long messages, and to write
    them all down would hold up everybody else. What is left is still more than there is room for."""
    head = _up_to(entries, (_first_parts(room.most_parts) + 1) * room.part_bytes)
    tail = _up_to(entries[::-1], (room.most_parts - _first_parts(room.most_parts) + 1) * room.part_bytes)
    if head + tail >= len(entries):
        return entries
    return [*entries[:head], *entries[len(entries) - tail :]]


def _up_to(entries: Sequence[Entry], characters: int) -> int:
    """How many of the first have so many characters together."""
    for number, entry in enumerate(entries, start=1):
        characters -= len(entry.text)
        if characters <= 0:
            return number
    return len(entries)


def _first_parts(most: int) -> int:
    """How many of the parts tell how it began; the others tell how it ended."""
    return max(1, most // 4)


def _facts(facts: Sequence[tuple[str, str]], style: Style, free: int) -> Iterator[Block]:
    for name, value in facts:
        for piece in _pieces(value, partial(style.fact, name), free):
            yield Block(written=style.fact(name, piece))


def _entries(entries: Sequence[Entry], style: Style, free: int) -> Iterator[Block]:
    for entry in entries:
        extras = style.extras(entry)
        whole = style.inner.join([style.entry(entry, entry.text, True), *extras])
        if _size(whole) <= free:
            yield Block(written=whole, sequence=entry.sequence)
            continue
        pieces = _pieces(entry.text, _written(style, entry), free)
        written = [style.entry(entry, piece, place == 0) for place, piece in enumerate(pieces)]
        yield from (Block(written=block, sequence=entry.sequence) for block in [*written, *extras])


def _written(style: Style, entry: Entry) -> Callable[[str], str]:
    return lambda text: style.entry(entry, text, True)


def _pieces(text: str, written: Callable[[str], str], free: int) -> Iterator[str]:
    """Of a text, as long as they fit when written down; cut between grapheme clusters."""
    while _size(written(text)) > free:
        cut = _before_cluster(text, _fitting(text, written, free))
        yield text[:cut]
        text = text[cut:]
    yield text


def _fitting(text: str, written: Callable[[str], str], free: int) -> int:
    """How many of its characters fit: at least one."""
    fits, too_many = 1, min(len(text), free) + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if _size(written(text[:middle])) <= free:
            fits = middle
        else:
            too_many = middle
    return fits


def _before_cluster(text: str, cut: int) -> int:
    """The last place up to `cut` where one grapheme cluster ends and the next begins. Marks may be heaped on a letter
    without end: where there is no such place nearby, it is cut all the same."""
    start = max(cut - _WINDOW, 0)
    clusters = regex.finditer(r"\X", text[start : cut + _WINDOW])
    places = [start + cluster.start() for cluster in clusters if 0 < cluster.start() <= cut - start]
    return places[-1] if places else cut


def _pages(blocks: Sequence[Block], style: Style, free: int) -> list[list[Block]]:
    pages: list[list[Block]] = [[]]
    taken = 0
    for block in blocks:
        size = _size(block.written) + _size(style.joint)
        if pages[-1] and taken + size > free:
            pages.append([])
            taken = 0
        pages[-1].append(block)
        taken += size
    return pages


def _without_middle(pages: list[list[Block]], style: Style, most: int) -> list[list[Block]]:
    """How it began, and the most of how it ended: there is what the team is asked for."""
    first = _first_parts(most)
    head, tail = pages[:first], pages[first - most :]
    lost = [block.sequence for page in pages[first : first - most] for block in page if block.sequence]
    if not lost:
        return [*head, *tail]
    # What was not even written down lies between them.
    remark = f"Messages {min(lost)} to {max(lost)} are left out here: the whole is too long for one ticket."
    return [*head, [Block(written=style.remark(remark)), *tail[0]], *tail[1:]]


def _size(text: str) -> int:
    return len(text.encode())


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _html_fact(name: str, value: str) -> str:
    shown = _link(value, value) if value.startswith(("http://", "https://")) else _lines(value)
    return f'<p><strong>{escape(name)}:</strong> <span dir="auto">{shown}</span></p>'


def _html_entry(entry: Entry, text: str, first: bool) -> str:
    going_on = "" if first else ", continued"
    head = f"<p><strong><bdi>{escape(entry.author)}</bdi></strong> ({entry.role}), {entry.at}{going_on}</p>"
    return f'{head}<div dir="auto">{_lines(text)}</div>'


def html_body(entry: Entry) -> str:
    """What was said, without who and when."""
    return "".join([f'<div dir="auto">{_lines(entry.text)}</div>', *_html_extras(entry)])


def _html_extras(entry: Entry) -> list[str]:
    cards = [f'<p dir="auto">&bull; {_html_card(card)}</p>' for card in entry.products]
    choices = " ".join(f"[<bdi>{escape(label)}</bdi>]" for label in entry.choices)
    return [*cards, *([f"<p>{choices}</p>"] if choices else [])]


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
    remark=lambda words: f"<p><em>{escape(words)}</em></p>",
    inner="",
    joint="",
)


_HTML_BODY = replace(HTML, entry=lambda _, text, __: f'<div dir="auto">{_lines(text)}</div>')


def html_bodies(entry: Entry, part_bytes: int) -> list[str]:
    """What was said, without who and when, in as many parts as it takes."""
    pages = _pages(list(_entries([entry], _HTML_BODY, part_bytes)), _HTML_BODY, part_bytes)
    return ["".join(block.written for block in page) for page in pages]


def isolated(text: str) -> str:
    """Each line by itself: an isolate ends with its paragraph."""
    return "\n".join(f"{_ISOLATE}{line}{_END}" if line else "" for line in text.split("\n"))


def _text_fact(name: str, value: str) -> str:
    return f"{name}: {isolated(value)}"


def _text_entry(entry: Entry, text: str, first: bool) -> str:
    going_on = "" if first else ", continued"
    return f"{isolated(entry.author)} ({entry.role}), {entry.at}{going_on}\n{isolated(text)}"


def text_body(entry: Entry) -> str:
    """What was said, without who and when."""
    return "\n".join([entry.text, *_text_extras(entry)])


def _text_extras(entry: Entry) -> list[str]:
    cards = [" – ".join([isolated(c.title), *_details(c), *([c.url] if c.url else [])]) for c in entry.products]
    choices = " ".join(f"[{isolated(label)}]" for label in entry.choices)
    return [*(f"* {card}" for card in cards), *([choices] if choices else [])]


TEXT = Style(
    fact=_text_fact,
    entry=_text_entry,
    extras=_text_extras,
    remark=lambda words: f"({words})",
    inner="\n",
    joint="\n\n",
)
