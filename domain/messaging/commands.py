"""Incoming messages of the shopper's own channel, as the carrier's webhook delivered them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.values.channel import Channel
from domain.values.record import Record

LONGEST_MAIL = 1_000_000  # characters of a mail's text that are stored


class IncomingText(Record):
    """A text message, by SMS or WhatsApp."""

    external_id: str  # the carrier's id, by which repeated deliveries are recognised
    channel: Channel
    sender: str  # as given: a phone number, a short code, a name
    recipient: str  # the account's number
    messaging_service: str | None
    text: str
    media: tuple[str, ...] = ()  # content types of the attachments
    media_urls: tuple[str, ...] = ()  # their addresses, in the same order; an empty one is unknown
    details: tuple[str, ...] = ()  # lines for what the message has besides words and files, such as a place
    name: str | None = None  # WhatsApp: the profile name
    keyword: str | None = None  # STOP, START or HELP, if the carrier recognised it and replied already

    @property
    def has_more(self) -> bool:
        """Whether there is more to it than words."""
        return bool(self.media or self.details)


class Bounce(Record):
    """The report that an outgoing mail was not delivered."""

    reference: str  # Message-ID of the outgoing mail
    reason: str


class MailFile(Record):
    """A file in a mail: its place in the source."""

    name: str
    content_type: str  # as declared
    start: int  # in bytes
    end: int  # excluded
    encoding: str = ""  # Content-Transfer-Encoding, in lower case
    inline: bool = False  # shown in the text, by its Content-ID


class IncomingMail(Record):
    """An incoming mail, parsed."""

    reference: str  # its Message-ID, or a hash of a mail without one
    sender: str
    name: str | None
    recipients: tuple[str, ...]
    copied: tuple[str, ...] = ()  # the addresses in To and Cc that are not the account's
    subject: str
    references: tuple[str, ...]  # In-Reply-To and References, oldest first
    text: str  # without the quoted history
    whole: str  # with the quoted history
    attachments: tuple[str, ...] = ()  # the names of the files
    files: tuple[MailFile, ...] = ()  # those that have content
    automatic: str | None = None  # why it counts as sent by a machine; such a mail is passed over
    vouched: bool | None = None  # whether the account's server says that DMARC passed; None: unknown
    bounce: Bounce | None = None
    sent_at: datetime | None = None  # as it says itself; None: it does not, or not legibly
    digest: str = ""  # hash of its date, author, subject and text: some senders use a Message-ID again


class TakeIn(Record):
    """Take in a message that was passed over."""

    passed_over_id: str


class IncomingOutcome(StrEnum):
    """The effect of an incoming message."""

    TAKEN = "taken"
    KNOWN = "known"  # delivered before
    STOPPED = "stopped"
    STARTED = "started"
    HELPED = "helped"
    NOT_LIVE = "not live"  # passed over: the agent is off
    AUTOMATIC = "automatic"  # passed over: a machine wrote it, or too many came
    BOUNCED = "bounced"
    ERASED = "erased"  # left out: it was sent before its author was erased
    IGNORED = "ignored"  # passed over: without a sender to reply to, without content, or unreadable
