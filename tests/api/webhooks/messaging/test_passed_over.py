"""Messages that are not taken in are kept with their reasons, and staff can take them in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.smtp import Sink
from dev.fakes.twilio import NUMBER
from domain.messaging import passed_over
from domain.messaging.files import mail_sources
from integrations.email import parser_pool
from tests.api.webhooks.messaging.channels import ADDRESS, PHONE, Channels, new_mail
from tests.api.webhooks.messaging.test_mail_crashes import check_that_the_doctor_finds_nothing
from tests.api.webhooks.messaging.test_mail_files import PDF, content_of, files_of, with_files
from tests.harness.program import Json, Program, Shop

LIST = """query($first: Int = 20, $after: String) { passedOver(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes {
    id at channel reason detail from subject text source conversation { id firstQuestion }
} } }"""
TICKETS = "{ inbox { nodes { conversation { id status channel handoff { reason state } firstQuestion } } } }"


async def listed(channels: Channels, key: str | None = None, **given: Any) -> Json:
    found: Json = (await channels.baton.data(key or channels.shop.support, LIST, **given))["passedOver"]
    return found


async def take_in(channels: Channels, row: Json, **more: Any) -> Json:
    return await channels.baton.command(channels.shop.support, "takeIn", passedOverId=row["id"], **more)


async def test_an_automatic_mail_is_kept_with_its_reason_and_source(channels: Channels) -> None:
    await channels.connect_email()
    mail = new_mail("I am out of the office", subject="Away", Auto_Submitted="auto-replied")
    assert await channels.outcome_of(mail) == "automatic"
    assert await channels.outcome_of(mail) == "known"
    found = await listed(channels)
    [row] = found["nodes"]
    assert found["totalCount"] == 1
    assert row == {
        "id": row["id"],
        "at": row["at"],
        "channel": "EMAIL",
        "reason": "AUTOMATIC",
        "detail": "Auto-Submitted: auto-replied",
        "from": ADDRESS,
        "subject": "Away",
        "text": "I am out of the office",
        "source": mail.as_bytes().decode(),
        "conversation": None,
    }


async def test_staff_take_in_what_a_person_wrote(channels: Channels) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Where is my order?", Precedence="bulk"))
    [row] = (await listed(channels))["nodes"]
    first = await take_in(channels, row, idempotencyKey="once")
    again = [await take_in(channels, row, idempotencyKey="once"), await take_in(channels, row)]
    assert first["errors"] == []
    assert [each["conversation"] for each in again] == [first["conversation"]] * 2
    conversation = await channels.only_conversation()
    assert conversation["firstQuestion"] == "My order\n\nWhere is my order?"
    assert conversation["displayName"] == "Ann"
    [after] = (await listed(channels))["nodes"]
    assert after["conversation"]["id"] == conversation["id"] == first["conversation"]["id"]


FAILED = "A machine wrote the latest mail. Only replies of people are sent to it."


async def deliveries(channels: Channels) -> list[tuple[str, str, str | None, str | None]]:
    """The author, text, and delivery of each message of the only conversation, but the shopper's."""
    messages = (await channels.only_conversation())["messages"]["nodes"]
    nothing = {"progress": None, "error": None}
    states = [(m["author"]["kind"], m["text"], m["delivery"] or nothing) for m in messages]
    return [(kind, text, at["progress"], at["error"]) for kind, text, at in states if kind != "SHOPPER"]


async def take_in_an_absence(channels: Channels, **headers: str) -> None:
    absence = new_mail("I am away until Monday.", subject="Away", Auto_Submitted="auto-replied", **headers)
    assert await channels.outcome_of(absence) == "automatic"
    [row] = (await listed(channels))["nodes"]
    assert (await take_in(channels, row))["errors"] == []


async def test_a_machine_gets_no_automatic_reply(channels: Channels, sink: Sink) -> None:
    """Two machines that reply to each other would never end (RFC 3834). Staff can reply, and to a person all do."""
    await channels.connect_email()
    await take_in_an_absence(channels)
    await channels.deliver(times=2)
    assert sink.mails == []
    note, notice = await deliveries(channels)
    by_machine = "A machine wrote this mail (Auto-Submitted: auto-replied). Only replies of people are sent to it."
    assert note == ("SYSTEM", by_machine, None, None)
    assert (notice[0], *notice[2:]) == ("SYSTEM", "FAILED", FAILED)

    conversation = await channels.only_conversation()
    [ticket] = (await channels.baton.data(channels.shop.support, "{ inbox { nodes { id } } }"))["inbox"]["nodes"]
    await channels.baton.done(channels.shop.support, "takeTicket", ticketId=ticket["id"])
    given = {"conversationId": conversation["id"], "text": "Then on Monday."}
    await channels.baton.done(channels.shop.support, "replyToConversation", **given)
    await channels.deliver()
    assert [mail.recipients for mail in sink.mails] == [(ADDRESS,)]
    assert "Then on Monday." in str(sink.mails[0].message)

    assert await channels.baton.database["conversations"].count_documents({"route.by_machine": True}) == 1
    answered = str(sink.mails[0].message["Message-ID"])
    reply = new_mail("I am back.", In_Reply_To=answered, References=answered)
    assert await channels.outcome_of(reply) == "taken"
    assert await channels.baton.database["conversations"].count_documents({"route.by_machine": True}) == 0


async def test_the_agent_does_not_answer_a_machine(channels: Channels, sink: Sink) -> None:
    """In a conversation that it has, whose shopper's program replied to its own answer."""
    await channels.connect_email()
    await channels.mail(new_mail("Where is it?"))
    await channels.reply_as_agent("It was sent yesterday.")
    await channels.deliver()
    answered = str(sink.mails[0].message["Message-ID"])
    await take_in_an_absence(channels, In_Reply_To=answered, References=answered)
    assert len(await channels.conversations()) == 1
    await channels.reply_as_agent("Enjoy your holiday!")
    await channels.deliver(times=2)
    assert len(sink.mails) == 1
    assert (await deliveries(channels))[-1] == ("AI_AGENT", "Enjoy your holiday!", "FAILED", FAILED)
    await channels.mail(new_mail("I am back.", In_Reply_To=answered, References=answered))
    await channels.reply_as_agent("Welcome back!")
    await channels.deliver()
    assert len(sink.mails) == 2


async def test_a_mail_over_the_limit_is_kept_and_taken_in(channels: Channels) -> None:
    await channels.connect_email()
    for number in range(31):
        await channels.mail(new_mail(f"Mail {number}", message_id=f"<{number}@c.example>"))
    [row] = (await listed(channels))["nodes"]
    assert (row["reason"], row["text"]) == ("OVER_LIMIT", "Mail 30")
    assert (await take_in(channels, row))["errors"] == []
    [after] = (await listed(channels))["nodes"]
    assert after["conversation"]["firstQuestion"] == "My order\n\nMail 30"


async def test_mail_without_text_or_sender(channels: Channels) -> None:
    await channels.connect_email()
    assert await channels.outcome_of(new_mail(" ", subject="")) == "ignored"
    assert await channels.outcome_of(new_mail("Hello", sender="nobody")) == "ignored"
    rows = (await listed(channels))["nodes"]
    assert [row["reason"] for row in rows] == ["NO_SENDER", "EMPTY"]
    for row in rows:
        assert [error["code"] for error in (await take_in(channels, row))["errors"]] == ["CONFLICT"]
    assert await channels.conversations() == []


async def test_a_mail_that_cannot_be_read_is_kept(channels: Channels, monkeypatch: pytest.MonkeyPatch) -> None:
    await channels.connect_email()
    monkeypatch.setattr(parser_pool, "_SECONDS", 0.0)
    for _ in range(2):
        assert await channels.outcome_of(b"From: a@b.example\r\n\r\n\xff") in ("ignored", "known")
    [row] = (await listed(channels))["nodes"]
    assert (row["reason"], row["from"], row["source"]) == ("UNREADABLE", "", "From: a@b.example\r\n\r\n\xff")
    assert [error["code"] for error in (await take_in(channels, row))["errors"]] == ["CONFLICT"]


@pytest.mark.parametrize("channel", ["EMAIL", "SMS"])
async def test_with_the_agent_off_the_team_gets_a_ticket(baton: Program, channels: Channels, channel: str) -> None:
    """agent-off-mail-is-not-destroyed (chatwoot PR#14687, forwardemail#547, #554)"""
    await channels.connect_email()
    await channels.connect_twilio()
    await baton.done(channels.shop.owner, "updateAccount", agentLive=False)
    if channel == "EMAIL":
        assert await channels.outcome_of(new_mail("Where is it")) == "taken"
    else:
        await channels.text("Where is it")
    [ticket] = (await baton.data(channels.shop.support, TICKETS))["inbox"]["nodes"]
    conversation = ticket["conversation"]
    assert (conversation["status"], conversation["handoff"]["reason"]) == ("NOT_RESOLVED_BY_AI", "AGENT_OFF")
    assert conversation["firstQuestion"].endswith("Where is it")
    assert (await listed(channels))["totalCount"] == 0
    assert (await channels.baton.errors_of(channels.shop.widget, "startConversation", **_CHAT))[0]["code"] == (
        "AGENT_NOT_LIVE"
    )


_CHAT = {"channel": "WEB_CHAT", "text": "Hello", "visitor": {"anonymousId": "browser-of-a-shopper-7"}}


async def test_with_the_agent_off_and_a_message_they_wait_in_the_list(baton: Program, channels: Channels) -> None:
    await channels.connect_email()
    await channels.connect_twilio()
    settings = {"method": "MESSAGE", "customMessage": "Call us."}
    await baton.done(channels.shop.owner, "updateHandoffSettings", **settings)
    await baton.done(channels.shop.owner, "updateAccount", agentLive=False)
    assert await channels.outcome_of(new_mail("Where is it")) == "not live"
    await channels.text("And the other?")
    rows = (await listed(channels))["nodes"]
    assert [(row["channel"], row["reason"], row["from"], row["text"]) for row in rows] == [
        ("SMS", "AGENT_OFF", PHONE, "And the other?"),
        ("EMAIL", "AGENT_OFF", ADDRESS, "Where is it"),
    ]
    assert await channels.conversations() == []
    for row in rows:
        assert (await take_in(channels, row))["errors"] == []
    assert [each["channel"] for each in await channels.conversations()] == ["SMS", "EMAIL"]


async def test_a_text_of_a_short_code_is_kept(channels: Channels) -> None:
    await channels.connect_twilio()
    await channels.text("Your code is 1234", sender="32665", to=NUMBER)
    [row] = (await listed(channels))["nodes"]
    assert (row["channel"], row["reason"], row["from"]) == ("SMS", "NO_SENDER", "32665")
    assert [error["code"] for error in (await take_in(channels, row))["errors"]] == ["CONFLICT"]


async def test_the_list_is_paged_and_bounded(channels: Channels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed_over, "MOST_KEPT", 3)
    await channels.connect_email()
    for number in range(5):
        channels.baton.clock.move(timedelta(seconds=1))
        await channels.mail(new_mail(f"News {number}", message_id=f"<{number}@c.example>", Precedence="bulk"))
    page = await listed(channels, first=2)
    rest = await listed(channels, first=2, after=page["pageInfo"]["endCursor"])
    assert [row["text"] for row in (*page["nodes"], *rest["nodes"])] == ["News 4", "News 3", "News 2"]
    assert (page["totalCount"], rest["pageInfo"]["hasNextPage"]) == (3, False)


async def test_nobody_else_reads_or_takes_it(channels: Channels, rival: Shop) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("News", Precedence="bulk"))
    [row] = (await listed(channels))["nodes"]
    assert (await listed(channels, rival.owner))["nodes"] == []
    errors = await channels.baton.errors_of(rival.owner, "takeIn", passedOverId=row["id"])
    assert [error["code"] for error in errors] == ["NOT_FOUND"]
    assert await channels.conversations() == []


LARGE = b"%PDF-1.4\n" + bytes(range(256)) * 2_000  # in base64, more than a row of the list has


async def pass_over(channels: Channels, number: int = 0, content: bytes = LARGE) -> Json:
    """Let a mail with two files come in while the agent is off. Returns its row in the list."""
    mail = new_mail(f"Mail {number}", message_id=f"<{number}@c.example>", Precedence="bulk")
    for name in ("a.pdf", "b.pdf"):
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    assert await channels.outcome_of(mail) == "automatic"
    row: Json = (await listed(channels))["nodes"][0]
    return row


async def counts(channels: Channels) -> tuple[int, int]:
    """The number of files in the store, and of their records."""
    database = channels.baton.database
    return await database["blobs.files"].count_documents({}), await database["attachments"].count_documents({})


@pytest.mark.parametrize("content", [PDF, LARGE], ids=["small", "large"])
async def test_a_mail_is_taken_in_with_its_files(channels: Channels, content: bytes) -> None:
    await channels.connect_email()
    row = await pass_over(channels, content=content)
    assert await counts(channels) == ((0, 0) if content is PDF else (1, 1))
    assert len(row["source"]) <= 128 << 10
    assert (await take_in(channels, row))["errors"] == []
    first, second = await files_of(channels)
    assert [first["name"], second["name"]] == ["a.pdf", "b.pdf"]
    assert await content_of(channels, first) == await content_of(channels, second) == content
    again = await take_in(channels, row)
    assert (again["errors"], len(await files_of(channels))) == ([], 2)
    assert again["conversation"]["id"] == (await channels.only_conversation())["id"]


async def test_the_limits_of_the_account_hold_for_files_that_are_taken_in(channels: Channels) -> None:
    await channels.connect_email()
    row = await pass_over(channels)
    await channels.baton.done(channels.shop.owner, "updateAccount", attachmentTypes=["image/*"])
    assert (await take_in(channels, row))["errors"] == []
    files = await files_of(channels)
    assert [(file["url"], "takes no files of the type" in file["problem"]) for file in files] == [(None, True)] * 2


async def test_a_source_ends_with_its_row(channels: Channels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed_over, "MOST_KEPT", 2)
    await channels.connect_email()
    for number in range(3):
        channels.baton.clock.move(timedelta(seconds=1))
        await pass_over(channels, number)
    timers = channels.baton.baton.workers.timers
    await timers.fire_due()
    assert await counts(channels) == (2, 2)
    channels.baton.clock.move(timedelta(days=29))
    await timers.fire_due()
    assert await counts(channels) == (2, 2)
    await check_that_the_doctor_finds_nothing(channels.baton)  # two days later
    assert await counts(channels) == (0, 0)


async def test_of_too_many_large_sources_the_oldest_lose_their_files(
    channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a mail can still be taken in, with its words and the names of its files."""
    monkeypatch.setattr(mail_sources, "MOST_BYTES", 3_000_000)
    await channels.connect_email()
    oldest = await pass_over(channels)
    for number in (1, 2):
        channels.baton.clock.move(timedelta(seconds=1))
        await pass_over(channels, number)
    await channels.baton.baton.workers.timers.fire_due()
    assert await counts(channels) == (2, 2)
    assert (await take_in(channels, oldest))["errors"] == []
    assert await files_of(channels) == []
    text = (await channels.only_conversation())["firstQuestion"]
    named = "[attachment: a.pdf]\n[attachment: b.pdf]\n[left out: a.pdf]\n[left out: b.pdf]"
    assert text == f"My order\n\nMail 0\n\n{named}"


async def test_a_mail_that_could_not_be_read_is_taken_in_once_it_can(
    channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    await channels.connect_email()
    with monkeypatch.context() as slow:
        slow.setattr(parser_pool, "_SECONDS", 0.0)
        assert await channels.outcome_of(with_files("a.pdf")) == "ignored"
    [row] = (await listed(channels))["nodes"]
    assert row["reason"] == "UNREADABLE"
    assert (await take_in(channels, row))["errors"] == []
    assert [file["name"] for file in await files_of(channels)] == ["a.pdf"]


async def test_the_media_of_a_text_are_fetched_when_it_is_taken_in(baton: Program, channels: Channels) -> None:
    await channels.connect_twilio()
    settings = {"method": "MESSAGE", "customMessage": "Call us."}
    await baton.done(channels.shop.owner, "updateHandoffSettings", **settings)
    await baton.done(channels.shop.owner, "updateAccount", agentLive=False)
    url = channels.twilio.media_url("ME1", "application/pdf", PDF)
    await channels.text("See this", NumMedia="1", MediaContentType0="application/pdf", MediaUrl0=url)
    [row] = (await listed(channels))["nodes"]
    assert (await take_in(channels, row))["errors"] == []
    await baton.baton.workers.timers.fire_due()
    [file] = await files_of(channels)
    assert await content_of(channels, file) == PDF
