"""Rows in the order of their last message, which moves them while somebody reads page after page.

A list is pinned to the account's log: it is what it was at the event that was the last when its first page was read,
and its cursors carry that number. Rows that did not move since are read by slot (`search_index.py`); those that did
are few,
are found by their event, and stand where their positions say that they stood. Rows younger than the pin are not of the
list. So none is repeated and none is skipped, however much is written meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from domain.events import conversation_topic
from domain.values.errors import Invalid
from domain.values.ids import ConversationId
from domain.values.paging import Slice
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import EVENTS, HEADS
from integrations.mongo.search.query_planner import Keyset, QueryPlanner, beyond
from integrations.mongo.search.search_index import BY_SEQ, BY_SLOT, slot_of

_MOST_MOVED = 5_000  # conversations with a message since the first page: hours of a busy shop
_OF_A_SLOT = 50  # rows read beyond a page, most often to the end of its last slot: to ask again costs more
_MOVED_ON = "Too much has happened since this list was begun: read it from its first page."


class ByLastMessage:
    def __init__(self, rows: QueryPlanner) -> None:
        self._rows = rows

    async def places(self, page: Slice, *, descending: bool) -> list[Keyset]:
        """One more than the page takes, from where it is counted."""
        pins = [key[2] for key in (page.after, page.before) if key is not None]
        pin = min((p for p in pins if isinstance(p, int)), default=None)
        bounds = [
            *beyond("last_message_at", page.after, descending),
            *beyond("last_message_at", page.before, not descending),
            *_slots(page, descending),
        ]
        down = descending != page.from_end
        moved: Sequence[Keyset] = ()
        if pin is None:
            pin, settled = await asyncio.gather(self._head(), self._settled(bounds, down, page.limit + 1))
        else:
            still = self._settled([*bounds, {"seq": {"$lte": pin}}], down, page.limit + 1)
            settled, moved = await asyncio.gather(still, self._moved(pin))
        places = [*settled, *(place for place in moved if _is_within(place, page, descending))]
        ordered = sorted(places, key=lambda place: place.key, reverse=down)[: page.limit + 1]
        return [Keyset(place.at, place.id, pin) for place in ordered]

    async def _head(self) -> int:
        rows = self._rows
        head = await rows.database.collection(HEADS).find_one({"_id": rows.account_id})
        return 0 if head is None else int(head["seq"])

    async def _settled(self, bounds: Sequence[Document], down: bool, limit: int) -> list[Keyset]:
        """At least so many, if there are. Slot by slot, each as a whole: its rows come in no order."""
        sort = {"slot": -1 if down else 1}
        fields = ("slot", "last_message_at")
        found = await self._rows.find(bounds, hint=BY_SLOT, fields=fields, sort=sort, limit=limit + _OF_A_SLOT)
        if len(found) == limit + _OF_A_SLOT:
            last = found[-1]["slot"]
            found = [row for row in found if row["slot"] != last]
            if len(found) < limit:
                within = [*bounds, {"slot": last}]
                found += await self._rows.find(within, hint=BY_SLOT, fields=fields, sort={}, limit=0)
        return [Keyset(row["last_message_at"], row["_id"]) for row in found]

    async def _moved(self, pin: int) -> list[Keyset]:
        since = [{"seq": {"$gt": pin}}, {"born": {"$lte": pin}}]
        rows = await self._rows.find_by(since, hint=BY_SEQ, fields=("positions",), limit=_MOST_MOVED + 1)
        if len(rows) > _MOST_MOVED:
            raise Invalid(_MOVED_ON, field="after")
        return [Keyset(await self._stood(row, pin), row["_id"]) for row in rows]

    async def _stood(self, row: Document, pin: int) -> datetime:
        """Where it stood then. What moved more often than its row remembers, the log tells."""
        before = [position["at"] for position in row["positions"] if position["seq"] <= pin]
        at: datetime = before[-1] if before else row["positions"][0]["at"]
        if before:
            return at
        rows, topic = self._rows, conversation_topic(ConversationId(row["_id"]))
        event = await rows.database.collection(EVENTS).find_one(
            {"account": rows.account_id, "topics": topic, "seq": {"$lte": pin}},
            projection=["body.conversation.last_message_at"],
            sort=[("seq", -1)],
        )
        stood: datetime = at if event is None else event["body"]["conversation"]["last_message_at"]
        return stood


def _slots(page: Slice, descending: bool) -> list[Document]:
    """What the bounds mean for slots: by these the index is read."""
    found: list[Document] = []
    for key, forwards in ((page.after, True), (page.before, False)):
        if key is not None:
            at = key[0]
            assert isinstance(at, datetime)
            found.append({"slot": {"$lte" if descending == forwards else "$gte": slot_of(at)}})
    return found


def _is_within(place: Keyset, page: Slice, descending: bool) -> bool:
    after, before = (None if key is None else key[:2] for key in (page.after, page.before))
    behind = after is None or (place.key < after if descending else place.key > after)
    return behind and (before is None or (place.key > before if descending else place.key < before))
