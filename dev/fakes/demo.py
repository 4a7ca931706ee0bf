"""All fakes together, for a demo: `baton fakes` starts them on loopback and prints the settings for Baton.

Add new fakes at the end of FAKES, because docs/guides names the ports.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from dev.fakes.chat_completions import KEY as MODEL_KEY
from dev.fakes.chat_completions import ChatModel
from dev.fakes.demo_model import quote
from dev.fakes.gorgias import API_KEY, DOMAIN, USER, Gorgias, serving_with_webhooks
from dev.fakes.klaviyo import KEY as KLAVIYO_KEY
from dev.fakes.klaviyo import Klaviyo
from dev.fakes.openid import CLIENT_ID, OpenId
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import serving
from dev.fakes.smtp import PASSWORD as MAIL_PASSWORD
from dev.fakes.smtp import USER as MAIL_USER
from dev.fakes.smtp import mailbox
from dev.fakes.twilio import NUMBER, SID, Twilio
from dev.fakes.twilio import TOKEN as AUTH_TOKEN
from dev.fakes.zendesk import ADMIN, TOKEN, WEBHOOK_SECRET, Zendesk

OPENID_SECRET = "openid-secret-5c1f0a"
OPENID_USER = "sam@demo.example"


@asynccontextmanager
async def signing_in(port: int) -> AsyncIterator[str]:
    """The OpenID provider, at which everybody is one member of the demo's staff."""
    fake = OpenId(client_secret=OPENID_SECRET)
    fake.user = {"sub": "1", "email": OPENID_USER, "email_verified": True}
    async with serving(fake, port=port) as url:
        fake.issuer = url
        yield url


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFake:
    """One fake of the demo."""

    name: str
    start: Callable[[int], AbstractAsyncContextManager[str]]  # port -> URL
    environment: Callable[[str], Mapping[str, str]]  # URL -> environment variables for `baton serve`
    hint: str = ""


FAKES: Sequence[DemoFake] = (
    DemoFake(
        name="gorgias",
        start=lambda port: serving_with_webhooks(Gorgias(), port=port),
        environment=lambda url: {"BATON_GORGIAS_URL": url},
        hint=f"domain {DOMAIN}, {USER}, API key {API_KEY}",
    ),
    DemoFake(
        name="mail",
        start=mailbox,
        environment=lambda _: {"BATON_SMTP_PRIVATE_NETWORKS": "true"},
        hint=f"SMTP ten ports above, security NONE, {MAIL_USER}, password {MAIL_PASSWORD}",
    ),
    DemoFake(
        name="twilio",
        start=lambda port: serving(Twilio(), port=port),
        environment=lambda url: {"BATON_TWILIO_URL": url},
        hint=f"account SID {SID}, auth token {AUTH_TOKEN}, number {NUMBER}",
    ),
    DemoFake(
        name="zendesk",
        start=lambda port: serving(Zendesk(), port=port),
        environment=lambda url: {"BATON_ZENDESK_URL": url},
        hint=f"{ADMIN['email']}, API token {TOKEN}, webhook secret {WEBHOOK_SECRET}",
    ),
    DemoFake(
        name="klaviyo",
        start=lambda port: serving(Klaviyo(), port=port),
        environment=lambda url: {"BATON_KLAVIYO_URL": url},
        hint=f"private key {KLAVIYO_KEY}",
    ),
    DemoFake(
        name="receiver",
        start=lambda port: serving(WebhookReceiver(), port=port),
        environment=lambda _: {"BATON_WEBHOOK_PRIVATE_NETWORKS": "true"},
        hint="a partner's receiver: createWebhookEndpoint with this URL and any path",
    ),
    DemoFake(
        name="openid",
        start=signing_in,
        environment=lambda _: {"BATON_SIGN_IN_PRIVATE_NETWORKS": "true"},
        hint=f"issuer: this URL, client ID {CLIENT_ID}, client secret {OPENID_SECRET}; everybody is {OPENID_USER}",
    ),
    DemoFake(
        name="model",
        start=lambda port: serving(ChatModel(think=quote, pause=0.03), port=port),
        environment=lambda _: {"BATON_MODEL_PRIVATE_NETWORKS": "true"},
        hint=f"a language model: connectModel with this URL, any model, API key {MODEL_KEY}",
    ),
)


async def run(first_port: int, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Run all fakes on consecutive ports from `first_port` (0: any free ports) until `stop` is set."""
    async with AsyncExitStack() as stack:
        environment: dict[str, str] = {}
        for index, fake in enumerate(FAKES):
            address = await stack.enter_async_context(fake.start(first_port + index if first_port else 0))
            environment |= fake.environment(address)
            say(f"  {fake.name:<10} {address}   {fake.hint}".rstrip())
        say("Start Baton with:")
        say("  " + " ".join([*(f"{name}={value}" for name, value in environment.items()), "make run"]))
        say("Requests of a fake: GET /_fake. Inject faults: POST /_fake/faults. Stop: Ctrl-C.")
        await stop.wait()
