"""A conversation to hand over, and a stand-in for the outbox that retries one row until it succeeds or fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.conversation import lifecycle
from domain.delivery.errors import DeliveryError, TransientError
from domain.delivery.model import DeliveryResult
from domain.model.account import Account
from domain.model.connected_services import UnsealedConnection
from domain.model.conversation import Author, AuthorKind, Message, MessageKind, Visitor
from domain.model.handoff import EscalationReason, Handoff, HandoffMethod, HandoffState, Helpdesk, Ticket
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext, DeliveryRequest, OutboxSender
from domain.values.channel import Channel
from domain.values.ids import AccountId, ConversationId, HandoffId, ProfileId, TicketId
from domain.values.record import replace

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
CONVERSATION = ConversationId("01KAJ0000000000000000000CV")
TICKET = TicketId(f"{CONVERSATION}001")
ANNA = Visitor(name="Anna", email="anna@example.com").vouched()


def message(
    number: int,
    text: str = "Where is my order?",
    *,
    by: AuthorKind = AuthorKind.SHOPPER,
    name: str = "Anna",
    kind: MessageKind = MessageKind.TEXT,
) -> Message:
    return Message(
        id=f"m{number}",  # type: ignore[arg-type]
        conversation_id=CONVERSATION,
        sequence=number,
        kind=kind,
        author=Author(kind=by, name=name),
        text=text,
        sent_at=NOW + timedelta(seconds=number),
    )


def delivery_context(
    messages: Sequence[Message] = (),
    *,
    kind: OutgoingKind = OutgoingKind.TICKET,
    channel: Channel = Channel.WEB_CHAT,
    visitor: Visitor = ANNA,
    locale: str | None = "it-IT",
    summary: str | None = "Broken parcel",
    tags: tuple[str, ...] = ("Order Status", "refund"),
    helpdesk: Helpdesk = Helpdesk.ZENDESK,
) -> DeliveryContext:
    conversation = lifecycle.open_conversation(
        channel=channel,
        visitor=visitor,
        profile_id=ProfileId("01KAJ0000000000000000000PR"),
        first_question="Where is\nmy order?",
        now=NOW,
    )
    return DeliveryContext(
        row_id="row-1",
        kind=kind,
        account=Account(id=AccountId("acc"), name="Shop", created_at=NOW, time_zone="Europe/Rome"),
        conversation=replace(conversation, id=CONVERSATION, locale=locale, tags=tags),
        messages=tuple(messages) or (message(1),),
        handoff=Handoff(
            id=HandoffId(TICKET),
            state=HandoffState.QUEUED,
            method=HandoffMethod.HELPDESK,
            reason=EscalationReason.EXPLICIT_ASK,
            requested_at=NOW,
            helpdesk=helpdesk,
            summary=summary,
        ),
        ticket=Ticket(id=TICKET, handoff_id=HandoffId(TICKET), helpdesk=helpdesk, created_at=NOW),
        link="https://baton.example/c/1",
    )


@dataclass
class OutboxSimulator:
    """Delivers one row with retries, as the outbox does, on a manual clock."""

    sender: OutboxSender
    connection: UnsealedConnection
    now: datetime = NOW
    row: str = "row-1"
    wait: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        self.errors: list[DeliveryError] = []

    async def deliver(self, context: DeliveryContext, *, ticket: str | None = None, tries: int = 20) -> DeliveryResult:
        """Deliver one row, with retries. Raises `PermanentError`."""
        payload = self.sender.compose(context, self.connection)
        self.errors = []
        first = self.now
        for _ in range(tries):
            try:
                return await self.sender.deliver(
                    self.delivery_request(context.kind, payload, first=first, ticket=ticket)
                )
            except TransientError as error:
                self.errors.append(error)
                self.now += error.retry_after or self.wait
        raise AssertionError(f"still not done: {self.errors[-1]}")

    def delivery_request(
        self, kind: OutgoingKind, payload: str, *, first: datetime, ticket: str | None = None, maybe: bool | None = None
    ) -> DeliveryRequest:
        before = any(isinstance(error, TransientError) and error.outcome_unknown for error in self.errors)
        return DeliveryRequest(
            row_id=self.row,
            kind=kind,
            payload=payload,
            key=f"key of {self.row}",
            connection=self.connection,
            first_attempt_at=first,
            now=self.now,
            outcome_unknown=before if maybe is None else maybe,
            ticket_external_id=ticket,
        )
