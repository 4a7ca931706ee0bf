"""All fakes at once, for a demo: `baton fakes` starts them on loopback and says how to point Baton at them.

Another one is added to the end of FAKES, with the settings that lead to it: docs/guides names their ports.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass

from dev.fakes.gorgias import API_KEY, DOMAIN, USER, Gorgias, at_work
from dev.fakes.klaviyo import KEY as KLAVIYO_KEY
from dev.fakes.klaviyo import Klaviyo
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import serving
from dev.fakes.smtp import PASSWORD as MAIL_PASSWORD
from dev.fakes.smtp import USER as MAIL_USER
from dev.fakes.smtp import mailbox
from dev.fakes.twilio import NUMBER, SID, Twilio
from dev.fakes.twilio import TOKEN as AUTH_TOKEN
from dev.fakes.zendesk import ADMIN, TOKEN, WEBHOOK_SECRET, Zendesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One fake of the demo. `start` is given the port, and answers the address that it stands at."""

    name: str
    start: Callable[[int], AbstractAsyncContextManager[str]]
    environment: Callable[[str], Mapping[str, str]]  # what `baton serve` is to be started with
    hint: str = ""


# In this order, and new ones at the end: docs/guides names their ports.
FAKES: Sequence[Standing] = (
    Standing(
        name="gorgias",
        start=lambda port: at_work(Gorgias(), port=port),
        environment=lambda url: {"BATON_GORGIAS_URL": url},
        hint=f"domain {DOMAIN}, {USER}, API key {API_KEY}",
    ),
    Standing(
        name="mail",
        start=mailbox,
        environment=lambda _: {"BATON_SMTP_PRIVATE_NETWORKS": "true"},
        hint=f"SMTP ten ports above, security NONE, {MAIL_USER}, password {MAIL_PASSWORD}",
    ),
    Standing(
        name="twilio",
        start=lambda port: serving(Twilio(), port=port),
        environment=lambda url: {"BATON_TWILIO_URL": url},
        hint=f"account SID {SID}, auth token {AUTH_TOKEN}, number {NUMBER}",
    ),
    Standing(
        name="zendesk",
        start=lambda port: serving(Zendesk(), port=port),
        environment=lambda url: {"BATON_ZENDESK_URL": url},
        hint=f"{ADMIN['email']}, API token {TOKEN}, webhook secret {WEBHOOK_SECRET}",
    ),
    Standing(
        name="klaviyo",
        start=lambda port: serving(Klaviyo(), port=port),
        environment=lambda url: {"BATON_KLAVIYO_URL": url},
        hint=f"private key {KLAVIYO_KEY}",
    ),
    Standing(
        name="receiver",
        start=lambda port: serving(WebhookReceiver(), port=port),
        environment=lambda _: {"BATON_WEBHOOK_PRIVATE_NETWORKS": "true"},
        hint="a partner's: createWebhookEndpoint with this address and any path",
    ),
)


async def run(first_port: int, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """One after the other from `first_port` on (0: any free ports), until asked to stop."""
    async with AsyncExitStack() as stack:
        environment: dict[str, str] = {}
        for place, fake in enumerate(FAKES):
            address = await stack.enter_async_context(fake.start(first_port + place if first_port else 0))
            environment |= fake.environment(address)
            say(f"  {fake.name:<10} {address}   {fake.hint}".rstrip())
        say("Start Baton with them:")
        say("  " + " ".join([*(f"{name}={value}" for name, value in environment.items()), "make run"]))
        say("What one received: GET /_fake. Its bad days: POST /_fake/faults. Ctrl-C ends them.")
        await stop.wait()
