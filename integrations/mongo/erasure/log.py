"""The events of a shopper: business events lose the person, events of the log lose their content.

Events of the log keep their numbers, and business events their type, time and conversation, since both are counted. The
history of conversations, which is stored in the events, is read by reports of the past: its states keep what is
counted, as the conversations themselves do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from domain.erasure.blanks import without_shopper
from domain.erasure.model import Erasure, ErasureScope
from domain.erasure.ports import Cleared
from domain.events import BusinessEvent, EventErased, topics_of
from domain.forwarding.model import DeadLetter, Forwarding
from domain.model.conversation import Conversation, Visitor
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.codec import from_document, to_body, to_document
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import EVENTS, HEADS, HISTORY

STEP = 500  # events that are written in a step
_SPAN = 5_000  # events of the log that a step looks at
_OF_TICKET = ("external_id", "external_url")
_OF_BUSINESS = ("first_message", "reason_detail")  # words of the shopper, or about the shopper


class LogEraser:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def clear_business(self, account_id: AccountId, erasure: Erasure, scope: ErasureScope) -> Cleared:
        """Take the shopper from the next business events, and delete their dead letters. Raises PyMongoError."""
        rows = self._database.collection(COLLECTIONS[BusinessEvent])
        query = {
            "conversation.profile_id": {"$in": list(scope.profile_ids)},
            "conversation.erased_at": None,
            "conversation.id": {"$nin": list(scope.held)},
        }
        found = await rows.find(scoped(account_id, query), limit=STEP).to_list(None)
        if not found:
            return Cleared(removed={}, position=None)
        ids = [each["_id"] for each in found]
        await self._clear_attempts(account_id, ids)
        visitors = _visitors(each["conversation"] for each in found)
        await rows.bulk_write([_of_business(each, erasure.requested_at) for each in found], ordered=False)
        letters = self._database.collection(COLLECTIONS[DeadLetter])
        result = await letters.delete_many(scoped(account_id, {"event_id": {"$in": ids}}))
        removed = {"business_events": len(found), "dead_letters": result.deleted_count}
        return Cleared(removed=removed, position="", visitors=visitors)

    async def _clear_attempts(self, account_id: AccountId, event_ids: Sequence[str]) -> None:
        """Take the receivers' errors, which may quote the shopper, from the attempts to deliver these events."""
        forwardings = self._database.collection(COLLECTIONS[Forwarding])
        named = {"$in": list(event_ids)}
        await forwardings.update_many(
            scoped(account_id, {"attempts.event_id": named}),
            {"$unset": {"attempts.$[one].error": ""}},
            array_filters=[{"one.event_id": named}],
        )

    async def clear_log(self, account_id: AccountId, erasure: Erasure, scope: ErasureScope) -> Cleared:
        """Take the shopper from the next events of the log. Raises PyMongoError."""
        head = await self._database.collection(HEADS).find_one({"_id": account_id})
        after, end = int(erasure.position or (head or {}).get("floor", 0)), int((head or {}).get("seq", 0))
        upto = min(end, after + _SPAN)
        profiles = {"$in": list(scope.profile_ids)}
        theirs = [{"body.conversation.profile_id": profiles}, {f"{HISTORY}.rows.state.profile_id": profiles}]
        query = scoped(account_id, {"seq": {"$gt": after, "$lte": upto}, "$or": theirs})
        events = self._database.collection(EVENTS)
        found = await events.find(query, sort=[("seq", 1)], limit=STEP).to_list(None)
        removed: Counter[str] = Counter()
        writes, former = [], list[Mapping[str, Any]]()
        for event in found:
            changed = _of_event(event, scope, erasure.requested_at)
            removed[EVENTS] += "type" in changed
            removed[f"{EVENTS}.{HISTORY}"] += f"{HISTORY}.rows" in changed
            writes += [UpdateOne({"_id": event["_id"]}, {"$set": changed})] if changed else []
            former += _former(event, scope) if changed else []
        if writes:
            await events.bulk_write(writes, ordered=False)
        # Later events are not the shopper's, who has no open conversation any more.
        reached = int(found[-1]["seq"]) if len(found) == STEP else upto
        position = None if reached >= end else str(reached)
        return Cleared(removed=removed, position=position, visitors=_visitors(former))


def _visitors(conversations: Iterable[Mapping[str, Any]]) -> tuple[Visitor, ...]:
    """Return who the shopper was in these conversations, each once."""
    given = (from_document(Visitor, each["visitor"]) for each in conversations if each.get("visitor"))
    return tuple(dict.fromkeys(given))


def _former(event: Mapping[str, Any], scope: ErasureScope) -> list[Mapping[str, Any]]:
    """Return the shopper's conversations in an event, as they were."""
    conversation = event["body"].get("conversation") or {}
    states = [row["state"] for row in (event.get(HISTORY) or {}).get("rows", ()) if _is_of(row, scope)]
    return [*([conversation] if _is_theirs(conversation, scope) else []), *states]


def _of_business(document: Mapping[str, Any], at: datetime) -> UpdateOne:
    blank = without_shopper(from_document(Conversation, document["conversation"]), at)
    gone = {name: "" for name in _OF_BUSINESS if name in document}
    update: Document = {"$set": {"conversation": to_document(blank)}, **({"$unset": gone} if gone else {})}
    return UpdateOne({"_id": document["_id"]}, update)


def _of_event(event: Mapping[str, Any], scope: ErasureScope, at: datetime) -> Document:
    """Return the fields of an event that change: of its body, if it is the shopper's, and of its history."""
    changed: Document = {}
    conversation = event["body"].get("conversation") or {}
    if _is_theirs(conversation, scope) and "erased_at" not in conversation:
        tag, body = to_body(EventErased())
        changed = {"topics": list(topics_of(EventErased())), "type": tag, "body": body}
    elif _is_theirs(conversation, scope) and event["body"].get("before") is not None:
        before = event["body"]["before"]  # the ticket, as it was when the conversation lost its shopper
        changed = {"body.before": {name: value for name, value in before.items() if name not in _OF_TICKET}}
        changed = changed if changed["body.before"] != before else {}
    rows = (event.get(HISTORY) or {}).get("rows", ())
    if any(_is_of(row, scope) for row in rows):
        changed[f"{HISTORY}.rows"] = _blank_rows(rows, scope, at)
    return changed


def _is_theirs(conversation: Mapping[str, Any], scope: ErasureScope) -> bool:
    """Whether the conversation of an event is the shopper's, and is not left because of a legal hold."""
    return conversation.get("profile_id") in scope.profile_ids and conversation.get("id") not in scope.held


def _is_of(row: Mapping[str, Any], scope: ErasureScope) -> bool:
    state = row.get("state") or {}
    return _is_theirs({**state, "id": row.get("conversation")}, scope) and "erased_at" not in state


def _blank_rows(rows: Sequence[Document], scope: ErasureScope, at: datetime) -> list[Document]:
    return [{**row, "state": _blank_state(row["state"], at)} if _is_of(row, scope) else row for row in rows]


def _blank_state(state: Mapping[str, Any], at: datetime) -> Document:
    former = from_document(Conversation, {**state, "id": state["_id"]})
    blank = to_document(without_shopper(former, at))
    return {"_id": blank.pop("id"), **blank}
