"""Rules of the agent's turns in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.agent.turns import ExtendTurn, TakeTurn
from domain.conversation.commands import PostAgentMessage
from domain.conversation.errors import ConversationClosed, NotInControl, NotYourTurn
from domain.events import AGENT_TURNS_TOPIC, TurnLeaseChanged, topics_of
from domain.handoff.commands import WithdrawHandoff
from domain.inbox.commands import ReturnToAgent
from domain.model.conversation import AgentTurn, Conversation, Draft, Visitor
from domain.storage import Timer, TimerKind
from domain.values.errors import Forbidden, Invalid
from tests.harness.memory_shop import MemoryShop

SECOND = timedelta(seconds=1)


@pytest.fixture
async def shop() -> MemoryShop:
    return MemoryShop()


def turn(shop: MemoryShop, talk: Conversation) -> AgentTurn:
    found = shop.now(talk).turn
    assert found is not None
    return found


def waits(shop: MemoryShop, talk: Conversation) -> list[int] | None:
    """The numbers of the first and the last message that wait; `None` if the shopper does not wait."""
    found = turn(shop, talk)
    return [found.first_sequence, found.last_sequence] if found.waits else None


async def expire(shop: MemoryShop) -> None:
    """Handle the timers of leases that are due."""
    for account_id, timer in await shop.storage.due_timers(shop.storage.now, 100, [TimerKind.AGENT_TURN]):
        await shop.turns.expire(account_id, timer)


def held(shop: MemoryShop) -> list[tuple[int, bool]]:
    """The claims that the log tells of: number, and whether it began or ended."""
    bodies = [body for body in shop.storage.events if isinstance(body, TurnLeaseChanged)]
    return [(body.lease.number, body.is_held) for body in bodies]


class TestTheTurn:
    async def test_a_burst_is_one_turn(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        await shop.say(talk)
        await shop.say(talk)
        assert (turn(shop, talk).number, waits(shop, talk)) == (1, [1, 3])
        assert turn(shop, talk).since == talk.started_at
        await shop.post(talk)
        assert (turn(shop, talk).number, waits(shop, talk)) == (1, None)
        await shop.say(talk)
        assert (turn(shop, talk).number, waits(shop, talk)) == (2, [5, 5])

    async def test_a_request_for_a_human_answers_it(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        await shop.request(talk)
        assert waits(shop, talk) is None
        await shop.say(talk, "Or can you tell me yourself?")
        assert waits(shop, talk) == [3, 3]
        await shop.request(talk)  # the offer still stands
        assert waits(shop, talk) is None
        assert len(shop.now(talk).handoffs) == 1

    async def test_a_declined_offer_gives_an_open_question_back(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        await shop.request(talk)
        shop.storage.wait(SECOND)
        await shop.decide(talk, accept=False)
        assert (turn(shop, talk).number, waits(shop, talk)) == (2, [1, 1])
        assert turn(shop, talk).since == shop.storage.now

    async def test_it_ends_when_a_human_has_the_conversation_and_comes_back_with_it(self, shop: MemoryShop) -> None:
        talk = await shop.hand_over()
        await shop.say(talk, "Anybody?")
        assert waits(shop, talk) is None
        ticket = shop.ticket(talk)
        await shop.inbox.return_to_agent(shop.owner, ReturnToAgent(ticket_id=ticket.id))
        last = turn(shop, talk).last_sequence
        assert waits(shop, talk) == [last, last]

    async def test_a_withdrawn_handoff_gives_it_back(self, shop: MemoryShop) -> None:
        talk = await shop.hand_over()
        handoff = shop.now(talk).handoff
        assert handoff is not None
        await shop.handoffs.withdraw(shop.shopper(talk), WithdrawHandoff(handoff_id=handoff.id))
        assert waits(shop, talk) == [1, 1]

    async def test_the_close_ends_it(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        await shop.close(talk)
        assert waits(shop, talk) is None

    async def test_the_log_tells_of_each_change_once(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        await shop.post(talk)
        await shop.post(talk, "Anything else?")  # no turn waits, so none ends
        told = [body for body in shop.storage.events if AGENT_TURNS_TOPIC in topics_of(body)]
        assert len(told) == 2


class TestClaims:
    async def test_one_agent_of_two_gets_it(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        assert (lease.number, lease.until) == (1, shop.storage.now + 30 * SECOND)
        with pytest.raises(NotYourTurn) as refused:
            await shop.claim(talk)
        assert refused.value.lease == lease
        assert held(shop) == [(1, True)]

    async def test_nobody_claims_what_does_not_wait(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        await shop.post(talk)
        with pytest.raises(NotYourTurn) as refused:
            await shop.claim(talk)
        assert refused.value.lease is None
        await shop.close(talk)
        with pytest.raises(ConversationClosed):
            await shop.claim(talk)
        with pytest.raises(NotInControl):
            await shop.claim(await shop.hand_over())

    async def test_only_agents_claim(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        for principal in (shop.shopper(talk), shop.partner, shop.staff("Sue")):
            with pytest.raises(Forbidden):
                await shop.turns.claim(principal, TakeTurn(conversation_id=talk.id))

    @pytest.mark.parametrize("seconds", [0, 4, 301])
    async def test_a_lease_has_bounds(self, shop: MemoryShop, seconds: int) -> None:
        talk = await shop.start()
        with pytest.raises(Invalid):
            await shop.claim(talk, seconds=seconds)

    async def test_a_repeated_call_returns_the_same_claim(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk, key="k")
        assert await shop.claim(talk, key="k") == lease
        shop.storage.wait(31 * SECOND)
        await shop.claim(talk)
        with pytest.raises(NotYourTurn):
            await shop.claim(talk, key="k")

    async def test_the_answer_ends_the_turn(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        await shop.post(talk, turn=lease.number)
        assert waits(shop, talk) is None
        with pytest.raises(NotYourTurn) as refused:
            await shop.post(talk, "Once more", turn=lease.number)
        assert refused.value.lease is None
        assert shop.storage.one(Draft).text == "Once more"
        assert shop.texts(talk) == ["Hello", "How can I help?"]

    async def test_a_request_for_a_human_ends_the_turn(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        await shop.request(talk, turn=lease.number)
        assert waits(shop, talk) is None
        before = shop.storage.entities
        with pytest.raises(NotYourTurn):
            await shop.request(talk, turn=lease.number)
        assert shop.storage.entities == before

    async def test_an_answer_without_a_turn_ends_it_as_well(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        await shop.post(talk)
        with pytest.raises(NotYourTurn):
            await shop.post(talk, turn=lease.number)

    async def test_there_is_no_later_claim_yet(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        with pytest.raises(Invalid):
            await shop.post(talk, turn=1)
        await shop.claim(talk)
        with pytest.raises(Invalid):
            await shop.post(talk, turn=2)
        assert shop.storage.all(Draft) == []

    async def test_a_released_turn_is_free_at_once(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        shop.storage.wait(SECOND)
        await shop.release_turn(talk, lease.number)
        await shop.release_turn(talk, lease.number)
        assert (await shop.claim(talk)).number == 2
        with pytest.raises(NotYourTurn):
            await shop.release_turn(talk, lease.number)
        assert held(shop) == [(1, True), (1, False), (2, True)]


class TestLeases:
    async def test_a_dead_agent_loses_its_turn(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        first = await shop.claim(talk)
        shop.storage.wait(30 * SECOND)
        second = await shop.claim(talk)
        assert (first.number, second.number) == (1, 2)
        with pytest.raises(NotYourTurn) as refused:
            await shop.post(talk, "Too late", turn=first.number)
        assert refused.value.lease == second
        await shop.post(talk, turn=second.number)
        assert shop.texts(talk) == ["Hello", "How can I help?"]

    async def test_a_slow_agent_keeps_it(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        for _ in range(20):
            shop.storage.wait(25 * SECOND)
            await shop.heartbeat(talk, lease.number)
            with pytest.raises(NotYourTurn):
                await shop.claim(talk)
        await expire(shop)
        await shop.post(talk, turn=lease.number)
        assert held(shop) == [(1, True)]

    async def test_an_expired_lease_that_nobody_took_over_still_counts(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        shop.storage.wait(31 * SECOND)
        await expire(shop)
        await shop.post(talk, turn=lease.number)
        assert waits(shop, talk) is None

    async def test_the_timer_tells_that_a_turn_is_free_again(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        shop.storage.wait(30 * SECOND)
        await expire(shop)
        assert held(shop) == [(1, True), (1, False)]
        await shop.heartbeat(talk, lease.number)  # it was only slow
        assert held(shop) == [(1, True), (1, False), (1, True)]
        shop.storage.wait(30 * SECOND)
        await expire(shop)
        assert held(shop)[3:] == [(1, False)]
        assert [t for t in shop.storage.all(Timer) if t.kind is TimerKind.AGENT_TURN] == []

    async def test_the_timer_of_an_answered_turn_tells_nothing(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        await shop.post(talk, turn=lease.number)
        shop.storage.wait(30 * SECOND)
        await expire(shop)
        assert held(shop) == [(1, True)]
        assert [t for t in shop.storage.all(Timer) if t.kind is TimerKind.AGENT_TURN] == []

    async def test_few_heartbeats_write(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        written = 0
        for _ in range(60):
            shop.storage.wait(SECOND)
            before = shop.storage.entities
            await shop.heartbeat(talk, lease.number)
            written += shop.storage.entities != before
        assert written == 5


class TestNewerMessages:
    async def test_they_wait_as_the_next_turn_after_the_answer(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        shop.storage.wait(SECOND)
        late = await shop.say(talk, "And my refund?")
        await shop.say(talk, "Please.")
        await shop.post(talk, turn=lease.number)
        assert (turn(shop, talk).number, waits(shop, talk)) == (2, [2, 3])
        assert turn(shop, talk).since == late.sent_at
        assert (await shop.claim(talk)).number == 2

    async def test_the_agent_can_take_them_into_account(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        await shop.say(talk, "And my refund?")
        await shop.heartbeat(talk, lease.number, seen=2)
        await shop.post(talk, turn=lease.number)
        assert waits(shop, talk) is None

    async def test_it_cannot_have_seen_what_is_not_written(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        for number in (0, 2):
            with pytest.raises(Invalid):
                await shop.heartbeat(talk, lease.number, seen=number)
        assert (await shop.heartbeat(talk, lease.number, seen=1)).last_sequence == 1

    async def test_a_request_for_a_human_leaves_them_too(self, shop: MemoryShop) -> None:
        talk = await shop.start()
        lease = await shop.claim(talk)
        await shop.say(talk, "Never mind, I found it.")
        await shop.request(talk, turn=lease.number)
        assert waits(shop, talk) == [2, 2]


class TestHumans:
    async def test_who_takes_over_ends_the_turn_at_once(self, shop: MemoryShop) -> None:
        talk = await shop.start(visitor=Visitor(email="ann@a.example"))
        await shop.request(talk)
        await shop.say(talk, "Still there?")
        lease = await shop.claim(talk)
        await shop.decide(talk, accept=True)
        assert waits(shop, talk) is None
        with pytest.raises(NotInControl):
            await shop.turns.extend(shop.assistant, ExtendTurn(conversation_id=talk.id, turn=lease.number))
        late = PostAgentMessage(conversation_id=talk.id, epoch=1, text="Too late", turn=lease.number)
        with pytest.raises(NotInControl):
            await shop.agent.post(shop.assistant, late)
        assert "Too late" not in shop.texts(talk)
        assert shop.storage.one(Draft).text == "Too late"
