"""The agent's turn: the shopper's messages that the agent has to reply to. All that the shopper writes until then is
one turn.

    shopper writes ──▶ waits ──┬─ the agent's message, or a handoff ──▶ answered
                         ▲     └─ control passes on, or the close ────▶ over
                         └─ control comes back, or the offer is declined, and the question has no reply yet

The turn is part of the conversation and changes with it, in the same commit, so that nothing else has to find out who
waits. A lease of the turn (`domain/agent/turns.py`) is a row of its own: heartbeats must not change conversations.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.conversation.errors import ConversationClosed, NotInControl, NotYourTurn
from domain.conversation.lifecycle import owes_reply
from domain.model.conversation import (
    AgentTurn,
    AuthorKind,
    ControllerKind,
    Conversation,
    Message,
    TurnLease,
)
from domain.model.handoff import HandoffState
from domain.storage import Timer, TimerKind, UnitOfWork
from domain.timers import timer_of
from domain.values.errors import Invalid
from domain.values.record import replace

_GIVEN_BACK = (HandoffState.DECLINED, HandoffState.WITHDRAWN)


def next_turn(
    before: Conversation,
    after: Conversation,
    messages: Sequence[Message],
    *,
    now: datetime,
    is_answered: bool = False,
    unanswered: Message | None = None,
) -> AgentTurn | None:
    """Return the turn after a change that added `messages`. `is_answered`: the change ends the turn, although it may
    add no message of the agent. `unanswered`: the first message of the shopper that the reply does not cover."""
    turn = _continued(before, after, messages, now=now, is_answered=is_answered, unanswered=unanswered)
    if turn is not None and turn.waits and (after.is_closed or after.controller.kind is not ControllerKind.AI_AGENT):
        turn = replace(turn, waits=False)
    return turn if turn == before.turn or turn is None else replace(turn, version=before.version + 1)


def _continued(
    before: Conversation,
    after: Conversation,
    messages: Sequence[Message],
    *,
    now: datetime,
    is_answered: bool,
    unanswered: Message | None,
) -> AgentTurn | None:
    turn = before.turn
    written = [message for message in messages if message.author.kind is AuthorKind.SHOPPER]
    if written:
        first, last = written[0], written[-1].sequence
        if turn is not None and turn.waits:
            turn = replace(turn, last_sequence=last)
        else:
            turn = _opened(turn, since=first.sent_at, first=first.sequence, last=last)
        by_rule = len(after.handoffs) > len(before.handoffs)  # a rule of the account hands over, at once
        return replace(turn, waits=not by_rule)
    if turn is None:
        return None
    if is_answered or _answers(before, after, messages):
        if unanswered is not None:
            return _opened(turn, since=unanswered.sent_at, first=unanswered.sequence, last=turn.last_sequence)
        return replace(turn, waits=False)
    if not turn.waits and owes_reply(after) and _comes_back(before, after):
        last = turn.last_sequence
        return _opened(turn, since=now, first=last, last=last)
    return turn


def _opened(turn: AgentTurn | None, *, since: datetime, first: int, last: int) -> AgentTurn:
    number = 1 if turn is None else turn.number + 1
    return AgentTurn(number=number, waits=True, since=since, first_sequence=first, last_sequence=last, version=0)


def _answers(before: Conversation, after: Conversation, messages: Sequence[Message]) -> bool:
    """Whether the change has a message of the agent, or a new handoff."""
    spoke = any(message.author.kind is AuthorKind.AI_AGENT for message in messages)
    return spoke or len(after.handoffs) > len(before.handoffs)


def _comes_back(before: Conversation, after: Conversation) -> bool:
    """Whether the change gives the question back to the agent."""
    handoff = after.handoff
    refused = handoff is not None and handoff != before.handoff and handoff.state in _GIVEN_BACK
    return refused or before.controller.epoch != after.controller.epoch


async def lease_of(uow: UnitOfWork, conversation: Conversation) -> TurnLease | None:
    """Return the latest lease of the turn that waits, expired or not; `None` if it was never claimed."""
    lease = await uow.get(TurnLease, conversation.id)
    return lease if lease is not None and lease.is_of(conversation.turn) else None


def check_agent_has(conversation: Conversation) -> None:
    """Raises `ConversationClosed`, `NotInControl` unless the agent has control."""
    if conversation.is_closed:
        raise ConversationClosed("This conversation is closed.", field="conversation_id")
    if conversation.controller.kind is not ControllerKind.AI_AGENT:
        raise NotInControl(
            "The agent no longer has this conversation.", controller=conversation.controller, field="conversation_id"
        )


async def held_lease(uow: UnitOfWork, conversation: Conversation, number: int) -> TurnLease:
    """Return the lease with this number. It may have expired: the number alone decides, so that a slow agent can still
    reply as long as no other has claimed the turn.

    Raises `NotYourTurn` if the turn was answered, or claimed by another agent; `Invalid` for a number that no lease has
    yet.
    """
    latest = await uow.get(TurnLease, conversation.id)
    if latest is None or number > latest.number:
        raise Invalid("There is no such lease yet. Give the number that claimAgentTurn returned.", field="turn")
    lease = latest if latest.is_of(conversation.turn) else None
    if lease is None or lease.number != number:
        raise NotYourTurn(
            "This turn was answered already." if lease is None else "Another agent has claimed this turn.",
            conversation=conversation,
            lease=lease,
            field="turn",
        )
    return lease


def drop_lease_timer(uow: UnitOfWork, lease: TurnLease) -> None:
    """Delete the timer of a lease whose turn gets its reply: nobody has to be told that it expires."""
    uow.delete(Timer, timer_of(lease.id, TimerKind.AGENT_TURN, lease.until).id)


async def first_unanswered(uow: UnitOfWork, conversation: Conversation, lease: TurnLease) -> Message | None:
    """Return the first message of the shopper that came after what the lease takes into account."""
    turn = conversation.turn
    if turn is None or turn.last_sequence <= lease.last_sequence:
        return None
    later = await uow.messages_after(conversation.id, lease.last_sequence)
    return next(message for message in later if message.author.kind is AuthorKind.SHOPPER)
