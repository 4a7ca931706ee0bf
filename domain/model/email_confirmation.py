"""Confirmations of e-mail addresses: a link that was mailed to the address which a shopper claims in a conversation.

sendEmailConfirmation ──▶ waiting ──┬─ the button of the page ─▶ confirmed, once
                                    └─ `LIFE` is over ─────────▶ expired
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.values.contacts import email_key
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record

LIFE = timedelta(hours=24)  # of a link
LINK_ENDED = "The link ended before the mail was sent. The shopper can ask for another one."


class EmailConfirmation(Record):
    """One mail with one link. The link stands for this record, and so for its conversation and its address."""

    id: str
    conversation_id: ConversationId
    email: str  # as it was claimed when the mail was asked for
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None  # a link that was used changes nothing any more


class ConfirmationMails(Record):
    """The latest mails of a conversation, an address or an account, by which their number is limited."""

    id: str  # see `mails_of_conversation`, `mails_to_address`, `mails_of_account`
    at: datetime  # of the last mail
    times: tuple[datetime, ...] = ()  # within the period of the limit, oldest first


def mails_of_conversation(conversation_id: ConversationId) -> str:
    return f"c:{conversation_id}"


def mails_to_address(account_id: AccountId, address: str) -> str:
    """Return the id of the mails to a mailbox. Many servers deliver `vic+anything@` to `vic@`, so these are one mailbox
    here; the other forms of an address that such a server knows are left to the limit of the account."""
    local, at, domain = email_key(address).rpartition("@")
    return f"e:{account_id}:{local.partition('+')[0] or local}{at}{domain}"


def mails_of_account(account_id: AccountId) -> str:
    return f"a:{account_id}"
