"""The agent's reply while it is being written: shoppers see the text grow.

Each signal has the whole text so far, so that a lost one does no harm, and a later one replaces it. It is a typing
signal with a text: nothing is stored, and the message itself ends it, as do a change of control and its expiry.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cachetools import LRUCache

from domain.conversation.errors import NotInControl, NotYourTurn
from domain.conversation.turns import check_agent_has
from domain.model.account import Account
from domain.model.conversation import Author, AuthorKind, Conversation, TurnLease
from domain.principal import Permission, Principal
from domain.signals import TYPING_HOLDS, Signals, Typing
from domain.storage import Reader, Storage
from domain.values.clock import Clock
from domain.values.errors import NotFound
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record
from domain.values.text import check_text

LONGEST = 8_000  # characters: four signals a second of it are less than 130 KB of the database's and each socket's
_APART = timedelta(milliseconds=250)  # an earlier signal is dropped; the next one has its text
_CONVERSATIONS = 4_096  # LRU cache, below one megabyte; an evicted conversation gains one signal


class PartialReply(Record):
    conversation_id: ConversationId
    epoch: int
    text: str  # from the beginning of the message
    turn: int | None = None  # number of the lease


class PartialReplyService:
    """Passes on what the agent has written so far."""

    def __init__(self, *, storage: Storage, signals: Signals, clock: Clock) -> None:
        self._storage = storage
        self._signals = signals
        self._clock = clock
        self._last: LRUCache[tuple[AccountId, ConversationId], datetime] = LRUCache(_CONVERSATIONS)

    async def show(self, principal: Principal, reply: PartialReply) -> datetime:
        """Show the text to present subscribers. Returns when it expires, unless more of it comes.

        Raises `NotInControl` if the epoch is over, `NotYourTurn` if the turn is, `ConversationClosed`, `NotFound`,
        `Invalid`, `Forbidden`, `Unavailable`.
        """
        principal.require(Permission.SPEAK_AS_AGENT)
        check_text(reply.text, field="text", limit=LONGEST)
        key, now = (principal.account_id, reply.conversation_id), self._clock.now()
        last = self._last.get(key)
        if last is not None and timedelta(0) <= now - last < _APART:
            return last + TYPING_HOLDS
        reader = self._storage.read(principal.account_id)
        conversation = await reader.get(Conversation, reply.conversation_id)
        if conversation is None or conversation.erased_at is not None:
            raise NotFound("No such conversation.", field="conversation_id")
        await _check(reader, conversation, reply)
        account = await reader.get(Account, principal.account_id)
        self._last[key] = now
        signal = Typing(
            conversation_id=conversation.id,
            author=Author(kind=AuthorKind.AI_AGENT, name=account.agent_name if account else "Assistant"),
            typing=True,
            at=now,
            until=now + TYPING_HOLDS,
            for_shopper=True,
            ticket=conversation.ticket,
            text=reply.text,
            epoch=conversation.controller.epoch,
            sequence=conversation.sequence,
        )
        await self._signals.publish(principal.account_id, signal)
        return signal.until


async def _check(reader: Reader, conversation: Conversation, reply: PartialReply) -> None:
    check_agent_has(conversation)
    if reply.epoch != conversation.controller.epoch:
        raise NotInControl(
            "This epoch is over. Read the controller again.", controller=conversation.controller, field="epoch"
        )
    if reply.turn is None:
        return
    lease = await reader.get(TurnLease, conversation.id)
    lease = lease if lease is not None and lease.is_of(conversation.turn) else None
    if lease is None or lease.number != reply.turn:
        raise NotYourTurn(
            "This turn has a reply, or another agent has claimed it.",
            conversation=conversation,
            lease=lease,
            field="turn",
        )
