"""Every index, with the query that it serves.

They are created at every start; creating an index that exists costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pymongo
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import OperationFailure

from domain.model.account import Account
from domain.model.agent.guidance import Guidance
from domain.model.agent.knowledge import KnowledgeTotals
from domain.model.conversation import Conversation, TurnLease
from domain.model.identity import IdentityKeys
from domain.model.messaging import MessageDelivery, ReceivedMail
from domain.model.passed_over import PASSED_OVER_LIFE
from domain.model.profile import Profile
from domain.retention.model import Redaction
from domain.retention.policy import RetentionPolicy
from integrations.mongo.activity.activity_index import ACTIVITY_INDEXES
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import APART, COLLECTIONS
from integrations.mongo.delivery.forwarding import FORWARDING_INDEXES
from integrations.mongo.event_log.log import EVENTS, LOG_INDEXES
from integrations.mongo.event_log.signals import SIGNAL_INDEXES
from integrations.mongo.files import FILE_INDEXES
from integrations.mongo.search.search_index import SEARCH_INDEXES
from integrations.mongo.stats.history import COUNTER_STATE, COUNTER_STATE_INDEXES, HISTORY_INDEXES
from integrations.mongo.stats.tag_dictionary import TAG_DICTIONARY_INDEXES
from integrations.mongo.versions.processes import PROCESS_INDEXES
from integrations.mongo.versions.schema import SCHEMA

_IDEMPOTENCY_TTL = 7 * 24 * 3600  # seconds: no client retries for longer
_EXPIRED_CREDENTIAL_TTL = 30 * 24 * 3600  # seconds for which a client learns that its token has expired
_EXPIRED_SESSION_TTL = 24 * 3600  # seconds: an attempt to sign in, whose id it has, ends much earlier
_RECEIVED_WEBHOOK_TTL = 30 * 24 * 3600  # seconds: the most persistent sender gives up after days

_KNOWLEDGE_GAP_TTL = 180 * 24 * 3600
_PASSED_OVER_TTL = int(PASSED_OVER_LIFE.total_seconds())
_MAIL_SENDER_TTL = 24 * 3600  # seconds: longer than the hour in which mails are counted

_EXPIRED_CONFIRMATION_TTL = 7 * 24 * 3600  # seconds: as long as its idempotency record
_CONFIRMATION_MAILS_TTL = 2 * 24 * 3600  # seconds: longer than the day in which mails are counted

# Members of the replica set that have built a new index before it is used. By default all must, so that the start of a
# new version would wait for as long as one of them is down.
_QUORUM = "majority"
_TIMEOUT = 3600.0  # seconds: a new index over much data takes long

# Collections without an index besides that of `_id`. They are created at start too: a snapshot cannot read a collection
# that was created after it, and creating one inside a transaction is slow.
WITHOUT_INDEXES = (
    *(COLLECTIONS[kind] for kind in (Account, Guidance, IdentityKeys, KnowledgeTotals, Redaction, RetentionPolicy)),
    SCHEMA,
)

_NAMESPACE_EXISTS = 48  # MongoDB's error code

# The records of an account, in which an erasure searches for its shopper.
_BY_ACCOUNT = IndexModel([("account", ASCENDING), ("_id", ASCENDING)])

SALES_INDEX = "sales"  # holds only conversations with sales; queries name it as their hint

INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "credentials": [
        IndexModel([("token_hash", ASCENDING)], unique=True),  # the credential of a token
        IndexModel(
            [("account", ASCENDING), ("kind", ASCENDING), ("_id", DESCENDING)]
        ),  # the keys of an account, the newest first
        # The visitor tokens of a conversation.
        IndexModel(
            [("account", ASCENDING), ("conversation_id", ASCENDING)],
            partialFilterExpression={"conversation_id": {"$exists": True}},
        ),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=_EXPIRED_CREDENTIAL_TTL),
        _BY_ACCOUNT,
    ],
    "staff_sessions": [
        # The sessions of a staff member, the newest first.
        IndexModel([("account", ASCENDING), ("staff_id", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=_EXPIRED_SESSION_TTL),
    ],
    "staff": [IndexModel([("account", ASCENDING)])],  # the staff of an account
    "profiles": [
        # The profile of an identity, which belongs to one profile only.
        IndexModel(
            [("account", ASCENDING), ("keys", ASCENDING)],
            unique=True,
            partialFilterExpression={"keys": {"$exists": True}},
        ),
        # The unverified profiles that claim to be an order's buyer.
        IndexModel(
            [("account", ASCENDING), ("claims", ASCENDING)], partialFilterExpression={"claims": {"$exists": True}}
        ),
        _BY_ACCOUNT,
    ],
    APART[Profile]: [_BY_ACCOUNT],
    COLLECTIONS[TurnLease]: [_BY_ACCOUNT],
    COLLECTIONS[MessageDelivery]: [_BY_ACCOUNT],
    COLLECTIONS[ReceivedMail]: [_BY_ACCOUNT],
    "conversations": [
        # The open conversation of a shopper on a channel: at most one. `open_keys` exists only while it is open.
        IndexModel(
            [("account", ASCENDING), ("open_keys", ASCENDING)],
            unique=True,
            partialFilterExpression={"open_keys": {"$exists": True}},
        ),
        # Whether a conversation was imported before.
        IndexModel(
            [("account", ASCENDING), ("import_key", ASCENDING)],
            unique=True,
            partialFilterExpression={"import_key": {"$exists": True}},
        ),
        # Lists without conditions, lists at a past instant, and recounts: by start, by status, by tag. None of these
        # indexes is over what every message changes (`last_message_at`, `seq`): an update that changes nothing of any
        # index looks at none, and costs MongoDB a ninth. Lists by last message are read from `conversation_terms`.
        IndexModel([("account", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("status", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("tags", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]),
        # The inbox: tickets in a state, the newest first.
        IndexModel(
            [
                ("account", ASCENDING),
                ("ticket.state", ASCENDING),
                ("ticket.created_at", DESCENDING),
                ("_id", DESCENDING),
            ],
            partialFilterExpression={"ticket": {"$exists": True}},
        ),
        # The tickets that wait for an assignee, the longest-waiting first.
        IndexModel(
            [("account", ASCENDING), ("ticket.waiting_since", ASCENDING), ("_id", ASCENDING)],
            partialFilterExpression={"ticket.waiting_since": {"$exists": True}},
        ),
        # The conversations that a staff member has control of.
        IndexModel(
            [("account", ASCENDING), ("controller.staff_id", ASCENDING), ("_id", ASCENDING)],
            partialFilterExpression={"controller.staff_id": {"$exists": True}},
        ),
        # The conversations in which the shopper waits for the agent, the longest-waiting first.
        IndexModel(
            [("account", ASCENDING), ("turn.since", ASCENDING), ("_id", ASCENDING)],
            partialFilterExpression={"turn.waits": True},
        ),
        # The closed conversations that have their words, the oldest first.
        IndexModel(
            [
                ("account", ASCENDING),
                ("transcript_removed_at", ASCENDING),
                ("started_at", ASCENDING),
                ("_id", ASCENDING),
            ],
            partialFilterExpression={"closed_at": {"$exists": True}},
        ),
        # The conversations of a profile, the newest first.
        IndexModel([("account", ASCENDING), ("profile_id", ASCENDING), ("started_at", DESCENDING)]),
        # The conversation of a helpdesk's ticket.
        *(
            IndexModel(
                [("account", ASCENDING), (f"{tickets}.external_id", ASCENDING)],
                partialFilterExpression={f"{tickets}.external_id": {"$exists": True}},
            )
            for tickets in ("ticket", "past_tickets")
        ),
        # The list of sales, in the order of their conversations' start.
        IndexModel(
            [("account", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)],
            name=SALES_INDEX,
            partialFilterExpression={"sales": {"$exists": True}},
        ),
    ],
    APART[Conversation]: [
        # The test conversations, the newest first; those that wait for the agent, the longest-waiting first.
        IndexModel([("account", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [("account", ASCENDING), ("turn.since", ASCENDING), ("_id", ASCENDING)],
            partialFilterExpression={"turn.waits": True},
        ),
    ],
    "messages": [
        # The messages of a conversation in order. No two have the same number.
        IndexModel([("account", ASCENDING), ("conversation_id", ASCENDING), ("sequence", ASCENDING)], unique=True),
    ],
    "business_events": [
        # The events after a log position. No two have the same number.
        IndexModel([("account", ASCENDING), ("seq", ASCENDING)], unique=True),
        # The feed of events, the newest first: all, of a type, of a shopper.
        IndexModel([("account", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("type", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("conversation.profile_id", ASCENDING), ("at", DESCENDING)]),
    ],
    "connected_services": [
        # The service that a webhook address belongs to, by the hash of the token in it.
        IndexModel([("hook_hash", ASCENDING)], unique=True, partialFilterExpression={"hook_hash": {"$exists": True}}),
    ],
    # The drafts of a conversation, in order.
    "drafts": [IndexModel([("account", ASCENDING), ("conversation_id", ASCENDING), ("_id", ASCENDING)])],
    "attachments": [
        # The files of a conversation.
        IndexModel(
            [("account", ASCENDING), ("conversation_id", ASCENDING), ("_id", ASCENDING)],
            partialFilterExpression={"conversation_id": {"$exists": True}},
        ),
        # The files that a caller has uploaded, or a channel brought.
        IndexModel([("account", ASCENDING), ("owner", ASCENDING), ("_id", ASCENDING)]),
    ],
    **FILE_INDEXES,
    "touches": [
        # The touches that an order may be credited to, the latest first, by any identity of its buyer.
        IndexModel([("account", ASCENDING), ("keys", ASCENDING), ("touched_at", DESCENDING)]),
        _BY_ACCOUNT,
    ],
    "orders": [
        # The orders of a shopper, the latest first.
        IndexModel([("account", ASCENDING), ("purchase.keys", ASCENDING), ("purchase.placed_at", DESCENDING)]),
        _BY_ACCOUNT,
    ],
    "timers": [IndexModel([("due_at", ASCENDING)]), _BY_ACCOUNT],  # the due timers of all accounts
    # TTL
    "idempotency": [
        IndexModel([("at", ASCENDING)], expireAfterSeconds=_IDEMPOTENCY_TTL),
        # The records of a conversation.
        IndexModel(
            [("account", ASCENDING), ("conversation_id", ASCENDING), ("_id", ASCENDING)],
            partialFilterExpression={"conversation_id": {"$exists": True}},
        ),
    ],
    "received_webhooks": [IndexModel([("at", ASCENDING)], expireAfterSeconds=_RECEIVED_WEBHOOK_TTL)],
    "passed_over": [
        IndexModel([("at", ASCENDING)], expireAfterSeconds=_PASSED_OVER_TTL),
        # The messages of an account, the newest first.
        IndexModel([("account", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
        # Of them, the mails whose source is in the file store.
        IndexModel(
            [("account", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING), ("source_size", ASCENDING)],
            partialFilterExpression={"source_file": {"$exists": True}},
        ),
    ],
    "mail_senders": [IndexModel([("at", ASCENDING)], expireAfterSeconds=_MAIL_SENDER_TTL)],
    "email_confirmations": [
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=_EXPIRED_CONFIRMATION_TTL),
        _BY_ACCOUNT,
    ],
    "confirmation_mails": [
        IndexModel([("at", ASCENDING)], expireAfterSeconds=_CONFIRMATION_MAILS_TTL),
        _BY_ACCOUNT,
    ],
    "outgoing": [
        # The due rows of a queue. `queue` exists only while a row is pending and the first of its ordering key.
        IndexModel([("queue", ASCENDING), ("due_at", ASCENDING)], partialFilterExpression={"queue": {"$exists": True}}),
        # The rows of an ordering key.
        IndexModel([("account", ASCENDING), ("ordering_key", ASCENDING), ("state", ASCENDING)]),
        # The rows of a ticket.
        IndexModel([("account", ASCENDING), ("ticket_id", ASCENDING), ("kind", ASCENDING)]),
        # The rows in a state, the newest first.
        IndexModel([("account", ASCENDING), ("state", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
        # The mails to staff that list a conversation.
        IndexModel(
            [("account", ASCENDING), ("notice.conversation_ids", ASCENDING)],
            partialFilterExpression={"notice.conversation_ids": {"$exists": True}},
        ),
        _BY_ACCOUNT,
    ],
    "audit_entries": [
        # The chain of entries, in order. No two have the same number.
        IndexModel([("account", ASCENDING), ("number", ASCENDING)], unique=True),
        # The entries of a span of time, of an action, of a staff member, of a key, about a target.
        *(
            IndexModel([("account", ASCENDING), (field, ASCENDING), ("number", ASCENDING)])
            for field in ("at", "action", "actor.staff_id", "actor.credential_id", "target.id")
        ),
    ],
    # The erasures of an account, the newest first.
    "erasures": [
        IndexModel([("account", ASCENDING), ("_id", DESCENDING)]),
        # Whether a shopper with an identity was erased.
        IndexModel([("account", ASCENDING), ("key_hashes", ASCENDING)]),
    ],
    "articles": [
        # The articles of an account, the newest first; those of one kind are few enough to be filtered.
        IndexModel([("account", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("revision", ASCENDING)]),  # what an index in memory lacks
    ],
    "catalog_products": [
        # The products of an account, in the order of the shop's own ids.
        IndexModel([("account", ASCENDING), ("product_id", ASCENDING)], unique=True),
        IndexModel([("account", ASCENDING), ("revision", ASCENDING)]),  # what an index in memory lacks
    ],
    "knowledge_gaps": [
        # The groups of questions with a word; the latest and the most frequent groups.
        IndexModel([("account", ASCENDING), ("words", ASCENDING), ("last_at", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("last_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account", ASCENDING), ("count", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("last_at", ASCENDING)], expireAfterSeconds=_KNOWLEDGE_GAP_TTL),
    ],
    **ACTIVITY_INDEXES,
    "agent_settings": [IndexModel([("answered_by", ASCENDING)])],  # the accounts whose agent Baton runs
    # The endpoints of an account.
    "webhook_endpoints": [IndexModel([("account", ASCENDING), ("_id", ASCENDING)])],
    **FORWARDING_INDEXES,
    EVENTS: [*LOG_INDEXES, *HISTORY_INDEXES],
    COUNTER_STATE: COUNTER_STATE_INDEXES,
    **TAG_DICTIONARY_INDEXES,
    **SIGNAL_INDEXES,
    **SEARCH_INDEXES,
    **PROCESS_INDEXES,
}


async def create_indexes(database: MongoDatabase) -> None:
    """Create every collection and index that does not exist. Raises PyMongoError."""
    with pymongo.timeout(_TIMEOUT):
        await asyncio.gather(
            *(
                database.collection(name).create_indexes(list(models), commitQuorum=_QUORUM)
                for name, models in INDEXES.items()
            ),
            *(_create(database, name) for name in WITHOUT_INDEXES),
        )


async def _create(database: MongoDatabase, name: str) -> None:
    try:
        await database.command({"create": name})
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise
