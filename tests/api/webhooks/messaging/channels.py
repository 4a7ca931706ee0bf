"""A shopper with a phone and a mailbox. Texts and mails arrive through signed webhooks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx

from api.webhooks.email import signature
from dev.fakes.smtp import PASSWORD, USER, Sink
from dev.fakes.twilio import NUMBER, SID, TOKEN, Twilio
from tests.harness.outbox import SHORT, dispatcher
from tests.harness.program import Json, Program, Shop
from tests.harness.workers import deliver_due

PHONE, ADDRESS = "+15005550100", "ann@customer.example"
WEBHOOK_SECRET = "hook-secret-of-acme-0123456789"
CONVERSATIONS = """{ conversations(orderBy: {field: STARTED_AT, direction: ASC}) { nodes {
  id status channel displayName firstQuestion messageCount controller { kind epoch }
  messages(first: 100) { nodes { id sequence kind text author { kind name } sentAt
    delivery { progress at error } originalMail { sender subject text attachments } } }
} } }"""


@dataclass(slots=True)
class Channels:
    baton: Program
    shop: Shop
    twilio: Twilio
    sink: Sink
    webhook_urls: dict[str, str] = field(default_factory=dict)

    async def connect_twilio(self, **more: Any) -> Json:
        arguments = {"accountSid": SID, "authToken": TOKEN, "smsFrom": NUMBER, "whatsappFrom": NUMBER, **more}
        return await self._connect(twilio=arguments)

    async def connect_email(self, **more: Any) -> Json:
        arguments = {
            "host": self.sink.host,
            "port": self.sink.port,
            "security": "NONE",
            "user": USER,
            "password": PASSWORD,
            "fromAddress": USER,
            "hookSecret": WEBHOOK_SECRET,
            "repliesMailedBy": "BATON",
            **more,
        }
        return await self._connect(email=arguments)

    async def _connect(self, **arguments: Any) -> Json:
        payload = await self.baton.done(self.shop.owner, "connectChannel", **arguments)
        connection: Json = payload["connection"]
        self.webhook_urls[connection["service"]] = connection["webhookUrl"]
        return connection

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        path = url.removeprefix("https://baton.example")
        return await self.baton.call("POST", path, content=body, headers=headers)

    async def text(self, body: str, *, sender: str = PHONE, to: str = NUMBER, **more: str) -> httpx.Response:
        return await self.post_form(self.twilio.incoming(sender, body, to=to, **more))

    async def post_form(self, form: list[tuple[str, str]], url: str | None = None) -> httpx.Response:
        address = url or self.webhook_urls["TWILIO"]
        return await self.post(address, self.twilio.body(form), self.twilio.signed(address, form))

    async def mail(self, mail: EmailMessage | bytes) -> httpx.Response:
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        timestamp = str(int(self.baton.clock.now().timestamp()))
        headers = {"x-baton-timestamp": timestamp, "x-baton-signature": signature(WEBHOOK_SECRET, timestamp, raw)}
        return await self.post(self.webhook_urls["EMAIL"], raw, headers)

    async def outcome_of(self, mail: EmailMessage | bytes) -> str:
        response = await self.mail(mail)
        assert response.status_code == 200, response.text
        return str(response.json()["outcome"])

    async def deliver(self, *, times: int = 1, after_a_death: bool = False) -> None:
        """Deliver the due rows; with `times` > 1, also the retries, one hour later each."""
        worker = dispatcher(self.baton, timeouts=SHORT) if after_a_death else dispatcher(self.baton)
        for number in range(times):
            if number:
                self.baton.clock.move(timedelta(hours=1))
            async with asyncio.timeout(60):
                while await deliver_due(worker):
                    pass

    async def conversations(self, key: str | None = None) -> list[Json]:
        found: list[Json] = (await self.baton.data(key or self.shop.owner, CONVERSATIONS))["conversations"]["nodes"]
        return found

    async def only_conversation(self) -> Json:
        [conversation] = await self.conversations()
        return conversation

    async def messages(self) -> list[tuple[str, str]]:
        """The author kind and text of each message of the only conversation."""
        return [(m["author"]["kind"], m["text"]) for m in (await self.only_conversation())["messages"]["nodes"]]

    async def reply_as_agent(self, text: str, *, epoch: int = 1, **more: Any) -> Json:
        """The agent posts a message in the latest conversation."""
        latest = (await self.conversations())[-1]
        arguments = {"conversationId": latest["id"], "epoch": epoch, "text": text, **more}
        return await self.baton.done(self.shop.agent, "postAgentMessage", **arguments)


def new_mail(text: str, *, sender: str = f"Ann <{ADDRESS}>", subject: str = "My order", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, USER, subject
    mail["Message-ID"] = headers.pop("message_id", f"<{abs(hash((text, subject, sender)))}@customer.example>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail
