"""What the agents that Baton runs do with a turn: reply, hand over, and end every error at a human."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.agent.ports import AgentHandoff, AgentOutcome, AgentQuestion, AgentReply
from domain.answering.identity import own_agent
from domain.answering.service import MOST_CLAIMS
from domain.answering.turn_keeper import TurnKeeper
from domain.inbox.commands import ReturnToAgent
from domain.knowledge.answering import GENERAL_SKILL, ORDER_SKILL, PRODUCT_SKILL
from domain.model.agent.knowledge import KnowledgeGap
from domain.model.agent.settings import AgentKind
from domain.model.commerce import Order, Purchase
from domain.model.conversation import AuthorKind, Draft, Message, MessageKind, TurnLease, Visitor
from domain.model.handoff import EscalationReason, HandoffState
from domain.values.channel import Channel
from domain.values.money import Money
from tests.api.graphql.serving import until
from tests.harness.memory_agent import TEXTS, MemoryAgent, ScriptedAgent
from tests.harness.memory_shop import NOON, MemoryShop

ANN = Visitor(email="ann@a.example", proved=("email",))
ORDER = Order(
    id="o1",
    order_id="W2611340",
    purchase=Purchase(placed_at=NOON, total=Money(amount=Decimal("50.00"), currency="EUR"), keys=("e:ann@a.example",)),
)


@pytest.fixture
async def shop() -> MemoryShop:
    return MemoryShop()


@pytest.fixture
async def agent(shop: MemoryShop) -> MemoryAgent:
    return MemoryAgent(shop, orders=[ORDER])


def last(shop: MemoryShop) -> Message:
    return max(shop.storage.all(Message), key=lambda message: message.sequence)


def fails(_: AgentQuestion) -> AgentOutcome:
    raise RuntimeError("a bug")


def knows_nothing(_: AgentQuestion) -> AgentOutcome:
    return AgentHandoff(reason=EscalationReason.KNOWLEDGE_GAP)


class TestReplies:
    async def test_a_passage_with_its_source(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = await shop.start("How much are the shipping costs?")
        assert await agent.answer(talk)
        assert last(shop).text == f"{TEXTS['Shipping costs']}\n\nShipping costs: https://shop.example/1"
        assert last(shop).author.kind is AuthorKind.AI_AGENT
        now = shop.now(talk)
        assert (now.initial_skill, now.tags) == (GENERAL_SKILL, ("shipping",))
        assert now.turn is not None
        assert not now.turn.waits
        assert not await agent.answer(talk), "the turn is over"

    async def test_products_are_shown_as_cards(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = await shop.start("Do you have a brass desk lamp?")
        await agent.answer(talk)
        assert last(shop).kind is MessageKind.PRODUCT_RECOMMENDATION
        assert [card.product_id for card in last(shop).products] == ["1001"]
        assert shop.now(talk).final_skill == PRODUCT_SKILL

    async def test_a_burst_is_one_question(self, shop: MemoryShop) -> None:
        scripted = ScriptedAgent(lambda _: AgentReply(text="Yes.", skill=GENERAL_SKILL))
        agent = MemoryAgent(shop, agent=scripted)
        talk = await shop.start("Hello")
        await agent.answer(talk)
        await shop.say(talk, "One more thing:")
        await shop.say(talk, "what about returns?")
        await agent.answer(talk)
        _, question = scripted.questions
        assert question.text == "One more thing:\nwhat about returns?"
        assert [(line.by_shopper, line.text) for line in question.history] == [(True, "Hello"), (False, "Yes.")]

    async def test_a_greeting_and_thanks_are_no_gap(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = await shop.start("Hola!")
        await agent.answer(talk)
        await shop.say(talk, "gracias")
        await agent.answer(talk)
        assert shop.texts(talk)[1::2] == ["¡Hola! ¿En qué puedo ayudarle?", "¡De nada!"]

    async def test_off_means_that_nobody_claims(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        agent.choose(AgentKind.OFF)
        talk = await shop.start("How much are the shipping costs?")
        assert not await agent.answer(talk, fresh=False)
        assert shop.storage.all(TurnLease) == []
        assert not await agent.answer(talk), "it was claimed before the setting was read"
        lease = shop.storage.one(TurnLease)
        assert lease.until == lease.claimed_at, "and released"


class TestOrders:
    async def test_the_verified_shopper_is_told(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = await shop.start("Where is my order?", visitor=ANN)
        await agent.answer(talk)
        assert last(shop).text.startswith("Order W2611340 of June 8, 2026")
        assert shop.now(talk).final_skill == ORDER_SKILL

    @pytest.mark.parametrize("question", ["Where is my order?", "Where is order W2611340?"])
    async def test_a_claim_is_told_nothing(self, shop: MemoryShop, agent: MemoryAgent, question: str) -> None:
        talk = (await shop.open_chat(text=question, email="ann@a.example")).conversation
        await agent.answer(talk)
        handoff = shop.now(talk).handoff
        assert handoff is not None
        assert (handoff.reason, handoff.state) == (EscalationReason.OTHER, HandoffState.OFFERED)
        assert "identity is not proved" in (handoff.reason_detail or "")
        assert not any("50.00" in text for text in shop.texts(talk))
        assert shop.storage.all(KnowledgeGap) == [], "the knowledge lacks nothing"

    async def test_another_verified_shopper_is_told_nothing(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        bob = Visitor(email="bob@a.example", proved=("email",))
        talk = await shop.start("Where is order W2611340?", visitor=bob)
        await agent.answer(talk)
        assert shop.now(talk).handoff is not None
        assert not any("50.00" in text for text in shop.texts(talk))


class TestHandoffs:
    async def test_what_it_does_not_know_is_a_gap(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = await shop.start("Do you engrave watches?")
        await agent.answer(talk)
        handoff = shop.now(talk).handoff
        assert handoff is not None
        assert (handoff.reason, handoff.state) == (EscalationReason.KNOWLEDGE_GAP, HandoffState.OFFERED)
        assert handoff.summary == "The shopper wrote: Do you engrave watches?"
        assert shop.storage.one(KnowledgeGap).question == "Do you engrave watches?"

    async def test_a_text_channel_hands_over_at_once(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = await shop.start("Do you engrave watches?", channel=Channel.SMS, visitor=Visitor(phone="+393331234567"))
        await agent.answer(talk)
        assert shop.ticket(talk).handoff_id == shop.now(talk).next_handoff_id.replace("002", "001")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("Can I talk to a human?", EscalationReason.EXPLICIT_ASK),
            ("Ich möchte mit einem Mitarbeiter sprechen", EscalationReason.EXPLICIT_ASK),
            ("???", EscalationReason.UNINTELLIGIBLE_INPUT),
        ],
    )
    async def test_other_reasons(
        self, shop: MemoryShop, agent: MemoryAgent, text: str, reason: EscalationReason
    ) -> None:
        talk = await shop.start(text)
        await agent.answer(talk)
        assert shop.now(talk).handoff is not None
        assert shop.now(talk).handoffs[-1].reason is reason

    async def test_a_declined_offer_is_not_made_again(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = await shop.start("Do you engrave watches?")
        await agent.answer(talk)
        shop.storage.wait(timedelta(seconds=1))
        await shop.decide(talk, accept=False)
        await agent.answer(talk)
        assert last(shop).text.startswith("I do not know the answer to this.")
        assert len(shop.now(talk).handoffs) == 1
        assert not await agent.answer(talk), "nothing waits, and nothing repeats"
        shop.storage.wait(timedelta(seconds=1))
        await shop.say(talk, "And rings?")
        await agent.answer(talk)
        assert len(shop.now(talk).handoffs) == 2, "it is another question"

    @pytest.mark.parametrize(
        ("said", "reply"),
        [
            ("yes please", "I do not know the answer to this."),
            ("And do you sell tents?", "I do not know the answer to this."),
            ("Can I talk to a human?", "offer"),
            ("How much are the shipping costs?", "Standard shipping costs"),
        ],
    )
    async def test_who_writes_on_below_an_offer_gets_a_reply(
        self, shop: MemoryShop, agent: MemoryAgent, said: str, reply: str
    ) -> None:
        talk = await shop.start("Do you engrave watches?")
        await agent.answer(talk)
        offer = last(shop).text
        await shop.say(talk, said)
        await agent.answer(talk)
        assert last(shop).author.kind is AuthorKind.AI_AGENT
        assert last(shop).text.startswith(offer if reply == "offer" else reply)
        assert [handoff.state for handoff in shop.now(talk).handoffs] == [HandoffState.OFFERED]

    async def test_who_was_asked_for_an_address_is_asked_again(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = (await shop.open_chat(text="Do you engrave watches?")).conversation
        await agent.answer(talk)
        await shop.decide(talk, accept=True)
        request = last(shop)
        assert request.kind is MessageKind.IDENTITY_REQUEST
        await shop.say(talk, "ok where do I write it")
        await agent.answer(talk)
        assert (last(shop).author.kind, last(shop).text) == (AuthorKind.AI_AGENT, request.text)

    async def test_what_staff_return_is_not_handed_over_again(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = await shop.start("Do you engrave watches?", channel=Channel.SMS, visitor=Visitor(phone="+393331234567"))
        await agent.answer(talk)
        await shop.inbox.return_to_agent(shop.owner, ReturnToAgent(ticket_id=shop.ticket(talk).id))
        await agent.answer(talk)
        assert last(shop).text.startswith("I do not know the answer to this.")
        assert len(shop.now(talk).handoffs) == 1


class TestFailures:
    async def test_a_bug_ends_at_a_human(self, shop: MemoryShop) -> None:
        agent = MemoryAgent(shop, agent=ScriptedAgent(fails))
        talk = await shop.start("Hello")
        await agent.answer(talk)
        handoff = shop.now(talk).handoff
        assert handoff is not None
        assert (handoff.reason, handoff.reason_detail) == (
            EscalationReason.AGENT_FAILURE,
            "The agent failed: RuntimeError.",
        )

    async def test_an_agent_that_is_not_there_ends_at_a_human(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        agent.choose(AgentKind.MODEL)
        talk = await shop.start("Hello")
        await agent.answer(talk)
        assert shop.now(talk).handoffs[-1].reason is EscalationReason.AGENT_FAILURE

    @pytest.mark.parametrize(
        "reply",
        [
            AgentReply(text=" ", skill=GENERAL_SKILL),
            AgentReply(text="x" * 1_000_000, skill=GENERAL_SKILL),
            AgentReply(text="Look:", skill=GENERAL_SKILL, product_ids=("gone",)),
            AgentReply(text="Yes.", skill="", topics=("\n",)),
            AgentHandoff(reason=EscalationReason.AGENT_OFF),
            AgentHandoff(reason=EscalationReason.OTHER, summary="x" * 1_000_000),
        ],
    )
    async def test_a_reply_that_is_refused_ends_at_a_human(self, shop: MemoryShop, reply: AgentOutcome) -> None:
        agent = MemoryAgent(shop, agent=ScriptedAgent(lambda _: reply))
        talk = await shop.start("Hello")
        await agent.answer(talk)
        assert shop.now(talk).handoffs[-1].reason is EscalationReason.AGENT_FAILURE

    async def test_a_turn_that_never_finishes_is_handed_over_without_the_agent(self, shop: MemoryShop) -> None:
        scripted = ScriptedAgent(lambda _: AgentReply(text="Yes.", skill=GENERAL_SKILL))
        agent = MemoryAgent(shop, agent=scripted)
        talk = await shop.start("Hello")
        for _ in range(MOST_CLAIMS):
            await shop.claim(talk, seconds=10)  # and the process dies
            await agent.pass_lease()
        await agent.answer(talk, fresh=False)
        assert scripted.questions == []
        assert shop.now(talk).handoffs[-1].reason is EscalationReason.AGENT_FAILURE

    async def test_a_turn_that_cannot_even_be_handed_over_is_left(self, shop: MemoryShop) -> None:
        agent = MemoryAgent(shop, agent=ScriptedAgent(knows_nothing))
        talk = await shop.start("Hello")
        for _ in range(2 * MOST_CLAIMS):
            await shop.claim(talk, seconds=10)
            await agent.pass_lease()
        assert not await agent.answer(talk, fresh=False)

    async def test_the_claims_of_a_turn_are_counted_anew_for_the_next(self, shop: MemoryShop) -> None:
        agent = MemoryAgent(shop)
        talk = await shop.start("Hello")
        for expected in (1, 2):
            lease = await shop.claim(talk, seconds=10)
            assert lease.claims == expected
            await agent.pass_lease()
        await agent.answer(talk)
        await shop.say(talk, "hello?")
        assert (await shop.claim(talk)).claims == 1


class TestOthers:
    async def test_an_agent_with_a_key_can_reply_first(self, shop: MemoryShop, agent: MemoryAgent) -> None:
        talk = await shop.start("Hello")
        lease = await shop.claim(talk)
        assert not await agent.answer(talk)
        assert not await agent.answer(talk, fresh=False)
        await shop.post(talk, "Hi, I am an outside agent.", turn=lease.number)
        assert not await agent.answer(talk)

    async def test_a_human_who_takes_over_meanwhile_gets_a_draft(self, shop: MemoryShop) -> None:
        talk = await shop.start("Hello", channel=Channel.SMS, visitor=Visitor(phone="+393331234567"))

        class Slow:
            async def reply(self, question: AgentQuestion, **_: object) -> AgentOutcome:
                await shop.request(talk)  # the conversation goes to the team while the agent thinks
                return AgentReply(text="Too late.", skill=GENERAL_SKILL)

        agent = MemoryAgent(shop, agent=Slow())
        await agent.answer(talk)
        assert "Too late." not in shop.texts(talk)
        assert shop.storage.one(Draft).text == "Too late."

    async def test_a_message_that_comes_meanwhile_is_the_next_turn(self, shop: MemoryShop) -> None:
        talk = await shop.start("Hello")

        class Slow:
            async def reply(self, question: AgentQuestion, **_: object) -> AgentOutcome:
                if question.text == "Hello":
                    await shop.say(talk, "And returns?")
                return AgentReply(text=f"About {question.text!r}.", skill=GENERAL_SKILL)

        agent = MemoryAgent(shop, agent=Slow())
        await agent.answer(talk)
        turn = shop.now(talk).turn
        assert turn is not None
        assert (turn.waits, turn.first_sequence) == (True, 2)
        await agent.answer(talk)
        assert shop.texts(talk)[2:] == ["About 'Hello'.", "About 'And returns?'."]

    async def test_the_next_turn_knows_the_reply_that_came_between(self, shop: MemoryShop) -> None:
        talk = await shop.start("Hello")
        lease = await shop.claim(talk)
        await shop.say(talk, "And returns?")
        await shop.post(talk, "Hi.", turn=lease.number)
        scripted = ScriptedAgent(lambda _: AgentReply(text="Yes.", skill=GENERAL_SKILL))
        await MemoryAgent(shop, agent=scripted).answer(talk)
        [question] = scripted.questions
        assert question.text == "And returns?"
        lines = [(line.by_shopper, line.text) for line in question.history]
        assert lines == [(True, "Hello"), (False, "Hi.")], "else it would reply to Hello once more"

    async def test_a_claim_that_was_released_does_not_count_as_failed(self, shop: MemoryShop) -> None:
        talk = await shop.start("Hello")
        for _ in range(2 * MOST_CLAIMS):  # by an agent that leaves this turn to others, or a process that ends
            lease = await shop.claim(talk)
            await shop.release_turn(talk, lease.number)
        assert await MemoryAgent(shop).answer(talk, fresh=False)
        assert last(shop).author.kind is AuthorKind.AI_AGENT


class TestSlowAgents:
    async def test_the_text_grows_and_the_message_ends_it(self, shop: MemoryShop) -> None:
        talk = await shop.start("Hello")

        class Writing:
            async def reply(self, question: AgentQuestion, *, on_text: Callable[[str], None]) -> AgentOutcome:
                for text in ("Hel", "Hello", "Hello!"):
                    on_text(text)
                await until(lambda: agent.signals)
                return AgentReply(text="Hello!", skill=GENERAL_SKILL)

        agent = MemoryAgent(shop, agent=Writing())
        await agent.answer(talk)
        [signal] = agent.signals
        assert (signal.text, signal.author.kind, signal.for_shopper) == ("Hello!", AuthorKind.AI_AGENT, True)
        assert last(shop).text == "Hello!"

    async def test_heartbeats_extend_the_lease(self, shop: MemoryShop) -> None:
        talk = await shop.start("Hello")
        lease = await shop.claim(talk, seconds=5)
        agent = MemoryAgent(shop)
        shop.storage.wait(timedelta(seconds=3))
        async with TurnKeeper(
            turns=shop.turns,
            replies=agent.partial_replies,
            principal=own_agent(shop.storage.account.id),
            conversation=shop.now(talk),
            lease=lease,
            seconds=5,
        ):
            await until(lambda: shop.storage.one(TurnLease).until > lease.until)
        assert shop.storage.one(TurnLease).until == shop.storage.now + timedelta(seconds=5)

    async def test_the_end_of_the_process_releases_the_turn(self, shop: MemoryShop) -> None:
        talk = await shop.start("Hello")
        begun = asyncio.Event()

        class Stuck:
            async def reply(self, question: AgentQuestion, **_: object) -> AgentOutcome:
                begun.set()
                await asyncio.Event().wait()
                raise AssertionError("it is cancelled")

        work = asyncio.ensure_future(MemoryAgent(shop, agent=Stuck()).answer(talk))
        await begun.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        lease = shop.storage.one(TurnLease)
        assert lease.until == lease.claimed_at
        assert await MemoryAgent(shop).answer(talk, fresh=False), "another process claims it at once"
