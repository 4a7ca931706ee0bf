"""Finds and clears for retention: old conversations with their messages, files, and business events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from domain.attachments.ports import FileStore, blob_prefix
from domain.erasure.blanks import without_shopper
from domain.events import BusinessEvent
from domain.model.agent.knowledge import KnowledgeGap
from domain.model.attachments import Attachment, AttachmentState
from domain.model.conversation import Conversation, Draft, Message
from domain.model.handoff import TicketState
from domain.model.messaging import ReceivedMail
from domain.model.outbox import Outgoing, OutgoingState
from domain.model.passed_over import PassedOver
from domain.retention.ports import OldFile, Removed
from domain.values.ids import AccountId, AttachmentId, ConversationId, MessageId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.codec import from_document, to_document
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document

_STEP = 500  # records of one collection
_OF_BUSINESS = ("first_message", "reason_detail")  # words of the shopper, or about the shopper


class RecordSweeper:
    def __init__(self, *, database: MongoDatabase, files: FileStore) -> None:
        self._database = database
        self._files = files

    async def old_conversations(
        self, account_id: AccountId, before: datetime, limit: int
    ) -> tuple[ConversationId, ...]:
        """Return conversations that may lose their words. Raises PyMongoError."""
        query = {
            "transcript_removed_at": None,
            "closed_at": {"$exists": True},
            "started_at": {"$lt": before},
            "last_message_at": {"$lt": before},
            "ticket.state": {"$in": [None, TicketState.CLOSED.value]},
            "erased_at": None,
            "hold": None,
        }
        found = self._database.collection(COLLECTIONS[Conversation]).find(
            scoped(account_id, query), projection=["_id"], sort=[("started_at", 1)], limit=limit
        )
        return tuple(ConversationId(each["_id"]) for each in await found.to_list(None))

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
        counts["passed_over"] += await self._passed_over(account_id, ids)
        counts["outgoing"] += await self._payloads(account_id, ids)
        return Removed(counts=counts, position=None if is_whole and files < _STEP else "more")

    async def old_files(
        self, account_id: AccountId, before: datetime, position: str, limit: int
    ) -> tuple[list[OldFile], str | None]:
        """Return the next old files, in the order of their conversations. Raises PyMongoError."""
        conversation, _, last = position.partition("|")
        beyond = [{"conversation_id": {"$gt": conversation}}, {"conversation_id": conversation, "_id": {"$gt": last}}]
        query = {
            "conversation_id": {"$exists": True},
            "$or": beyond,
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
        at, _, last = position.partition("|")
        query: Document = {"at": {"$lt": before, **({"$gte": since} if since is not None else {})}}
        if position:
            reached = datetime.fromisoformat(at)
            query["$or"] = [{"at": {"$gt": reached}}, {"at": reached, "_id": {"$gt": last}}]
        found = await rows.find(scoped(account_id, query), sort=[("at", 1), ("_id", 1)], limit=_STEP).to_list(None)
        held = await self._held(account_id, {each["conversation"]["id"] for each in found})
        writes = [
            _of_business(each, before)
            for each in found
            if "erased_at" not in each["conversation"] and each["conversation"]["id"] not in held
        ]
        if writes:
            await rows.bulk_write(writes, ordered=False)
        reached_at = f"{found[-1]['at'].isoformat()}|{found[-1]['_id']}" if len(found) == _STEP else None
        return Removed(counts={"business_events": len(writes)}, position=reached_at)

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
        for each in found:
            await self._files.delete(blob_prefix(account_id, AttachmentId(each["_id"])))
        return await self._delete(account_id, Attachment, {"_id": {"$in": [each["_id"] for each in found]}})

    async def _passed_over(self, account_id: AccountId, ids: Sequence[ConversationId]) -> int:
        which = {"taken_into": {"$in": list(ids)}}
        rows = self._database.collection(COLLECTIONS[PassedOver]).find(
            scoped(account_id, which), projection=["source_file"]
        )
        sources = [each["source_file"] for each in await rows.to_list(None) if "source_file" in each]
        await self._delete_files(account_id, {"_id": {"$in": sources}})
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


def _of_business(document: Document, at: datetime) -> UpdateOne:
    blank = without_shopper(from_document(Conversation, document["conversation"]), at)
    gone = {name: "" for name in _OF_BUSINESS if name in document}
    update: Document = {"$set": {"conversation": to_document(blank)}, **({"$unset": gone} if gone else {})}
    return UpdateOne({"_id": document["_id"]}, update)
