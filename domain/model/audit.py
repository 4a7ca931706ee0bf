"""The audit log: who did what, from where, when, on what. Entries are written once, and never changed or deleted."""

from __future__ import annotations

from datetime import datetime

from domain.values.ids import CredentialId, StaffId
from domain.values.record import Record, StoredEnum


class AuditAction(StoredEnum):
    ACCOUNT_CREATED = "ACCOUNT_CREATED"
    SETTINGS_UPDATED = "SETTINGS_UPDATED"
    HANDOFF_SETTINGS_UPDATED = "HANDOFF_SETTINGS_UPDATED"
    GUIDANCE_UPDATED = "GUIDANCE_UPDATED"
    AGENT_SETTINGS_UPDATED = "AGENT_SETTINGS_UPDATED"
    KEY_CREATED = "KEY_CREATED"
    KEY_ROTATED = "KEY_ROTATED"
    KEY_REVOKED = "KEY_REVOKED"
    KEY_UPDATED = "KEY_UPDATED"
    DOCUMENTS_REGISTERED = "DOCUMENTS_REGISTERED"
    DOCUMENTS_REMOVED = "DOCUMENTS_REMOVED"
    VISITOR_TOKEN_REVOKED = "VISITOR_TOKEN_REVOKED"  # noqa: S105 - the name of an action
    STAFF_INVITED = "STAFF_INVITED"
    STAFF_UPDATED = "STAFF_UPDATED"
    STAFF_SUSPENDED = "STAFF_SUSPENDED"
    STAFF_REINSTATED = "STAFF_REINSTATED"
    SIGN_IN_CONNECTED = "SIGN_IN_CONNECTED"
    SIGN_IN_DISCONNECTED = "SIGN_IN_DISCONNECTED"
    SIGN_IN_RESET = "SIGN_IN_RESET"
    SIGNED_IN = "SIGNED_IN"
    SIGNED_OUT = "SIGNED_OUT"
    SIGN_IN_REFUSED = "SIGN_IN_REFUSED"
    IDENTITY_KEYS_UPDATED = "IDENTITY_KEYS_UPDATED"
    HELPDESK_CONNECTED = "HELPDESK_CONNECTED"
    HELPDESK_DISCONNECTED = "HELPDESK_DISCONNECTED"
    CHANNEL_CONNECTED = "CHANNEL_CONNECTED"
    CHANNEL_DISCONNECTED = "CHANNEL_DISCONNECTED"
    SHOPIFY_CONNECTED = "SHOPIFY_CONNECTED"
    SHOPIFY_DISCONNECTED = "SHOPIFY_DISCONNECTED"
    KLAVIYO_CONNECTED = "KLAVIYO_CONNECTED"
    KLAVIYO_DISCONNECTED = "KLAVIYO_DISCONNECTED"
    MODEL_CONNECTED = "MODEL_CONNECTED"
    MODEL_DISCONNECTED = "MODEL_DISCONNECTED"
    WEBHOOK_CREATED = "WEBHOOK_CREATED"
    WEBHOOK_UPDATED = "WEBHOOK_UPDATED"
    WEBHOOK_DELETED = "WEBHOOK_DELETED"
    WEBHOOK_SECRET_ROTATED = "WEBHOOK_SECRET_ROTATED"  # noqa: S105 - the name of an action
    EVENTS_REDELIVERED = "EVENTS_REDELIVERED"
    DEAD_LETTER_RETRIED = "DEAD_LETTER_RETRIED"
    OUTGOING_RETRIED = "OUTGOING_RETRIED"
    SECRETS_REENCRYPTED = "SECRETS_REENCRYPTED"
    PROFILES_MERGED = "PROFILES_MERGED"
    PROFILE_SPLIT = "PROFILE_SPLIT"
    ARTICLE_CREATED = "ARTICLE_CREATED"
    ARTICLE_UPDATED = "ARTICLE_UPDATED"
    ARTICLE_DELETED = "ARTICLE_DELETED"
    KNOWLEDGE_GAP_DISMISSED = "KNOWLEDGE_GAP_DISMISSED"
    PRODUCTS_SAVED = "PRODUCTS_SAVED"
    PRODUCTS_DELETED = "PRODUCTS_DELETED"
    IMPORTED = "IMPORTED"
    EXPORTED = "EXPORTED"
    ERASED = "ERASED"
    MESSAGE_REDACTED = "MESSAGE_REDACTED"
    ERASURE_REQUESTED = "ERASURE_REQUESTED"
    DATA_REQUESTED = "DATA_REQUESTED"
    RETENTION_UPDATED = "RETENTION_UPDATED"
    RETENTION_APPLIED = "RETENTION_APPLIED"
    LEGAL_HOLD_SET = "LEGAL_HOLD_SET"
    LEGAL_HOLD_RELEASED = "LEGAL_HOLD_RELEASED"


class AuditActorKind(StoredEnum):
    STAFF = "STAFF"  # a staff member, by a key or a session
    KEY = "KEY"  # a key that belongs to no staff member: of the agent or a partner
    SHOPPER = "SHOPPER"  # a visitor token, or the publishable key of the shop's page
    CONNECTED_SERVICE = "CONNECTED_SERVICE"  # a service that the account has connected, by a signed call
    COMMAND_LINE = "COMMAND_LINE"  # a user of the operating system, who ran `baton`
    ANONYMOUS = "ANONYMOUS"  # somebody without a credential, as in a refused sign-in
    SYSTEM = "SYSTEM"  # the server itself, such as a timer


class AuditActor(Record):
    """The names are those at the time of the entry, so that it can be read after they have changed."""

    kind: AuditActorKind
    name: str | None = None  # of the staff member, the connected service, or the user of the operating system
    staff_id: StaffId | None = None
    credential_id: CredentialId | None = None
    credential_label: str | None = None
    address: str | None = None  # the client's IP address


class AuditTargetKind(StoredEnum):
    ACCOUNT = "ACCOUNT"
    HANDOFF_SETTINGS = "HANDOFF_SETTINGS"
    GUIDANCE = "GUIDANCE"
    AGENT_SETTINGS = "AGENT_SETTINGS"
    KEY = "KEY"
    STAFF = "STAFF"
    CONVERSATION = "CONVERSATION"
    CONNECTION = "CONNECTION"
    WEBHOOK_ENDPOINT = "WEBHOOK_ENDPOINT"
    DEAD_LETTER = "DEAD_LETTER"
    OUTGOING = "OUTGOING"
    PROFILE = "PROFILE"
    ARTICLE = "ARTICLE"
    CATALOG = "CATALOG"
    KNOWLEDGE_GAP = "KNOWLEDGE_GAP"


class AuditTarget(Record):
    kind: AuditTargetKind
    id: str
    name: str | None = None  # for people, at the time of the entry


class AuditChange(Record):
    """A field that changed. Values are short texts, and never secrets: of a secret, only the field is named."""

    field: str  # in snake_case
    before: str | None = None
    after: str | None = None


class AuditRecord(Record):
    """An entry before its commit, which numbers it."""

    at: datetime
    actor: AuditActor
    action: AuditAction
    target: AuditTarget
    changes: tuple[AuditChange, ...] = ()


class AuditEntry(Record):
    id: str
    number: int  # 1, 2, 3 … in the order of the account's commits
    at: datetime  # never before that of the previous entry, whichever process wrote it
    actor: AuditActor
    action: AuditAction
    target: AuditTarget
    changes: tuple[AuditChange, ...] = ()
    hash: str  # SHA-256 of the hash of the account's previous entry and of all else that is stored of this one
