"""Pages of rows in the order of their last message, which moves rows while somebody reads page after page.

The first page pins its list to the account's log position, and its cursors carry this number. Every later page shows
the list as it was at the pin:

    rows that have not moved since (`seq` <= pin)   read by slot from the index
    rows that have moved since                      few; found by `seq`, placed where they stood at the pin
    rows created since (`created_seq` > pin)        not part of the list

So no row is repeated and none is skipped, however much is written meanwhile.
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
from integrations.mongo.search.query_planner import Keyset, QueryPlanner, range_filters
from integrations.mongo.search.search_index import BY_SEQ, BY_SLOT, slot_of

_MAX_MOVED = 5_000  # conversations with a message since the first page: hours of a busy shop
_OVERREAD = 50  # rows read beyond a page, mostly to the end of its last slot: a second query costs more
_TOO_OLD = "Too much has changed since the first page was read. Start again from the first page."


class ByLastMessage:
    def __init__(self, planner: QueryPlanner) -> None:
        self._planner = planner

    async def keysets(self, page: Slice, *, descending: bool) -> list[Keyset]:
        """Return the page's rows and one more.

        Raises `Invalid` if too many rows have moved since the pin, and PyMongoError.
        """
        pins = [key[2] for key in (page.after, page.before) if key is not None]
        pin = min((p for p in pins if isinstance(p, int)), default=None)
        bounds = [
            *range_filters("last_message_at", page.after, descending),
            *range_filters("last_message_at", page.before, not descending),
            *_slot_filters(page, descending),
        ]
        down = descending != page.from_end
        moved: Sequence[Keyset] = ()
        if pin is None:
            pin, settled = await asyncio.gather(self._head(), self._settled(bounds, down, page.limit + 1))
        else:
            unmoved = self._settled([*bounds, {"seq": {"$lte": pin}}], down, page.limit + 1)
            settled, moved = await asyncio.gather(unmoved, self._moved(pin))
        found = [*settled, *(keyset for keyset in moved if _is_within(keyset, page, descending))]
        ordered = sorted(found, key=lambda keyset: keyset.key, reverse=down)[: page.limit + 1]
        return [Keyset(keyset.at, keyset.id, pin) for keyset in ordered]

    async def _head(self) -> int:
        planner = self._planner
        head = await planner.database.collection(HEADS).find_one({"_id": planner.account_id})
        return 0 if head is None else int(head["seq"])

    async def _settled(self, bounds: Sequence[Document], down: bool, limit: int) -> list[Keyset]:
        """Return the next rows, at least `limit` if there are so many.

        They are read in whole slots, because the index gives the rows of one slot in no order.
        """
        sort = {"last_message_slot": -1 if down else 1}
        fields = ("last_message_slot", "last_message_at")
        found = await self._planner.find(bounds, hint=BY_SLOT, fields=fields, sort=sort, limit=limit + _OVERREAD)
        if len(found) == limit + _OVERREAD:
            last = found[-1]["last_message_slot"]
            found = [row for row in found if row["last_message_slot"] != last]
            if len(found) < limit:
                within = [*bounds, {"last_message_slot": last}]
                found += await self._planner.find(within, hint=BY_SLOT, fields=fields, sort={}, limit=0)
        return [Keyset(row["last_message_at"], row["_id"]) for row in found]

    async def _moved(self, pin: int) -> list[Keyset]:
        since = [{"seq": {"$gt": pin}}, {"created_seq": {"$lte": pin}}]
        fields = ("last_message_positions",)
        rows = await self._planner.find_by(since, hint=BY_SEQ, fields=fields, limit=_MAX_MOVED + 1)
        if len(rows) > _MAX_MOVED:
            raise Invalid(_TOO_OLD, field="after")
        return [Keyset(await self._position_at(row, pin), row["_id"]) for row in rows]

    async def _position_at(self, row: Document, pin: int) -> datetime:
        """Return `last_message_at` at the pin; from the event log, if the row's positions do not reach back so far."""
        positions = row["last_message_positions"]
        before = [position["at"] for position in positions if position["seq"] <= pin]
        at: datetime = before[-1] if before else positions[0]["at"]
        if before:
            return at
        planner, topic = self._planner, conversation_topic(ConversationId(row["_id"]))
        event = await planner.database.collection(EVENTS).find_one(
            {"account": planner.account_id, "topics": topic, "seq": {"$lte": pin}},
            projection=["body.conversation.last_message_at"],
            sort=[("seq", -1)],
        )
        logged: datetime = at if event is None else event["body"]["conversation"]["last_message_at"]
        return logged


def _slot_filters(page: Slice, descending: bool) -> list[Document]:
    """Return the page's bounds as bounds of the slot, which the index is read by."""
    found: list[Document] = []
    for key, forwards in ((page.after, True), (page.before, False)):
        if key is not None:
            at = key[0]
            assert isinstance(at, datetime)
            found.append({"last_message_slot": {"$lte" if descending == forwards else "$gte": slot_of(at)}})
    return found


def _is_within(keyset: Keyset, page: Slice, descending: bool) -> bool:
    after, before = (None if key is None else key[:2] for key in (page.after, page.before))
    is_after = after is None or (keyset.key < after if descending else keyset.key > after)
    return is_after and (before is None or (keyset.key > before if descending else keyset.key < before))
