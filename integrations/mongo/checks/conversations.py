"""Examines an account's conversations, a page at a time: numbering, position, status, timer, profile.

It runs beside traffic, so a page is not one snapshot. A conversation that looks wrong is examined again in a snapshot
of its own before it is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.doctor import Check, Finding, Severity
from domain.model.conversation import ConversationStatus, MessageKind
from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.checks.damage import all_in_spite_of_damage
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import scoped
from integrations.mongo.driver import Document, Session
from integrations.mongo.event_log.log import HEADS
from integrations.mongo.records.readable import UNREADABLE

_PAGE = 500
_FIELDS = ("sequence", "message_count", "seq", "status", "closed_at", "open_keys", "profile_id")
_FROM_BACKUP = "Restore `messages` and `conversations` from the same backup."


class ConversationBatch(Record):
    """Some conversations, with what is stored about them elsewhere."""

    conversations: Sequence[Document]
    messages: dict[str, Document]  # counts and numbers, by conversation
    timers: set[str]  # conversations with an auto-close timer
    profiles: set[str]
    head: int


class ConversationExamination:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId, where: str) -> None:
        self._database = database
        self._account_id = account_id
        self._where = where
        self._after = ""  # id of the last conversation that was examined

    async def next_page(self) -> ConversationBatch | None:
        """Return the next conversations, or None after the last. Raises PyMongoError."""
        page = await self._page({"_id": {"$gt": self._after}}, None)
        if not page.conversations:
            return None
        self._after = page.conversations[-1]["_id"]
        return page

    async def examine(self, page: ConversationBatch) -> list[Finding]:
        """Return what is wrong with the conversations of a page. Raises PyMongoError."""
        suspects = [c["_id"] for c in page.conversations if _is_suspect(c, page)]
        return [
            finding
            for suspect in suspects
            for finding in await all_in_spite_of_damage(
                self._examine_one(suspect), Check.NUMBERING, f"{self._where}, conversation {suspect}"
            )
        ]

    async def _examine_one(self, conversation_id: str) -> list[Finding]:
        async with self._database.start_session() as session:
            await session.start_transaction()
            page = await self._page({"_id": conversation_id}, session)
            await session.abort_transaction()
        where = f"{self._where}, conversation {conversation_id}"
        return [
            Finding(severity=Severity.ERROR, check=check, where=where, problem=problem, advice=advice)
            for conversation in page.conversations
            for check, problem, advice in _problems(conversation, page)
        ]

    async def _page(self, which: Document, session: Session | None) -> ConversationBatch:
        conversations = await self._find("conversations", which, session, fields=_FIELDS, limit=_PAGE)
        ids = [c["_id"] for c in conversations]
        profiles = [c["profile_id"] for c in conversations if isinstance(c.get("profile_id"), str)]
        timers = await self._find("timers", {"_id": {"$in": [f"auto-close:{i}" for i in ids]}}, session)
        found = await self._find("profiles", {"_id": {"$in": profiles}}, session)
        messages = await self._messages(ids, session)
        head = await self._database.collection(HEADS).find_one({"_id": self._account_id}, session=session)
        return ConversationBatch(
            conversations=conversations,
            messages=messages,
            timers={timer["_id"].removeprefix("auto-close:") for timer in timers},
            profiles={profile["_id"] for profile in found},
            head=0 if head is None else head["seq"],
        )

    async def _find(
        self, name: str, query: Document, session: Session | None, fields: Sequence[str] = (), limit: int = 0
    ) -> list[Document]:
        cursor = self._database.collection(name).find(
            scoped(self._account_id, query),
            projection=["_id", *fields],
            sort=[("_id", 1)],
            limit=limit,
            session=session,
        )
        return await cursor.to_list(None)

    async def _messages(self, ids: Sequence[str], session: Session | None) -> dict[str, Document]:
        seen = {"$cond": [{"$eq": ["$kind", MessageKind.NOTE.value]}, 0, 1]}
        pipeline: list[Document] = [
            {"$match": {"account": self._account_id, "conversation_id": {"$in": list(ids)}}},
            {
                "$group": {
                    "_id": "$conversation_id",
                    "count": {"$sum": 1},
                    "seen": {"$sum": seen},
                    "last": {"$max": "$sequence"},
                    "numbers": {"$addToSet": "$sequence"},
                }
            },
            {"$set": {"distinct": {"$size": "$numbers"}, "first": {"$min": "$numbers"}}},
            {"$unset": "numbers"},
        ]
        cursor: Any = await self._database.collection("messages").aggregate(pipeline, session=session)
        return {row["_id"]: row async for row in cursor}


def _is_suspect(conversation: Document, page: ConversationBatch) -> bool:
    try:
        return bool(_problems(conversation, page))
    except UNREADABLE:
        return True


def _problems(conversation: Document, page: ConversationBatch) -> list[tuple[Check, str, str]]:
    """Return (failed check, problem, advice) each."""
    return [
        *_numbering(conversation, page.messages.get(conversation["_id"])),
        *_position(conversation, page.head),
        *_status(conversation),
        *_timer(conversation, page.timers),
        *_profile(conversation, page.profiles),
    ]


def _numbering(conversation: Document, messages: Document | None) -> list[tuple[Check, str, str]]:
    none = {"count": 0, "seen": 0, "first": 1, "last": 0, "distinct": 0}
    stored, last = messages or none, conversation.get("sequence", 0)
    problems = []
    if stored["distinct"] != stored["count"]:
        problems.append("several messages have the same number")
    if stored["count"] and (stored["first"], stored["last"]) != (1, stored["distinct"]):
        problems.append(
            f"messages are missing: {stored['distinct']} are stored, and the last has number {stored['last']}"
        )
    if stored["last"] != last:
        problems.append(f"its last message has number {stored['last']}, but its `sequence` is {last}")
    if stored["seen"] != conversation.get("message_count", 0):
        problems.append(
            f"its `message_count` is {conversation.get('message_count', 0)}, but {stored['seen']} messages are stored"
        )
    return [(Check.NUMBERING, problem, _FROM_BACKUP) for problem in problems]


def _position(conversation: Document, head: int) -> list[tuple[Check, str, str]]:
    if conversation.get("seq", 0) <= head:
        return []
    problem = f"its last event is {conversation['seq']}, but the log ends at {head}"
    return [(Check.POSITION, problem, "Restore `conversations`, `events` and `account_state` from the same backup.")]


def _status(conversation: Document) -> list[tuple[Check, str, str]]:
    status, closed = conversation.get("status"), conversation.get("closed_at") is not None
    problems = []
    if closed and status == ConversationStatus.OPEN:
        problems.append((Check.STATUS, "it is closed, but its status is OPEN", "Set the status that it ended with."))
    if not closed and status in (ConversationStatus.RESOLVED_BY_AI, ConversationStatus.CLOSED):
        problems.append((Check.STATUS, f"its status is {status}, but it was never closed", "Set its `closed_at`."))
    if closed and conversation.get("open_keys"):
        problems.append(
            (
                Check.STATUS,
                "it is closed, but its `open_keys` prevent a new one of its shopper",
                "Unset its `open_keys`.",
            )
        )
    return problems


def _timer(conversation: Document, timers: set[str]) -> list[tuple[Check, str, str]]:
    closes = conversation.get("closed_at") is None and conversation.get("status") == ConversationStatus.OPEN
    if not closes or conversation["_id"] in timers:
        return []
    advice = f"Insert the timer auto-close:{conversation['_id']}, due 48 hours after its last message."
    return [(Check.TIMER, "it is open, but has no timer that closes it", advice)]


def _profile(conversation: Document, profiles: set[str]) -> list[tuple[Check, str, str]]:
    profile_id = conversation.get("profile_id")
    if isinstance(profile_id, str) and profile_id in profiles:
        return []
    return [(Check.PROFILE, f"its profile {conversation.get('profile_id')} does not exist", "Restore the profile.")]
