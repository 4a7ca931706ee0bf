"""The records of a shopper's conversations: deleted, or left without words where reports count them.

    RECORDS  by conversation, through an index: messages with their mails and deliveries, drafts, files, outbox rows …
    LOOSE    by conversation or address, in collections that have no index for it: they are short, because their
             records expire within days, and are read once for many conversations

Every step takes at most `STEP` records of a collection. What a step has done is no longer found, so it can be repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

from domain.attachments.ports import FileStore, blob_prefix
from domain.commerce.attribution import profile_key
from domain.erasure.model import Erasure, ErasureScope
from domain.erasure.ports import Cleared
from domain.knowledge.gaps import without_first_question
from domain.model.agent.knowledge import KnowledgeGap
from domain.model.attachments import Attachment
from domain.model.commerce import Touch
from domain.model.conversation import AuthorKind, Conversation, Draft, Message, TurnLease, Visitor
from domain.model.credentials import Credential
from domain.model.email_confirmation import (
    ConfirmationMails,
    EmailConfirmation,
    mails_of_conversation,
    mails_to_address,
)
from domain.model.messaging import (
    MailSender,
    MessageDelivery,
    OptOut,
    ReceivedMail,
    UnseenReplies,
    mail_sender_id,
    opt_out_id,
)
from domain.model.outbox import Outgoing
from domain.model.passed_over import PassedOver, is_sent_by
from domain.model.profile import identity_keys
from domain.principal import PrincipalKind
from domain.storage import Entity, IdempotencyRecord
from domain.values.channel import Channel
from domain.values.contacts import phone_forms
from domain.values.ids import AccountId, ConversationId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.event_log.signals import SIGNALS
from integrations.mongo.records.readable import entities
from integrations.mongo.retention.records import BEING_DELETED

STEP = 500  # records of one collection
_CONVERSATIONS = 20  # in one step
_LOOSE = 500  # conversations in one step
_ATTEMPTS = 3  # at groups of questions: others may ask meanwhile
_BY_PROFILE = [("account", 1), ("profile_id", 1), ("started_at", -1)]  # index
_OF_OUTGOING = ("payload", "attempts", "external_id", "external_url", "confirmation_id")
ERASED_INPUT = "erased"  # in place of the hash of an input, which equals that of no input
ANONYMOUS = "Anonymous"  # the author of a shopper's messages, as for a shopper without a name

# The words go, the place stays: reports and lists count it.
WITHOUT_WORDS: Sequence[Document] = [
    {
        "$set": {
            "text": "",
            "author.name": {"$cond": [{"$eq": ["$author.kind", "SHOPPER"]}, ANONYMOUS, "$author.name"]},
        }
    },
    {"$unset": ["products", "actions", "attachments", "template"]},
]


async def sent_by(database: MongoDatabase, account_id: AccountId, keys: Container[str]) -> list[str]:
    """Return the ids of messages that were not taken in, and whose sender has one of these identity keys. The sender is
    kept as it was given, in any letters, so all of the account's are looked at: they end after some weeks. Raises
    PyMongoError."""
    rows = database.collection(COLLECTIONS[PassedOver]).find(scoped(account_id, {"sender": {"$gt": ""}}), ["sender"])
    return [row["_id"] async for row in rows if is_sent_by(row["sender"], keys)]


class RecordEraser:
    def __init__(self, *, database: MongoDatabase, files: FileStore) -> None:
        self._database = database
        self._files = files

    async def clear_records(self, account_id: AccountId, erasure: Erasure, scope: ErasureScope) -> Cleared:
        """Clear the records of the next conversations. Raises PyMongoError, `Unavailable`."""
        ids = await self._conversations(account_id, scope, erasure.position, _CONVERSATIONS)
        if not ids:
            return Cleared(removed={}, position=None)
        removed: Counter[str] = Counter()
        owned = {"conversation_id": {"$in": ids}}
        visitors = await self._writers(account_id, ids)
        removed["messages"], is_whole = await self._messages(account_id, ids, erasure.requested_at, removed)
        for kind in (Draft, Credential):
            count = await self._delete(account_id, kind, owned)
            removed[COLLECTIONS[kind]] += count
            is_whole &= count < STEP
        removed["attachments"] = await self._attachments(account_id, owned)
        removed["outgoing"] = await self._outgoing(account_id, ids)
        removed["unseen_replies"] += await self._delete(account_id, UnseenReplies, {"_id": {"$in": ids}})
        removed["turn_leases"] += await self._delete(account_id, TurnLease, {"_id": {"$in": ids}})
        removed["idempotency"] = await self._idempotency(account_id, owned)
        is_whole &= max(removed["attachments"], removed["outgoing"], removed["idempotency"]) < STEP
        position = ids[-1] if is_whole else erasure.position
        return Cleared(removed=removed, position=position, visitors=visitors)

    async def clear_loose(self, account_id: AccountId, erasure: Erasure, scope: ErasureScope) -> Cleared:
        """Clear what names the next conversations, and at first what names the shopper's addresses. Raises
        PyMongoError, `Unavailable`."""
        removed: Counter[str] = Counter()
        if not erasure.position:
            await self._addresses(account_id, scope, removed)
        ids = await self._conversations(account_id, scope, erasure.position, _LOOSE)
        if not ids:
            return Cleared(removed=removed, position=None)
        named = {"$in": ids}
        removed["email_confirmations"] += await self._delete_all(
            account_id, EmailConfirmation, {"conversation_id": named}
        )
        removed["mail_senders"] += await self._delete_all(
            account_id, MailSender, {"_id": {"$gte": account_id, "$lt": f"{account_id}~"}, "conversation_id": named}
        )
        removed["knowledge_gaps"] += await self._gaps(account_id, ids)
        removed["confirmation_mails"] += await self._delete_all(
            account_id, ConfirmationMails, {"_id": {"$in": [mails_of_conversation(each) for each in ids]}}
        )
        removed["passed_over"] += await self._passed_over(account_id, {"taken_into": named})
        removed["attachments"] += await self._all_attachments(
            account_id, {"owner": {"$in": [f"{PrincipalKind.SHOPPER}:{each}" for each in ids]}}
        )
        signals = self._database.collection(SIGNALS)
        await signals.delete_many(scoped(account_id, {"body.conversation_id": named}))
        return Cleared(removed=removed, position=ids[-1])

    async def _conversations(
        self, account_id: AccountId, scope: ErasureScope, after: str, limit: int
    ) -> list[ConversationId]:
        """Return the next conversations of the shopper, in the order of their ids."""
        ids = {"$gt": after, "$nin": list(scope.held)}
        query = scoped(account_id, {"profile_id": {"$in": list(scope.profile_ids)}, "_id": ids})
        cursor = self._database.collection(COLLECTIONS[Conversation]).find(
            query, projection=["_id"], sort=[("_id", 1)], limit=limit, hint=_BY_PROFILE
        )
        return [ConversationId(document["_id"]) for document in await cursor.to_list(None)]

    async def _messages(
        self, account_id: AccountId, ids: Sequence[str], at: datetime, removed: Counter[str]
    ) -> tuple[int, bool]:
        """Take the words from messages, after their mails and deliveries are gone. A message that was redacted before
        still has the shopper's name. Returns how many there were, and whether none is left."""
        named = {"author.kind": AuthorKind.SHOPPER.value, "author.name": {"$ne": ANONYMOUS}}
        left = [{"redacted_at": {"$ne": at}}, named]
        query = scoped(account_id, {"conversation_id": {"$in": list(ids)}, "$or": left})
        messages = self._database.collection(COLLECTIONS[Message])
        found = [each["_id"] for each in await messages.find(query, projection=["_id"], limit=STEP).to_list(None)]
        if not found:
            return 0, True
        for kind in (ReceivedMail, MessageDelivery):
            removed[COLLECTIONS[kind]] += await self._delete_all(account_id, kind, {"_id": {"$in": found}})
        await messages.update_many(
            scoped(account_id, {"_id": {"$in": found}}), [*WITHOUT_WORDS, {"$set": {"redacted_at": at}}]
        )
        return len(found), len(found) < STEP

    async def _attachments(self, account_id: AccountId, which: Document) -> int:
        """Delete the next files, their bytes first. Returns how many there were."""
        rows = self._database.collection(COLLECTIONS[Attachment])
        found = await rows.find(scoped(account_id, which), projection=["_id"], limit=STEP).to_list(None)
        ids = [each["_id"] for each in found]
        if ids:
            await rows.update_many(scoped(account_id, {"_id": {"$in": ids}}), {"$set": {"problem": BEING_DELETED}})
        for attachment_id in ids:
            await self._files.delete(blob_prefix(account_id, attachment_id))
        if ids:
            await rows.delete_many(scoped(account_id, {"_id": {"$in": ids}}))
        return len(ids)

    async def _all_attachments(self, account_id: AccountId, which: Document) -> int:
        count = whole = await self._attachments(account_id, which)
        while count == STEP:
            count = await self._attachments(account_id, which)
            whole += count
        return whole

    async def _outgoing(self, account_id: AccountId, ids: Sequence[str]) -> int:
        """Empty the rows of the outbox: the state of a row stays, which a ticket has to agree with."""
        ranges = [{"_id": {"$gte": f"{each}X", "$lt": f"{each}Y"}} for each in ids]
        personal = [{name: {"$exists": True}} for name in _OF_OUTGOING]
        query = scoped(account_id, {"$and": [{"$or": ranges}, {"$or": personal}]})
        rows = self._database.collection(COLLECTIONS[Outgoing])
        found = [each["_id"] for each in await rows.find(query, projection=["_id"], limit=STEP).to_list(None)]
        if found:
            await rows.update_many({"_id": {"$in": found}}, {"$unset": dict.fromkeys(_OF_OUTGOING, "")})
        return len(found)

    async def _addresses(self, account_id: AccountId, scope: ErasureScope, removed: Counter[str]) -> None:
        """Delete what is kept by the shopper's addresses and numbers, and the shopper's touches' keys."""
        emails = [each for each in scope.addresses if "@" in each]
        phones = [form for each in scope.addresses if each.startswith("+") for form in phone_forms(each)]
        by_id: dict[type[Entity], list[str]] = {
            MailSender: [mail_sender_id(account_id, each) for each in emails],
            ConfirmationMails: [mails_to_address(account_id, each) for each in emails],
            OptOut: [opt_out_id(account_id, channel, each) for channel in Channel for each in phones],
        }
        for kind, ids in by_id.items():
            removed[COLLECTIONS[kind]] += await self._delete_all(account_id, kind, {"_id": {"$in": ids}})
        own = {"$in": emails}
        removed["email_confirmations"] += await self._delete_all(account_id, EmailConfirmation, {"email": own})
        own_keys = {key for each in scope.addresses for key in identity_keys(Visitor(email=each, phone=each))}
        sent = await sent_by(self._database, account_id, own_keys)
        removed["passed_over"] += await self._passed_over(account_id, {"_id": {"$in": sent}})
        keys = {"keys": {"$in": [profile_key(each) for each in scope.profile_ids]}}
        touches = self._database.collection(COLLECTIONS[Touch])
        result = await touches.update_many(scoped(account_id, keys), {"$unset": {"keys": ""}})
        removed["touches"] += result.modified_count

    async def _gaps(self, account_id: AccountId, ids: Sequence[ConversationId]) -> int:
        """Delete the groups whose question, which is that of their newest conversation, is the shopper's. Groups in
        which others have asked since lose the shopper's words and conversations alone. Returns how many lost
        something."""
        count = await self._delete_all(account_id, KnowledgeGap, {"conversation_ids.0": {"$in": list(ids)}})
        gaps, own = self._database.collection(COLLECTIONS[KnowledgeGap]), set(ids)
        for _ in range(_ATTEMPTS):
            found = await gaps.find(scoped(account_id, {"conversation_ids": {"$in": list(ids)}})).to_list(None)
            for gap in entities(KnowledgeGap, found):
                kept = [each for each in gap.conversation_ids if each not in own]
                change = {"words": list(without_first_question(gap).words), "conversation_ids": kept}
                as_read = {"_id": gap.id, "question": gap.question, "conversation_ids": list(gap.conversation_ids)}
                count += (await gaps.update_one(scoped(account_id, as_read), {"$set": change})).modified_count
        return count

    async def _passed_over(self, account_id: AccountId, which: Document) -> int:
        rows = self._database.collection(COLLECTIONS[PassedOver])
        found = await rows.find(scoped(account_id, which), projection=["_id", "source_file"]).to_list(None)
        sources = [each["source_file"] for each in found if "source_file" in each]
        if sources:
            await self._all_attachments(account_id, {"_id": {"$in": sources}})
        return await self._delete_all(account_id, PassedOver, {"_id": {"$in": [each["_id"] for each in found]}})

    async def _writers(self, account_id: AccountId, ids: Sequence[str]) -> tuple[Visitor, ...]:
        """Return under which addresses the shopper has written mails, or was asked to confirm one. Mails that others
        wrote into the conversation go with it; their authors are nobody that is searched for."""
        named = scoped(account_id, {"conversation_id": {"$in": list(ids)}})
        confirmations = self._database.collection(COLLECTIONS[EmailConfirmation]).find(named, ["email"], limit=STEP)
        found = dict.fromkeys(each["email"] for each in await confirmations.to_list(None))
        return tuple(Visitor(email=address) for address in found)

    async def _idempotency(self, account_id: AccountId, owned: Document) -> int:
        """Take the hash of the input, and the result, from the next records. They stay, so that a command that is
        sent once more does not run again, and bring the shopper back. Returns how many there were."""
        rows = self._database.collection(COLLECTIONS[IdempotencyRecord])
        query = scoped(account_id, {**owned, "fingerprint": {"$ne": ERASED_INPUT}})
        found = [each["_id"] for each in await rows.find(query, projection=["_id"], limit=STEP).to_list(None)]
        if found:
            await rows.update_many({"_id": {"$in": found}}, {"$set": {"fingerprint": ERASED_INPUT, "result": {}}})
        return len(found)

    async def _delete(self, account_id: AccountId, kind: type[Entity], which: Document) -> int:
        """Delete records, at most `STEP`. Returns how many there were."""
        rows = self._database.collection(COLLECTIONS[kind])
        found = await rows.find(scoped(account_id, which), projection=["_id"], limit=STEP).to_list(None)
        if not found:
            return 0
        return await self._delete_all(account_id, kind, {"_id": {"$in": [each["_id"] for each in found]}})

    async def _delete_all(self, account_id: AccountId, kind: type[Entity], which: Document) -> int:
        result: Any = await self._database.collection(COLLECTIONS[kind]).delete_many(scoped(account_id, which))
        return int(result.deleted_count)
