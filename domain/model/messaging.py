"""How a conversation reaches its shopper outside of Baton, and what became of each message on the way.

A conversation has its route from its first message on, so that nothing is said twice: one that began while the account
had the channel connected is carried by Baton, one that began before that is carried by whoever calls the API.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.model.connected_services import Service
from domain.values.channel import Channel
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record


class Route(Record):
    """Kept on the conversation. Without one, nothing of it leaves by SMS, WhatsApp or e-mail."""

    service: Service  # TWILIO or EMAIL
    theirs: str  # the shopper's number in E.164, or address
    ours: str | None = None  # the number or messaging service that they wrote to; None: the connection's
    helpdesk_mails: bool = False  # e-mail: what is replied in Zendesk or Gorgias is mailed from there, and not by us
    stopped: bool = False  # they asked to be sent nothing more
    subject: str | None = None  # e-mail: theirs, without Re:
    thread: tuple[str, ...] = ()  # e-mail: Message-IDs that the next one answers, oldest first


STOPPED = "The shopper asked to be sent nothing more (STOP)."


class Progress(StrEnum):
    """How far a message has come. Reports come in any order: it only ever goes on."""

    WAITING = "WAITING"  # in the outbox
    SENT = "SENT"  # the carrier has it
    DELIVERED = "DELIVERED"  # the shopper has it
    READ = "READ"
    FAILED = "FAILED"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {
    Progress.WAITING: 0,
    Progress.SENT: 1,
    Progress.DELIVERED: 2,
    Progress.READ: 3,
    Progress.FAILED: 4,
}


class MessagePart(Record):
    """One of the texts that a long message was split into, by what the carrier calls it."""

    external_id: str
    progress: Progress


class MessageDelivery(Record):
    """What became of a message that left for the shopper's channel. One a message, under the message's id."""

    id: str
    conversation_id: ConversationId
    channel: Channel
    progress: Progress
    at: datetime  # of the last news
    error: str | None = None  # the carrier's own words
    parts: tuple[MessagePart, ...] = ()


class OptOut(Record):
    """A number that sent STOP: while this is there, nothing is sent to it."""

    id: str  # see `opt_out_id`
    at: datetime
    keyword: str  # the word they sent


def opt_out_id(account_id: AccountId, channel: Channel, number: str) -> str:
    return f"{account_id}:{channel}:{number}"


class ReceivedMail(Record):
    """A mail as it came in, whole: the message shows what is new in it."""

    id: str  # of the message that became of it
    conversation_id: ConversationId
    reference: str  # its Message-ID
    sender: str
    subject: str
    text: str  # with the quoted history
    received_at: datetime
    attachments: tuple[str, ...] = ()
