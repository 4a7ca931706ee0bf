"""A server whose inbox has many open tickets."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from api.app import Baton, build
from api.bootstrap.ports import open_ports
from api.settings import Settings
from benchmarks.server import UNLIMITED, Running, server
from domain.conversation.commands import StartConversation
from domain.handoff.commands import RequestHandoff
from domain.model.conversation import Channel, Visitor
from domain.model.handoff import EscalationReason
from domain.principal import StaffRole
from integrations.mongo.server.embedded import EmbeddedMongo

_CALLERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    running: Running
    key: str  # of the owner
    colleague: str  # the key of another member


@asynccontextmanager
async def desk_with(tickets: int) -> AsyncIterator[Desk]:
    """Start a server whose demo account has so many open tickets, as text messages leave them."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        mongo = EmbeddedMongo(data=data)
        mongo.spawn()
        try:
            uri = await mongo.ready()
            with server(data, BATON_MONGODB_URI=uri) as running:
                settings = Settings(data=data, **UNLIMITED)
                async with open_ports(settings, uri) as ports:
                    colleague = await _filled(build(settings, ports), running.credentials, tickets)
                yield Desk(running=running, key=running.credentials["ownerKey"], colleague=colleague)
        finally:
            await mongo.stop()


async def _filled(baton: Baton, keys: Mapping[str, str], tickets: int) -> str:
    """Open the tickets. Returns a key of a colleague of the owner."""
    services = baton.services
    agent, widget = [await services.accounts.principal_of(keys[name]) for name in ("agentKey", "publishableKey")]
    numbers = iter(range(tickets))

    async def caller() -> None:
        for number in numbers:
            visitor = Visitor(phone=f"+39333{number:07d}")
            start = StartConversation(channel=Channel.SMS, text=f"Where is order {number}?", visitor=visitor)
            started = await services.conversations.start(widget, start)
            request = RequestHandoff(
                conversation_id=started.conversation.id, epoch=1, reason=EscalationReason.EXPLICIT_ASK
            )
            await services.handoffs.request(agent, request)

    await asyncio.gather(*(caller() for _ in range(_CALLERS)))
    staff = await services.storage.read(agent.account_id).staff()
    colleague = next(member for member in staff if member.role is StaffRole.SUPPORT)
    return (await services.accounts.create_staff_key(agent.account_id, colleague.id)).token
