"""Delivery of messages to the shopper's own channel: the route of a conversation, and the state of each message.

The route is set with the first message, so that nothing is sent twice: Baton delivers a conversation that began while
the account had the channel connected; the caller of the API delivers one that began before.
"""

from __future__ import annotations

from datetime import datetime

from domain.model.connected_services import Service
from domain.values.channel import Channel
from domain.values.contacts import email_key
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record, StoredEnum


class Route(Record):
    """The route of a conversation. A conversation without one sends nothing by SMS, WhatsApp or e-mail."""

    service: Service  # TWILIO or EMAIL
    shopper_address: str  # the shopper's number in E.164, or e-mail address
    account_sender: str | None = (
        None  # the number or messaging service that the shopper wrote to; None: the connection's
    )
    helpdesk_mails: bool = False  # e-mail: Zendesk or Gorgias mails the replies written there, Baton does not
    stopped: bool = False  # the shopper opted out
    subject: str | None = None  # e-mail: the shopper's, without Re:
    written_at: datetime | None = None  # WhatsApp: when the shopper last wrote
    copied: tuple[str, ...] = ()  # e-mail: the other addresses in To and Cc of the shopper's mails
    thread: tuple[str, ...] = ()  # e-mail: Message-IDs for the References of the next mail, oldest first
    mailed_last: bool = False  # web chat: the shopper's latest message came by e-mail, so replies are mailed at once
    by_machine: bool = False  # e-mail: a machine wrote the latest mail, so only replies of people are sent


STOPPED = "The shopper opted out (STOP)."
MACHINE_WROTE = "A machine wrote the latest mail. Only replies of people are sent to it."


class Progress(StoredEnum):
    """The progress of a delivery. Reports arrive in any order, so it only moves forward."""

    WAITING = "WAITING"  # in the outbox
    SENT = "SENT"  # accepted by the carrier
    DELIVERED = "DELIVERED"  # on the shopper's device
    READ = "READ"
    FAILED = "FAILED"

    @property
    def rank(self) -> int:
        """The place in the order of progress."""
        return _RANKS.get(self, -1)


_RANKS = {
    Progress.WAITING: 0,
    Progress.SENT: 1,
    Progress.DELIVERED: 2,
    Progress.READ: 3,
    Progress.FAILED: 4,
}


class MessagePart(Record):
    """One of the texts that a long message was split into, by the carrier's id."""

    external_id: str
    progress: Progress


class MessageDelivery(Record):
    """The delivery of a message to the shopper's channel; its id is the message's."""

    id: str
    conversation_id: ConversationId
    channel: Channel
    progress: Progress
    at: datetime  # of the last change
    error: str | None = None  # as the carrier reported it
    parts: tuple[MessagePart, ...] = ()


class UnseenReplies(Record):
    """Replies of the team in a web chat that the shopper has perhaps not seen. There is one row while a timer waits to
    mail them."""

    id: ConversationId
    first: int  # number of the first of them
    seen_at: datetime | None = None  # when the shopper was last at the conversation, since the row was written


class OptOut(Record):
    """A number that sent STOP. Nothing is sent to it while this exists."""

    id: str  # see `opt_out_id`; of an erased shopper, `erased_opt_out_id` in `domain/outbox/opt_outs.py`
    at: datetime
    keyword: str  # the word that the shopper sent; empty once the shopper was erased


def opt_out_id(account_id: AccountId, channel: Channel, number: str) -> str:
    return f"{account_id}:{channel}:{number}"


class ReceivedMail(Record):
    """An incoming mail with its quoted history; the message has the new text alone."""

    id: str  # of the message made from it
    conversation_id: ConversationId
    reference: str  # its Message-ID
    sender: str
    subject: str
    text: str  # with the quoted history
    received_at: datetime
    attachments: tuple[str, ...] = ()


class MailSender(Record):
    """The latest mails of an address that proved nothing: each began a conversation."""

    id: str  # see `mail_sender_id`
    at: datetime  # of the last mail
    conversation_id: ConversationId  # that the last mail began
    times: tuple[datetime, ...] = ()  # within the last hour, oldest first


def mail_sender_id(account_id: AccountId, address: str) -> str:
    return f"{account_id}:{email_key(address)}"
