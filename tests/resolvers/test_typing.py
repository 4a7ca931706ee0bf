"""setTyping: permissions and cost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from domain.conversation.commands import SetTyping
from domain.principal import Scope
from domain.values.ids import ConversationId
from resolvers.relay.global_ids import to_global_id
from tests.harness.clock import START
from tests.harness.program import Program, Shop, Started

UNTIL = "2026-06-07T12:00:06.000Z"


async def start(baton: Program, shop: Shop, name: str = "Ann") -> Started:
    return await baton.start(shop, email=f"{name.lower()}@example.com", name=name)


async def hand_over(baton: Program, started: Started, *, taken_by: str | None = None) -> None:
    """Hand over to staff. On the web chat, the shopper accepts first."""
    shop, given = started.shop, {"conversationId": started.id, "epoch": 1, "reason": "EXPLICIT_ASK"}
    offered = await baton.mutate(shop.agent, "requestHandoff", **given)
    answer = {"handoffId": offered["handoff"]["id"], "accept": True}
    accepted = await baton.mutate(started.token, "answerHandoffOffer", **answer)
    assert accepted["errors"] == []
    if taken_by is not None:
        document = "query($id: ID!) { conversation(id: $id) { ticket { id } } }"
        ticket = (await baton.data(shop.owner, document, id=started.id))["conversation"]["ticket"]
        taken = await baton.mutate(taken_by, "takeTicket", ticketId=ticket["id"])
        assert taken["errors"] == []


async def types(baton: Program, key: str | None, started: Started, *, typing: bool = True) -> str | None:
    """The end of the indicator, or the error code."""
    payload = await baton.mutate(key, "setTyping", conversationId=started.id, typing=typing)
    if payload["errors"]:
        [error] = payload["errors"]
        assert payload["until"] is None
        return str(error["code"])
    until: str | None = payload["until"]
    return until


async def passed_on(baton: Program) -> list[bool]:
    """The signals that were published, in order."""
    return [signal["body"]["typing"] for signal in await baton.database["signals"].find(sort=[("_id", 1)]).to_list()]


class TestWhoMay:
    async def test_shopper_agent_and_those_who_work_on_tickets(self, baton: Program, shop: Shop) -> None:
        started = await start(baton, shop)
        for key in (started.token, shop.agent, shop.owner, shop.admin, shop.manager, shop.support):
            assert await types(baton, key, started) == UNTIL
        signals = await baton.database["signals"].find(sort=[("_id", 1)]).to_list()
        authors = [signal["body"]["author"] for signal in signals]
        assert [(author["kind"], author["name"]) for author in authors] == [
            ("SHOPPER", "Ann"),
            ("AI_AGENT", "Assistant"),
            ("HUMAN_AGENT", "Owner"),
            ("HUMAN_AGENT", "Admin"),
            ("HUMAN_AGENT", "Manager"),
            ("HUMAN_AGENT", "Support"),
        ]

    async def test_nobody_else(self, baton: Program, shop: Shop, rival: Shop) -> None:
        started, other = await start(baton, shop), await start(baton, shop, "Bea")
        before = await baton.everything()
        for key in (shop.widget, shop.analyst, *(shop.partners[s] for s in Scope if s is not Scope.AGENT)):
            assert await types(baton, key, started) == "FORBIDDEN"
        for key in (other.token, rival.support, rival.agent, rival.owner):
            assert await types(baton, key, started) == "NOT_FOUND"
        anonymous = await baton.ask(
            None,
            "mutation($input: SetTypingInput!) { setTyping(input: $input) { until } }",
            input={"conversationId": started.id, "typing": True},
        )
        assert anonymous.codes == ["UNAUTHENTICATED"]
        assert await baton.everything() == before

    async def test_an_unknown_conversation(self, baton: Program, shop: Shop) -> None:
        for global_id, code in (
            ("nonsense", "INVALID"),
            (to_global_id("Staff", "S1"), "NOT_FOUND"),
            (to_global_id("Conversation", "01J00000000000000000000000"), "NOT_FOUND"),
        ):
            payload = await baton.mutate(shop.support, "setTyping", conversationId=global_id, typing=True)
            assert [(e["code"], e["path"]) for e in payload["errors"]] == [(code, ["input", "conversationId"])]
        assert await passed_on(baton) == []

    async def test_not_in_one_that_is_closed(self, baton: Program, shop: Shop) -> None:
        started = await start(baton, shop)
        await baton.mutate(started.token, "closeConversation", conversationId=started.id)
        for key in (started.token, shop.support, shop.agent):
            assert await types(baton, key, started) == "CONVERSATION_CLOSED"
        assert await passed_on(baton) == []

    async def test_not_the_agent_once_a_human_is_to_come(self, baton: Program, shop: Shop) -> None:
        started = await start(baton, shop)
        await hand_over(baton, started)
        assert await types(baton, shop.agent, started) == "NOT_IN_CONTROL"
        assert await types(baton, started.token, started) == UNTIL


class TestCost:
    async def test_no_event_no_version_nothing_but_the_signal(self, baton: Program, shop: Shop) -> None:
        started = await start(baton, shop)
        before = await baton.everything()
        assert await types(baton, started.token, started) == UNTIL
        after = await baton.everything()
        [signal] = after.pop("signals")
        before.pop("signals", None)
        assert after == before
        assert set(signal) == {"_id", "account", "at", "type", "body"}

    async def test_frequent_signals_are_sent_once_a_second(self, baton: Program, shop: Shop) -> None:
        started = await start(baton, shop)
        for tenth in range(50):
            baton.clock.set(START + timedelta(seconds=tenth / 10))
            assert await types(baton, started.token, started) is not None
        assert await passed_on(baton) == [True] * 5

    async def test_the_end_of_what_was_passed_on_is_passed_on_at_once(self, baton: Program, shop: Shop) -> None:
        started = await start(baton, shop)
        for number in range(40):
            await types(baton, started.token, started, typing=number % 2 == 0)
        assert await passed_on(baton) == [True, False, True, False]
        baton.clock.move(timedelta(seconds=2))
        assert await types(baton, started.token, started) == "2026-06-07T12:00:08.000Z"
        assert await types(baton, started.token, started, typing=False) is None
        assert await passed_on(baton) == [True, False] * 3

    async def test_it_does_not_count_for_others(self, baton: Program, shop: Shop) -> None:
        started, other = await start(baton, shop), await start(baton, shop, "Bea")
        for _ in range(3):
            await types(baton, shop.support, started)
            await types(baton, shop.support, other)
            await types(baton, shop.owner, started)
        assert await passed_on(baton) == [True] * 3

    async def test_the_latest_of_several_concurrent_signals_wins(self, baton: Program, shop: Shop) -> None:
        started, services = await start(baton, shop), baton.baton.services
        principal = await services.accounts.principal_of(shop.support)
        for last in (False, True) * 5:
            baton.clock.move(timedelta(seconds=10))
            words = [SetTyping(conversation_id=ConversationId(started.key), typing=word) for word in (not last, last)]
            await asyncio.gather(*(services.typing.set(principal, word) for word in words))
            assert (await passed_on(baton))[-1] is last
