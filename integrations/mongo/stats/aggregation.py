"""From counters to a tally: what days hold beforehand, as columns, and what must be added up by class."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import add
from typing import Any, TypeVar

from domain.metrics.model import MetricsQuery, ReportingFacts, Sold, Totals
from domain.model.conversation import ConversationStatus
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import CHANNEL_LETTERS, CHANNELS, NO_SKILL, RARE, STATUSES, UNTAGGED
from integrations.mongo.stats.day_columns import Rows
from integrations.mongo.stats.decimals import decimal_of
from integrations.mongo.stats.tag_dictionary import TagSet

K = TypeVar("K")
_ANY = datetime.min.replace(tzinfo=UTC)  # of cells, which know their day and no more


def counts_of(counts: Rows, question: MetricsQuery) -> Totals:
    """Of the fields `n`, or those of one tag in `t`."""
    tally = Totals(question.length)
    for place, row in counts.items():
        channel, status = CHANNELS[place[0]], STATUSES[place[1]]
        if not question.channels or channel in question.channels:
            _add(tally.channels, channel, row)
            _add(tally.statuses, status, row)
    return tally


def tags_of(tags: Rows, question: MetricsQuery) -> dict[str, list[int]]:
    """Of the fields `u`, or `t` of some channels: by the tags' names."""
    if not question.channels:
        return {**tags}
    letters = {CHANNEL_LETTERS[channel] for channel in question.channels}
    found: dict[str, list[int]] = {}
    for path, row in tags.items():
        name, _, place = path.partition(".")
        if place[0] in letters:
            _add(found, name, row)
    return found


def tagged(names: dict[str, list[int]], texts: Mapping[str, str], length: int) -> Totals:
    tally = Totals(length)
    tally.untagged = names.pop(UNTAGGED, tally.untagged)
    tally.others = names.pop(RARE, tally.others)
    tally.tags = {texts[name]: row for name, row in names.items()}
    return tally


def skills_of(skills: Rows, question: MetricsQuery) -> dict[str, dict[ConversationStatus, int]]:
    """Of the fields `k`: by the skills' names."""
    found: dict[str, dict[ConversationStatus, int]] = {}
    for path, row in skills.items():
        name, _, place = path.partition(".")
        if (count := sum(row)) and (not question.channels or CHANNELS[place[0]] in question.channels):
            of_skill = found.setdefault(name, {})
            of_skill[STATUSES[place[1]]] = of_skill.get(STATUSES[place[1]], 0) + count
    return found


def skilled(names: Mapping[str, dict[ConversationStatus, int]], texts: Mapping[str, str], length: int) -> Totals:
    tally = Totals(length)
    tally.skills = {None if name == NO_SKILL else texts[name]: counts for name, counts in names.items()}
    return tally


def sales_of(sales: Rows, question: MetricsQuery) -> Totals:
    """Of the fields `r`, or `m` of some channels."""
    tally, letters = Totals(question.length), {CHANNEL_LETTERS[channel] for channel in question.channels}
    for path, row in sales.items():
        currency, *channel, what = path.split(".")
        if letters.issuperset(channel):
            tally.add_sold([_sold(currency, what, row)])
    return tally


@dataclass(slots=True)
class ByTagSet:
    """Cells that are not added up yet, because what they count for hangs on their class's tags."""

    # By where it stands, and place + class.
    counts: defaultdict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    sold: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)  # (channel's letter, class, what)

    @property
    def classes(self) -> set[str]:
        return {key[2:] for _, key in self.counts} | {name for _, name, _ in self.sold}

    def tally(self, question: MetricsQuery, classes: Mapping[str, TagSet], first: Mapping[str, str]) -> Totals:
        """`first`: under which of the names asked for a class is counted, where it stands under several."""
        tally = Totals(question.length)
        for (under, key), counts in self.counts.items():
            kind = classes[key[2:]]
            if first.get(kind.name, under) == under and question.admits(CHANNELS[key[0]], kind.tags):
                tally.add(_standing(key[:2], kind), counts, rare=kind.rare)
        for letter, name, by_currency in self.sold:
            if question.admits(CHANNELS[letter], classes[name].tags):
                tally.add_sold(sold_of(by_currency))
        return tally


def under_tags(documents: Iterable[tuple[int, Document]], names: Iterable[str]) -> ByTagSet:
    """Of the fields `x` and `y`, under these names: (place of the day, its document) each."""
    cells, names = ByTagSet(), [*names]
    for day, document in documents:
        under_all = document.get("x", {})
        for under in names:
            for key, count in under_all.get(under, {}).items():
                if count:
                    cells.counts[under, key].append((day, count))
        for key, by_currency in document.get("y", {}).items():
            cells.sold.append((key[0], key[1:], by_currency))
    return cells


def in_hours(documents: Iterable[Document], starts: Sequence[datetime]) -> ByTagSet:
    """`starts` are the days' beginnings, with that of the day behind the last; other quarters are left out."""
    cells = ByTagSet()
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


def _standing(place: str, kind: TagSet) -> ReportingFacts:
    return ReportingFacts(
        started_at=_ANY, channel=CHANNELS[place[0]], status=STATUSES[place[1]], tags=kind.tags, skill=kind.skill
    )


def _add(rows: dict[K, list[int]], key: K, row: list[int]) -> None:
    held = rows.get(key)
    rows[key] = row.copy() if held is None else [*map(add, held, row)]


def sold_of(by_currency: Mapping[str, Any]) -> list[Sold]:
    return [
        Sold(currency, decimal_of(cell["a"]) if "a" in cell else Decimal(0), cell.get("o", 0))
        for currency, cell in by_currency.items()
    ]


def _sold(currency: str, what: str, row: list[Any]) -> Sold:
    """Of a column of amounts (a) or of numbers of orders (o)."""
    if what == "a":
        return Sold(currency, Decimal(sum(row)), 0)
    return Sold(currency, Decimal(0), int(sum(row)))
