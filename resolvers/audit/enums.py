"""Enums of the audit log."""

from domain.model.audit import AuditAction, AuditActorKind, AuditTargetKind
from resolvers.enums import register_enum

register_enum(
    AuditAction,
    "An action that the audit log records.",
    {
        "ACCOUNT_CREATED": "The account was created.",
        "SETTINGS_UPDATED": "The settings of the account were changed, by `updateAccount`.",
        "HANDOFF_SETTINGS_UPDATED": "The handoff settings were changed, by `updateHandoffSettings`.",
        "GUIDANCE_UPDATED": "The guidance of the agent was changed, by `updateGuidance`.",
        "AGENT_SETTINGS_UPDATED": "The agent settings were changed, by `updateAgentSettings`.",
        "KEY_CREATED": "A key was created.",
        "KEY_UPDATED": "The label of a key, or which documents it may run, was changed.",
        "DOCUMENTS_REGISTERED": "Trusted documents were registered.",
        "DOCUMENTS_REMOVED": "Trusted documents were removed.",
        "KEY_ROTATED": "A key was replaced by a new one.",
        "KEY_REVOKED": "A key was revoked.",
        "VISITOR_TOKEN_REVOKED": "The visitor tokens of a conversation were revoked.",
        "STAFF_INVITED": "A staff member was added.",
        "STAFF_UPDATED": "The role, the name or the capacity of a staff member was changed.",
        "STAFF_SUSPENDED": "A staff member was suspended.",
        "STAFF_REINSTATED": "The suspension of a staff member was ended.",
        "SIGN_IN_CONNECTED": "The OpenID provider for the sign-in of staff was connected, or replaced.",
        "SIGN_IN_DISCONNECTED": "The OpenID provider was disconnected, and all sessions were ended.",
        "SIGN_IN_RESET": "The account of a staff member at the provider was forgotten.",
        "SIGNED_IN": "A staff member signed in.",
        "SIGNED_OUT": "A session of a staff member was ended.",
        "SIGN_IN_REFUSED": "A sign-in as a staff member was refused (at most one entry in an hour for each member), "
        "or a refresh token was copied and its session ended.",
        "IDENTITY_KEYS_UPDATED": "The keys that verify identity tokens were changed.",
        "HELPDESK_CONNECTED": "A helpdesk was connected, or its credentials were replaced.",
        "HELPDESK_DISCONNECTED": "A helpdesk was disconnected.",
        "CHANNEL_CONNECTED": "A channel was connected, or its credentials were replaced.",
        "CHANNEL_DISCONNECTED": "A channel was disconnected.",
        "SHOPIFY_CONNECTED": "Shopify was connected, or its client secret was replaced.",
        "SHOPIFY_DISCONNECTED": "Shopify was disconnected.",
        "KLAVIYO_CONNECTED": "Klaviyo was connected, or its key was replaced.",
        "KLAVIYO_DISCONNECTED": "Klaviyo was disconnected.",
        "MODEL_CONNECTED": "The language model was connected, or its endpoint or key was replaced.",
        "MODEL_DISCONNECTED": "The language model was disconnected.",
        "WEBHOOK_CREATED": "A webhook endpoint was created.",
        "WEBHOOK_UPDATED": "A webhook endpoint was changed.",
        "WEBHOOK_DELETED": "A webhook endpoint was deleted.",
        "WEBHOOK_SECRET_ROTATED": "The secret of a webhook endpoint was replaced.",
        "EVENTS_REDELIVERED": "Events are sent to a receiver again, from an earlier position.",
        "DEAD_LETTER_RETRIED": "An event that a receiver had refused was sent again.",
        "OUTGOING_RETRIED": "A failed item of the outbox was sent again.",
        "SECRETS_REENCRYPTED": "Stored secrets were encrypted again under the newest encryption key.",
        "PROFILES_MERGED": "Two profiles of shoppers were joined, by staff or by a proof.",
        "PROFILE_SPLIT": "A profile was divided.",
        "ARTICLE_CREATED": "An article or snippet was created.",
        "ARTICLE_UPDATED": "An article or snippet was changed.",
        "ARTICLE_DELETED": "An article or snippet was deleted.",
        "KNOWLEDGE_GAP_DISMISSED": "A group of unanswered questions was dismissed.",
        "PRODUCTS_SAVED": "Products of the catalogue were added or replaced.",
        "PRODUCTS_DELETED": "Products of the catalogue were deleted.",
        "IMPORTED": "An import of past conversations began.",
        "EXPORTED": "An export of conversations or of the audit log began.",
        "ERASED": "Personal data of shoppers was erased.",
        "MESSAGE_REDACTED": "The words and files of a message were removed, by `redactMessage`.",
        "ERASURE_REQUESTED": "A connected shop asked for the erasure of a shopper. Somebody without the right to erase "
        "connected the shop, so an OWNER or ADMIN has to call `eraseProfile`.",
        "DATA_REQUESTED": "A connected shop passed on a shopper's request for the data that is stored.",
        "RETENTION_UPDATED": "The times after which words are removed were changed, by `updateRetention`.",
        "RETENTION_APPLIED": "The server removed words that were older than the account keeps them. The changes have "
        "the numbers of records.",
        "LEGAL_HOLD_SET": "A conversation was put under a legal hold, or the reason of its hold was changed.",
        "LEGAL_HOLD_RELEASED": "The legal hold of a conversation was ended.",
    },
)

register_enum(
    AuditActorKind,
    "The kind of the author of an action.",
    {
        "STAFF": "A staff member.",
        "KEY": "A key that belongs to no staff member: of the AI agent or of a partner.",
        "SHOPPER": "A shopper, by a visitor token, or by a proof that the shop's page sent with the publishable key.",
        "ANONYMOUS": "Somebody without a credential, for example in a refused sign-in.",
        "CONNECTED_SERVICE": "A service that the account has connected, by a signed call.",
        "COMMAND_LINE": "An operator of the server, at its command line.",
        "SYSTEM": "The server itself.",
    },
)

register_enum(
    AuditTargetKind,
    "The kind of object on which something was done.",
    {
        "ACCOUNT": "The account itself.",
        "HANDOFF_SETTINGS": "The handoff settings.",
        "GUIDANCE": "The guidance of the agent.",
        "AGENT_SETTINGS": "The agent settings.",
        "KEY": "A key or a session.",
        "STAFF": "A staff member.",
        "CONVERSATION": "A single conversation.",
        "CONNECTION": "The connection to a helpdesk, a channel, Shopify, Klaviyo, the OpenID provider or the language "
        "model.",
        "WEBHOOK_ENDPOINT": "A webhook endpoint.",
        "DEAD_LETTER": "An event that a receiver had refused.",
        "OUTGOING": "An item of the outbox.",
        "ARTICLE": "An article or snippet.",
        "CATALOG": "The catalogue of products.",
        "KNOWLEDGE_GAP": "A group of unanswered questions.",
        "PROFILE": "The profile of a shopper.",
    },
)

__all__ = ["AuditAction", "AuditActorKind", "AuditTargetKind"]
