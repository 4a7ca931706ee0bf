"""A reference for credited sales: computed from all touches and orders, without the product's code.

It ignores the order in which these were reported, so that the product must give the same result for every order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

WINDOWS = {
    ("WEB_CHAT", "PRODUCT_CARD_CLICK"): timedelta(hours=24),
    ("SMS", "SMS_CLICK"): timedelta(days=5),
    ("SMS", "SMS_DELIVERY"): timedelta(hours=12),
    ("WHATSAPP", "WHATSAPP_CLICK"): timedelta(days=5),
    ("EMAIL", "EMAIL_CLICK"): timedelta(days=5),
}


@dataclass(slots=True)
class Talk:
    """A conversation. `said`: every identity that was proved in it. `claims`: those that its shopper only claimed."""

    id: str
    channel: str
    said: set[str]
    claims: set[str] = field(default_factory=set)
    touches: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bought:
    id: str
    at: datetime
    total: Decimal
    currency: str
    who: frozenset[str]
    refunds: Mapping[str, Decimal] = field(default_factory=dict)


def shoppers(talks: Sequence[Talk]) -> dict[str, set[str]]:
    """The identities of each conversation's shopper. Shoppers who share an identity are the same."""
    groups: list[tuple[set[str], set[str]]] = []
    for talk in talks:
        ids, said = {talk.id}, set(talk.said)
        for group in [group for group in groups if group[1] & said]:
            groups.remove(group)
            ids |= group[0]
            said |= group[1]
        groups.append((ids, said))
    return {talk_id: said for ids, said in groups for talk_id in ids}


def credited(
    talks: Sequence[Talk], orders: Iterable[Bought], met: Sequence[Talk] = ()
) -> dict[str, dict[str, tuple[Decimal, str, datetime]]]:
    """The amount, touch and time, by conversation and order. `met`: conversations that only add identities."""
    known = shoppers([*talks, *met])
    result: dict[str, dict[str, tuple[Decimal, str, datetime]]] = {talk.id: {} for talk in talks}
    for order in orders:
        best: tuple[bool, datetime, str, int, str] | None = None
        for talk in talks:
            own = bool(known[talk.id] & order.who)
            if not own and not talk.claims & order.who:
                continue
            for at, kind in talk.touches:
                window = WINDOWS.get((talk.channel, kind))
                if window is not None and at <= order.at <= at + window:
                    candidate = (own, at, talk.id, -list(WINDOWS).index((talk.channel, kind)), kind)
                    best = candidate if best is None or candidate > best else best
        if best is not None:
            left = max(order.total - sum(order.refunds.values()), Decimal(0))
            result[best[2]][order.id] = (left, best[4], best[1])
    return result
