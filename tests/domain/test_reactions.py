"""The table of reactions is whole."""

from __future__ import annotations

from domain.conversation.events import DomainEvent
from domain.model.outbox import OutgoingKind
from domain.reactions import ATTEMPT_REACTIONS, REACTIONS


def test_every_event_has_a_row() -> None:
    assert set(REACTIONS) == set(DomainEvent.__subclasses__())


def test_tickets_and_messages_follow_their_attempts() -> None:
    """The mail of a link shows what became of it in the outbox alone. The shopper is not told whether the address takes
    mail: it is perhaps a stranger's."""
    assert set(ATTEMPT_REACTIONS) == set(OutgoingKind) - {OutgoingKind.EMAIL_CONFIRMATION, OutgoingKind.TICKET_NOTICE}
