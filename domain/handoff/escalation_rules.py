"""The account's deterministic escalation rules at work: a message of the shopper that matches one hands over at
once, in the message's own transaction, before the agent can write.

Each rule hands a conversation over once: what the shopper declined or withdrew is not offered for the same rule again.
"""

from __future__ import annotations

from datetime import UTC, datetime

from domain.account.lookup import account_of
from domain.commerce.attribution import conversation_key, profile_keys
from domain.conversation.aggregate import Change
from domain.conversation.events import ShopperWrote
from domain.guidance.evaluation import LOOKS_BACK, MessageFacts, OrderValue, RuleSet, repetition_key, rule_set
from domain.handoff import flow
from domain.model.agent.guidance import Guidance
from domain.model.commerce import Order, PurchaseState
from domain.model.conversation import AuthorKind, ControllerKind, Conversation, Message
from domain.model.handoff import EscalationReason
from domain.model.profile import Profile, browser_key, proved_keys
from domain.profile.merging import whole_profile
from domain.storage import UnitOfWork

MOST_ORDERS = 100  # of a shopper that are looked at, the latest first
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


async def hand_over_by_rule(change: Change, event: ShopperWrote) -> None:
    """Begin a handoff if the message matches a rule, while the agent has the conversation and nothing waits for the
    shopper's decision. A conversation that begins while the agent is off goes to the team for that reason."""
    account = await account_of(change.uow)
    if not account.rules_at_work or not _may_begin(change.conversation):
        return
    is_off = not account.is_live_on(change.conversation.channel) and not change.conversation.is_test
    if change.before.sequence == 0 and is_off:
        return
    guidance = await change.uow.get(Guidance, change.uow.account_id)
    if guidance is None:
        return
    rules = rule_set(guidance.escalation_rules)
    facts = await _facts(change, rules, event.message)
    rule = rules.match(facts, without=_applied(change.conversation))
    if rule is not None:
        await flow.begin(change, reason=EscalationReason.ESCALATION_RULE, reason_detail=rule.title)


def order_keys(conversation: Conversation, profile: Profile | None) -> tuple[str, ...]:
    """Return the keys of the orders that are the shopper's by a proof, the browser, or the cart. A claim has none: the
    orders of a stranger, whose address somebody types, must not show in how the conversation goes on."""
    own = browser_key(conversation.visitor)
    keys = (
        *proved_keys(conversation.visitor),
        *([own] if own else ()),
        *(() if profile is None else (*profile.keys, *profile_keys([profile]))),
        conversation_key(conversation.id),
    )
    return tuple(dict.fromkeys(keys))


def order_value(order: Order) -> OrderValue | None:
    """Return what an order is worth after refunds; `None` if it is not known or not paid."""
    purchase = order.purchase
    if purchase is None or purchase.state is not PurchaseState.PAID:
        return None
    return OrderValue(purchase.placed_at, order.net(purchase.total))


def _may_begin(conversation: Conversation) -> bool:
    handoff = conversation.handoff
    waits = handoff is not None and handoff.is_undecided
    is_with_agent = conversation.controller.kind is ControllerKind.AI_AGENT
    return is_with_agent and not waits and len(conversation.handoffs) < flow.MOST_HANDOFFS


def _applied(conversation: Conversation) -> frozenset[str]:
    """The titles of the rules that have handed the conversation over before."""
    return frozenset(
        handoff.reason_detail or ""
        for handoff in conversation.handoffs
        if handoff.reason is EscalationReason.ESCALATION_RULE
    )


async def _facts(change: Change, rules: RuleSet, message: Message) -> MessageFacts:
    conversation = change.conversation
    return MessageFacts(
        text=message.text,
        at=message.sent_at,
        shopper_messages=conversation.shopper_messages,
        repetitions=await _repetitions(change.uow, message) if rules.needs_earlier else 1,
        topics=conversation.tags,
        orders=await _orders(change.uow, conversation) if rules.needs_orders else (),
    )


async def _repetitions(uow: UnitOfWork, message: Message) -> int:
    key = repetition_key(message.text)
    if not key or message.sequence == 1:
        return 1
    earlier = await uow.messages_after(message.conversation_id, message.sequence - LOOKS_BACK - 1)
    by_shopper = (each for each in earlier if each.author.kind is AuthorKind.SHOPPER and each.id != message.id)
    return 1 + sum(repetition_key(each.text) == key for each in by_shopper)


async def _orders(uow: UnitOfWork, conversation: Conversation) -> list[OrderValue]:
    keys = order_keys(conversation, await whole_profile(uow, conversation.profile_id))
    orders = await uow.orders_placed(keys, _EVER, uow.now, limit=MOST_ORDERS)
    return [value for order in orders if (value := order_value(order)) is not None]
