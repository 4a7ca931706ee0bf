"""An account with Gorgias as its helpdesk, and the actions of shoppers, agent and staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import httpx

from dev.fakes.gorgias import API_KEY, DOMAIN, USER, Gorgias, WebhookCall
from tests.harness.outbox import dispatcher
from tests.harness.program import Json, Program, Shop, Started
from tests.harness.workers import deliver_due, sync_due

TOKEN = "a-long-random-token-0123456789"
PHONE = "+393331234567"
SEEN = """query($id: ID!) { conversation(id: $id) { status ticket { state delivery externalId }
  messages(first: 100) { nodes { kind author { kind name } text } } } }"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GorgiasHelpdesk:
    baton: Program
    shop: Shop
    gorgias: Gorgias
    path: str  # of the webhook URL

    @classmethod
    async def connect(
        cls, baton: Program, shop: Shop, gorgias: Gorgias, *, token: str | None = TOKEN
    ) -> GorgiasHelpdesk:
        given = {"domain": DOMAIN, "email": USER, "apiKey": API_KEY, "webhookToken": token}
        connection = (await baton.done(shop.owner, "connectHelpdesk", gorgias=given))["connection"]
        await baton.done(shop.owner, "updateHandoffSettings", helpdesk="GORGIAS")
        gorgias.add_integration(connection["webhookUrl"], token or "")
        return cls(
            baton=baton, shop=shop, gorgias=gorgias, path=connection["webhookUrl"].removeprefix("https://baton.example")
        )

    async def start_and_request_handoff(self, text: str = "Where is my order?", phone: str = PHONE) -> Started:
        """Start a conversation and request its handoff."""
        started = await self.baton.start(self.shop, text, channel="SMS", phone=phone)
        given = {"conversationId": started.id, "epoch": 1, "reason": "EXPLICIT_ASK", "summary": "Lost parcel"}
        await self.baton.done(self.shop.agent, "requestHandoff", **given)
        return started

    async def hand_over(self, text: str = "Where is my order?", phone: str = PHONE) -> tuple[Started, int]:
        """Start a conversation and hand it over. Returns the ticket's id in Gorgias as well."""
        started = await self.start_and_request_handoff(text, phone)
        await self.deliver()
        return started, int((await self.conversation_of(started))["ticket"]["externalId"])

    async def deliver(self) -> None:
        await deliver_due(dispatcher(self.baton))

    async def post_webhook(
        self, webhook_call: WebhookCall, *, path: str | None = None, **headers: str
    ) -> httpx.Response:
        return await self.baton.call(
            "POST", path or self.path, content=webhook_call.body, headers={**webhook_call.headers, **headers}
        )

    async def post_webhooks(self) -> list[Json]:
        """Post all recorded webhooks in order, and return the responses."""
        answers = [await self.post_webhook(webhook_call) for webhook_call in self.gorgias.webhooks]
        self.gorgias.webhooks.clear()
        assert {answer.status_code for answer in answers} <= {200}
        return [answer.json() for answer in answers]

    async def post_webhooks_to(self, path: str) -> None:
        """Post the recorded webhooks of one URL."""
        for webhook_call in self.gorgias.webhooks:
            if webhook_call.url.endswith(path):
                assert (await self.post_webhook(webhook_call)).json() == {"accepted": True}

    async def sync_tickets(self) -> None:
        """Run the scheduled reads, one second later, so that timers of one instant are distinct."""
        self.baton.clock.move(timedelta(seconds=1))
        await sync_due(self.baton.baton.workers.helpdesk_sync)

    async def conversation_of(self, started: Started) -> Json:
        conversation: Json = (await self.baton.data(self.shop.owner, SEEN, id=started.id))["conversation"]
        return conversation

    async def messages_of(self, started: Started) -> list[tuple[str, str, str]]:
        """The author kind, author name and text of each message, without system messages."""
        nodes = (await self.conversation_of(started))["messages"]["nodes"]
        return [(m["author"]["kind"], m["author"]["name"], m["text"]) for m in nodes if m["author"]["kind"] != "SYSTEM"]

    async def pending_syncs(self) -> int:
        return await self.baton.database["timers"].count_documents({"kind": "HELPDESK_SYNC"})
