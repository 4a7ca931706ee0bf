"""Messages that are not taken in are kept with their reasons, and staff can take them in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.twilio import NUMBER
from domain.messaging import passed_over
from integrations.email import parser_pool
from tests.api.webhooks.messaging.channels import ADDRESS, PHONE, Channels, new_mail
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
