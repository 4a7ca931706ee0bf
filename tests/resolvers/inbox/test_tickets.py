"""Actions of staff on a ticket: take, reply, snooze, return, close; and who may not."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from domain.inbox.commands import CloseTicket
from resolvers.inbox.ids import ticket_id_of
from resolvers.relay.global_ids import to_global_id
from tests.harness.chat import Chat, codes
from tests.harness.operations import TICKET_COMMANDS
from tests.harness.program import Json, Program, Shop

HOUR = timedelta(hours=1)
NOON = "2026-06-07T12:00:00.000Z"
INBOX = """query($view: InboxView!, $state: [TicketState!]) {
  inbox(view: $view, state: $state) { totalCount nodes { id state } } }"""
STRANDED = "{ strandedTickets { totalCount } }"


async def fire(baton: Program) -> None:
    await baton.baton.workers.timers.fire_due()
    assert baton.baton.workers.timers.failures == 0


async def listed(baton: Program, key: str, view: str = "ALL", state: str = "OPEN") -> int:
    count: int = (await baton.data(key, INBOX, view=view, state=[state]))["inbox"]["totalCount"]
    return count


async def test_ticket_as_it_comes_in(baton: Program, shop: Shop, chat: Chat) -> None:
    document = """{ inbox { totalCount nodes { id helpdesk state assignee { name } unread snoozedUntil createdAt
      waitingSince externalId externalUrl delivery attempts { outcome } conversation { handoff { summary } } } } }"""
    assert (await baton.data(shop.support, document))["inbox"] == {
        "totalCount": 1,
        "nodes": [
            {
                "id": await chat.ticket_id(),
                "helpdesk": "INBOX",
                "state": "OPEN",
                "assignee": None,
                "unread": True,
                "snoozedUntil": None,
                "createdAt": NOON,
                "waitingSince": NOON,
                "externalId": None,
                "externalUrl": None,
                "delivery": "NOT_NEEDED",
                "attempts": [],
                "conversation": {"handoff": {"summary": "Wants boots."}},
            }
        ],
    }


async def test_take_talk_and_close(baton: Program, shop: Shop, chat: Chat) -> None:
    await baton.done(shop.support, "setAvailability", availability="ONLINE")  # who is AWAY loses a reopened ticket
    taken = await chat.take()
    assert taken["conversation"]["controller"]["staff"]["name"] == "Support"
    assert (taken["ticket"]["unread"], taken["ticket"]["waitingSince"]) == (True, None)
    assert (await chat.on_ticket("markTicketRead", shop.admin))["ticket"]["unread"] is True
    assert (await chat.on_ticket("markTicketRead"))["ticket"]["unread"] is False
    reply = await chat.reply()
    assert (reply["message"]["kind"], reply["message"]["author"]["name"]) == ("TEXT", "Support")
    await chat.say("Thank you")
    assert (await chat.row()).ticket.unread is True  # type: ignore[union-attr]
    closed = await chat.close()
    assert (closed["ticket"]["state"], closed["ticket"]["unread"]) == ("CLOSED", False)
    assert [await listed(baton, shop.support, view) for view in ("ALL", "MINE", "UNASSIGNED")] == [0, 0, 0]
    assert await listed(baton, shop.support, "MINE", "CLOSED") == 1
    await chat.say("One more thing")
    assert [await listed(baton, shop.support, view) for view in ("ALL", "MINE", "UNASSIGNED")] == [1, 1, 0]


async def test_waiting_for_the_team_ends_with_the_ticket(baton: Program, shop: Shop, chat: Chat) -> None:
    async def awaited() -> bool:
        document = "query($id: ID!) { conversation(id: $id) { awaitsTeam } }"
        found: bool = (await baton.data(shop.support, document, id=chat.id))["conversation"]["awaitsTeam"]
        return found

    assert await awaited()
    await chat.close()
    assert not await awaited()
    await chat.say("Is anybody there?")
    assert await awaited()
    await chat.take()
    assert not await awaited()


async def test_somebody_else_has_it(baton: Program, shop: Shop, chat: Chat, colleague: str) -> None:
    await chat.take()
    epoch = await chat.epoch()
    refused = await chat.take(colleague)
    assert refused["errors"] == [
        {
            "__typename": "NotInControl",
            "code": "NOT_IN_CONTROL",
            "message": "Support has taken this ticket.",
            "path": ["input", "ticketId"],
            "controller": {"kind": "HUMAN_AGENT", "epoch": epoch, "since": NOON, "staff": {"name": "Support"}},
        }
    ]
    me = {"staffId": (await baton.data(colleague, "{ me { id } }"))["me"]["id"]}
    for key in (colleague, shop.admin):
        assert codes(await chat.take(key)) == [("NOT_IN_CONTROL", ["input", "ticketId"])]
    for name, more in (("releaseTicket", {}), ("returnToAgent", {}), ("assignTicket", me), ("assignTicket", {})):
        refused = await chat.on_ticket(name, colleague, **more)
        assert codes(refused) == [("NOT_IN_CONTROL", ["input", "ticketId"])], name
    assert codes(await chat.reply(colleague)) == [("NOT_IN_CONTROL", ["input", "conversationId"])]
    assert (await chat.take())["errors"] == []
    assert await chat.epoch() == epoch
    for key in (shop.owner, shop.admin, shop.manager):
        assert (await chat.reply(key))["errors"] == []
    assert (await chat.on_ticket("assignTicket", shop.manager, **me))["errors"] == []
    assert codes(await chat.reply()) == [("NOT_IN_CONTROL", ["input", "conversationId"])]
    assert (await chat.reply(colleague))["errors"] == []


async def test_every_change_of_hands_is_a_new_epoch(baton: Program, shop: Shop, chat: Chat) -> None:
    epochs = [await chat.epoch()]
    for step in (chat.take(), chat.take(), chat.release(), chat.release(shop.owner), chat.take(), chat.give_back()):
        await step
        epochs.append(await chat.epoch())
    assert epochs == [2, 3, 3, 4, 4, 5, 6]
    assert codes(await chat.post(epoch=1)) == [("NOT_IN_CONTROL", ["input", "epoch"])]
    assert (await chat.post(epoch=6))["errors"] == []
    assert (await chat.row()).status == "NOT_RESOLVED_BY_AI"


@pytest.mark.parametrize(
    ("role", "code"), [("ANALYST", "INVALID"), ("SUPPORT", None), ("OWNER", None), ("unknown", "NOT_FOUND")]
)
async def test_assign(baton: Program, shop: Shop, rival: Shop, chat: Chat, role: str, code: str | None) -> None:
    staff = {role.value: staff_id for role, staff_id in shop.staff.items()} | {
        "unknown": next(iter(rival.staff.values()))
    }
    assigned = await chat.on_ticket("assignTicket", staffId=to_global_id("Staff", staff[role]))
    if code:
        assert codes(assigned) == [(code, ["input", "staffId"])]
    else:
        assert assigned["ticket"]["assignee"]["role"] == role
    assert await chat.standing() == f"DELIVERED {'QUEUE' if code else 'HUMAN_AGENT'} OPEN NOT_RESOLVED_BY_AI"


async def test_snooze_until_it_is_due(baton: Program, shop: Shop, chat: Chat) -> None:
    await chat.take()
    snoozed = await chat.snooze(span=3 * HOUR)
    assert (snoozed["ticket"]["state"], snoozed["ticket"]["snoozedUntil"]) == ("SNOOZED", "2026-06-07T15:00:00.000Z")
    await chat.snooze(span=5 * HOUR)
    baton.clock.move(4 * HOUR)
    await fire(baton)
    assert (await chat.row()).ticket.state == "SNOOZED"  # type: ignore[union-attr]
    baton.clock.move(HOUR)
    await fire(baton)
    ticket = (await chat.row()).ticket
    assert ticket is not None
    assert (ticket.state, ticket.snoozed_until) == ("OPEN", None)
    await chat.snooze()
    await chat.say()
    assert (await chat.row()).ticket.state == "OPEN"  # type: ignore[union-attr]


@pytest.mark.parametrize("until", ["2026-06-07T12:00:00Z", "2026-06-07T11:59:59Z", "2027-06-09T12:00:00Z"])
async def test_snoozing_into_the_past_or_too_far_ahead_is_refused(
    baton: Program, shop: Shop, chat: Chat, until: str
) -> None:
    refused = await chat.on_ticket("snoozeTicket", until=until)
    assert codes(refused) == [("INVALID", ["input", "until"])]


async def test_reply_to_what_was_not_seen(baton: Program, shop: Shop, chat: Chat) -> None:
    await chat.take()
    seen = (await chat.row()).sequence
    await chat.note()
    await chat.say("Stop!")
    await chat.say("It is here.")
    refused = await chat.reply(lastSeenSequence=seen)
    assert refused["errors"] == [
        {
            "__typename": "StaleView",
            "code": "STALE_VIEW",
            "message": "The shopper has written since. Read the new messages before you reply.",
            "path": ["input", "lastSeenSequence"],
            "unseen": [{"sequence": seen + 2, "text": "Stop!"}, {"sequence": seen + 3, "text": "It is here."}],
        }
    ]
    for wrong in (-1, seen + 4):
        assert codes(await chat.reply(lastSeenSequence=wrong)) == [("INVALID", ["input", "lastSeenSequence"])]
    await chat.note(shop.admin)
    assert (await chat.reply(lastSeenSequence=seen + 3))["errors"] == []
    assert (await chat.reply(lastSeenSequence=seen + 3))["errors"] == []  # its own reply is not a change by others
    assert (await chat.reply())["errors"] == []


async def test_a_ticket_with_an_unseen_message_is_neither_closed_nor_snoozed(
    baton: Program, shop: Shop, chat: Chat
) -> None:
    await chat.take()
    seen = (await chat.row()).sequence
    await chat.say("Wait!")
    snooze = {"until": (baton.clock.now() + HOUR).isoformat()}
    for name, given in (("closeTicket", {}), ("snoozeTicket", snooze)):
        refused = await chat.on_ticket(name, lastSeenSequence=seen, **given)
        assert codes(refused) == [("STALE_VIEW", ["input", "lastSeenSequence"])]
        assert [message["text"] for message in refused["errors"][0]["unseen"]] == ["Wait!"]
        wrong = await chat.on_ticket(name, lastSeenSequence=seen + 2, **given)
        assert codes(wrong) == [("INVALID", ["input", "lastSeenSequence"])]
        assert await listed(baton, shop.support) == 1
        assert (await chat.on_ticket(name, lastSeenSequence=seen + 1, **given))["errors"] == []
        assert await listed(baton, shop.support) == 0
        await chat.reopen()


@pytest.mark.parametrize("text", ["", " \u200b\n", "x" * 32_001, "\x00"])
async def test_bad_texts(baton: Program, shop: Shop, chat: Chat, text: str) -> None:
    await chat.take()
    assert codes(await chat.reply(text=text)) == [("INVALID", ["input", "text"])]
    assert codes(await chat.note(text=text)) == [("INVALID", ["input", "text"])]


async def test_who_works_on_tickets(baton: Program, shop: Shop, rival: Shop, chat: Chat) -> None:
    more: dict[str, Json] = {"snoozeTicket": {"until": "2026-06-08T12:00:00Z"}}
    partners = [key for scope, key in shop.partners.items() if not scope.startswith("inbox:")]
    keys = (shop.analyst, shop.agent, shop.widget, chat.started.token, *partners)
    for key in keys:
        for name in TICKET_COMMANDS:
            assert codes(await chat.on_ticket(name, key, **more.get(name, {}))) == [("FORBIDDEN", None)], name
        assert codes(await chat.reply(key)) == codes(await chat.note(key)) == [("FORBIDDEN", None)]
        assert codes(await baton.command(key, "setAvailability", availability="ONLINE")) == [("FORBIDDEN", None)]
        for document in ("{ inbox { totalCount } }", STRANDED):
            assert (await baton.ask(key, document)).codes == ["FORBIDDEN"]
    for name in TICKET_COMMANDS:
        refused = await chat.on_ticket(name, rival.owner, **more.get(name, {}))
        assert codes(refused) == [("NOT_FOUND", ["input", "ticketId"])], name
    assert codes(await chat.reply(rival.owner)) == [("NOT_FOUND", ["input", "conversationId"])]
    assert codes(await chat.note(rival.owner)) == [("NOT_FOUND", ["input", "conversationId"])]


async def test_second_handoff_is_a_new_ticket(baton: Program, shop: Shop, chat: Chat) -> None:
    first = await chat.ticket_id()
    await chat.take()
    returned = await chat.give_back(None)
    assert returned["ticket"]["state"] == "CLOSED"
    again = await chat.request(summary="And socks.")
    second = await chat.ticket_id()
    assert (again["handoff"]["ticket"]["id"], second != first) == (second, True)
    refused = await baton.command(shop.support, "takeTicket", ticketId=first)
    assert codes(refused) == [("CONFLICT", ["input", "ticketId"])]
    document = "query($id: ID!) { node(id: $id) { ... on Ticket { state } } }"
    assert (await baton.data(shop.support, document, id=first))["node"] == {"state": "CLOSED"}
    assert [await listed(baton, shop.support, state=state) for state in ("OPEN", "CLOSED")] == [1, 0]


async def test_repeated_command_is_answered_though_a_later_handoff_came(baton: Program, shop: Shop, chat: Chat) -> None:
    first = await chat.take(idempotencyKey="k")
    given = {"ticketId": await chat.ticket_id(), "idempotencyKey": "k"}
    assert (await baton.done(shop.support, "returnToAgent", **given))["ticket"]["id"] == first["ticket"]["id"]
    await chat.request()
    before = await baton.everything()
    for name in ("takeTicket", "returnToAgent"):
        again = await baton.done(shop.support, name, **given)
        assert (again["ticket"]["id"], again["ticket"]["state"]) == (first["ticket"]["id"], "CLOSED")
    assert await baton.everything() == before
    refused = await baton.command(shop.support, "takeTicket", **{**given, "ticketId": await chat.ticket_id()})
    assert codes(refused) == [("CONFLICT", ["input", "idempotencyKey"])]


async def test_a_command_that_an_older_build_has_carried_out_is_repeated(baton: Program, chat: Chat) -> None:
    await chat.take()
    assert (await chat.on_ticket("closeTicket", idempotencyKey="k"))["errors"] == []
    command = repr(CloseTicket(ticket_id=ticket_id_of(await chat.ticket_id())))
    texts = (command, command.replace(", last_seen_sequence=None", ""))
    own, older = (hashlib.sha256(text.encode()).hexdigest() for text in texts)
    stored = await baton.database["idempotency"].update_one({"fingerprint": own}, {"$set": {"fingerprint": older}})
    assert stored.modified_count == 1
    assert (await chat.on_ticket("closeTicket", idempotencyKey="k"))["errors"] == []
    other = await chat.on_ticket("closeTicket", idempotencyKey="k", lastSeenSequence=1)
    assert codes(other) == [("CONFLICT", ["input", "idempotencyKey"])]


async def test_commands_of_one_build_are_told_apart_by_each_field(chat: Chat) -> None:
    await chat.take()
    end = ", last_seen_sequence=None, staff_id=None, attachments=(), template=None)"
    texts = ["I am here.", f"I am here.'{end}", f'I am here."{end}', f"I am here.{end}"]
    inputs = [*({"text": text} for text in texts), {"text": texts[0], "lastSeenSequence": 4}]
    for number, given in enumerate(inputs):
        assert (await chat.reply(idempotencyKey=str(number), **given))["errors"] == []
        for other in inputs:
            again = await chat.reply(idempotencyKey=str(number), **other)
            assert codes(again) == ([] if other == given else [("CONFLICT", ["input", "idempotencyKey"])])


async def test_closes_not_while_the_ticket_is_open_and_right_after(baton: Program, shop: Shop, chat: Chat) -> None:
    await chat.take()
    baton.clock.move(100 * HOUR)
    await fire(baton)
    assert await chat.standing() == "DELIVERED HUMAN_AGENT OPEN NOT_RESOLVED_BY_AI"
    closed = await chat.close()
    assert closed["conversation"]["closedAt"] == "2026-06-09T12:00:00.000Z"
    assert closed["conversation"]["controller"]["kind"] == "NOBODY"
    assert codes(await chat.say()) == [("CONVERSATION_CLOSED", ["input", "conversationId"])]
    assert codes(await chat.reopen()) == [("CONVERSATION_CLOSED", ["input", "ticketId"])]


async def test_closed_ticket_and_48_hours(baton: Program, shop: Shop, chat: Chat) -> None:
    await baton.done(shop.support, "setAvailability", availability="ONLINE")  # who is AWAY loses a reopened ticket
    await chat.take()
    baton.clock.move(30 * HOUR)
    await fire(baton)
    await chat.close()
    baton.clock.move(17 * HOUR)
    await fire(baton)
    assert not (await chat.row()).is_closed
    await chat.say()
    baton.clock.move(200 * HOUR)
    await fire(baton)
    assert not (await chat.row()).is_closed
    await chat.close()
    assert (await chat.row()).is_closed


async def test_pages_of_the_inbox(baton: Program, shop: Shop) -> None:
    chats = []
    for _ in range(5):
        baton.clock.move(timedelta(seconds=1))
        chats.append(await Chat.of(baton, shop, channel="SMS", watched=False))
        await chats[-1].request()
    document = """query($first: Int, $after: String, $state: [TicketState!]) {
      inbox(first: $first, after: $after, state: $state) { nodes { id } pageInfo { hasNextPage endCursor } } }"""
    seen: list[str] = []
    after = None
    while True:
        page = (await baton.data(shop.support, document, first=2, after=after))["inbox"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [await chat.ticket_id() for chat in reversed(chats)]
    refused = await baton.ask(shop.support, document, state=[])
    assert refused.codes == ["INVALID"]
