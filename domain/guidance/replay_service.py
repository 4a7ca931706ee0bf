"""Runs escalation rules over past conversations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from domain.guidance.evaluation import RuleSet
from domain.guidance.ports import PastConversations, PastQuery, PlaceOfStart
from domain.guidance.replay import ReplayedConversation, pages, replayed
from domain.guidance.settings import checked_rules
from domain.model.agent.guidance import EscalationRule, Guidance
from domain.principal import Permission, Principal
from domain.storage import Storage
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.record import Record

LARGEST_REPLAY = 10_000  # conversations of one query: about three seconds of work
DEFAULT_REPLAY = 2_000  # also
_PAGE = 250  # conversations
_SLICE = 0.005  # seconds of checks after which others have the event loop
_LONGEST = 5.0  # seconds of one query
_RULES = ("input", "rules")  # the argument of the query


class ReplayQuery(Record):
    """Conversations that started in [started_from, started_before), and the rules; `None` for the account's own."""

    started_from: datetime
    started_before: datetime
    rules: tuple[EscalationRule, ...] | None = None


class ReplayPart(Record):
    """The results for some conversations, in the order of their start."""

    rows: tuple[ReplayedConversation, ...]
    next: PlaceOfStart | None  # where the next part continues; None: these were the last


class RuleReplayService:
    """Replays rules for staff, in bounded parts, and for operators, as a stream."""

    def __init__(self, *, storage: Storage, past: PastConversations) -> None:
        self._storage = storage
        self._past = past

    async def part(
        self, principal: Principal, query: ReplayQuery, *, limit: int, after: PlaceOfStart | None = None
    ) -> ReplayPart:
        """Return the results for at most `limit` conversations; fewer if they take more than five seconds.

        Raises `Invalid` with the field, `Forbidden`, `Unavailable`.
        """
        principal.require(Permission.REPLAY_RULES)
        if not 1 <= limit <= LARGEST_REPLAY:
            raise Invalid(f"`limit` must be between 1 and {LARGEST_REPLAY:,}.", field=("input", "limit"))
        rows: list[ReplayedConversation] = []
        ends_at, size = time.monotonic() + _LONGEST, min(limit, _PAGE)
        async with aclosing(self.stream(principal.account_id, query, after=after, page=size)) as found:
            async for page in found:
                rows += page
                late = time.monotonic() > ends_at and len(page) == size  # else no conversation is left
                if len(rows) >= limit or late:
                    rows = rows[:limit]
                    return ReplayPart(rows=tuple(rows), next=rows[-1].place)
        return ReplayPart(rows=tuple(rows), next=None)

    async def stream(
        self, account_id: AccountId, query: ReplayQuery, *, after: PlaceOfStart | None = None, page: int = _PAGE
    ) -> AsyncGenerator[list[ReplayedConversation], None]:
        """Yield the results for all conversations, some hundred at a time. The next page is read meanwhile. Raises
        `Invalid`, `Unavailable`."""
        rules = await self._rules(account_id, query)
        wanted = PastQuery(
            started_from=query.started_from,
            started_before=query.started_before,
            topics=rules.needs_topics,
            orders=rules.needs_orders,
        )
        source = pages(self._past, account_id, wanted, after=after, limit=page)
        coming = asyncio.ensure_future(anext(source, None))
        try:
            while (found := await coming) is not None:
                coming = asyncio.ensure_future(anext(source, None))
                rows: list[ReplayedConversation] = []
                began = time.monotonic()
                for past in found:
                    rows.append(replayed(rules, past))
                    if time.monotonic() - began > _SLICE:
                        await asyncio.sleep(0)
                        began = time.monotonic()
                yield rows
        finally:
            coming.cancel()
            await asyncio.wait([coming])
            await source.aclose()

    async def _rules(self, account_id: AccountId, query: ReplayQuery) -> RuleSet:
        if query.rules is not None:
            given = checked_rules(query.rules, field=_RULES)
        else:
            guidance = await self._storage.read(account_id).get(Guidance, account_id)
            given = () if guidance is None else guidance.escalation_rules
        rules = RuleSet(given)
        if not rules.rules:
            raise Invalid("A replay needs an enabled rule with conditions.", field=_RULES)
        return rules
