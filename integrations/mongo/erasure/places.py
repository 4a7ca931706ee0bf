"""Every collection that a search for a shopper reads, and how the records of one account are found there.

A database has the records of many accounts, so each read goes through an index that begins with the account, or through
a range of ids that do. A page ends after some records, or some megabytes of them: a mail or payload may be long. Its
position is the keyset of its last record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import bson
from bson import json_util

from domain.erasure.model import Erasure
from domain.events import BusinessEvent
from domain.model.account import Account
from domain.model.agent.guidance import Guidance
from domain.model.agent.knowledge import CatalogProduct, KnowledgeGap, KnowledgeTotals
from domain.model.agent.settings import AgentSettings
from domain.model.attachments import Attachment
from domain.model.audit import AuditEntry
from domain.model.connected_services import ConnectedService
from domain.model.conversation import Conversation, Draft, Message
from domain.model.credentials import TrustedDocuments
from domain.model.handoff import HandoffSettings
from domain.model.identity import IdentityKeys
from domain.model.messaging import MailSender, OptOut
from domain.model.passed_over import PassedOver
from domain.storage import IdempotencyRecord
from domain.values.ids import AccountId
from domain.values.record import Record
from domain.webhook_dedup import ReceivedWebhook
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import ACCOUNT_STATE, APART, COLLECTIONS
from integrations.mongo.delivery.outbox_queues import QUEUES
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import EVENTS
from integrations.mongo.files import CHUNKS, FILES
from integrations.mongo.indexes import INDEXES
from integrations.mongo.search.search_index import VOCABULARY
from integrations.mongo.stats.history import COUNTER_STATE
from integrations.mongo.versions.processes import PROCESSES

STEP = 1_000  # records in a page, at least
_PAGE_BYTES = 4_000_000  # of the records of a page; the last batch may exceed it
_BATCH = 50  # records that are read at once
_AWARE = json_util.JSONOptions(tz_aware=True)
_SPLIT = "|"  # between the collection and the keyset in a position

# Bytes of files; the erasures themselves; marks of webhooks, which are a hash and a time; the processes, of no account.
_LEFT_OUT = {CHUNKS, FILES, COLLECTIONS[Erasure], COLLECTIONS[ReceivedWebhook], PROCESSES}

# Their ids begin with the account's.
_BY_PREFIX = {
    ACCOUNT_STATE,
    COUNTER_STATE,
    QUEUES,
    VOCABULARY,
    *(
        COLLECTIONS[kind]
        for kind in (
            *(Account, AgentSettings, ConnectedService, Guidance, HandoffSettings, IdentityKeys, KnowledgeTotals),
            *(MailSender, OptOut, TrustedDocuments),
        )
    ),
}

# The fields of an index, after the account, whose order the pages have. Elsewhere it is that of the id.
_KEYSETS: Mapping[str, tuple[str, ...]] = {
    COLLECTIONS[Message]: ("conversation_id", "sequence"),
    COLLECTIONS[Conversation]: ("started_at", "_id"),
    APART[Conversation]: ("started_at", "_id"),
    COLLECTIONS[BusinessEvent]: ("seq",),
    EVENTS: ("seq",),
    COLLECTIONS[AuditEntry]: ("number",),
    COLLECTIONS[CatalogProduct]: ("product_id",),
    COLLECTIONS[KnowledgeGap]: ("last_at", "_id"),
    COLLECTIONS[PassedOver]: ("at", "_id"),
    COLLECTIONS[Draft]: ("conversation_id", "_id"),
    COLLECTIONS[Attachment]: ("owner", "_id"),
    # Those without a conversation have a hash, and ids of records that are searched themselves.
    COLLECTIONS[IdempotencyRecord]: ("conversation_id", "_id"),
}

_ACTIVITY = f"{ACCOUNT_STATE}.activity"  # of shoppers: documents that name the account in a field

PLACES: Sequence[str] = sorted({*INDEXES, *COLLECTIONS.values(), *APART.values(), *_BY_PREFIX, _ACTIVITY} - _LEFT_OUT)
"""Every collection that is searched, in order."""

_BY_ACCOUNT = {"account": 1, "_id": 1}  # key of an index


class RecordPage(Record):
    """Records of one collection."""

    place: str
    records: Sequence[Mapping[str, Any]]
    written: Sequence[bytes]  # the same, as BSON
    position: str | None  # of the next page, perhaps in another collection; None: it was the last


class PlaceReader:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def page(self, account_id: AccountId, position: str | None) -> RecordPage:
        """Return the page at a position, or the first one. Raises PyMongoError."""
        place, _, rest = (position or PLACES[0]).partition(_SPLIT)
        fields = _KEYSETS.get(place, ("_id",))
        after = json_util.loads(rest, json_options=_AWARE) if rest else None
        found, written, is_last = list[Mapping[str, Any]](), list[bytes](), False
        while not is_last and len(found) < STEP and sum(map(len, written)) <= _PAGE_BYTES:
            batch = await self._batch(account_id, place, fields, after)
            found += batch
            written += [bson.encode(each) for each in batch]
            is_last = len(batch) < _BATCH
            after = [found[-1][field] for field in fields] if found else None
        if not is_last:
            position = f"{place}{_SPLIT}{json_util.dumps(after)}"
        else:
            position = next(iter(PLACES[PLACES.index(place) + 1 :]), None)
        return RecordPage(place=place, records=found, written=written, position=position)

    async def _batch(
        self, account_id: AccountId, place: str, fields: Sequence[str], after: Sequence[Any] | None
    ) -> list[Document]:
        collection = self._database.collection(ACCOUNT_STATE if place == _ACTIVITY else place)
        query, order = _query(account_id, place, fields, after), [(field, 1) for field in fields]
        options = {"hint": list(_BY_ACCOUNT.items())} if _has_index(place) else {}
        return await collection.find(query, sort=order, limit=_BATCH, **options).to_list(None)


def _query(account_id: AccountId, place: str, fields: Sequence[str], after: Sequence[Any] | None) -> Document:
    if place in _BY_PREFIX:
        start = {"$gte": account_id} if after is None else {"$gt": after[0]}
        return {"_id": {**start, "$lt": f"{account_id}~"}}
    if after is None:
        # Every record has the field, and a partial index asks for it.
        return {"account": account_id, **({fields[0]: {"$exists": True}} if fields[0] != "_id" else {})}
    if len(fields) == 1:
        return {"account": account_id, fields[0]: {"$gt": after[0]}}
    first, second = fields
    beyond = [{first: {"$gt": after[0]}}, {first: after[0], second: {"$gt": after[1]}}]
    return {"account": account_id, first: {"$gte": after[0]}, "$or": beyond}


def _has_index(place: str) -> bool:
    """Whether an index has the account's records in the order of their ids."""
    return any(
        dict(model.document["key"]) == _BY_ACCOUNT and "partialFilterExpression" not in model.document
        for model in INDEXES.get(place, ())
    )
