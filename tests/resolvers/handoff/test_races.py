"""Concurrent commands in two processes have one outcome and one record."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest

from domain.principal import StaffRole
from resolvers.relay.global_ids import to_global_id
from tests.harness.chat import Chat
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.operations import mutation
from tests.harness.program import Program, Shop


async def test_fifty_take_one_ticket(baton: Program, second: Program, shop: Shop) -> None:
    accounts = baton.baton.services.accounts
    members = await asyncio.gather(
        *(baton.add_member(shop, f"Member {n}", f"m{n}@shop.example", StaffRole.SUPPORT) for n in range(50))
    )
    keys = await asyncio.gather(*(accounts.create_staff_key(shop.id, member.id) for member in members))
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request()
    ticket_id = await chat.ticket_id()
    async with ConsistencyChecker(baton).watching(shop.owner, chat.id):
        payloads = await asyncio.gather(
            *((baton, second)[n % 2].mutate(key.token, "takeTicket", ticketId=ticket_id) for n, key in enumerate(keys))
        )
    [winner] = [n for n, payload in enumerate(payloads) if not payload["errors"]]
    name = members[winner].name
    assert payloads[winner]["ticket"]["assignee"]["name"] == name
    refusals = [payload["errors"] for n, payload in enumerate(payloads) if n != winner]
    since = payloads[winner]["conversation"]["controller"]["since"]
    assert (
        refusals
        == [
            [
                {
                    "__typename": "NotInControl",
                    "code": "NOT_IN_CONTROL",
                    "message": f"{name} has taken this ticket.",
                    "path": ["input", "ticketId"],
                    "controller": {"kind": "HUMAN_AGENT", "epoch": 3, "since": since, "staff": {"name": name}},
                }
            ]
        ]
        * 49
    )
    assert (await chat.row()).controller.epoch == 3


@pytest.mark.parametrize("repeated", [1, 10])
async def test_yes_and_no_at_the_same_instant(baton: Program, second: Program, shop: Shop, repeated: int) -> None:
    chat = await Chat.of(baton, shop, email="ann@example.com")
    await chat.request()
    given = {"handoffId": await chat.handoff_id()}
    async with ConsistencyChecker(baton).watching(chat.started.token, chat.id):
        payloads = await asyncio.gather(
            *(
                (baton, second)[n % 2].mutate(chat.started.token, "answerHandoffOffer", accept=n % 4 < 2, **given)
                for n in range(4 * repeated)
            )
        )
    row = await chat.row()
    assert row.handoff is not None
    assert row.handoff.consent is not None
    yes = row.handoff.consent.decision == "ACCEPTED"
    outcomes = [(n % 4 < 2, [error["code"] for error in payload["errors"]]) for n, payload in enumerate(payloads)]
    assert all(codes == ([] if accept == yes else ["CONFLICT"]) for accept, codes in outcomes)
    assert await chat.standing() == ("DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI" if yes else "DECLINED AI_AGENT - OPEN")
    stored = await baton.everything()
    kinds = Counter(event["body"]["type"] for event in stored["events"] if event["type"] == "business_event")
    assert kinds["CONVERSATION_ESCALATED"] == yes
    shown = Counter(message["kind"] for message in stored["messages"])
    assert shown == Counter({"TEXT": 1, "HANDOFF_OFFER": 1, **({"NOTICE": 1} if yes else {})})


async def test_yes_whose_answer_is_lost_and_sent_again(baton: Program, second: Program, shop: Shop) -> None:
    """The connection is lost during the acceptance, so that the client retries it."""
    chat = await Chat.of(baton, shop, email="ann@example.com")
    await chat.request()
    given = {"handoffId": await chat.handoff_id(), "accept": True, "idempotencyKey": "k"}
    document = {"query": mutation("answerHandoffOffer"), "variables": {"input": given}}
    for patience in (0.0005, 0.002, 0.005, 0.02):
        try:
            async with asyncio.timeout(patience):
                await baton.post(chat.started.token, document)
        except (TimeoutError, httpx.TransportError):
            pass
    first = await second.mutate(chat.started.token, "answerHandoffOffer", **given)
    again = await baton.mutate(chat.started.token, "answerHandoffOffer", **given)
    assert (first["errors"], again) == ([], first)
    stored = await baton.everything()
    assert Counter(message["kind"] for message in stored["messages"]) == {"TEXT": 1, "HANDOFF_OFFER": 1, "NOTICE": 1}
    row = await chat.row()
    assert (len(row.handoffs), len(row.past_tickets), row.controller.epoch) == (1, 0, 2)


async def test_yes_and_withdrawal_and_take_at_once(baton: Program, second: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request()
    handoff_id, ticket_id = await chat.handoff_id(), await chat.ticket_id()
    taken, back = await asyncio.gather(
        second.mutate(shop.support, "takeTicket", ticketId=ticket_id),
        baton.mutate(chat.started.token, "withdrawHandoff", handoffId=handoff_id),
    )
    assert sorted([len(taken["errors"]), len(back["errors"])]) == [0, 1]
    assert {error["code"] for error in (*taken["errors"], *back["errors"])} == {"CONFLICT"}


async def test_agent_that_answers_while_it_is_taken(baton: Program, second: Program, shop: Shop) -> None:
    """The agent's replies race with its handoff: later replies are not shown, and none is lost."""
    chat = await Chat.of(baton, shop, channel="SMS")
    posts = [
        (baton, second)[n % 2].mutate(
            shop.agent, "postAgentMessage", conversationId=chat.id, epoch=1, text=f"Answer {n}"
        )
        for n in range(20)
    ]
    asked = {"conversationId": chat.id, "epoch": 1, "reason": "OTHER"}
    posts.insert(10, second.mutate(shop.agent, "requestHandoff", **asked))
    async with ConsistencyChecker(baton).watching(shop.owner, chat.id):
        payloads = await asyncio.gather(*posts)
    assert payloads.pop(10)["errors"] == []
    shown = [p["message"]["text"] for p in payloads if not p["errors"]]
    stored = await baton.everything()
    drafts = [draft["text"] for draft in stored["drafts"]] if "drafts" in stored else []
    assert sorted([*shown, *drafts]) == sorted(f"Answer {n}" for n in range(20))
    ordered = sorted(stored["messages"], key=lambda message: message["sequence"])
    authors = [message["author"]["kind"] for message in ordered]
    assert authors == ["SHOPPER", *["AI_AGENT"] * len(shown), "SYSTEM"]


async def test_two_workers_wake_and_strand_once(baton: Program, second: Program, shop: Shop) -> None:
    chats = [await Chat.of(baton, shop, channel="SMS", watched=False) for _ in range(5)]
    for chat in chats:
        await chat.request()
    baton.clock.move((await baton.baton.services.storage.accounts())[0].stranded_after)
    await asyncio.gather(*(program.baton.workers.timers.fire_due() for program in (baton, second) * 3))
    assert [program.baton.workers.timers.failures for program in (baton, second)] == [0, 0]
    stored = await baton.everything()
    assert Counter(message["kind"] for message in stored["messages"]) == {"TEXT": 5, "NOTICE": 10}


async def test_assigned_to_all_at_once_it_has_one(baton: Program, second: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request()
    ticket_id = await chat.ticket_id()
    workers = [StaffRole.OWNER, StaffRole.ADMIN, StaffRole.MANAGER, StaffRole.SUPPORT] * 5
    await asyncio.gather(
        *(
            (baton, second)[n % 2].mutate(
                shop.owner, "assignTicket", ticketId=ticket_id, staffId=to_global_id("Staff", shop.staff[role])
            )
            for n, role in enumerate(workers)
        )
    )
    row = await chat.row()
    assert row.ticket is not None
    assert row.ticket.assignee_id == row.controller.staff_id is not None
