"""A list plus its stream equals the next list, for every view after every step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from domain.principal import StaffRole
from resolvers.relay.global_ids import to_global_id
from tests.harness.chat import Chat
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Json, Program, Shop
from tests.resolvers.inbox.test_import import transferred
from tests.resolvers.inbox_client import InboxClient

_KINDS = """subscription($view: InboxView!) { inbox(view: $view) { __typename ... on StreamItem { cursor } } }"""


async def test_the_changes_of_each_view_after_each_step(baton: Program, shop: Shop) -> None:
    await baton.done(shop.support, "setAvailability", availability="ONLINE")  # who is AWAY loses a woken ticket
    chat = await Chat.of(baton, shop, channel="SMS", watched=False)
    admin = to_global_id("Staff", shop.staff[StaffRole.ADMIN])
    views = {"ALL": shop.support, "MINE": shop.support, "UNASSIGNED": shop.admin}
    clients = {view: InboxClient(baton, shop.id, key, view) for view, key in views.items()}
    others = [InboxClient(baton, shop.id, shop.support, "ALL", states=states) for states in _STATES]
    others.append(InboxClient(baton, shop.id, shop.support, "MINE", states=("SNOOZED", "OPEN")))
    for client in (*clients.values(), *others):
        await client.read()
    steps: dict[str, Callable[[], Awaitable[Json]]] = {
        "request": chat.request,
        "note": chat.note,
        "take": chat.take,
        "read": lambda: chat.on_ticket("markTicketRead"),
        "reply": chat.reply,
        "identify": chat.identify,
        "say": chat.say,
        "snooze": chat.snooze,
        "wake by a word": chat.say,
        "assign": lambda: chat.on_ticket("assignTicket", shop.owner, staffId=admin),
        "release": lambda: chat.release(shop.owner),
        "close": chat.close,
        "say again": chat.say,
        "leave": chat.leave,
    }
    brought: dict[str, list[str]] = {}
    for name, step in steps.items():
        head = await baton.baton.services.log.head(shop.id)
        baton.clock.move(timedelta(seconds=1))
        assert (await step())["errors"] == [], name
        brought[name] = []
        for view, key in views.items():
            items = await ConsistencyChecker(baton).follow(key, _KINDS, {"view": view}, after=head.seq)
            brought[name].append(" ".join(_SHORT[item["__typename"]] for item in items))
            await clients[view].check()
        for client in others:
            await client.check()
    assert brought == {
        "request": ["+ m", "", "+ m"],
        "note": ["m", "", "m"],
        "take": ["~", "+", "-"],
        "read": ["~", "~", ""],
        "reply": ["m", "m", ""],
        "identify": ["~", "~", ""],
        "say": ["~ m", "~ m", ""],
        "snooze": ["-", "-", ""],
        "wake by a word": ["+ m", "+ m", ""],
        "assign": ["~", "-", ""],
        "release": ["~", "", "+"],
        "close": ["-", "", "-"],
        "say again": ["+ m", "", "+ m"],
        "leave": ["-", "", "-"],
    }


_STATES = (("OPEN", "SNOOZED"), ("SNOOZED",))
_SHORT = {"TicketAdded": "+", "TicketChanged": "~", "TicketRemoved": "-", "MessageAdded": "m"}


async def test_import_comes_to_an_open_inbox(baton: Program, shop: Shop) -> None:
    client = InboxClient(baton, shop.id, shop.support, "UNASSIGNED")
    await client.read()
    await baton.baton.history.import_batch(shop.id, [transferred(n) for n in range(3)])
    await client.check()
    assert len(client.tickets) == 3
