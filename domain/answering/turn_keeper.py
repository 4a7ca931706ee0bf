"""Keeps a claimed turn while an agent works on it: heartbeats extend its lease, and the shopper sees the text grow.

async with TurnKeeper(…) as keeper:
    outcome = await agent.reply(question, on_text=keeper.show)
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from domain.agent.turns import AgentTurnService, ExtendTurn
from domain.conversation.partial_replies import LONGEST, PartialReply, PartialReplyService
from domain.model.conversation import Conversation, TurnLease
from domain.principal import Principal
from domain.values.errors import Refusal, Unavailable

_APART = 0.3  # seconds between two texts: earlier ones would be dropped


class TurnKeeper:
    """Its tasks end with the block. If the turn is lost meanwhile, they stop, and the reply will be refused."""

    def __init__(
        self,
        *,
        turns: AgentTurnService,
        replies: PartialReplyService,
        principal: Principal,
        conversation: Conversation,
        lease: TurnLease,
        seconds: int,
    ) -> None:
        self._turns = turns
        self._replies = replies
        self._principal = principal
        self._conversation = conversation
        self._lease = lease
        self._seconds = seconds
        self._text = ""
        self._grown = asyncio.Event()
        self._tasks = asyncio.TaskGroup()
        self._running: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._running = [
            self._tasks.create_task(self._beat(), name="heartbeats of a turn"),
            self._tasks.create_task(self._show_all(), name="text of a turn"),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._running:
            task.cancel()
        await self._tasks.__aexit__(None, None, None)

    def show(self, text: str) -> None:
        """Take the text so far. A later one replaces it."""
        if text and text != self._text:
            self._text = text[:LONGEST]
            self._grown.set()

    async def _beat(self) -> None:
        extension = ExtendTurn(conversation_id=self._conversation.id, turn=self._lease.number, seconds=self._seconds)
        while True:
            await asyncio.sleep(self._seconds / 3)
            try:
                await self._turns.extend(self._principal, extension)
            except Refusal:
                return
            except Unavailable:
                continue

    async def _show_all(self) -> None:
        while True:
            await self._grown.wait()
            self._grown.clear()
            reply = PartialReply(
                conversation_id=self._conversation.id,
                epoch=self._conversation.controller.epoch,
                text=self._text,
                turn=self._lease.number,
            )
            try:
                await self._replies.show(self._principal, reply)
            except Refusal:
                return
            except Unavailable:
                continue
            await asyncio.sleep(_APART)
