"""From documents of counters to a tally: what a day's document holds beforehand, and what must be added up by class."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from struct import Struct
from typing import Any

from bson import Decimal128

from domain.channel import Channel
from domain.conversation.model import ConversationStatus
from domain.metrics.model import Question, Sold, Standing, Tally
from integrations.mongo.client import Document
from integrations.mongo.counters import CHANNEL_LETTERS, CHANNELS, NO_SKILL, RARE, STATUSES, UNTAGGED
from integrations.mongo.labels import Class

Rows = Sequence[tuple[int, Document]]  # (place of the day, its document)
_HALVES = Struct("<QQ")
_MORE_DIGITS = (1 << 49) - 1
_ANY = datetime.min.replace(tzinfo=UTC)  # of cells, which know their day and no more


def counts_of(rows: Rows, question: Question, *, tag: str | None = None) -> Tally:
    """Of the fields `n`; of one tag, by its name, of the fields `t`."""
    if tag is not None:
        rows = [(day, {"n": document.get("t", {}).get(tag, {})}) for day, document in rows]
    tally, by_place = Tally(question.length), _by_key(rows, "n", question.length)
    for place, row in by_place.items():
        channel, status = CHANNELS[place[0]], STATUSES[place[1]]
        if not question.channels or channel in question.channels:
            _add(tally.channels, channel, row)
            _add(tally.statuses, status, row)
    return tally


def tags_of(rows: Rows, question: Question) -> dict[str, list[int]]:
    """Of the fields `u`, or `t` of some channels: by the tags' names."""
    if not question.channels:
        return {name: row for name, row in _by_key(rows, "u", question.length).items() if any(row)}
    letters, length = {CHANNEL_LETTERS[channel] for channel in question.channels}, question.length
    tags: dict[str, list[int]] = {}
    for day, document in rows:
        for name, by_place in document.get("t", {}).items():
            if count := sum(count for place, count in by_place.items() if place[0] in letters):
                row = tags.get(name)
                if row is None:
                    row = tags[name] = [0] * length
                row[day] += count
    return tags


def tagged(names: dict[str, list[int]], texts: Mapping[str, str], length: int) -> Tally:
    tally = Tally(length)
    tally.untagged = names.pop(UNTAGGED, tally.untagged)
    tally.others = names.pop(RARE, tally.others)
    tally.tags = {texts[name]: row for name, row in names.items()}
    return tally


def skills_of(rows: Rows, question: Question) -> dict[str, dict[ConversationStatus, int]]:
    """Of the fields `k`: by the skills' names."""
    skills: dict[str, dict[ConversationStatus, int]] = {}
    for _, document in rows:
        for name, by_place in document.get("k", {}).items():
            for place, count in by_place.items():
                if count and (not question.channels or CHANNELS[place[0]] in question.channels):
                    of_skill = skills.setdefault(name, {})
                    of_skill[STATUSES[place[1]]] = of_skill.get(STATUSES[place[1]], 0) + count
    return skills


def skilled(names: Mapping[str, dict[ConversationStatus, int]], texts: Mapping[str, str], length: int) -> Tally:
    tally = Tally(length)
    tally.skills = {None if name == NO_SKILL else texts[name]: counts for name, counts in names.items()}
    return tally


def sales_of(rows: Rows, question: Question) -> Tally:
    """Of the fields `r`, or `m` of some channels."""
    tally = Tally(question.length)
    for _, document in rows:
        if not question.channels:
            tally.add_sold([_sold(currency, cell) for currency, cell in document.get("r", {}).items()])
            continue
        for currency, by_channel in document.get("m", {}).items():
            for letter, cell in by_channel.items():
                if not question.channels or CHANNELS[letter] in question.channels:
                    tally.add_sold([_sold(currency, cell)])
    return tally


@dataclass(slots=True)
class ByClass:
    """Cells that are not added up yet, because what they count for hangs on their class's tags."""

    # By where it stands, and place + class.
    counts: defaultdict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    sold: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)  # (channel's letter, class, what)

    @property
    def classes(self) -> set[str]:
        return {key[2:] for _, key in self.counts} | {name for _, name, _ in self.sold}

    def tally(self, question: Question, classes: Mapping[str, Class], first: Mapping[str, str]) -> Tally:
        """`first`: under which of the names asked for a class is counted, where it stands under several."""
        tally = Tally(question.length)
        for (under, key), counts in self.counts.items():
            place, name = key[:2], key[2:]
            kind = classes[name]
            if first.get(name, under) == under and question.admits(CHANNELS[place[0]], kind.tags):
                tally.add(_standing(place, kind), counts, rare=kind.rare)
        for letter, name, by_currency in self.sold:
            if question.admits(CHANNELS[letter], classes[name].tags):
                tally.add_sold(sold_of(by_currency))
        return tally


def under_tags(rows: Rows, names: Iterable[str]) -> ByClass:
    """Of the fields `x` and `y`, under these names."""
    cells = ByClass()
    for day, document in rows:
        under_all = document.get("x", {})
        for under in names:
            for key, count in under_all.get(under, {}).items():
                if count:
                    cells.counts[under, key].append((day, count))
        for key, by_currency in document.get("y", {}).items():
            cells.sold.append((key[0], key[1:], by_currency))
    return cells


def in_hours(documents: Iterable[Document], starts: Sequence[datetime]) -> ByClass:
    """`starts` are the days' beginnings, with that of the day behind the last; other quarters are left out."""
    cells = ByClass()
    for document in documents:
        days = [place_of(document["hour"] + timedelta(minutes=15 * quarter), starts) for quarter in range(4)]
        for key, count in document.get("c", {}).items():
            day = days[int(key[0])]
            if day is not None and count:
                cells.counts["", key[1:]].append((day, count))
        for key, by_currency in document.get("s", {}).items():
            if days[int(key[0])] is not None:
                cells.sold.append((key[1], key[2:], by_currency))
    return cells


def place_of(instant: datetime, starts: Sequence[datetime]) -> int | None:
    """A day that the calendar skipped starts where the next one does, and has no instant."""
    return bisect_right(starts, instant) - 1 if starts[0] <= instant < starts[-1] else None


def _standing(place: str, kind: Class) -> Standing:
    return Standing(
        started_at=_ANY, channel=CHANNELS[place[0]], status=STATUSES[place[1]], tags=kind.tags, skill=kind.skill
    )


def _by_key(rows: Rows, name: str, length: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for day, document in rows:
        for key, count in document.get(name, {}).items():
            row = found.get(key)
            if row is None:
                row = found[key] = [0] * length
            row[day] += count
    return found


def _add(rows: dict[Any, list[int]], key: Channel | ConversationStatus, row: list[int]) -> None:
    held = rows.get(key)
    rows[key] = list(row) if held is None else [one + other for one, other in zip(held, row, strict=True)]


def sold_of(by_currency: Mapping[str, Any]) -> list[Sold]:
    return [_sold(currency, cell) for currency, cell in by_currency.items()]


def _sold(currency: str, cell: Mapping[str, Any]) -> Sold:
    amount = cell.get("a", Decimal(0))
    return Sold(currency, decimal_of(amount) if isinstance(amount, Decimal128) else Decimal(amount), cell.get("o", 0))


def decimal_of(value: Decimal128) -> Decimal:
    """`value.to_decimal()`, five times as fast where the digits fit in 64 bits (IEEE 754, binary integer decimals: a
    sign, 14 bits of exponent, 113 bits of digits)."""
    digits, head = _HALVES.unpack(value.bid)
    if head & _MORE_DIGITS or head >> 61 & 3 == 3:
        return value.to_decimal()
    exact = Decimal(digits).scaleb((head >> 49 & 0x3FFF) - 6176)
    return -exact if head >> 63 else exact
