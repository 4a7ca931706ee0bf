"""Signals: short-lived state that is not stored, such as "somebody is typing".

    setTyping ──▶ TypingService ──▶ Signals ──▶ the hub of every process ──▶ present subscribers

A signal is not an event: it has no number in the log, changes no version and is never replayed. The latest signal of an
author in a conversation replaces the earlier ones. Typing ends when its author says so, when the author's message
arrives, or when it expires.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from domain.events import INBOX_TOPIC, conversation_topic
from domain.model.conversation import Author, AuthorKind, Message
from domain.model.handoff import Ticket
from domain.principal import Permission, Principal, PrincipalKind
from domain.values.ids import AccountId, ConversationId, StaffId, is_test_id
from domain.values.record import Record, replace

# Clients repeat the signal about every 3 seconds while somebody types: one repetition may be lost without a flicker,
# and an indicator does not outlive a closed window for long.
TYPING_HOLDS = timedelta(seconds=6)


class Typing(Record):
    """An author types, or stopped typing. It carries everything that decides who sees it, so that no read is needed."""

    conversation_id: ConversationId
    author: Author
    typing: bool
    at: datetime
    until: datetime  # when it expires; if `typing` is false, when it ended
    for_shopper: bool  # whether shoppers see it: false for staff whose reply would be refused
    ticket: Ticket | None = None  # the conversation's latest ticket, which decides the views of the inbox
    text: str | None = None  # of the agent: its message so far
    epoch: int | None = None  # with a text: the epoch under which it is written
    sequence: int | None = None  # with a text: the number of the last message before it

    @property
    def key(self) -> str:
        return typing_key(self.conversation_id, self.author)

    @property
    def topics(self) -> tuple[str, ...]:
        topic = conversation_topic(self.conversation_id)
        return (topic, INBOX_TOPIC) if self.ticket and not is_test_id(self.conversation_id) else (topic,)

    def is_by(self, principal: Principal) -> bool:
        return author_of(principal) == (self.author.kind, self.author.staff_id)

    def end(self, at: datetime) -> Typing:
        return replace(self, typing=False, at=at, until=at, text=None)


def typing_key(conversation_id: ConversationId, author: Author) -> str:
    """The identity of a signal: a later signal with the same key replaces an earlier one."""
    return f"{conversation_id}:{author.kind.value}:{author.staff_id or ''}"


def key_ended_by(message: Message) -> str | None:
    """The key of the signal that a message ends; `None` for a note, which not every subscriber sees."""
    return typing_key(message.conversation_id, message.author) if message.seen_by_shopper else None


def author_of(principal: Principal) -> tuple[AuthorKind, StaffId | None] | None:
    """The author that the principal types as; `None` if it may not write messages."""
    if principal.kind is PrincipalKind.SHOPPER:
        return AuthorKind.SHOPPER, None
    if principal.staff_id is not None:
        return (AuthorKind.HUMAN_AGENT, principal.staff_id) if principal.has(Permission.WORK_INBOX) else None
    return (AuthorKind.AI_AGENT, None) if principal.has(Permission.SPEAK_AS_AGENT) else None


class Signals(Protocol):
    async def publish(self, account_id: AccountId, signal: Typing) -> None:
        """Send a signal to the present subscribers in every process, at most once. Raises `Unavailable`."""
