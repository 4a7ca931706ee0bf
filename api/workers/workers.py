"""All background workers of a process."""

from __future__ import annotations

import asyncio

from api.workers.agent_runner import AgentRunner
from api.workers.event_forwarding import ForwardingLoop
from api.workers.helpdesk_sync import HelpdeskSync
from api.workers.maintenance import MaintenanceWorker
from api.workers.outbox_dispatcher import OutboxDispatcher
from api.workers.timers import TimerWorker
from domain.values.record import Record


class Workers(Record):
    timers: TimerWorker
    maintenance: MaintenanceWorker
    helpdesk_sync: HelpdeskSync
    outbox: OutboxDispatcher
    forwarding: ForwardingLoop
    agents: AgentRunner

    async def run(self, stop: asyncio.Event) -> None:
        """Run every worker until `stop` is set, and wait for what they finish then."""
        async with asyncio.TaskGroup() as tasks:
            for name in self.__struct_fields__:
                tasks.create_task(getattr(self, name).run(stop), name=name)
