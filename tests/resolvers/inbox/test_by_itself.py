"""Automatic changes of tickets: assignment in turn to staff who are present, and escalation if nobody is."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from domain.events import StaffChanged
from domain.model.account import Availability
from domain.principal import StaffRole
from domain.storage import UnitOfWork
from domain.values.record import replace
from tests.harness.chat import Chat
from tests.harness.program import Program, Shop

HOUR = timedelta(hours=1)
SUNDAY = {"weekday": 7, "opensAt": "00:00", "closesAt": "24:00"}
STRANDED = "{ strandedTickets { totalCount } }"


async def fire(baton: Program) -> None:
    await baton.baton.workers.timers.fire_due()
    assert baton.baton.workers.timers.failures == 0


async def notices(chat: Chat) -> list[str]:
    document = "query($id: ID!) { conversation(id: $id) { messages { nodes { kind text } } } }"
    found = (await chat.program.data(chat.started.token, document, id=chat.id))["conversation"]["messages"]["nodes"]
    return [message["text"] for message in found if message["kind"] == "NOTICE"]


async def open_always(baton: Program, shop: Shop, **more: Any) -> None:
    week = [{"weekday": day, "opensAt": "00:00", "closesAt": "24:00"} for day in range(1, 8)]
    await baton.done(shop.owner, "updateAccount", businessWeek=week, **more)


async def test_away_message_says_when_somebody_is_back(baton: Program, shop: Shop) -> None:
    said = {}
    for name, settings in {
        "by Baton": {},
        "by the shop": {"awayMessage": "Gone fishing."},
        "nobody online": {
            "awayMessage": None,
            "businessWeek": [{"weekday": 7, "opensAt": "00:00", "closesAt": "24:00"}],
        },
        "never": {"businessWeek": []},
    }.items():
        await baton.done(shop.owner, "updateAccount", **settings)
        chat = await Chat.of(baton, shop, channel="SMS")
        await chat.request()
        [said[name]] = await notices(chat)
    await open_always(baton, shop)
    await baton.done(shop.support, "setAvailability", availability="ONLINE")
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request()
    [said["somebody"]] = await notices(chat)
    away = "Our team is away at the moment. Your message is waiting for them, and they will reply to you here."
    assert said == {
        "by Baton": f"{away} We are back tomorrow at 9:00 AM.",
        "by the shop": "Gone fishing. We are back tomorrow at 9:00 AM.",
        "nobody online": away,
        "never": away,
        "somebody": "Your conversation is with our team now. Somebody will reply to you here.",
    }


async def test_analyst_who_is_online_is_nobody(baton: Program, shop: Shop) -> None:
    await open_always(baton, shop, assignment="ROUND_ROBIN")

    async def online(uow: UnitOfWork) -> None:
        for staff in await uow.staff():
            if staff.role is StaffRole.ANALYST:
                present = replace(staff, availability=Availability.ONLINE)
                uow.save(present)
                uow.emit(StaffChanged(staff=present))

    await baton.baton.services.storage.write(shop.id, online)
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request()
    assert await chat.standing() == "DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI"


async def test_by_turns_to_whoever_is_there(baton: Program, shop: Shop, colleague: str) -> None:
    await open_always(baton, shop, assignment="ROUND_ROBIN")
    there = {"Support": shop.support, "Admin": shop.admin, "Colleague": colleague}
    for key in there.values():
        await baton.done(key, "setAvailability", availability="ONLINE")
    given: Counter[str] = Counter()

    async def hand_over() -> None:
        chat = await Chat.of(baton, shop, channel="SMS", watched=False)
        await chat.request()
        document = "query($id: ID!) { conversation(id: $id) { controller { kind staff { name } } } }"
        controller = (await baton.data(shop.owner, document, id=chat.id))["conversation"]["controller"]
        given[controller["staff"]["name"] if controller["staff"] else controller["kind"]] += 1

    for _ in range(9):  # all in one instant
        await hand_over()
    assert given == dict.fromkeys(there, 3)
    await baton.done(shop.admin, "setAvailability", availability="AWAY")
    for _ in range(4):
        await hand_over()
    assert given == {"Support": 5, "Admin": 3, "Colleague": 5}
    for key in (shop.support, colleague):
        await baton.done(key, "setAvailability", availability="AWAY")
    await hand_over()
    await baton.done(shop.admin, "setAvailability", availability="ONLINE")
    await baton.done(shop.owner, "updateAccount", businessWeek=[])
    await hand_over()
    assert given["QUEUE"] == 2


async def test_a_stranded_ticket_is_listed_and_reported_once(baton: Program, shop: Shop, chat: Chat) -> None:
    async def stranded() -> int:
        count: int = (await baton.data(shop.support, STRANDED))["strandedTickets"]["totalCount"]
        return count

    baton.clock.move(timedelta(minutes=14))
    await fire(baton)
    assert (await stranded(), len(await notices(chat))) == (0, 1)
    baton.clock.move(timedelta(minutes=1))
    assert await stranded() == 1  # whether the timer ran or not
    await fire(baton)
    assert (await stranded(), len(await notices(chat))) == (1, 2)
    assert (await notices(chat))[1] == (
        "This is taking longer than usual. You have not been forgotten: our team will reply to you here."
    )
    baton.clock.move(24 * HOUR)
    await fire(baton)
    assert (await stranded(), len(await notices(chat))) == (1, 2)
    await chat.take()
    assert await stranded() == 0
    await chat.release()
    assert await stranded() == 0
    baton.clock.move(HOUR)
    await fire(baton)
    assert (await stranded(), len(await notices(chat))) == (1, 2)
    await chat.close(shop.support)
    assert await stranded() == 0


async def test_nobody_is_stranded_while_somebody_is_there(baton: Program, shop: Shop, chat: Chat) -> None:
    await open_always(baton, shop)
    await baton.done(shop.support, "setAvailability", availability="ONLINE")
    baton.clock.move(HOUR)
    await fire(baton)
    assert (await baton.data(shop.support, STRANDED))["strandedTickets"]["totalCount"] == 0
    await baton.done(shop.support, "setAvailability", availability="AWAY")
    baton.clock.move(HOUR)
    await fire(baton)
    assert (await baton.data(shop.support, STRANDED))["strandedTickets"]["totalCount"] == 1


@pytest.mark.parametrize("how", ["shopper writes", "reopened", "released and written to", "wakes"])
async def test_ticket_that_comes_back_with_nobody_is_watched_again(
    baton: Program, shop: Shop, chat: Chat, how: str
) -> None:
    await chat.take()
    if how != "released and written to":
        await chat.release()
    await (chat.snooze(span=2 * HOUR) if how == "wakes" else chat.close())
    if how == "released and written to":
        await chat.release()
    baton.clock.move(HOUR)
    await fire(baton)  # nothing waits, and the old timer is gone
    if how == "wakes":
        baton.clock.move(HOUR)
        await fire(baton)
    else:
        await (chat.reopen() if how == "reopened" else chat.say())
    assert await chat.standing() == "DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI"
    baton.clock.move(timedelta(minutes=15))
    await fire(baton)
    assert len(await notices(chat)) == 2
    assert (await baton.data(shop.support, STRANDED))["strandedTickets"]["totalCount"] == 1
