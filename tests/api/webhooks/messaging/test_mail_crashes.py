"""The program dies between a mail's arrival and its answer 200, at every moment. The mail server sends the mail again,
and then it is there once: its message with its file, or its row in the list of mail that was passed over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from domain.doctor import Check
from domain.messaging.mail import MailTokens
from domain.model.attachments import ATTEMPT_LIFE
from domain.values.ids import ConversationId, MessageId
from tests.api.webhooks.messaging.channels import Channels, new_mail
from tests.api.webhooks.messaging.test_mail_files import PDF
from tests.harness.dying import Dying, MortalDatabase
from tests.harness.program import Program

pytestmark = pytest.mark.timeout(120)
MOST_MOMENTS = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mail, and the outcome when it is new."""

    write: Callable[[Channels, int], Awaitable[EmailMessage]]
    outcome: str
    least: int  # moments to die at


def sender_of(number: int) -> str:
    return f"Ann <ann{number}@customer.example>"


async def with_a_file(_: Channels, number: int) -> EmailMessage:
    mail = new_mail(f"Mail {number}", sender=sender_of(number))
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="bill.pdf")
    return mail


async def reply(channels: Channels, number: int) -> EmailMessage:
    """A reply to a mail of ours, which names its conversation."""
    first = new_mail(f"First {number}", sender=sender_of(number))
    assert await channels.outcome_of(first) == "taken"
    known = await channels.baton.database["received_mails"].find_one({"reference": first["Message-ID"]})
    assert known is not None
    tokens: MailTokens = channels.baton.baton.services.incoming._tokens
    conversation, message = ConversationId(known["conversation_id"]), MessageId(known["_id"])
    ours = tokens.message_ref(channels.shop.id, conversation, message, "shop.example")
    return new_mail(f"Mail {number}", sender=sender_of(number), In_Reply_To=ours)


async def automatic(_: Channels, number: int) -> EmailMessage:
    return new_mail(f"Mail {number}", sender=sender_of(number), Auto_Submitted="auto-replied")


async def large_and_automatic(_: Channels, number: int) -> EmailMessage:
    """A mail whose source goes into the file store."""
    mail = await automatic(_, number)
    mail.add_attachment(PDF + b"words" * 30_000, maintype="application", subtype="pdf", filename="bill.pdf")
    return mail


KINDS = {
    "with a file": Kind(with_a_file, "taken", 40),
    "a reply": Kind(reply, "taken", 20),
    "passed over": Kind(automatic, "automatic", 10),
    "passed over, large": Kind(large_and_automatic, "automatic", 20),
}


@pytest.fixture
async def next_program(baton: Program, tmp_path: Path) -> AsyncIterator[Program]:
    """The program after its restart."""
    async with baton.twin(tmp_path / "next") as program:
        yield program


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_a_death_at_every_call_of_the_database(
    channels: Channels, next_program: Program, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    await channels.connect_email()
    database = MortalDatabase(channels.baton, monkeypatch)
    mails: list[EmailMessage] = []
    dead = True
    while dead:
        assert len(mails) < MOST_MOMENTS
        database.live(until=None)
        mails.append(await kind.write(channels, len(mails)))
        database.live(until=len(mails) - 1)
        response = await channels.mail(mails[-1])
        dead = database.dead
        assert (response.status_code == 200) == (not dead), response.text
    assert len(mails) > kind.least
    await check_after_retries(channels, next_program, mails, kind)


async def test_a_death_at_every_await(channels: Channels, next_program: Program) -> None:
    """The request dies, and what it has begun may go on meanwhile."""
    await channels.connect_email()
    kind, mails, reached = KINDS["with a file"], list[EmailMessage](), True
    while reached:
        assert len(mails) < MOST_MOMENTS
        mails.append(await kind.write(channels, len(mails)))
        dying = Dying(channels.mail(mails[-1]), len(mails) - 1)
        [response] = await asyncio.gather(asyncio.ensure_future(_run(dying)), return_exceptions=True)
        reached = dying.reached
        assert isinstance(response, asyncio.CancelledError) == reached, response
    assert len(mails) > 5
    await check_after_retries(channels, next_program, mails, kind)


async def _run(dying: Dying) -> object:
    return await dying


async def check_after_retries(channels: Channels, restarted: Program, mails: list[EmailMessage], kind: Kind) -> None:
    """Send all mails again, until each has its answer 200, and check that each is there once."""
    channels.baton = restarted
    answers = [await channels.mail(mail) for mail in mails]
    assert {answer.status_code for answer in answers} <= {200, 503}  # a file is perhaps still being received
    unanswered = [mail for mail, answer in zip(mails, answers, strict=True) if answer.status_code == 503]
    restarted.clock.move(ATTEMPT_LIFE)
    assert {await channels.outcome_of(mail) for mail in (*unanswered, *mails[-3:])} <= {kind.outcome, "known"}

    database = restarted.database
    expected = [f"Mail {number}" for number in range(len(mails))]
    if kind.outcome == "automatic":
        assert await database["messages"].count_documents({}) == 0
        rows = await database["passed_over"].find().to_list()
        found = [row["text"].splitlines()[0] for row in rows]
        assert all(("source_file" in row) == (kind is KINDS["passed over, large"]) for row in rows)
    else:
        received = await database["received_mails"].find().to_list()
        messages = await database["messages"].find({"_id": {"$in": [row["_id"] for row in received]}}).to_list()
        assert len(messages) == len(received) == await database["messages"].count_documents({"kind": "TEXT"})
        found = [line for row in messages for line in row["text"].splitlines() if line.startswith("Mail ")]
    assert sorted(found) == sorted(expected)
    files = [row["state"] for row in await database["attachments"].find().to_list()]
    states = {KINDS["with a file"].outcome: "ATTACHED", KINDS["passed over, large"].outcome: "STORED"}
    has_files = kind in (KINDS["with a file"], KINDS["passed over, large"])
    assert files == [states[kind.outcome]] * (len(mails) if has_files else 0)
    await check_that_the_doctor_finds_nothing(restarted)


async def check_that_the_doctor_finds_nothing(program: Program) -> None:
    """Two days later, when what the attempts left has been swept."""
    program.clock.move(timedelta(days=2))
    while await program.baton.workers.timers.fire_due():
        pass
    ports = program.baton.ports
    checks = (ports.doctor, *ports.integrity_checks)
    found = [finding for check in checks async for finding in check.examine(lambda _: None)]
    assert [finding for finding in found if finding.check is not Check.CLOCK] == []  # the test's own clock
    blobs = await program.database["blobs.files"].count_documents({})
    assert blobs == await program.database["attachments"].count_documents({})
    assert blobs == len(await program.database["blobs.chunks"].distinct("files_id"))
