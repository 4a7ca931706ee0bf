"""Takes the words of conversations from business events, and from the log with the history of conversations.

Events keep their numbers, types and times. An event of a message has what is left of the message, so that a stream
which is replayed shows what a query shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pymongo import UpdateOne

from domain.events import BusinessEvent, LoggedEvent, conversation_topic
from domain.model.conversation import Conversation, Message
from domain.model.handoff import Handoff
from domain.retention.blanks import handoff_without_scope, without_scope, without_words
from domain.retention.model import WordScope
from domain.retention.ports import Removed
from domain.values.ids import AccountId, ConversationId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.codec import from_document, to_document
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import EVENTS, HEADS, HISTORY
from integrations.mongo.records.readable import writes_of

_STEP = 500  # events that are written in a step
_SPAN = 5_000  # events of the log that a step looks at
_ROWS = f"{HISTORY}.rows"
_BY_PROFILE = [("account", 1), ("conversation.profile_id", 1), ("at", -1)]  # index


class EventScrubber:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._business = database.collection(COLLECTIONS[BusinessEvent])
        self._conversations = database.collection(COLLECTIONS[Conversation])
        self._events = database.collection(EVENTS)
        self._heads = database.collection(HEADS)

    async def scrub(self, account_id: AccountId, scopes: Sequence[WordScope], position: str) -> Removed:
        """Take the words of the scopes from the next events. Raises PyMongoError."""
        by_id: dict[str, WordScope] = {scope.conversation_id: scope for scope in scopes}
        business = Removed(counts={}, position=None) if position else await self.scrub_business(account_id, scopes)
        head = await self._head(account_id)
        after = int(position) if position else await self._before_first(account_id, by_id, head["floor"])
        upto = min(int(head["seq"]), after + _SPAN)
        which = {"$in": sorted(by_id)}
        mine = [{"body.conversation.id": which}, {f"{_ROWS}.conversation": which}]
        query = scoped(account_id, {"seq": {"$gt": after, "$lte": upto}, "$or": mine})
        found = await self._events.find(query, sort=[("seq", 1)], limit=_STEP).to_list(None)
        count, unreadable = await self._write(found, by_id)
        reached = int(found[-1]["seq"]) if len(found) == _STEP else upto
        return Removed(
            counts={**business.counts, EVENTS: count},
            position=None if reached >= int(head["seq"]) else str(reached),
            unreadable=(*business.unreadable, *unreadable),
        )

    async def scrub_removed(self, account_id: AccountId, position: str) -> Removed:
        """Take the words from the next events of conversations whose transcript was removed. One pass through the log
        serves all of them. Raises PyMongoError."""
        if position:
            after, end = map(int, position.split("|"))
        else:
            head = await self._head(account_id)
            after, end = int(head["floor"]), int(head["seq"])
        query = scoped(account_id, {"seq": {"$gt": after, "$lte": end}})
        found = await self._events.find(query, sort=[("seq", 1)], limit=_STEP).to_list(None)
        named = {each for event in found for each in _conversations_of(event)}
        rows = self._conversations.find(
            scoped(account_id, {"_id": {"$in": sorted(named)}, "transcript_removed_at": {"$exists": True}}),
            projection=["transcript_removed_at"],
        )
        by_id: dict[str, WordScope] = {}
        for row in await rows.to_list(None):
            conversation_id = ConversationId(row["_id"])
            by_id[row["_id"]] = WordScope(conversation_id=conversation_id, at=row["transcript_removed_at"])
        count, unreadable = await self._write(found, by_id) if by_id else (0, ())
        reached = f"{found[-1]['seq']}|{end}" if len(found) == _STEP else None
        return Removed(counts={EVENTS: count}, position=reached, unreadable=unreadable)

    async def scrub_business(self, account_id: AccountId, scopes: Sequence[WordScope]) -> Removed:
        """Take the words of the scopes from business events. Raises PyMongoError."""
        by_id: dict[str, WordScope] = {scope.conversation_id: scope for scope in scopes}
        ids = {"$in": sorted(by_id)}
        cursor = self._conversations.find(scoped(account_id, {"_id": ids}), projection=["profile_id"])
        profiles = sorted({each["profile_id"] for each in await cursor.to_list(None) if "profile_id" in each})
        own = {"conversation.profile_id": {"$in": profiles}, "conversation.id": ids}
        found = await self._business.find(scoped(account_id, own), hint=_BY_PROFILE).to_list(None)
        writes, unreadable = writes_of(BusinessEvent, found, partial(_of_business_event, by_id=by_id))
        if writes:
            await self._business.bulk_write(writes, ordered=False)
        return Removed(counts={"business_events": len(writes)}, position=None, unreadable=unreadable)

    async def _write(self, found: Sequence[Document], by_id: Mapping[str, WordScope]) -> tuple[int, tuple[str, ...]]:
        """Take the words from these events. Returns how many had any, and which cannot be read."""
        writes, unreadable = writes_of(LoggedEvent, found, partial(_of_event, by_id=by_id))
        if writes:
            await self._events.bulk_write(writes, ordered=False)
        return len(writes), unreadable

    async def _head(self, account_id: AccountId) -> Document:
        return await self._heads.find_one({"_id": account_id}) or {"seq": 0, "floor": 0}

    async def _before_first(self, account_id: AccountId, by_id: Mapping[str, WordScope], floor: int) -> int:
        """Return the position before the first event of the conversations that the log has."""
        topics = [conversation_topic(scope.conversation_id) for scope in by_id.values()]
        first = await self._events.find_one(
            scoped(account_id, {"topics": {"$in": topics}}), sort=[("seq", 1)], projection=["seq"]
        )
        # The inbox is told first of what a commit changes: its event has no topic of the conversation.
        return floor if first is None else max(floor, int(first["seq"]) - 10)


def _conversations_of(event: Mapping[str, Any]) -> list[str]:
    """Return the ids of the conversations that an event and its history have."""
    body, history = event.get("body"), event.get(HISTORY)
    named = [body.get("conversation")] if isinstance(body, dict) else []
    ids = [each.get("id") for each in named if isinstance(each, dict)]
    rows = history.get("rows") if isinstance(history, dict) else None
    ids += [row.get("conversation") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [each for each in ids if isinstance(each, str)]


def _of_business_event(event: Mapping[str, Any], by_id: Mapping[str, WordScope]) -> UpdateOne | None:
    changed = _of_business(event, by_id)
    return UpdateOne({"_id": event["_id"]}, changed) if changed else None


def _of_business(body: Mapping[str, Any], by_id: Mapping[str, WordScope], prefix: str = "") -> Document:
    """Return the update of a business event, stored on its own or as the body of an event; empty if it has no words."""
    scope = by_id[body["conversation"]["id"]]
    blank = _conversation(body["conversation"], scope)
    update: Document = {}
    if blank != body["conversation"]:
        update["$set"] = {f"{prefix}conversation": blank}
    gone = ["first_message"] if scope.question else []
    if scope.handoff_ids is None or scope.handoff_ids:
        gone.append("reason_detail")
    unset = {f"{prefix}{name}": "" for name in gone if name in body}
    return {**update, **({"$unset": unset} if unset else {})}


def _of_event(event: Mapping[str, Any], by_id: Mapping[str, WordScope]) -> UpdateOne | None:
    """Return the write of an event that has words of the scopes."""
    body, update = event["body"], {}
    conversation = body.get("conversation")
    if conversation is not None and conversation["id"] in by_id:
        update = _of_business(body, by_id, "body.")
        changed = _parts(body, by_id[conversation["id"]])
        update.setdefault("$set", {}).update(changed)
    rows = (event.get(HISTORY) or {}).get("rows", ())
    blank = [_row(row, by_id) for row in rows]
    if blank != list(rows):
        update.setdefault("$set", {})[_ROWS] = blank
    update = {operator: fields for operator, fields in update.items() if fields}
    return UpdateOne({"_id": event["_id"]}, update) if update else None


def _parts(body: Mapping[str, Any], scope: WordScope) -> Document:
    """Return the changed fields of a body: its message, and its handoff."""
    changed: Document = {}
    stored = body.get("message")
    if stored is not None and (scope.message_ids is None or stored["id"] in scope.message_ids):
        message = from_document(Message, stored)
        if message.redacted_at is None:
            changed["body.message"] = to_document(without_words(message, scope.at))
    if body.get("handoff") is not None:
        handoff = to_document(handoff_without_scope(from_document(Handoff, body["handoff"]), scope))
        changed |= {"body.handoff": handoff} if handoff != body["handoff"] else {}
    return changed


def _row(row: Document, by_id: Mapping[str, WordScope]) -> Document:
    state = row.get("state")
    if row.get("conversation") not in by_id or state is None:
        return row
    blank = _conversation({**state, "id": state["_id"]}, by_id[row["conversation"]])
    return {**row, "state": {"_id": blank.pop("id"), **blank}}


def _conversation(document: Mapping[str, Any], scope: WordScope) -> Document:
    """Return the stored conversation without the words; fields that this version does not know stay."""
    conversation = from_document(Conversation, document)
    blank = without_scope(conversation, scope)
    return dict(document) if blank == conversation else to_document(blank)
