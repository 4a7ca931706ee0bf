"""Cases from the field on tickets that wait: each is handed out or listed, the longest-waiting first. Each names its
source, public threads about other products read as symptoms; *variation* marks inputs that were made up here."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from domain.inbox import assignment
from domain.principal import StaffRole
from resolvers.relay.global_ids import to_global_id
from tests.harness.chat import Chat
from tests.harness.program import Program, Shop
from tests.resolvers.inbox.test_by_itself import HOUR, STRANDED, fire, open_always

_NUMBERS = count(100)


@pytest.fixture
async def turns(baton: Program, shop: Shop) -> None:
    await open_always(baton, shop, assignment="ROUND_ROBIN", strandedAfter="PT5S")
    await fire(baton)


async def handoff(baton: Program, shop: Shop) -> Chat:
    chat = await Chat.of(baton, shop, channel="SMS", phone=f"+1500555{next(_NUMBERS):04}")
    await chat.request()
    baton.clock.move(timedelta(seconds=1))
    return chat


async def assignee(chat: Chat) -> str | None:
    ticket = (await chat.row()).ticket
    assert ticket is not None
    team = {staff.id: staff.name for staff in await chat.program.baton.services.storage.read(chat.shop.id).staff()}
    return team[ticket.assignee_id] if ticket.assignee_id else None


async def be(baton: Program, key: str, availability: str) -> None:
    await baton.done(key, "setAvailability", availability=availability)


async def stranded(baton: Program, shop: Shop) -> int:
    total: int = (await baton.data(shop.owner, STRANDED))["strandedTickets"]["totalCount"]
    return total


@pytest.mark.usefixtures("turns")
async def test_round_robin_hands_out_what_waits(baton: Program, shop: Shop) -> None:
    """Sources: chatwoot#10376, #10685, #10583, PR#12334."""
    chats = [await handoff(baton, shop) for _ in range(2)]
    assert [await assignee(chat) for chat in chats] == [None, None]
    await be(baton, shop.support, "ONLINE")
    assert [await assignee(chat) for chat in chats] == ["Support", "Support"]


@pytest.mark.usefixtures("turns")
async def test_round_robin_oldest_first(baton: Program, shop: Shop) -> None:
    """Source: variation of chatwoot#10583."""
    older = [await handoff(baton, shop) for _ in range(3)]
    await be(baton, shop.support, "ONLINE")
    await be(baton, shop.admin, "ONLINE")
    newer = await handoff(baton, shop)
    assert [await assignee(chat) for chat in (*older, newer)] == ["Support", "Support", "Support", "Admin"]


@pytest.mark.usefixtures("turns")
async def test_more_than_one_transaction_holds(baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Source: variation of chatwoot#10583: a timer hands out the rest, and a newer handoff waits for it."""
    monkeypatch.setattr(assignment, "_AT_ONCE", 2)
    older = [await handoff(baton, shop) for _ in range(5)]
    await be(baton, shop.support, "ONLINE")
    assert [await assignee(chat) for chat in older] == ["Support", "Support", None, None, None]
    newer = await handoff(baton, shop)
    assert [await assignee(chat) for chat in (*older, newer)] == ["Support"] * 4 + [None, None]
    await fire(baton)
    assert [await assignee(chat) for chat in (*older, newer)] == ["Support"] * 6


async def test_what_waits_is_handed_out_when_the_shop_opens(baton: Program, shop: Shop) -> None:
    """Source: variation of chatwoot#10376."""
    await baton.done(shop.owner, "updateAccount", assignment="ROUND_ROBIN")  # closed on Sundays
    await be(baton, shop.support, "ONLINE")
    chat = await handoff(baton, shop)
    assert await assignee(chat) is None
    baton.clock.move(24 * HOUR)
    await fire(baton)
    assert await assignee(chat) == "Support"


async def test_what_waits_is_handed_out_when_the_account_assigns_by_turns(baton: Program, shop: Shop) -> None:
    """Source: variation of chatwoot#10685."""
    await open_always(baton, shop)
    await be(baton, shop.support, "ONLINE")
    chat = await handoff(baton, shop)
    assert await assignee(chat) is None
    await baton.done(shop.owner, "updateAccount", assignment="ROUND_ROBIN")
    await fire(baton)
    assert await assignee(chat) == "Support"


@pytest.mark.parametrize("how", ["closed", "snoozed", "snoozed and written to"])
@pytest.mark.parametrize("by", ["MANUAL", "ROUND_ROBIN"])
async def test_reopened_ticket_of_who_left(baton: Program, shop: Shop, how: str, by: str) -> None:
    """Sources: chatwoot#7204, #4158, #9587, #14508, #6858; variations with a snooze and by turns."""
    await open_always(baton, shop, strandedAfter="PT5S", assignment=by)
    await be(baton, shop.support, "ONLINE")
    chat = await handoff(baton, shop)
    await chat.take()
    await (chat.close() if how == "closed" else chat.snooze(span=HOUR))
    await be(baton, shop.support, "AWAY")
    if how == "snoozed":
        baton.clock.move(HOUR)
        await fire(baton)
    else:
        await chat.say()
    assert (await assignee(chat), await chat.standing()) == (None, "DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI")
    baton.clock.move(timedelta(seconds=5))
    await fire(baton)
    assert await stranded(baton, shop) == 1


@pytest.mark.usefixtures("turns")
@pytest.mark.parametrize("how", ["away", "suspended"])
async def test_reopened_ticket_goes_to_who_is_there(baton: Program, shop: Shop, how: str, colleague: str) -> None:
    """Source: variation of chatwoot#7204."""
    await be(baton, shop.support, "ONLINE")
    chat = await handoff(baton, shop)
    await chat.take()
    await chat.close()
    if how == "away":
        await be(baton, shop.support, "AWAY")
    else:
        team = (await baton.data(shop.owner, "{ account { staff { id name } } }"))["account"]["staff"]
        suspended = next(member["id"] for member in team if member["name"] == "Support")
        await baton.done(shop.owner, "suspendStaff", staffId=suspended)
    await be(baton, colleague, "ONLINE")
    await chat.say()
    assert await assignee(chat) == "Colleague"


@pytest.mark.usefixtures("turns")
async def test_tickets_of_a_suspended_member_go_to_who_is_there(baton: Program, shop: Shop, colleague: str) -> None:
    """Source: variation of chatwoot#4158."""
    await be(baton, shop.support, "ONLINE")
    chat = await handoff(baton, shop)
    await be(baton, colleague, "ONLINE")
    team = (await baton.data(shop.owner, "{ account { staff { id name } } }"))["account"]["staff"]
    await baton.done(shop.owner, "suspendStaff", staffId=next(m["id"] for m in team if m["name"] == "Support"))
    assert await assignee(chat) == "Colleague"


async def test_reopened_ticket_of_who_is_there(baton: Program, shop: Shop) -> None:
    """A control: the ticket is the assignee's again."""
    await open_always(baton, shop, strandedAfter="PT5S")
    await be(baton, shop.support, "ONLINE")
    chat = await handoff(baton, shop)
    await chat.take()
    await chat.close()
    await chat.say()
    baton.clock.move(timedelta(seconds=7))
    await fire(baton)
    assert (await assignee(chat), await stranded(baton, shop)) == ("Support", 0)


async def test_the_assignee_who_reopens_keeps_the_ticket(baton: Program, shop: Shop) -> None:
    """A variation: somebody who is AWAY works on the ticket nevertheless."""
    chat = await handoff(baton, shop)
    await chat.take()
    await chat.close()
    await chat.reopen()
    assert await assignee(chat) == "Support"


@pytest.mark.usefixtures("turns")
async def test_round_robin_new_handoff(baton: Program, shop: Shop) -> None:
    """A control."""
    await be(baton, shop.support, "ONLINE")
    assert await assignee(await handoff(baton, shop)) == "Support"


async def set_capacity(baton: Program, shop: Shop, role: StaffRole, capacity: int | None) -> None:
    member = to_global_id("Staff", shop.staff[role])
    payload = await baton.done(shop.owner, "updateStaff", staffId=member, capacity=capacity)
    assert payload["staff"]["capacity"] == capacity


@pytest.mark.usefixtures("turns")
async def test_nobody_is_assigned_more_than_their_capacity(baton: Program, shop: Shop) -> None:
    """Source: chatwoot#6858, variation: with a capacity, the rest waits until somebody has room."""
    await set_capacity(baton, shop, StaffRole.SUPPORT, 2)
    chats = [await handoff(baton, shop) for _ in range(5)]
    await be(baton, shop.support, "ONLINE")
    assert [await assignee(chat) for chat in chats] == ["Support", "Support", None, None, None]
    await chats[0].close()
    await fire(baton)
    assert [await assignee(chat) for chat in chats] == ["Support"] * 3 + [None, None]
    await chats[1].leave()  # the shopper closes the conversation
    await fire(baton)
    assert [await assignee(chat) for chat in chats[2:]] == ["Support", "Support", None]
    await chats[4].take()  # by hand: the capacity limits nobody
    await set_capacity(baton, shop, StaffRole.SUPPORT, None)
    newer = await handoff(baton, shop)
    assert await assignee(newer) == "Support"


@pytest.mark.parametrize("how", ["closed", "snoozed"])
@pytest.mark.usefixtures("turns")
async def test_reopened_ticket_of_who_has_enough(baton: Program, shop: Shop, how: str) -> None:
    """Source: variation of chatwoot#7204: over capacity, a reopened or woken ticket goes back to the queue."""
    await set_capacity(baton, shop, StaffRole.SUPPORT, 1)
    await be(baton, shop.support, "ONLINE")
    first = await handoff(baton, shop)
    await (first.close() if how == "closed" else first.snooze(span=HOUR))
    second = await handoff(baton, shop)
    await fire(baton)
    assert [await assignee(first), await assignee(second)] == ["Support", "Support"]
    if how == "closed":
        await first.say()
    else:
        baton.clock.move(HOUR)
        await fire(baton)
    assert [await assignee(first), await assignee(second)] == [None, "Support"]
    baton.clock.move(timedelta(seconds=5))
    await fire(baton)
    assert await stranded(baton, shop) == 1
    await second.close()
    await fire(baton)
    assert await assignee(first) == "Support"


async def test_a_capacity_is_a_number(baton: Program, shop: Shop) -> None:
    member = to_global_id("Staff", shop.staff[StaffRole.SUPPORT])
    for wrong in (-1, 1_001):
        payload = await baton.command(shop.owner, "updateStaff", staffId=member, capacity=wrong)
        assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", "capacity"])]
