"""The table of reactions: which features act when something happens to a conversation.

`Change.publish(event)` calls the functions of the event's row at once, in the order in which they stand, in the
caller's transaction; an error in one of them undoes the command. The aggregate does not import this module: `bootstrap`
gives the table to the storage, and each unit of work carries it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from domain.commerce import crediting
from domain.conversation import agent_silence
from domain.conversation.aggregate import Change
from domain.conversation.events import (
    BeganWhileAgentOff,
    ConversationEnded,
    DeliveryProgressed,
    DomainEvent,
    HandoffReady,
    IdentityExtended,
    MessageWritten,
    ShopperIdentified,
    ShopperWrote,
)
from domain.conversation.visitor_access import DEFAULT_ACCESS, VisitorAccess, limit_access
from domain.erasure.vendors import note_vendor_call
from domain.handoff import escalation_rules, helpdesk_delivery
from domain.handoff import flow as handoff
from domain.inbox import flow as inbox
from domain.messaging import message_receipts, outgoing, unseen_replies
from domain.model.outbox import OutgoingKind
from domain.retention.vendors import note_redaction
from domain.storage import Reactions

E = TypeVar("E", bound=DomainEvent)


def _on(
    event: type[E], *reactions: Callable[[Change, E], Awaitable[None]]
) -> tuple[type[DomainEvent], tuple[Callable[[Change, Any], Awaitable[None]], ...]]:
    """A row of the table. Each reaction takes the change and an event of the row's type."""
    return event, reactions


def reactions(access: VisitorAccess = DEFAULT_ACCESS) -> Reactions:
    """Return the table, with the settings that reactions need."""
    return dict(
        [
            _on(
                ShopperWrote,
                unseen_replies.note_channel,
                inbox.reopen_for_shopper,
                helpdesk_delivery.forward_message,
                escalation_rules.hand_over_by_rule,
                agent_silence.start_silence_timer,
            ),
            _on(ShopperIdentified, handoff.resume),
            _on(BeganWhileAgentOff, handoff.hand_over_to_team),
            _on(ConversationEnded, partial(limit_access, access=access), inbox.free_assignee),
            _on(HandoffReady, inbox.accept_handoff, helpdesk_delivery.send_handoff),
            _on(MessageWritten, outgoing.enqueue_for_channel, unseen_replies.watch_reply),
            _on(IdentityExtended, crediting.reattribute_conversation),
            _on(DeliveryProgressed, crediting.record_delivery_touch),
        ]
    )


REACTIONS: Reactions = reactions()

# Reactions to an attempt of the outbox to deliver a row, by the kind of the row.
ATTEMPT_REACTIONS = {
    OutgoingKind.TICKET: helpdesk_delivery.apply_attempt,
    OutgoingKind.COMMENT: helpdesk_delivery.apply_comment_attempt,
    OutgoingKind.MESSAGE: message_receipts.apply_attempt,
    OutgoingKind.REPLIES: message_receipts.apply_attempt,
    OutgoingKind.ERASURE: note_vendor_call,
    OutgoingKind.REDACTION: note_redaction,
}
