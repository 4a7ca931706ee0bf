"""Files of messages as parts of mails; those that are too large as links."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from dev.fakes.smtp import Sink, mail_server
from domain.model.conversation import Author, AuthorKind, Message, MessageKind
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext
from domain.values.ids import MessageId
from integrations.email.smtp import SmtpSender
from tests.harness.files import PNG, HeldFiles, outgoing
from tests.integrations.email import test_smtp as mails

LARGE = bytes(8 << 20)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with mail_server() as found:
        yield found


async def test_files_are_parts_or_links(sink: Sink) -> None:
    shown, files = outgoing(PNG, LARGE, b"\xff" * 100)
    held = HeldFiles({"file 1": PNG, "file 3": b"\xff" * 100})
    sender = SmtpSender(tokens=mails.TOKENS, rules=mails.OPEN, files=held)

    of, unsealed = mails.conversation(), mails.connection(sink)
    message = Message(
        id=MessageId("01J9ZK3ABCDEFGHJKMNPQRSTVX"),
        conversation_id=of.id,
        sequence=2,
        kind=MessageKind.TEXT,
        author=Author(kind=AuthorKind.AI_AGENT, name="Assistant"),
        text="Here",
        sent_at=mails.START,
        attachments=shown,
    )
    kind = OutgoingKind.MESSAGE
    context = DeliveryContext(
        row_id="R", kind=kind, account=mails.ACCOUNT, conversation=of, messages=(message,), files=files
    )
    payload = sender.compose(context, unsealed)
    assert len(payload) < 10_000
    for _ in range(2):  # a retry sends the same bytes
        await sender.deliver(mails.delivery_request(payload, unsealed))
    first, second = sink.mails
    assert first.message.as_bytes() == second.message.as_bytes()
    assert first.message.get_content_type() == "multipart/mixed"
    words, *parts = first.message.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert [(p.get_filename(), p.get_content_type(), p.get_payload(decode=True)) for p in parts] == [
        ("photo 1.png", "image/png", PNG),
        ("photo 3.png", "image/png", b"\xff" * 100),
    ]
    plain = words.get_body(("plain",))
    assert plain is not None
    assert "photo 2.png\nhttps://baton.example/files/2" in plain.get_content().replace("\r\n", "\n")
