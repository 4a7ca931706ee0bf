"""What the outbox needs of the outside: couriers that hand one row over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.account.model import Account
from domain.connection.model import OpenConnection
from domain.conversation.model import Conversation, Message
from domain.handoff.model import Handoff, Ticket
from domain.outbox.model import OutgoingKind
from domain.profile.model import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that a courier may write of: what it puts on the wire is its own affair."""

    kind: OutgoingKind
    account: Account
    conversation: Conversation
    messages: tuple[Message, ...]  # TICKET: all that the shopper saw; else the one that is sent
    profile: Profile | None = None
    handoff: Handoff | None = None
    ticket: Ticket | None = None
    link: str | None = None  # back to the conversation
    thread: tuple[str, ...] = ()  # e-mail: Message-IDs before it, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One attempt."""

    row_id: str  # what idempotency keys and Message-IDs are made of
    kind: OutgoingKind
    payload: str  # as `compose` froze it
    connection: OpenConnection
    first_attempt_at: datetime
    now: datetime
    maybe_done: bool  # an earlier attempt may have been carried out: look first where the other side cannot tell
    ticket_external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    external_id: str | None = None
    external_url: str | None = None
    http_status: int | None = None
    note: str = "delivered"  # the attempt's outcome


class DeliveryFault(Exception):
    """Not delivered. Its text is the other side's own words, without secrets."""

    def __init__(self, message: str, *, http_status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status


class PassingFault(DeliveryFault):
    """Try again. `maybe_done`: it may have been carried out all the same (a time-out, a cut connection)."""

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        retry_after: timedelta | None = None,
        maybe_done: bool = False,
    ) -> None:
        super().__init__(message, http_status=http_status)
        self.retry_after = retry_after
        self.maybe_done = maybe_done


class PermanentFault(DeliveryFault):
    """Trying again would change nothing. `credentials`: it is the connection that does not work."""

    def __init__(self, message: str, *, http_status: int | None = None, credentials: bool = False) -> None:
        super().__init__(message, http_status=http_status)
        self.credentials = credentials


class Courier(Protocol):
    def compose(self, dossier: Dossier, connection: OpenConnection) -> str:
        """What will go over the wire; kept, and given back unchanged at every attempt."""

    async def deliver(self, parcel: Parcel) -> Receipt:
        """One attempt, within its own time-out. Raises PassingFault, PermanentFault."""
