"""Replies to waiting turns of accounts whose agent Baton runs, as soon as the log tells of them.

    own commit ──────────────────▶ at once ────────┐
    change stream ───────────────▶ after a moment ─┼─▶ queue of the account ─▶ round robin ─▶ AnsweringService.answer
    look at the database, every 15 s ──────────────┘

Every process learns of every turn. The process that committed the shopper's message tries first; the others wait for a
moment, and see in the log that the turn is claimed. The look at the database finds what the log has told nobody: turns
from before the start, or while the stream was cut. Nothing is lost with a process, since turns are in the database; a
turn that it had claimed comes back when the lease expires.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable
from functools import partial
from typing import Protocol

from cachetools import LRUCache

from api.workers.loop import Around, run_every, unobserved
from domain.agent.ports import WaitingTurns
from domain.events import (
    AGENT_TURNS_TOPIC,
    AgentSettingsChanged,
    EventBody,
    LoggedEvent,
    TurnLeaseChanged,
    topics_of,
)
from domain.model.agent.settings import AgentKind
from domain.model.conversation import Conversation
from domain.values.errors import Unavailable
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record

_TICK = 1.0  # seconds between two steps without an event
_LOOK_EVERY = 15.0  # seconds between two looks at the database
_LOOK_SOON = 1.0  # seconds, if the last look did not see all
_ACCOUNTS_AT_ONCE = 100  # of a look
_TURNS_AT_ONCE = 1_000
_LATER = (0.05, 0.25)  # seconds of advance for the process that committed the message
_VERSIONS = 10_000  # conversations whose last known version is remembered

_Key = tuple[AccountId, ConversationId]

logger = logging.getLogger("baton.worker")


class RunnerLimits(Record):
    turns: int = 64  # at once in this process; a quarter of them is for accounts that have none running
    turns_per_account: int = 16
    drain_seconds: float = 10.0  # for running turns after `stop`; then they are released


class Answering(Protocol):
    async def answer(self, account_id: AccountId, conversation_id: ConversationId, *, fresh: bool = False) -> bool:
        """Reply to the turn of a conversation, or hand it over. Returns whether there was anything to do. Raises
        `Unavailable`."""


class AgentRunner:
    """Observes the event log, and the commits of this process."""

    def __init__(
        self,
        *,
        answering: Answering,
        turns: WaitingTurns,
        limits: RunnerLimits | None = None,
        around: Around = unobserved,
    ) -> None:
        self._answering = answering
        self._around = around
        self._turns = turns
        self._limits = limits or RunnerLimits()
        self._is_at_work = False
        self._accounts: set[AccountId] = set()  # whose agent Baton runs
        self._changed: dict[AccountId, bool] = {}  # the choices of accounts since the last look began
        self._queues: OrderedDict[AccountId, OrderedDict[ConversationId, bool]] = OrderedDict()  # to `fresh`
        self._later: dict[_Key, asyncio.TimerHandle] = {}
        self._running: dict[_Key, asyncio.Task[None]] = {}
        self._again: set[_Key] = set()  # turns that changed while they were worked on
        self._busy: Counter[AccountId] = Counter()  # running turns
        self._versions: LRUCache[ConversationId, int] = LRUCache(_VERSIONS)
        self._look_at = 0.0  # monotonic time of the next look
        self._wake = asyncio.Event()
        self.failures = 0  # number of turns that failed because of a bug, for the operator

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; turns that are worked on then have some seconds to finish, and are released."""
        self._is_at_work, self._look_at = True, 0.0
        async with asyncio.TaskGroup() as tasks:
            await run_every(_TICK, partial(self.step, tasks), stop=stop, wake=(self._wake,))
            self._is_at_work = False
            for handle in self._later.values():
                handle.cancel()
            if self._running:
                await asyncio.wait(self._running.values(), timeout=self._limits.drain_seconds)
            for task in self._running.values():
                task.cancel()

    async def step(self, tasks: asyncio.TaskGroup) -> None:
        """Look at the database if it is time to, and start turns, within the limits. Raises `Unavailable`."""
        if time.monotonic() >= self._look_at:
            await self._look()
        while len(self._running) < self._limits.turns and (found := self._next()) is not None:
            key, fresh = found
            self._busy[key[0]] += 1
            self._running[key] = tasks.create_task(self._answer(key, fresh=fresh), name=f"turn {key[1]}")

    def on_event(self, event: LoggedEvent) -> None:
        """Take an event of the change stream, which this process or another one committed."""
        if AGENT_TURNS_TOPIC in event.topics or isinstance(event.body, AgentSettingsChanged):
            self._note(event.account_id, event.body, own=False)

    def on_gap(self) -> None:
        """Look at the database soon: events may have been missed."""
        self._look_soon()

    def on_committed(self, account_id: AccountId, bodies: Iterable[EventBody]) -> None:
        """Take the events of a commit of this process, before the change stream delivers them."""
        for body in bodies:
            if isinstance(body, AgentSettingsChanged) or (
                account_id in self._accounts and AGENT_TURNS_TOPIC in topics_of(body)
            ):
                self._note(account_id, body, own=True)

    def _note(self, account_id: AccountId, body: EventBody, *, own: bool) -> None:
        if not self._is_at_work:
            return
        if isinstance(body, AgentSettingsChanged):
            self._note_choice(account_id, is_run=body.answered_by is not AgentKind.OFF)
        elif account_id in self._accounts:
            conversation = getattr(body, "conversation", None)
            assert isinstance(conversation, Conversation), "an event of the agent's turns has a conversation"
            key = (account_id, conversation.id)
            if isinstance(body, TurnLeaseChanged):
                if not body.is_held:
                    self._enqueue(key, fresh=False, at_once=own)
                elif conversation.version >= self._versions.get(conversation.id, 0):
                    self._forget(key)  # else the stream repeats the lease of a turn that has been replied to since
            elif self._is_news(conversation):
                if conversation.turn is not None and conversation.turn.waits:
                    self._enqueue(key, fresh=True, at_once=own)
                else:
                    self._forget(key)

    def _note_choice(self, account_id: AccountId, *, is_run: bool) -> None:
        self._changed[account_id] = is_run
        if is_run:
            self._accounts.add(account_id)
            self._look_soon()
        else:
            self._accounts.discard(account_id)
            self._queues.pop(account_id, None)

    def _is_news(self, conversation: Conversation) -> bool:
        """Whether this version of the conversation is new here: the stream repeats own commits."""
        if self._versions.get(conversation.id, 0) >= conversation.version:
            return False
        self._versions[conversation.id] = conversation.version
        return True

    def _enqueue(self, key: _Key, *, fresh: bool, at_once: bool) -> None:
        if key in self._running:
            self._again.add(key)
        elif at_once:
            if (handle := self._later.pop(key, None)) is not None:
                handle.cancel()
            self._queues.setdefault(key[0], OrderedDict()).setdefault(key[1], fresh)
            self._wake.set()
        elif key not in self._later and key[1] not in self._queues.get(key[0], ()):
            delay = random.uniform(*_LATER)  # noqa: S311 - so that other processes do not compete
            self._later[key] = asyncio.get_running_loop().call_later(delay, self._ripen, key, fresh)

    def _ripen(self, key: _Key, fresh: bool) -> None:
        self._later.pop(key, None)
        if self._is_at_work and key[0] in self._accounts:
            self._enqueue(key, fresh=fresh, at_once=True)

    def _forget(self, key: _Key) -> None:
        """Leave a turn that is claimed or over."""
        if (handle := self._later.pop(key, None)) is not None:
            handle.cancel()
        queue = self._queues.get(key[0])
        if queue is not None:
            queue.pop(key[1], None)
            if not queue:
                del self._queues[key[0]]

    def _next(self) -> tuple[_Key, bool] | None:
        """Take the next turn, from each account in its turn. Some accounts with slow models leave places for others."""
        turns = self._limits.turns
        most = self._limits.turns_per_account if len(self._running) < turns - turns // 4 else 1
        for account_id, queue in self._queues.items():
            if self._busy[account_id] < most:
                conversation_id, fresh = queue.popitem(last=False)
                if queue:
                    self._queues.move_to_end(account_id)
                else:
                    del self._queues[account_id]
                return (account_id, conversation_id), fresh
        return None

    async def _answer(self, key: _Key, *, fresh: bool) -> None:
        try:
            with self._around("turn", {"baton.account": key[0]}):
                await self._answering.answer(*key, fresh=fresh)
        except Unavailable:
            logger.warning("The database cannot be reached; a turn is tried again when its lease has expired.")
        except Exception:
            self.failures += 1
            logger.exception("The turn of conversation %s failed; it is tried again when its lease expires.", key[1])
        finally:
            del self._running[key]
            self._busy[key[0]] -= 1
            if not self._busy[key[0]]:
                del self._busy[key[0]]
            if key in self._again:
                self._again.discard(key)
                self._enqueue(key, fresh=False, at_once=True)
            self._wake.set()

    def _look_soon(self) -> None:
        self._look_at = 0.0
        self._wake.set()

    async def _look(self) -> None:
        """Read which accounts have an agent that Baton runs, and which of their turns wait. Raises `Unavailable`."""
        self._changed.clear()
        self._look_at = time.monotonic() + _LOOK_EVERY
        try:
            found = {settings.id for settings in await self._turns.accounts()}
            found |= {account_id for account_id, is_run in self._changed.items() if is_run}
            found -= {account_id for account_id, is_run in self._changed.items() if not is_run}
            self._accounts = found  # the turns are read after that, so that none begins unnoticed in between
            accounts = sorted(found)
            for start in range(0, len(accounts), _ACCOUNTS_AT_ONCE):
                part = accounts[start : start + _ACCOUNTS_AT_ONCE]
                waiting = await self._turns.of(part, limit=_TURNS_AT_ONCE)
                if len(waiting) == _TURNS_AT_ONCE:
                    self._look_at = time.monotonic() + _LOOK_SOON
                random.shuffle(waiting)  # so that processes that look at the same time do not compete
                for key in waiting:
                    self._enqueue(key, fresh=False, at_once=True)
        except Unavailable:
            self._look_at = 0.0
            raise
