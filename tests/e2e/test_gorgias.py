"""Gorgias, connected as docs/guides/helpdesks.md says, and a team that replies there while servers are killed."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from pymongo import AsyncMongoClient

from dev.fakes.gorgias import API_KEY, USER, Gorgias, serving_with_webhooks
from tests.docs.pages import blocks_of
from tests.docs.shell import reading
from tests.e2e.clients import calling
from tests.e2e.processes import PATIENCE, Json, Machine, until

*_, CONNECT, INTEGRATE = blocks_of("docs/guides/helpdesks.md", "sh")
REQUEST = """mutation($input: RequestHandoffInput!) { requestHandoff(input: $input) {
  handoff { state } errors { code message path } } }"""
START = """mutation($input: StartConversationInput!) { startConversation(input: $input) {
  conversation { id } errors { code message path } } }"""
SEEN = """query($id: ID!) { conversation(id: $id) { ticket { externalId delivery state }
  messages(first: 100) { nodes { text author { kind } } } } }"""


async def test_a_team_in_gorgias(
    machine: Machine, shared_mongo: dict[str, str], mongo_client: AsyncMongoClient[dict[str, Any]]
) -> None:
    """Replies in Gorgias are shown, also if the server dies right after its webhook response."""
    fake = Gorgias()
    async with serving_with_webhooks(fake):
        reader = await reading(machine, BATON_GORGIAS_URL=fake.url, **shared_mongo)
        server = reader.server
        await reader.paste(f". docs/try.sh\n{CONNECT}\n{INTEGRATE}".replace("http://127.0.0.1:9100", fake.url))
        async with calling(server.url) as caller:

            async def seen() -> Json:
                conversation: Json = (await caller.ask(server.keys["ownerKey"], SEEN, id=started))["conversation"]
                return conversation

            given = {"channel": "SMS", "text": "Where is my order?", "visitor": {"phone": "+393331234567"}}
            started = (await caller.command(server.keys["publishableKey"], START, **given))["conversation"]["id"]
            asked = {"conversationId": started, "epoch": 1, "reason": "EXPLICIT_ASK"}
            await caller.command(server.keys["agentKey"], REQUEST, **asked)
            await until(lambda: fake.tickets)
            [ticket] = fake.tickets
            for number in range(2):
                await reply(fake, ticket, f"answer {number}")
                await until(lambda: len(fake.webhook_statuses) == len(fake.webhooks))
                await server.kill()
                await server.start()
            said: list[str] = []
            async with asyncio.timeout(PATIENCE):
                while len(said) < 2:
                    said = [
                        m["text"] for m in (await seen())["messages"]["nodes"] if m["author"]["kind"] == "HUMAN_AGENT"
                    ]
            assert said == [f"answer {number}" for number in range(2)]
            assert (await seen())["ticket"] == {"externalId": str(ticket), "delivery": "DELIVERED", "state": "OPEN"}
        await server.kill()
        # The transaction of the dead server blocks the database for a minute, which dropping it must not wait for.
        await mongo_client.admin.command({"killAllSessions": []})
        assert (list(fake.tickets), set(fake.webhook_statuses)) == ([ticket], {200})


async def reply(fake: Gorgias, ticket: int, text: str) -> None:
    """A member of staff writes a message in Gorgias, which calls its integrations."""
    message = {
        "channel": "email",
        "via": "helpdesk",
        "from_agent": True,
        "public": True,
        "sender": {"email": USER},
        "body_text": text,
    }
    async with httpx.AsyncClient(auth=(USER, API_KEY)) as http:
        answer = await http.post(f"{fake.url}/api/tickets/{ticket}/messages", json=message)
    assert answer.status_code == 201
