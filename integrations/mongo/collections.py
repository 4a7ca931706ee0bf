"""Maps each kind of entity to its collection, and an entity to its document: {_id, account, …the entity's fields}.

Every function takes the account, so that no query of entities can forget it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from domain.erasure.model import Erasure
from domain.events import BusinessEvent
from domain.forwarding.model import DeadLetter, Forwarding
from domain.model.account import Account, Staff
from domain.model.agent.guidance import Guidance
from domain.model.agent.knowledge import Article, CatalogProduct, KnowledgeGap, KnowledgeTotals
from domain.model.agent.settings import AgentSettings
from domain.model.attachments import Attachment
from domain.model.audit import AuditEntry
from domain.model.commerce import Order, Touch
from domain.model.connected_services import ConnectedService
from domain.model.conversation import Conversation, Draft, Message, TurnLease
from domain.model.credentials import Credential, TrustedDocuments
from domain.model.email_confirmation import ConfirmationMails, EmailConfirmation
from domain.model.handoff import HandoffSettings
from domain.model.identity import IdentityKeys
from domain.model.messaging import MailSender, MessageDelivery, OptOut, ReceivedMail, UnseenReplies
from domain.model.outbox import Outgoing
from domain.model.passed_over import PassedOver
from domain.model.profile import Profile
from domain.model.sign_in import StaffSession
from domain.retention.model import Redaction
from domain.retention.policy import RetentionPolicy
from domain.storage import Entity, IdempotencyRecord, Timer
from domain.values.ids import AccountId, is_test_id
from domain.webhook_dedup import ReceivedWebhook
from domain.webhooks.model import WebhookEndpoint
from integrations.mongo.codec import from_document, to_document
from integrations.mongo.driver import Document

T = TypeVar("T")

COLLECTIONS: Mapping[type[Entity], str] = {
    Account: "accounts",
    Staff: "staff",
    Credential: "credentials",
    StaffSession: "staff_sessions",
    Profile: "profiles",
    Conversation: "conversations",
    Message: "messages",
    Draft: "drafts",
    TurnLease: "turn_leases",
    Attachment: "attachments",
    HandoffSettings: "handoff_settings",
    Guidance: "guidance",
    AgentSettings: "agent_settings",
    ConnectedService: "connected_services",
    WebhookEndpoint: "webhook_endpoints",
    IdentityKeys: "identity_keys",
    TrustedDocuments: "trusted_documents",
    Forwarding: "forwardings",
    DeadLetter: "dead_letters",
    BusinessEvent: "business_events",
    Touch: "touches",
    Order: "orders",
    Timer: "timers",
    IdempotencyRecord: "idempotency",
    Outgoing: "outgoing",
    ReceivedWebhook: "received_webhooks",
    MessageDelivery: "message_deliveries",
    UnseenReplies: "unseen_replies",
    OptOut: "opt_outs",
    ReceivedMail: "received_mails",
    MailSender: "mail_senders",
    PassedOver: "passed_over",
    EmailConfirmation: "email_confirmations",
    ConfirmationMails: "confirmation_mails",
    AuditEntry: "audit_entries",
    Erasure: "erasures",
    Redaction: "redactions",
    RetentionPolicy: "retention_policies",
    Article: "articles",
    CatalogProduct: "catalog_products",
    KnowledgeTotals: "knowledge_totals",
    KnowledgeGap: "knowledge_gaps",
}


ACCOUNT_STATE = "account_state"
"""What batches update in place: the head of an account's log (`event_log/log.py`), its counters (`stats/counters.py`)
and the activity of its shoppers (`activity/activity_index.py`).

They are in one collection, because MongoDB takes a command for each: a batch moves all of them by one update. The kinds
differ in the form of their `_id`, and only activity has `account`, which its partial indexes are over.
"""


APART: Mapping[type[Entity], str] = {Conversation: "test_conversations", Profile: "test_profiles"}
"""Where the records of test conversations are: in collections of their own, so that no list, count, search, check or
report can find them. Their ids tell which they are."""


def is_apart(kind: type[Entity], entity_id: str) -> bool:
    """Whether the entity is a test conversation, or the profile of one."""
    return kind in APART and is_test_id(entity_id)


def collection_of(kind: type[Entity], entity_id: str) -> str:
    """Return the collection of the entity with this id."""
    return (APART if is_apart(kind, entity_id) else COLLECTIONS)[kind]


def entity_document(account_id: AccountId, entity: Entity) -> Document:
    """Return the document that stores the entity."""
    document = to_document(entity)
    return {"_id": document.pop("id"), "account": account_id, **document}


def entity_of(cls: type[T], document: Mapping[str, Any]) -> T:
    """Return the entity of a document. Raises ValueError if it is damaged."""
    return from_document(cls, {**document, "id": document["_id"]})


def scoped(account_id: AccountId, query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query, restricted to the account."""
    return {"account": account_id, **query}
