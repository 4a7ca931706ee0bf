"""Mail and texts that were received and not taken in: the list that staff read, so that nothing disappears."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta

from domain.values.channel import Channel
from domain.values.contacts import email_key, phone_key
from domain.values.ids import AttachmentId, ConversationId
from domain.values.record import Record, StoredEnum

PASSED_OVER_LIFE = timedelta(days=30)  # of a message in the list, by the TTL index


class PassedOverReason(StoredEnum):
    """Why a message was not taken in."""

    AUTOMATIC = "AUTOMATIC"  # a machine wrote it
    AGENT_OFF = "AGENT_OFF"
    OVER_LIMIT = "OVER_LIMIT"  # too many of the sender within an hour
    NO_SENDER = "NO_SENDER"  # no address to which a reply could go
    EMPTY = "EMPTY"
    UNREADABLE = "UNREADABLE"  # its parts take more than the budget of a mail


class PassedOver(Record):
    """A message that was not taken in."""

    id: str
    at: datetime
    channel: Channel
    reason: PassedOverReason
    detail: str | None = None  # of an automatic one: the mark by which it is known
    sender: str = ""  # as given
    subject: str | None = None  # of a mail
    text: str = ""  # its beginning
    source: bytes | None = None  # of a mail: its beginning, as it was received
    source_size: int | None = None  # bytes of the whole source
    source_file: AttachmentId | None = None  # the file that has the whole source, if it is longer than `source`
    payload: str | None = None  # the parsed message as JSON, from which it is taken in; None: it cannot be
    taken_into: ConversationId | None = None  # the conversation that it was taken into


def is_sent_by(sender: str, keys: Container[str]) -> bool:
    """Whether a sender, as it was given, has one of these identity keys."""
    return f"e:{email_key(sender)}" in keys if "@" in sender else f"p:{phone_key(sender)}" in keys


class LargeSource(Record):
    """A source in the file store."""

    id: str  # of the row
    size: int
