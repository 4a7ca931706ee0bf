"""Every index, with the question it answers. Created at start; creating one that is there costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pymongo
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import OperationFailure

from domain.model.account import Account
from integrations.mongo.activity.activity_index import ACTIVITY_INDEXES
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.delivery.forwarding import FORWARDING_INDEXES
from integrations.mongo.event_log.log import HEADS, LOG_INDEXES
from integrations.mongo.event_log.signals import SIGNAL_INDEXES
from integrations.mongo.search.search_index import SEARCH_INDEXES
from integrations.mongo.stats.counters import DAYS, HOURS
from integrations.mongo.stats.history import HISTORY_INDEXES
from integrations.mongo.stats.tag_dictionary import TAG_DICTIONARY_INDEXES

_IDEMPOTENCY_LIFE = 7 * 24 * 3600  # seconds: a client that retries after a week has started anew
_EXPIRED_CREDENTIAL_LIFE = 30 * 24 * 3600  # seconds: so long a client is told that its token expired, then: unknown
_DELIVERY_LIFE = 30 * 24 * 3600  # seconds: the most patient sender gives up after days

_INDEXING = 3600.0  # seconds: a new index over much data takes its time, and nothing works well without

# Made beforehand all the same: a snapshot cannot be read of a collection that came into being after it, and a first
# start, whose imports take longer than this, need not make one after the other in the transaction of its account.
WITHOUT_INDEXES = (DAYS, HOURS, HEADS, COLLECTIONS[Account])

_THERE_ALREADY = 48  # MongoDB's error code

SALES_INDEX = "sales"  # has only conversations with sales: asked for by its name

INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "credentials": [
        IndexModel([("token_hash", ASCENDING)], unique=True),  # who is this token
        IndexModel([("account", ASCENDING), ("kind", ASCENDING), ("_id", DESCENDING)]),  # the account's keys
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=_EXPIRED_CREDENTIAL_LIFE),
    ],
    "staff": [IndexModel([("account", ASCENDING)])],
    "profiles": [
        # An identity belongs to one profile. Profiles without identities are not in it.
        IndexModel(
            [("account", ASCENDING), ("keys", ASCENDING)],
            unique=True,
            partialFilterExpression={"keys": {"$exists": True}},
        ),
    ],
    "conversations": [
        # One open conversation per shopper and channel. `open_keys` is there only while it is open.
        IndexModel(
            [("account", ASCENDING), ("open_keys", ASCENDING)],
            unique=True,
            partialFilterExpression={"open_keys": {"$exists": True}},
        ),
        IndexModel(
            [("account", ASCENDING), ("import_key", ASCENDING)],
            unique=True,
            partialFilterExpression={"import_key": {"$exists": True}},
        ),
        IndexModel([("account", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("last_message_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("status", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("tags", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]),
        # The inbox: tickets by state, newest first.
        IndexModel(
            [
                ("account", ASCENDING),
                ("ticket.state", ASCENDING),
                ("ticket.created_at", DESCENDING),
                ("_id", DESCENDING),
            ],
            partialFilterExpression={"ticket": {"$exists": True}},
        ),
        IndexModel([("account", ASCENDING), ("profile_id", ASCENDING), ("started_at", DESCENDING)]),
        # Which of ours it is that a helpdesk speaks of.
        *(
            IndexModel(
                [("account", ASCENDING), (f"{tickets}.external_id", ASCENDING)],
                partialFilterExpression={f"{tickets}.external_id": {"$exists": True}},
            )
            for tickets in ("ticket", "past_tickets")
        ),
        # What was sold, by the day of the conversation.
        IndexModel(
            [("account", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)],
            name=SALES_INDEX,
            partialFilterExpression={"sales": {"$exists": True}},
        ),
    ],
    "messages": [
        # A conversation's messages in order; two of one number cannot be.
        IndexModel([("account", ASCENDING), ("conversation_id", ASCENDING), ("sequence", ASCENDING)], unique=True),
    ],
    # What happened behind a position; no two have one number.
    "business_events": [
        IndexModel([("account", ASCENDING), ("seq", ASCENDING)], unique=True),
        # The feed, the newest first: all, of a type, of a shopper.
        IndexModel([("account", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("type", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("conversation.profile_id", ASCENDING), ("at", DESCENDING)]),
    ],
    "connections": [
        # Who calls at this address: found by the hash of its token.
        IndexModel([("hook_hash", ASCENDING)], unique=True, partialFilterExpression={"hook_hash": {"$exists": True}}),
    ],
    "drafts": [IndexModel([("account", ASCENDING), ("conversation_id", ASCENDING), ("_id", ASCENDING)])],
    "touches": [
        # What could have earned an order, the latest first: one query, whichever of its buyer's identities fits.
        IndexModel([("account", ASCENDING), ("keys", ASCENDING), ("touched_at", DESCENDING)]),
    ],
    "orders": [
        # What a shopper bought, the latest first.
        IndexModel([("account", ASCENDING), ("purchase.keys", ASCENDING), ("purchase.placed_at", DESCENDING)]),
    ],
    "timers": [IndexModel([("due_at", ASCENDING)])],  # what is due, of all accounts
    "idempotency": [IndexModel([("at", ASCENDING)], expireAfterSeconds=_IDEMPOTENCY_LIFE)],
    "deliveries": [IndexModel([("at", ASCENDING)], expireAfterSeconds=_DELIVERY_LIFE)],
    "outgoing": [
        # What is due in a queue. `queue` is there only while a row is pending and the first of its ordering key.
        IndexModel([("queue", ASCENDING), ("due_at", ASCENDING)], partialFilterExpression={"queue": {"$exists": True}}),
        IndexModel(
            [("account", ASCENDING), ("ordering_key", ASCENDING), ("state", ASCENDING)]
        ),  # what waits behind what
        IndexModel([("account", ASCENDING), ("ticket_id", ASCENDING), ("kind", ASCENDING)]),
        IndexModel([("account", ASCENDING), ("state", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
    ],
    **ACTIVITY_INDEXES,
    "webhook_endpoints": [IndexModel([("account", ASCENDING), ("_id", ASCENDING)])],
    **FORWARDING_INDEXES,
    **LOG_INDEXES,
    **HISTORY_INDEXES,
    **TAG_DICTIONARY_INDEXES,
    **SIGNAL_INDEXES,
    **SEARCH_INDEXES,
}


async def create_indexes(database: MongoDatabase) -> None:
    with pymongo.timeout(_INDEXING):
        await asyncio.gather(
            *(database.collection(name).create_indexes(list(models)) for name, models in INDEXES.items()),
            *(_create(database, name) for name in WITHOUT_INDEXES),
        )


async def _create(database: MongoDatabase, name: str) -> None:
    try:
        await database.command({"create": name})
    except OperationFailure as error:
        if error.code != _THERE_ALREADY:
            raise
