"""Nothing that shoppers, agents and staff write comes into the log, at any level, whether it arrives or fails."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from api.watching.logs import JsonFormatter
from dev.fakes.smtp import Sink
from dev.fakes.twilio import NUMBER
from dev.fakes.zendesk import Zendesk
from domain.values.errors import Unavailable
from tests.api.webhooks.messaging.channels import Channels, new_mail
from tests.api.webhooks.messaging.test_email import reply
from tests.api.webhooks.messaging.test_helpdesks import moved_chat
from tests.api.webhooks.zendesk.conftest import ZendeskWebhook
from tests.harness.program import Program

WORDS = "zzqvx"  # in everything that people write
PHONE = "+15005550123"


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def every_line() -> Iterator[list[str]]:
    """The lines of Baton's own loggers at all levels, and of all others as `configure_log` lets them pass."""
    root, own, handler = logging.getLogger(), logging.getLogger("baton"), _Lines()
    level = own.level
    own.setLevel(logging.DEBUG)
    root.addHandler(handler)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        own.setLevel(level)


async def test_no_words_of_a_conversation_are_logged(
    channels: Channels, webhook: ZendeskWebhook, zendesk: Zendesk, sink: Sink
) -> None:
    baton, shop = channels.baton, channels.shop
    with every_line() as lines:
        await channels.connect_email()
        await channels.connect_twilio()
        _, ticket = await moved_chat(channels, zendesk, anonymousId=f"{WORDS} browser")
        await webhook.post(zendesk.signed(zendesk.add_agent_comment(ticket, f"{WORDS} of staff")))
        await channels.deliver()
        await channels.mail(reply(sink, f"{WORDS} in a mail", message_id=f"<{WORDS}@customer.example>"))
        await channels.mail(new_mail(f"{WORDS}\n", sender=f"{WORDS} <{WORDS}@customer.example>", subject=WORDS))
        sink.on = {"RCPT": [f"450 4.2.1 greylisted {WORDS}"]}
        await channels.reply_as_agent(f"{WORDS} of the agent")
        await channels.deliver(times=3)
        await channels.mail(f"From: {WORDS}\nSubject: =?x?b?{WORDS}\n\n{WORDS}".encode())
        await channels.text(f"{WORDS} by SMS", sender=PHONE)
        await channels.text(f"{WORDS} by WhatsApp", sender=f"whatsapp:{PHONE}", to=f"whatsapp:{NUMBER}")
        chat = await baton.start(shop, f"{WORDS} in the chat", name=WORDS, email=f"{WORDS}@example.com")
        await baton.say(chat, f"{WORDS} again")
        await baton.ask(chat.token, f"{{ conversation(id: {json.dumps(WORDS)}) {{ id }} }} # {WORDS}")
        await baton.ask(shop.owner, f'{{ conversations(filter: {{search: "{WORDS}"}}) {{ totalCount }} {WORDS} }}')
        await baton.post(chat.token, {"query": WORDS, "variables": {WORDS: WORDS}, "operationName": WORDS})
        _fail(baton, lines)
    assert [line for line in lines if WORDS in line.lower()] == []
    assert any('"error"' in line for line in lines), "nothing failed, so nothing was shown"


def _fail(baton: Program, lines: list[str]) -> None:
    """Let an error with the words in it reach the boundary of a request, and one that waits for the database."""
    formatter = baton.baton.transports.executor.errors
    try:
        int(WORDS)
    except ValueError as error:
        formatter.failure(error)
    logging.getLogger("baton.outbox").warning("It is tried again: %s", KeyError(WORDS))
    logging.getLogger("baton.outbox").warning("It is tried again: %s", Unavailable("The disk is full."))
    assert any("The disk is full." in line for line in lines)
