"""The program with Zendesk connected, and a conversation with a ticket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient

from dev.fakes.server import serving
from dev.fakes.zendesk import ADMIN, TOKEN, WEBHOOK_SECRET, Hook, Zendesk
from dev.fakes.zendesk import Ticket as ZendeskTicket
from domain.conversation import lifecycle
from domain.conversation.aggregate import Change
from domain.handoff import flow
from domain.model.conversation import ControllerKind, Conversation
from domain.model.handoff import DeliveryState, EscalationReason, Handoff, HandoffMethod, HandoffState, Helpdesk, Ticket
from domain.storage import UnitOfWork
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.clock import ManualClock
from tests.harness.program import Json, Program, Shop, Started, running


@pytest.fixture
async def zendesk() -> AsyncIterator[Zendesk]:
    fake = Zendesk()
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    zendesk: Zendesk,
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> AsyncIterator[Program]:
    clock = ManualClock()
    zendesk.clock = clock.now
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, zendesk_url=zendesk.url) as program:
        yield program


@pytest.fixture
async def shop(baton: Program) -> Shop:
    return await baton.open_shop("Shop")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZendeskWebhook:
    """The webhook URL of the account's Zendesk connection."""

    baton: Program
    shop: Shop
    path: str

    async def post(self, hook: Hook, *, path: str | None = None) -> httpx.Response:
        return await self.baton.call("POST", path or self.path, content=hook.body, headers=hook.headers)

    async def result_of(self, hook: Hook) -> str:
        answer = await self.post(hook)
        assert answer.status_code == 200, answer.text
        result: str = answer.json()["result"]
        return result


@pytest.fixture
async def webhook(baton: Program, shop: Shop) -> ZendeskWebhook:
    return await connect(baton, shop)


async def connect(baton: Program, shop: Shop, **given: Any) -> ZendeskWebhook:
    credentials = {
        "subdomain": "acme",
        "email": ADMIN["email"],
        "apiToken": TOKEN,
        "webhookSecret": WEBHOOK_SECRET,
        **given,
    }
    payload = await baton.done(shop.owner, "connectHelpdesk", zendesk=credentials)
    path = payload["connection"]["webhookUrl"].removeprefix("https://baton.example")
    return ZendeskWebhook(baton=baton, shop=shop, path=path)


async def hand_over(baton: Program, zendesk: Zendesk, started: Started) -> ZendeskTicket:
    """Store a handoff with a delivered ticket, without running the outbox."""
    zendesk_ticket = zendesk.add_ticket(external_id=f"{started.key}001", email="anna@example.com")

    async def change(uow: UnitOfWork) -> None:
        conversation = await uow.get(Conversation, started.key)
        assert conversation is not None
        work = Change(uow, conversation)
        handoff = Handoff(
            id=conversation.next_handoff_id,
            state=HandoffState.DELIVERED,
            method=HandoffMethod.HELPDESK,
            helpdesk=Helpdesk.ZENDESK,
            reason=EscalationReason.EXPLICIT_ASK,
            requested_at=uow.now,
            ticket_id=conversation.next_ticket_id,
        )
        flow.trigger(work, handoff)
        work.put_handoff(handoff)
        ticket = Ticket(
            id=conversation.next_ticket_id,
            handoff_id=handoff.id,
            helpdesk=Helpdesk.ZENDESK,
            created_at=uow.now,
            delivery=DeliveryState.DELIVERED,
            external_id=str(zendesk_ticket.id),
        )
        work.put_ticket(ticket)
        work.conversation = lifecycle.give_control(work.conversation, ControllerKind.HELPDESK, uow.now)
        await work.commit()

    await baton.baton.services.storage.write(started.shop.id, change)
    return zendesk_ticket


MESSAGES = """query($id: ID!) { conversation(id: $id) { status messageCount ticket { state }
  messages(first: 100) { nodes { sequence kind author { kind name } text } } } }"""


async def conversation_of(baton: Program, started: Started) -> Json:
    conversation: Json = (await baton.data(started.token, MESSAGES, id=started.id))["conversation"]
    return conversation


async def messages_of(baton: Program, started: Started) -> list[tuple[str, str, str]]:
    """The author kind, author name and text of each message."""
    nodes = (await conversation_of(baton, started))["messages"]["nodes"]
    return [(m["author"]["kind"], m["author"]["name"], m["text"]) for m in nodes]
