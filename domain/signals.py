"""Signals: true for a moment, and then of no interest. That somebody types is one.

    setTyping ──▶ TypingService ──▶ Signals ──▶ the hub of every process ──▶ who listens right now

A signal is no event: it has no number in the log, changes no version and is never replayed. Of one author in one
conversation the latest counts. It ends when its author says so, when a message of the author is there, or by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from domain.events import INBOX_TOPIC, conversation_topic
from domain.model.conversation import Author, AuthorKind, Message
from domain.model.handoff import Ticket
from domain.principal import Permission, Principal, PrincipalKind
from domain.values.ids import AccountId, ConversationId, StaffId
from domain.values.record import Record, replace

# Who types says so again about every 3 seconds: one repetition may get lost without a flicker, and after somebody has
# closed the window, nobody waits for long.
TYPING_HOLDS = timedelta(seconds=6)


class Typing(Record):
    """It carries all that decides who sees it, so that showing it costs no read."""

    conversation_id: ConversationId
    author: Author
    typing: bool
    at: datetime
    until: datetime  # when it ends by itself; of one that is over, when it ended
    for_shopper: bool  # the author may speak to the shopper; who writes a note, say, is for colleagues to see
    ticket: Ticket | None = None  # the conversation's latest: which views of the inbox it is in

    @property
    def key(self) -> str:
        return typing_key(self.conversation_id, self.author)

    @property
    def topics(self) -> tuple[str, ...]:
        topic = conversation_topic(self.conversation_id)
        return (topic, INBOX_TOPIC) if self.ticket else (topic,)

    def is_by(self, principal: Principal) -> bool:
        return author_of(principal) == (self.author.kind, self.author.staff_id)

    def ended(self, at: datetime) -> Typing:
        return replace(self, typing=False, at=at, until=at)


def typing_key(conversation_id: ConversationId, author: Author) -> str:
    """Of signals with one key the latest counts."""
    return f"{conversation_id}:{author.kind.value}:{author.staff_id or ''}"


def key_ended_by(message: Message) -> str | None:
    """Whose typing is over now that the message is there. A note ends nothing: not everybody sees that it is there."""
    return typing_key(message.conversation_id, message.author) if message.seen_by_shopper else None


def author_of(principal: Principal) -> tuple[AuthorKind, StaffId | None] | None:
    """As whom the principal types; None where it does not."""
    if principal.kind is PrincipalKind.SHOPPER:
        return AuthorKind.SHOPPER, None
    if principal.staff_id is not None:
        return (AuthorKind.HUMAN_AGENT, principal.staff_id) if principal.has(Permission.WORK_INBOX) else None
    return (AuthorKind.AI_AGENT, None) if principal.has(Permission.SPEAK_AS_AGENT) else None


class Signals(Protocol):
    async def publish(self, account_id: AccountId, signal: Typing) -> None:
        """To whoever listens, in every process. It may get lost. Raises Unavailable."""
