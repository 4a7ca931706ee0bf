"""Mails to staff about tickets that wait: at once, in a digest, or not at all; once, and to nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.smtp import Sink, mail_server
from dev.fakes.twilio import Twilio
from domain.principal import StaffRole
from resolvers.relay.global_ids import to_global_id
from tests.api.webhooks.messaging.channels import Channels
from tests.harness.chat import Chat
from tests.harness.clock import ManualClock
from tests.harness.outbox import rows
from tests.harness.program import Program, Shop, running
from tests.resolvers.inbox.test_by_itself import HOUR, fire


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with mail_server() as found:
        yield found


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    clock = ManualClock()
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, smtp_private_networks=True) as program:
        yield program


@pytest.fixture
async def channels(baton: Program, shop: Shop, sink: Sink) -> Channels:
    channels = Channels(baton=baton, shop=shop, twilio=Twilio(clock=baton.clock), sink=sink)
    await channels.connect_email()
    return channels


async def setting(baton: Program, key: str, ticket_mails: str, **more: str) -> None:
    payload = await baton.done(key, "setTicketMails", ticketMails=ticket_mails, **more)
    assert payload["staff"]["ticketMails"] == ticket_mails


async def only_support(baton: Program, shop: Shop, ticket_mails: str, **more: str) -> None:
    for key in (shop.owner, shop.admin, shop.manager):
        await setting(baton, key, "NONE")
    await setting(baton, shop.support, ticket_mails, **more)


async def handoff(baton: Program, shop: Shop, number: int = 0, **visitor: str) -> Chat:
    chat = await Chat.of(baton, shop, channel="SMS", watched=False, phone=f"+1500555{number:04}", **visitor)
    await chat.request()
    return chat


async def sent(channels: Channels) -> list[tuple[str, str]]:
    """Let what is due be done, and return recipient and subject of the mails since the last call."""
    await fire(channels.baton)
    await channels.deliver()
    found = [(mail.recipients[0], str(mail.message["Subject"])) for mail in channels.sink.mails]
    channels.sink.mails.clear()
    return found


async def test_a_mail_at_once_for_each_time_that_a_ticket_waits(
    channels: Channels, baton: Program, shop: Shop, sink: Sink
) -> None:
    await only_support(baton, shop, "AT_ONCE")
    chat = await handoff(baton, shop, name="Ann")
    await fire(baton)
    await channels.deliver()
    [mail] = sink.mails
    assert mail.recipients == ("support@shop.example",)
    assert mail.message["Subject"] == "Shop: a ticket waits for the team"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert (mail.message["References"], mail.message["Reply-To"]) == (None, None)
    assert mail.text.startswith("Ann, by SMS, waits since June 7, 2026, 12:00 PM\nWhere is my order?\nhttps://")
    assert "setTicketMails" in mail.text
    assert "+1500555" not in mail.html
    sink.mails.clear()
    baton.clock.move(HOUR)
    assert await sent(channels) == []
    await chat.take()
    assert await sent(channels) == []
    baton.clock.move(HOUR)
    await chat.release()
    assert len(await sent(channels)) == 1
    assert {row.state.value for row in await rows(baton, shop) if row.kind.value == "TICKET_NOTICE"} == {"DELIVERED"}


async def test_a_digest_has_all_that_wait(channels: Channels, baton: Program, shop: Shop, sink: Sink) -> None:
    await only_support(baton, shop, "DIGEST", digestEvery="PT30M")
    chats = [await handoff(baton, shop, number) for number in range(22)]
    assert await sent(channels) == []
    await chats[0].take()
    baton.clock.move(timedelta(minutes=30))
    await fire(baton)
    await channels.deliver()
    [mail] = sink.mails
    assert mail.message["Subject"] == "Shop: 21 tickets wait"
    assert mail.text.count("Where is my order?") == 20
    assert "And 1 more." in mail.text
    sink.mails.clear()
    baton.clock.move(24 * HOUR)  # nothing new waits
    assert await sent(channels) == []


async def test_a_digest_without_tickets_is_not_sent(channels: Channels, baton: Program, shop: Shop) -> None:
    await only_support(baton, shop, "DIGEST")
    chat = await handoff(baton, shop)
    await fire(baton)
    await chat.take()
    baton.clock.move(HOUR)
    assert await sent(channels) == []


@pytest.mark.parametrize("how", ["suspended", "a reader only", "told no more", "assigned at once"])
async def test_nobody_else_is_told(channels: Channels, baton: Program, shop: Shop, how: str) -> None:
    await only_support(baton, shop, "AT_ONCE")
    member = to_global_id("Staff", shop.staff[StaffRole.SUPPORT])
    if how == "assigned at once":
        week = [{"weekday": day, "opensAt": "00:00", "closesAt": "24:00"} for day in range(1, 8)]
        await baton.done(shop.owner, "updateAccount", businessWeek=week, assignment="ROUND_ROBIN")
        await baton.done(shop.support, "setAvailability", availability="ONLINE")
    await handoff(baton, shop)
    await fire(baton)  # the mail waits in the outbox
    if how == "suspended":
        await baton.done(shop.owner, "suspendStaff", staffId=member)
    if how == "a reader only":
        await baton.done(shop.owner, "updateStaff", staffId=member, role="ANALYST")
    if how == "told no more":
        await setting(baton, shop.support, "NONE")
    assert await sent(channels) == []
    await handoff(baton, shop, 1)
    assert await sent(channels) == []


async def test_two_processes_and_a_lost_reply_make_one_mail(
    channels: Channels, baton: Program, shop: Shop, sink: Sink, tmp_path: Path
) -> None:
    await only_support(baton, shop, "AT_ONCE")
    await handoff(baton, shop)
    sink.cut = ["ACCEPTED"]
    async with baton.twin(tmp_path / "twin") as twin:
        for program in (baton, twin, baton):
            await program.baton.workers.timers.fire_due()
    await channels.deliver(times=2)
    assert len({mail.raw for mail in sink.mails}) == 1


async def test_the_excerpt_is_short_and_has_no_numbers_of_cards(
    channels: Channels, baton: Program, shop: Shop, sink: Sink
) -> None:
    await only_support(baton, shop, "AT_ONCE")
    question = "My card 4111 1111 1111 1111 was charged <b>twice</b>. " + "Why? " * 90
    started = await baton.start(shop, question, key=shop.owner, channel="SMS", phone="+15005550199")
    given = {"conversationId": started.id, "epoch": 1, "reason": "KNOWLEDGE_GAP"}
    await baton.done(shop.agent, "requestHandoff", **given)
    await fire(baton)
    await channels.deliver()
    [mail] = sink.mails
    assert "4111" not in mail.text
    assert "<b>" not in mail.html
    assert len(mail.text) < 900


async def test_a_digest_has_a_sensible_interval(baton: Program, shop: Shop) -> None:
    given = {"ticketMails": "DIGEST", "digestEvery": "PT1M"}
    payload = await baton.command(shop.support, "setTicketMails", **given)
    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", "digestEvery"])]
