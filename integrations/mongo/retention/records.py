"""Finds and clears for retention: old conversations with their messages, files, and business events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pymongo import UpdateOne

from domain.attachments.ports import FileStore, blob_prefix
from domain.erasure.blanks import without_shopper
from domain.events import BusinessEvent
from domain.knowledge.gaps import without_first_question
from domain.model.agent.knowledge import KnowledgeGap
from domain.model.attachments import Attachment, AttachmentState
from domain.model.conversation import Conversation, Draft, Message
from domain.model.handoff import TicketState
from domain.model.messaging import ReceivedMail
from domain.model.outbox import Outgoing, OutgoingState
from domain.model.passed_over import PassedOver
from domain.retention.ports import OldConversation, OldFile, Removed
from domain.values.ids import AccountId, AttachmentId, ConversationId, MessageId
from domain.values.record import replace
from integrations.mongo.client import MongoDatabase
from integrations.mongo.codec import from_document, to_document
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities, writes_of

_STEP = 500  # records of one collection
BEING_DELETED = "It is being deleted."
"""The problem of a file whose bytes go before its record does: `baton doctor` misses no bytes meanwhile."""

_OF_BUSINESS = ("first_message", "reason_detail")  # words of the shopper, or about the shopper


class RecordSweeper:
    def __init__(self, *, database: MongoDatabase, files: FileStore) -> None:
        self._database = database
        self._files = files

    async def old_conversations(
        self, account_id: AccountId, before: datetime, position: str, limit: int
    ) -> list[OldConversation]:
        """Return the next conversations that may lose their words. Raises PyMongoError."""
        started: Document = {"$lt": before}
        query: Document = {
            "transcript_removed_at": None,
            "closed_at": {"$exists": True},
            "started_at": started,
            "last_message_at": {"$lt": before},
            "ticket.state": {"$in": [None, TicketState.CLOSED.value]},
            "erased_at": None,
            "hold": None,
        }
        if position:
            at, last = _instant_and_id(position)
            started["$gte"] = at
            query["$or"] = _behind("started_at", at, last)
        found = self._database.collection(COLLECTIONS[Conversation]).find(
            scoped(account_id, query), projection=["started_at"], sort=[("started_at", 1), ("_id", 1)], limit=limit
        )
        return [
            OldConversation(id=ConversationId(each["_id"]), position=f"{each['started_at'].isoformat()}|{each['_id']}")
            for each in await found.to_list(None)
        ]

    async def clear_transcripts(self, account_id: AccountId, ids: Sequence[ConversationId], begun: datetime) -> Removed:
        """Clear the next records of these conversations. Raises PyMongoError, `Unavailable`."""
        counts: Counter[str] = Counter()
        rows = self._database.collection(COLLECTIONS[Conversation]).find(
            scoped(account_id, {"_id": {"$in": list(ids)}}), projection=["transcript_removed_at"]
        )
        is_whole = True
        for conversation in await rows.to_list(None):
            at = conversation.get("transcript_removed_at")  # None: messages were added meanwhile
            which = {"conversation_id": conversation["_id"], **({} if at else {"sent_at": {"$lt": begun}})}
            is_whole &= await self._messages(account_id, which, at or begun, counts)
        owned = {"conversation_id": {"$in": list(ids)}}
        counts["drafts"] += await self._delete(account_id, Draft, owned)
        counts["attachments"] += (files := await self._delete_files(account_id, owned))
        # The question of a group is that of its newest conversation.
        counts["knowledge_gaps"] += await self._delete(
            account_id, KnowledgeGap, {"conversation_ids.0": {"$in": list(ids)}}
        )
        await self._gap_words(account_id, ids)
        counts["passed_over"] += await self.forget_passed_over(account_id, ids)
        counts["outgoing"] += await self._payloads(account_id, ids)
        return Removed(counts=counts, position=None if is_whole and files < _STEP else "more")

    async def old_files(
        self, account_id: AccountId, before: datetime, position: str, limit: int
    ) -> tuple[list[OldFile], str | None]:
        """Return the next old files, in the order of their conversations. Raises PyMongoError."""
        conversation, _, last = position.partition("|")
        query = {
            "conversation_id": {"$exists": True, "$gte": conversation},
            "$or": _behind("conversation_id", conversation, last),
            "message_id": {"$exists": True},
            "state": AttachmentState.ATTACHED.value,
            "created_at": {"$lt": before},
        }
        rows = self._database.collection(COLLECTIONS[Attachment]).find(
            scoped(account_id, query), sort=[("conversation_id", 1), ("_id", 1)], limit=limit
        )
        found = [
            OldFile(
                id=AttachmentId(each["_id"]),
                message_id=MessageId(each["message_id"]),
                conversation_id=ConversationId(each["conversation_id"]),
            )
            for each in await rows.to_list(None)
        ]
        return found, f"{found[-1].conversation_id}|{found[-1].id}" if len(found) == limit else None

    async def clear_business(
        self, account_id: AccountId, since: datetime | None, before: datetime, position: str
    ) -> Removed:
        """Clear the next business events. Raises PyMongoError."""
        rows = self._database.collection(COLLECTIONS[BusinessEvent])
        span: Document = {"$lt": before, **({"$gte": since} if since is not None else {})}
        query: Document = {"at": span}
        if position:
            reached, last = _instant_and_id(position)
            span["$gte"] = reached
            query["$or"] = _behind("at", reached, last)
        found = await rows.find(scoped(account_id, query), sort=[("at", 1), ("_id", 1)], limit=_STEP).to_list(None)
        held = await self._held(account_id, {_conversation_of(each) for each in found})
        left = [each for each in found if _has_words(each) and _conversation_of(each) not in held]
        writes, unreadable = writes_of(BusinessEvent, left, partial(_of_business, at=before))
        if writes:
            await rows.bulk_write(writes, ordered=False)
        reached_at = f"{found[-1]['at'].isoformat()}|{found[-1]['_id']}" if len(found) == _STEP else None
        return Removed(counts={"business_events": len(writes)}, position=reached_at, unreadable=unreadable)

    async def _held(self, account_id: AccountId, ids: set[str]) -> set[str]:
        query = {"_id": {"$in": sorted(ids)}, "hold": {"$exists": True}}
        rows = self._database.collection(COLLECTIONS[Conversation]).find(scoped(account_id, query), projection=["_id"])
        return {each["_id"] for each in await rows.to_list(None)}

    async def _messages(self, account_id: AccountId, which: Document, at: datetime, counts: Counter[str]) -> bool:
        """Take the words from the next messages, and delete their mails. Returns whether none is left."""
        messages = self._database.collection(COLLECTIONS[Message])
        query = scoped(account_id, {**which, "redacted_at": None})
        found = [each["_id"] for each in await messages.find(query, projection=["_id"], limit=_STEP).to_list(None)]
        if found:
            counts["received_mails"] += await self._delete(account_id, ReceivedMail, {"_id": {"$in": found}})
            gone = ("products", "actions", "attachments", "template")
            update = {"$set": {"text": "", "redacted_at": at}, "$unset": dict.fromkeys(gone, "")}
            await messages.update_many(scoped(account_id, {"_id": {"$in": found}}), update)
            counts["messages"] += len(found)
        return len(found) < _STEP

    async def _delete_files(self, account_id: AccountId, which: Document) -> int:
        """Delete files, their bytes first. Returns how many there were."""
        rows = self._database.collection(COLLECTIONS[Attachment])
        found = await rows.find(scoped(account_id, which), projection=["_id"], limit=_STEP).to_list(None)
        ids = {"_id": {"$in": [each["_id"] for each in found]}}
        await rows.update_many(scoped(account_id, ids), {"$set": {"problem": BEING_DELETED}})
        for each in found:
            await self._files.delete(blob_prefix(account_id, AttachmentId(each["_id"])))
        return await self._delete(account_id, Attachment, ids)

    async def _gap_words(self, account_id: AccountId, ids: Sequence[ConversationId]) -> None:
        """Take the words of these conversations from the groups of questions in which others have asked since."""
        gaps = self._database.collection(COLLECTIONS[KnowledgeGap])
        found = await gaps.find(scoped(account_id, {"conversation_ids": {"$in": list(ids)}})).to_list(None)
        for gap in entities(KnowledgeGap, found):
            words = {"words": list(without_first_question(gap).words)}
            await gaps.update_one(scoped(account_id, {"_id": gap.id, "question": gap.question}), {"$set": words})

    async def forget_passed_over(self, account_id: AccountId, ids: Sequence[ConversationId]) -> int:
        """Delete what was taken into these conversations after it had been passed over. Returns how much there was.
        Raises PyMongoError, `Unavailable`."""
        which = {"taken_into": {"$in": list(ids)}}
        rows = self._database.collection(COLLECTIONS[PassedOver]).find(
            scoped(account_id, which), projection=["source_file"]
        )
        sources = [each["source_file"] for each in await rows.to_list(None) if "source_file" in each]
        while await self._delete_files(account_id, {"_id": {"$in": sources}}) == _STEP:
            pass
        return await self._delete(account_id, PassedOver, which)

    async def _payloads(self, account_id: AccountId, ids: Sequence[ConversationId]) -> int:
        ranges: list[Document] = [{"_id": {"$gte": f"{each}X", "$lt": f"{each}Y"}} for each in ids]  # see `outgoing_id`
        # A mail to staff tells of other conversations too: one that is to be sent still is left.
        notices = {"notice.conversation_ids": {"$in": list(ids)}, "state": {"$ne": OutgoingState.PENDING.value}}
        query = scoped(account_id, {"$or": [*ranges, notices], "payload": {"$exists": True}})
        result = await self._database.collection(COLLECTIONS[Outgoing]).update_many(query, {"$unset": {"payload": ""}})
        return result.modified_count

    async def _delete(self, account_id: AccountId, kind: type[Any], which: Document) -> int:
        result = await self._database.collection(COLLECTIONS[kind]).delete_many(scoped(account_id, which))
        return result.deleted_count


def _conversation_of(event: Document) -> str:
    conversation = event.get("conversation")
    return str(conversation.get("id")) if isinstance(conversation, dict) else ""


def _has_words(event: Document) -> bool:
    conversation = event.get("conversation")
    is_erased = isinstance(conversation, dict) and "erased_at" in conversation
    return not is_erased and event.get("words_removed_at") is None


def _of_business(document: Document, at: datetime) -> UpdateOne:
    """Return the write that takes the shopper and the words from an event. It is not marked as erased: then what waits
    for a receiver would be left out, and an erasure would not find it."""
    former = from_document(Conversation, document["conversation"])
    blank = replace(without_shopper(former, at), erased_at=None)
    gone = {name: "" for name in _OF_BUSINESS if name in document}
    changed = {"conversation": to_document(blank), "words_removed_at": at}
    return UpdateOne({"_id": document["_id"]}, {"$set": changed, **({"$unset": gone} if gone else {})})


def _instant_and_id(position: str) -> tuple[datetime, str]:
    at, _, last = position.partition("|")
    return datetime.fromisoformat(at), last


def _behind(field: str, value: object, last: str) -> list[Document]:
    """Return the conditions of a keyset: behind a value of the field, and behind an id where it has that value."""
    return [{field: {"$gt": value}}, {field: value, "_id": {"$gt": last}}]
