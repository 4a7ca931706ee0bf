"""Typing indicators: who may send them, and how often they are forwarded (a token bucket per author).

A signal costs one insert and one read of the conversation; the first of a series also reads the author's name. A signal
over the rate limit costs neither.
"""

from __future__ import annotations

from asyncio import Lock
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cachetools import LRUCache

from domain.account.lookup import staff_of
from domain.conversation.commands import SetTyping
from domain.conversation.errors import ConversationClosed, NotInControl
from domain.conversation.partial_replies import PartialReplyService
from domain.model.account import Account
from domain.model.conversation import Author, AuthorKind, ControllerKind, Conversation
from domain.principal import Principal, PrincipalKind
from domain.signals import TYPING_HOLDS, Signals, Typing, author_of
from domain.storage import Reader, Storage
from domain.values.clock import Clock
from domain.values.errors import Forbidden, NotFound
from domain.values.ids import AccountId, ConversationId, StaffId

_BURST = 4  # signals at once: two starts and two ends
_SAME_AGAIN = timedelta(seconds=1)  # a repetition earlier than this is dropped
_AUTHORS = 4_096  # LRU cache, some megabytes; an evicted author gains one signal
_CONVERSATION = "conversation_id"

_Speaker = tuple[AuthorKind, StaffId | None]


@dataclass(slots=True)
class _AuthorState:
    """Rate limit and last signal of an author in a conversation. Allowances grow by one per second, up to `_BURST`."""

    allowed: float
    counted_at: datetime
    turn: int = 0  # number of admitted signals
    last: Typing | None = None
    publishing: Lock = field(default_factory=Lock)  # serialises publishing, so that the latest signal is the last

    def admits(self, typing: bool, now: datetime) -> bool:
        passed = max(0.0, (now - self.counted_at).total_seconds())
        self.allowed, self.counted_at = min(_BURST, self.allowed + passed), now
        if self.last is not None and self.last.typing is typing and now - self.last.at < _SAME_AGAIN:
            return False
        # A start leaves an allowance for its end, so that the last forwarded signal is never a stale start.
        if self.allowed < (2 if typing else 1):
            return False
        self.allowed -= 1
        self.turn += 1
        return True


class TypingService:
    """Accepts typing signals. `replies` accepts those of the agent that have the text."""

    def __init__(self, *, storage: Storage, signals: Signals, clock: Clock) -> None:
        self.replies = PartialReplyService(storage=storage, signals=signals, clock=clock)
        self._storage = storage
        self._signals = signals
        self._clock = clock
        self._authors: LRUCache[tuple[AccountId, ConversationId, _Speaker], _AuthorState] = LRUCache(_AUTHORS)

    def forget(self, account_id: AccountId) -> None:
        """Forget who has typed in an account."""
        for key in [key for key in self._authors if key[0] == account_id]:
            self._authors.pop(key, None)

    async def set(self, principal: Principal, command: SetTyping) -> datetime | None:
        """Send a typing signal. Returns when the indicator expires; `None` if none is shown.

        Raises `NotInControl` if the agent no longer has the conversation, `ConversationClosed`, `NotFound`,
        `Forbidden`, `Unavailable`.
        """
        speaker = _speaker(principal)
        principal.require_conversation(command.conversation_id)
        now = self._clock.now()
        key = principal.account_id, command.conversation_id, speaker
        state = self._authors.setdefault(key, _AuthorState(allowed=_BURST, counted_at=now))
        if not state.admits(command.typing, now):
            return _shown_until(state.last)
        turn = state.turn
        typing = await self._typing(principal, command, now, state.last)
        async with state.publishing:
            if state.turn == turn:  # else the author has sent a later signal
                await self._signals.publish(principal.account_id, typing)
                state.last = typing
        return _shown_until(typing)

    async def _typing(self, principal: Principal, command: SetTyping, now: datetime, last: Typing | None) -> Typing:
        reader = self._storage.read(principal.account_id)
        conversation = await reader.get(Conversation, command.conversation_id)
        if conversation is None or conversation.erased_at is not None:
            raise NotFound("No such conversation.", field=_CONVERSATION)
        _check_may_type(principal, conversation)
        same_spell = last is not None and now < last.until
        author = last.author if last is not None and same_spell else await _author(reader, principal, conversation)
        return Typing(
            conversation_id=conversation.id,
            author=author,
            typing=command.typing,
            at=now,
            until=now + TYPING_HOLDS if command.typing else now,
            for_shopper=_speaks_to_shopper(principal, conversation),
            ticket=conversation.ticket,
        )


def _shown_until(typing: Typing | None) -> datetime | None:
    return typing.until if typing is not None and typing.typing else None


def _speaker(principal: Principal) -> _Speaker:
    principal.require_known()
    speaker = author_of(principal)
    if speaker is None:
        raise Forbidden("This credential may not write messages, and so cannot send typing indicators.")
    return speaker


def _check_may_type(principal: Principal, conversation: Conversation) -> None:
    if conversation.is_closed:
        raise ConversationClosed("This conversation is closed.", field=_CONVERSATION)
    is_agent = author_of(principal) == (AuthorKind.AI_AGENT, None)
    if is_agent and conversation.controller.kind is not ControllerKind.AI_AGENT:
        raise NotInControl(
            "The agent no longer has this conversation.", controller=conversation.controller, field=_CONVERSATION
        )


def _speaks_to_shopper(principal: Principal, conversation: Conversation) -> bool:
    """Whether the shopper sees it: of staff, only those who may reply (`inbox/replies.py`)."""
    controller = conversation.controller
    if principal.staff_id is None:
        return True
    return controller.is_with_staff and (controller.staff_id == principal.staff_id or principal.manages)


async def _author(reader: Reader, principal: Principal, conversation: Conversation) -> Author:
    if principal.kind is PrincipalKind.SHOPPER:
        return Author(kind=AuthorKind.SHOPPER, name=conversation.display_name)
    if principal.staff_id is None:
        account = await reader.get(Account, principal.account_id)
        return Author(kind=AuthorKind.AI_AGENT, name=account.agent_name if account else "Assistant")
    staff = await staff_of(reader, principal)
    return Author(kind=AuthorKind.HUMAN_AGENT, name=staff.name, staff_id=staff.id)
