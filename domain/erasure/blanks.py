"""What is left of a conversation without its shopper: everything that reports count, and nothing of the person.

Kept are the channel, the status, times, numbers of messages, tags and skills, which the agent gave, and sales without
their buyer. So every number stays equal to its list, and a recount finds the same.
"""

from __future__ import annotations

from datetime import datetime

from domain.model.conversation import Conversation, Visitor, erased_import_key
from domain.model.handoff import DeliveryState, Handoff, Ticket
from domain.values.record import replace

_UNDELIVERED = (DeliveryState.PENDING, DeliveryState.RETRYING, DeliveryState.FAILED)


def without_shopper(conversation: Conversation, at: datetime) -> Conversation:
    """Return the conversation without its shopper, as of `at`."""
    ticket = conversation.ticket and _without_external(conversation.ticket)
    return replace(
        without_question(conversation, at),
        visitor=Visitor(),
        open_keys=(),
        import_key=None if conversation.import_key is None else erased_import_key(conversation.import_key),
        transfer=conversation.transfer and replace(conversation.transfer, summary=None),
        handoffs=tuple(map(_without_words, conversation.handoffs)),
        ticket=ticket,
        past_tickets=tuple(map(_without_external, conversation.past_tickets)),
        route=None,
        erased_at=conversation.erased_at or at,
    )


def without_question(conversation: Conversation, at: datetime) -> Conversation:
    """Return the conversation without the words of its first question, as of `at`."""
    removed_at = at if conversation.first_question else conversation.first_question_removed_at
    return replace(conversation, first_question="", first_question_id=None, first_question_removed_at=removed_at)


def _without_words(handoff: Handoff) -> Handoff:
    return replace(handoff, reason_detail=None, summary=None)


def _without_external(ticket: Ticket) -> Ticket:
    """The ticket, closed, and unknown to its helpdesk: what is written there later does not come back. Its row of the
    outbox is cancelled unless it was delivered."""
    delivery = DeliveryState.NOT_NEEDED if ticket.delivery in _UNDELIVERED else ticket.delivery
    return replace(ticket.close(), external_id=None, external_url=None, delivery=delivery)
