"""Runs background workers step by step, so that a test decides when each step happens."""

from __future__ import annotations

import asyncio

from api.workers.event_forwarding import ForwardingLoop
from api.workers.helpdesk_sync import HelpdeskSync
from api.workers.outbox_dispatcher import OutboxDispatcher


async def deliver_due(dispatcher: OutboxDispatcher) -> int:
    """Deliver the due rows, until none is left. Returns the number of attempts."""
    attempts = 0
    while True:
        async with asyncio.TaskGroup() as calls:
            started = await dispatcher.start_due(calls)
        if not started:
            return attempts
        attempts += started


async def forward_due(loop: ForwardingLoop) -> int:
    """Deliver the business events that are due now. Returns the number of events that were processed."""
    done = 0
    while True:
        async with asyncio.TaskGroup() as tasks:
            turns = await loop.start_due(tasks)
        counts = [turn.result() for turn in turns]
        done += sum(counts)
        if not any(counts):
            return done


async def sync_due(sync: HelpdeskSync) -> None:
    """Run the helpdesk timers that are due now, once."""
    async with asyncio.TaskGroup() as tasks:
        await sync.start_due(tasks)
