"""What comes in on the shopper's own channel: as its carrier's webhook gave it, checked in form."""

from __future__ import annotations

from enum import StrEnum

from domain.values.channel import Channel
from domain.values.record import Record


class IncomingText(Record):
    """A text message, by SMS or WhatsApp."""

    external_id: str  # the carrier's; the same text comes once
    channel: Channel
    sender: str  # as given: a phone number, a short code, a name
    recipient: str  # the number of the account's that they wrote to
    messaging_service: str | None
    text: str
    media: tuple[str, ...] = ()  # content types of what came with it
    name: str | None = None  # WhatsApp: what they call themselves
    keyword: str | None = None  # what the carrier took it for and has answered already: STOP, START or HELP


class Bounce(Record):
    """A mail of ours did not arrive."""

    reference: str  # its Message-ID
    reason: str


class IncomingMail(Record):
    """A mail, read."""

    reference: str  # its Message-ID, or what stands for one that has none
    sender: str
    name: str | None
    recipients: tuple[str, ...]
    subject: str
    references: tuple[str, ...]  # In-Reply-To and References, oldest first
    text: str  # what is new in it
    whole: str  # with the quoted history
    attachments: tuple[str, ...] = ()
    automatic: str | None = None  # why it is taken for a machine's, which is never answered
    vouched: bool | None = None  # whether DMARC passed, by the account's own server; None: nobody says
    bounce: Bounce | None = None


class IncomingOutcome(StrEnum):
    """What was done with what came in."""

    TAKEN = "taken"
    KNOWN = "known"  # it was here before
    STOPPED = "stopped"
    STARTED = "started"
    HELPED = "helped"
    NOT_LIVE = "not live"  # the agent is off: nothing is collected
    AUTOMATIC = "automatic"
    BOUNCED = "bounced"
    IGNORED = "ignored"  # nobody who could be answered, or nothing said
