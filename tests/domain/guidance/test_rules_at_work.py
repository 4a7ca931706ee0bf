"""Deterministic escalation rules at work: a message that matches hands over in its own transaction."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.commerce.commands import RecordOrder, RecordRefund
from domain.conversation.errors import NotInControl
from domain.events import AccountChanged, EventType, GuidanceChanged
from domain.guidance.service import GuidanceService
from domain.guidance.settings import GuidanceChange
from domain.handoff.commands import WithdrawHandoff
from domain.model.account import Account
from domain.model.agent.guidance import EscalationRule, Guidance, RuleConditions
from domain.model.conversation import AuthorKind, ControllerKind, Conversation, Message, MessageKind, Visitor
from domain.model.handoff import EscalationReason, Handoff, HandoffMethod, HandoffState, Helpdesk
from domain.model.outbox import Outgoing, OutgoingKind
from domain.storage import Timer, TimerKind
from domain.values.channel import Channel
from domain.values.money import Money
from domain.values.record import replace
from tests.harness.memory_shop import ANN, MemoryShop

PHONE = Visitor(phone="+393331234567")
ADDRESS = replace(ANN, email="ann@a.example")


def rule(title: str, **conditions: Any) -> EscalationRule:
    return EscalationRule(title=title, conditions=RuleConditions(**conditions))


REFUNDS = rule("Refunds", phrases=("refund*",))


async def with_rules(*rules: EscalationRule, **account: Any) -> MemoryShop:
    shop = MemoryShop(**account)
    service = GuidanceService(storage=shop.storage)
    await service.update(shop.owner, GuidanceChange(escalation_rules=rules))
    return shop


def requested(shop: MemoryShop, talk: Conversation) -> list[tuple[EscalationReason, str | None, HandoffState]]:
    return [(each.reason, each.reason_detail, each.state) for each in shop.now(talk).handoffs]


async def test_a_web_chat_is_offered_a_human_at_once() -> None:
    shop = await with_rules(REFUNDS)
    talk = await shop.start("Hello", visitor=ADDRESS)
    assert requested(shop, talk) == []
    await shop.say(talk, "I want a refund")
    assert requested(shop, talk) == [(EscalationReason.ESCALATION_RULE, "Refunds", HandoffState.OFFERED)]
    kinds = [m.kind for m in shop.storage.all(Message)]
    assert kinds == [MessageKind.TEXT, MessageKind.TEXT, MessageKind.HANDOFF_OFFER]
    await shop.decide(talk, accept=True)
    assert shop.ticket(talk).helpdesk is Helpdesk.INBOX


async def test_the_first_message_of_a_phone_hands_over() -> None:
    shop = await with_rules(REFUNDS)
    talk = await shop.start("A refund!", channel=Channel.SMS, visitor=PHONE)
    assert requested(shop, talk) == [(EscalationReason.ESCALATION_RULE, "Refunds", HandoffState.DELIVERED)]
    assert shop.now(talk).controller.kind is ControllerKind.QUEUE
    assert shop.business() == [EventType.CONVERSATION_STARTED, EventType.CONVERSATION_ESCALATED]
    with pytest.raises(NotInControl):
        await shop.post(replace(talk, id=talk.id))  # the agent answers too late
    assert [t.kind for t in shop.storage.all(Timer)] == [TimerKind.AUTO_CLOSE, TimerKind.STRANDED]


async def test_the_agent_owes_no_reply_afterwards() -> None:
    shop = await with_rules(REFUNDS, agent_silence=timedelta(minutes=5))
    await shop.start("A refund!", channel=Channel.SMS, visitor=PHONE)
    assert TimerKind.AGENT_SILENCE not in [timer.kind for timer in shop.storage.all(Timer)]


async def test_a_ticket_of_a_helpdesk_has_the_message_once() -> None:
    shop = await with_rules(REFUNDS)
    shop.configure(helpdesk=Helpdesk.ZENDESK)
    await shop.start("A refund!", channel=Channel.SMS, visitor=PHONE)
    kinds = [row.kind for row in shop.storage.all(Outgoing)]
    assert kinds.count(OutgoingKind.TICKET) == 1
    assert OutgoingKind.COMMENT not in kinds


async def test_the_custom_message() -> None:
    shop = await with_rules(REFUNDS)
    shop.configure(method=HandoffMethod.MESSAGE, custom_message="Call us.")
    talk = await shop.start("A refund!")
    assert requested(shop, talk) == [(EscalationReason.ESCALATION_RULE, "Refunds", HandoffState.MESSAGE_SHOWN)]
    await shop.say(talk, "refund!")
    assert len(requested(shop, talk)) == 1
    assert shop.texts(talk) == ["A refund!", "Call us.", "refund!"]


async def test_each_rule_hands_over_once() -> None:
    shop = await with_rules(REFUNDS, rule("Three", shopper_messages=3))
    talk = await shop.start("A refund!", visitor=ADDRESS)
    await shop.say(talk, "refund")  # the offer is open
    assert len(requested(shop, talk)) == 1
    await shop.decide(talk, accept=False)
    await shop.say(talk, "Refund, I said")
    assert [detail for _, detail, _ in requested(shop, talk)] == ["Refunds", "Three"]
    await shop.decide(talk, accept=False)
    await shop.say(talk, "refund")
    assert len(requested(shop, talk)) == 2


async def test_a_withdrawn_handoff_is_not_begun_again_by_its_rule() -> None:
    shop = await with_rules(REFUNDS)
    talk = await shop.start("A refund!", visitor=ADDRESS)
    handoff = await shop.decide(talk, accept=True)
    await shop.handoffs.withdraw(shop.shopper(talk), WithdrawHandoff(handoff_id=handoff.id))
    await shop.say(talk, "refund")
    assert [state for *_, state in requested(shop, talk)] == [HandoffState.WITHDRAWN]


async def test_the_turn_is_not_the_agents_until_the_shopper_declines() -> None:
    shop = await with_rules(REFUNDS)
    talk = await shop.start("Hello", visitor=ADDRESS)

    def waits() -> bool:
        turn = shop.now(talk).turn
        return turn is not None and turn.waits

    assert waits()
    await shop.say(talk, "A refund!")
    assert not waits()
    await shop.decide(talk, accept=False)
    assert waits()


async def test_nothing_begins_while_humans_have_the_conversation() -> None:
    shop = await with_rules(REFUNDS)
    talk = await shop.start(channel=Channel.SMS, visitor=PHONE)
    await shop.request(talk)
    await shop.say(talk, "refund")
    assert [reason for reason, *_ in requested(shop, talk)] == [EscalationReason.EXPLICIT_ASK]


async def test_repetitions_and_messages_of_the_agent() -> None:
    shop = await with_rules(rule("Again", repetitions=2))
    talk = await shop.start("Where is my order?", visitor=ADDRESS)
    await shop.post(talk, "Where is my order?")  # the agent's own words
    assert requested(shop, talk) == []
    await shop.say(talk, "WHERE is my order")
    assert [detail for _, detail, _ in requested(shop, talk)] == ["Again"]


async def test_topics_are_those_before_the_message() -> None:
    shop = await with_rules(rule("Returns", topics=("returns",)))
    talk = await shop.start("Hi", visitor=ADDRESS)
    await shop.post(talk, "Sure.", tags=("Returns",))
    assert requested(shop, talk) == []
    await shop.say(talk, "And now?")
    assert [detail for _, detail, _ in requested(shop, talk)] == ["Returns"]


async def _order(shop: MemoryShop, buyer: Visitor, total: str) -> None:
    money = Money(amount=Decimal(total), currency="EUR")
    placed_at = shop.storage.now - timedelta(days=1)
    order = RecordOrder(order_id=total, placed_at=placed_at, total=money, buyer=buyer)
    await shop.commerce.record_order(shop.partner, order)


async def test_the_value_of_the_shoppers_orders() -> None:
    worth = Money(amount=Decimal(500), currency="EUR")
    shop = await with_rules(rule("Valued customers", order_value=worth))
    await _order(shop, Visitor(email="ann@a.example"), "500.00")
    valued = await shop.start("Hi", visitor=ADDRESS)
    assert [detail for _, detail, _ in requested(shop, valued)] == ["Valued customers"]
    other = await shop.start("Hi", visitor=Visitor(email="bob@a.example"))
    assert requested(shop, other) == []


async def test_a_claim_finds_no_orders() -> None:
    worth = Money(amount=Decimal(500), currency="EUR")
    shop = await with_rules(rule("Valued customers", order_value=worth))
    await _order(shop, Visitor(email="ann@a.example"), "500.00")
    started = await shop.open_chat(email="ann@a.example")
    assert started.conversation.handoffs == ()


async def test_refunds_count() -> None:
    worth = Money(amount=Decimal(500), currency="EUR")
    shop = await with_rules(rule("Valued customers", order_value=worth))
    await _order(shop, Visitor(email="ann@a.example"), "500.00")
    refund = RecordRefund(
        order_id="500.00",
        refund_id="1",
        amount=Money(amount=Decimal(1), currency="EUR"),
        refunded_at=shop.storage.now,
    )
    await shop.commerce.record_refund(shop.partner, refund)
    assert requested(shop, await shop.start("Hi", visitor=ADDRESS)) == []


async def test_the_account_knows_whether_rules_are_at_work() -> None:
    shop = await with_rules(REFUNDS)
    service = GuidanceService(storage=shop.storage)

    def at_work() -> bool:
        [account] = shop.storage.all(Account)
        return account.rules_at_work

    assert at_work()
    await service.update(shop.owner, GuidanceChange(brand_summary="Lamps"))
    await service.update(shop.owner, GuidanceChange(escalation_rules=(replace(REFUNDS, enabled=False),)))
    assert not at_work()
    kinds = [type(event) for event in shop.storage.events]
    assert kinds == [GuidanceChanged, AccountChanged, GuidanceChanged, GuidanceChanged, AccountChanged]
    talk = await shop.start("A refund!")
    assert requested(shop, talk) == []
    [guidance] = shop.storage.all(Guidance)
    assert guidance.version == 4


STEPS = st.lists(
    st.sampled_from(["shop:Hi", "shop:A refund!", "shop:lawyer", "shop:Hi again", "agent", "yes", "no"]),
    min_size=1,
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine stands still
@given(STEPS, st.sampled_from([Channel.WEB_CHAT, Channel.SMS]))
def test_no_answer_of_the_agent_after_a_match_without_a_request(steps: list[str], channel: Channel) -> None:
    asyncio.run(_walk(steps, channel))


async def _walk(steps: list[str], channel: Channel) -> None:
    """Every message of the agent that comes after a matching message comes after a handoff for its rule."""
    shop = await with_rules(REFUNDS, rule("Law", phrases=("lawyer",)), rule("Long", shopper_messages=4))
    visitor = ADDRESS if channel.asks_first else PHONE
    talk = await shop.start("Hello", channel=channel, visitor=visitor)
    for step in steps:
        handoff = shop.now(talk).handoff
        if step.startswith("shop:"):
            await shop.say(talk, step.removeprefix("shop:"))
        elif step == "agent":
            try:
                await shop.post(talk, "An answer")
            except NotInControl:
                continue
            _check_requested(shop, talk)
        elif handoff is not None and handoff.state is HandoffState.OFFERED:
            await shop.decide(talk, accept=step == "yes")


def _check_requested(shop: MemoryShop, talk: Conversation) -> None:
    messages = sorted((m for m in shop.storage.all(Message)), key=lambda m: m.sequence)
    said = [m.text for m in messages if m.author.kind is AuthorKind.SHOPPER]
    due = [
        any("refund" in text for text in said),
        any("lawyer" in text for text in said),
        len(said) >= 4,
    ]
    handoffs: tuple[Handoff, ...] = shop.now(talk).handoffs
    assert any(due) == bool(handoffs)
    titles = [handoff.reason_detail for handoff in handoffs]
    assert len(set(titles)) == len(titles), "each rule hands over once"
