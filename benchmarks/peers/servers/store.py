"""Reads and writes of the peers in Python, by PyMongo's asyncio API and over the same indexes as Baton's.

The peers have a copy of the collections `conversations`, `messages` and `profiles` in a database of their own. The copy
holds `display_name` and `identity_verified` as fields, so that no peer computes them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from pymongo import AsyncMongoClient, ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

Row = dict[str, Any]
STATUSES = {
    "open": "OPEN",
    "resolvedByAi": "RESOLVED_BY_AI",
    "notResolvedByAi": "NOT_RESOLVED_BY_AI",
    "closed": "CLOSED",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    uri: str
    database: str
    account: str
    feed: str  # the collection whose inserts this server delivers
    time_zone: str  # of the account: days are of this zone

    @classmethod
    def of_command_line(cls) -> tuple[int, Config]:
        return int(sys.argv[1]), cls(**json.loads(Path(sys.argv[2]).read_text()))


class Store:
    def __init__(self, config: Config) -> None:
        self._config = config
        self._account = config.account
        self._client = AsyncMongoClient[Row](config.uri, w="majority")
        self._database = self._client[config.database]
        self._conversations = self._database["conversations"]
        self._messages = self._database["messages"]
        self._zone = ZoneInfo(config.time_zone)

    async def page(self, first: int, after: str | None) -> tuple[list[Row], bool]:
        """Return the conversations by start, the newest first, after a cursor `milliseconds:id`."""
        query: Row = {"account": self._account}
        if after:
            at, _, last_id = after.partition(":")
            started_at = datetime.fromtimestamp(int(at) / 1000, UTC)
            query["$or"] = [{"started_at": {"$lt": started_at}}, {"started_at": started_at, "_id": {"$lt": last_id}}]
            query["started_at"] = {"$lte": started_at}
        found = self._conversations.find(query).sort([("started_at", -1), ("_id", -1)]).limit(first + 1)
        rows = await found.to_list(None)
        return rows[:first], len(rows) > first

    async def profiles(self, ids: Sequence[str]) -> dict[str, Row]:
        found = await self._database["profiles"].find({"_id": {"$in": list(ids)}}).to_list(None)
        return {row["_id"]: row for row in found}

    async def profiles_in_order(self, ids: list[str]) -> list[Row | None]:
        """Return the profiles in the order of their IDs, as a DataLoader needs them."""
        found = await self.profiles(ids)
        return [found.get(each) for each in ids]

    async def conversation(self, conversation_id: str) -> Row | None:
        return await self._conversations.find_one({"_id": conversation_id, "account": self._account})

    async def messages(self, conversation_id: str, first: int) -> tuple[list[Row], bool]:
        query = {"account": self._account, "conversation_id": conversation_id}
        rows = await self._messages.find(query).sort("sequence", 1).limit(first + 1).to_list(None)
        return rows[:first], len(rows) > first

    async def report(self, start: str, end: str) -> dict[str, Row]:
        """Count the conversations of the days by status."""
        started = {
            "$gte": datetime.fromisoformat(start).replace(tzinfo=self._zone),
            "$lt": (datetime.fromisoformat(end) + timedelta(days=1)).replace(tzinfo=self._zone),
        }
        found = await self._conversations.aggregate(
            [
                {"$match": {"account": self._account, "started_at": started}},
                {"$group": {"_id": "$status", "count": {"$sum": 1}}},
            ]
        )
        counts = {row["_id"]: row["count"] async for row in found}
        volume = sum(counts.values())
        rates = {
            name: {"count": counts.get(status, 0), "rate": counts.get(status, 0) / volume if volume else None}
            for name, status in STATUSES.items()
        }
        return {"totalVolume": {"count": volume, "rate": 1.0 if volume else None}, **rates}

    async def send(self, conversation_id: str, text: str) -> Row:
        """Write a message as four writes in a transaction: conversation, message, event, search row."""

        async def write(session: AsyncClientSession) -> Row:
            now = datetime.now(UTC)
            conversation: Row = await self._conversations.find_one_and_update(  # type: ignore[assignment]
                {"_id": conversation_id},
                {"$inc": {"sequence": 1, "message_count": 1, "version": 1}, "$set": {"last_message_at": now}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            message = {
                "_id": uuid4().hex,
                "account": self._account,
                "conversation_id": conversation_id,
                "sequence": conversation["sequence"],
                "kind": "TEXT",
                "author": {"kind": "SHOPPER", "name": conversation["display_name"]},
                "text": text,
                "sent_at": now,
            }
            await self._messages.insert_one(message, session=session)
            event = {"_id": uuid4().hex, "account": self._account, "message": message, "conversation": conversation}
            await self._database["events"].insert_one(event, session=session)
            await self._database["rows"].update_one(
                {"_id": conversation_id},
                {"$set": {"last_message_at": now}, "$addToSet": {"terms": {"$each": text.lower().split()}}},
                session=session,
                upsert=True,
            )
            return message

        async with self._client.start_session() as session:
            return await session.with_transaction(write)

    async def feed(self) -> AsyncIterator[Row]:
        """Yield the events of the inbox: each has its message, its conversation and the shopper's profile."""
        async with await self._database[self._config.feed].watch(max_await_time_ms=1000) as stream:
            async for change in stream:
                yield change["fullDocument"]


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds") + "Z"
