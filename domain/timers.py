"""Timers of a conversation, at most one per kind, set by the commands that change the conversation; and the timer of an
account that assigns its waiting tickets."""

from __future__ import annotations

from datetime import datetime

from domain.storage import Timer, TimerKind
from domain.values.ids import AccountId, ConversationId

_NAMES = {
    TimerKind.AUTO_CLOSE: "auto-close",
    TimerKind.SNOOZE: "snooze",
    TimerKind.STRANDED: "stranded",
    TimerKind.AGENT_SILENCE: "agent-silence",
    TimerKind.AGENT_TURN: "agent-turn",
    TimerKind.MAIL_REPLIES: "mail-replies",
    TimerKind.TELL_STAFF: "tell-staff",
    TimerKind.ERASE_TEST: "erase-test",
}


def timer_of(conversation_id: ConversationId, kind: TimerKind, due_at: datetime) -> Timer:
    """Make the timer of a kind; its id makes it unique per conversation."""
    return Timer(id=f"{_NAMES[kind]}:{conversation_id}", kind=kind, subject=conversation_id, due_at=due_at)


def timer_ids_of(conversation_id: ConversationId) -> tuple[str, ...]:
    """Return the ids of all timers that a conversation may have."""
    return tuple(f"{name}:{conversation_id}" for name in _NAMES.values())


def hand_out_timer(account_id: AccountId, due_at: datetime) -> Timer:
    """Make the timer that assigns the waiting tickets of an account; there is at most one for each account."""
    return Timer(id=f"hand-out:{account_id}", kind=TimerKind.HAND_OUT, subject=account_id, due_at=due_at)
