"""Ends typing indicators that nobody ended, such as that of a shopper who closed the window, when their signals expire.

Each process does this for its own listeners, by the duration that the signal carries, so that the clocks of two
processes need not agree.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from cachetools import LRUCache

from domain.events import ConversationChanged, HandoffChanged, LoggedEvent, MessageAdded, TicketChanged
from domain.model.conversation import Author, AuthorKind, ControllerKind
from domain.signals import Typing, typing_key
from domain.values.ids import ConversationId

_CONVERSATIONS = 1_000  # of an account that changed last: some 100 KB
_AGENT = Author(kind=AuthorKind.AI_AGENT, name="")
_MAX_TIMERS = 10_000  # per account; clients hide a typing indicator beyond that by themselves, at `until`


class TypingExpiry:
    def __init__(self, *, notify: Callable[[Typing], None]) -> None:
        self._notify = notify
        self._timers: dict[str, tuple[asyncio.TimerHandle, Typing]] = {}  # by the signal's key

    def start(self, signal: Typing) -> None:
        """Replace the timer of the signal's key; no new one starts if the signal says that typing has stopped."""
        self.cancel(signal.key)
        if signal.typing and len(self._timers) < _MAX_TIMERS:
            seconds = (signal.until - signal.at).total_seconds()
            handle = asyncio.get_running_loop().call_later(seconds, self._expire, signal)
            self._timers[signal.key] = handle, signal

    def cancel(self, key: str) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer[0].cancel()

    def end(self, key: str, at: datetime) -> None:
        """End the signal with this key before it expires."""
        timer = self._timers.get(key)
        if timer is not None:
            self.cancel(key)
            self._notify(timer[1].end(at))

    def clear(self) -> None:
        for key in list(self._timers):
            self.cancel(key)

    def _expire(self, signal: Typing) -> None:
        del self._timers[signal.key]
        self._notify(signal.end(signal.until))


class LateReplies:
    """Texts of the agent that come too late: after a human has taken over, or after the message that they are part of.

    A signal and an event take different ways, so a signal that was published before a change may arrive after it. The
    latest changes are remembered.
    """

    def __init__(self) -> None:
        self._changes: LRUCache[ConversationId, tuple[int, int]] = LRUCache(_CONVERSATIONS)  # epoch, sequence

    def note(self, event: LoggedEvent) -> str | None:
        """Take note of an event. Returns the key of the agent's signal if it must end, since control has passed on."""
        body = event.body
        if not isinstance(body, MessageAdded | ConversationChanged | HandoffChanged | TicketChanged):
            return None
        conversation = body.conversation
        is_agents = conversation.controller.kind is ControllerKind.AI_AGENT
        spoke = isinstance(body, MessageAdded) and body.message.author.kind is AuthorKind.AI_AGENT
        if is_agents and not spoke:
            return None
        self._changes[conversation.id] = conversation.controller.epoch, conversation.sequence
        return None if is_agents else typing_key(conversation.id, _AGENT)

    def has(self, signal: Typing) -> bool:
        """Whether the signal is a text that comes too late."""
        if signal.epoch is None or signal.sequence is None:
            return False
        epoch, sequence = self._changes.get(signal.conversation_id, (0, 0))
        return signal.epoch < epoch or signal.sequence < sequence
