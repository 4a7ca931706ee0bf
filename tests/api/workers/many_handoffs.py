"""Many concurrent handoffs, and what they leave in the helpdesks."""

from __future__ import annotations

import re
from collections import Counter

from dev.fakes.gorgias import Gorgias
from dev.fakes.zendesk import Zendesk, comments_of
from domain.conversation import lifecycle
from domain.conversation.aggregate import Change
from domain.conversation.service import add_shopper_message
from domain.handoff import flow
from domain.model.conversation import Visitor
from domain.model.handoff import EscalationReason
from domain.profile.identity import resolve_profile
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.ids import ConversationId, new_id
from tests.harness.program import Program, Shop

_AT_ONCE = 50  # conversations of one transaction
_WORDS = re.compile(r"comment \d of \w+")


async def hand_over_many(program: Program, shop: Shop, count: int, *, comments: int = 0) -> list[ConversationId]:
    """Start conversations, many per transaction: each asks, accepts the offer of a human, and writes again."""
    made: list[ConversationId] = []
    while len(made) < count:
        size = min(_AT_ONCE, count - len(made))

        async def change(uow: UnitOfWork, size: int = size) -> list[ConversationId]:
            return [await _one(uow, comments) for _ in range(size)]

        made += await program.baton.ports.storage.write(shop.id, change)
    return made


async def _one(uow: UnitOfWork, comments: int) -> ConversationId:
    visitor = Visitor(name="Ann", email=f"{new_id().lower()}@example.com")
    profile = (await resolve_profile(uow, visitor, by=None)).profile
    conversation = lifecycle.open_conversation(
        channel=Channel.WEB_CHAT, visitor=visitor, profile_id=profile.id, first_question="Where is it?", now=uow.now
    )
    change = Change(uow, conversation)
    await add_shopper_message(change, conversation.first_question)
    handoff = await flow.begin(change, reason=EscalationReason.EXPLICIT_ASK)
    flow.trigger(change, handoff)
    await flow.hand_over(change, handoff)
    for number in range(comments):
        await add_shopper_message(change, f"comment {number} of {conversation.id}")
    await change.commit()
    return conversation.id


def delivery_counts(zendesk: Zendesk, gorgias: Gorgias) -> Counter[str]:
    """Count the tickets by Baton's id, and the comments by text."""
    found: Counter[str] = Counter()
    for ticket in zendesk.tickets.values():
        found[str(ticket.fields["external_id"])] += 1
        found.update(words for text in comments_of([ticket]) for words in _WORDS.findall(text))
    for row in gorgias.tickets.values():
        found[str(row["external_id"])] += 1
    found.update(words for m in gorgias.messages for words in _WORDS.findall(m.get("body_text") or ""))
    return found


def external_ids(zendesk: Zendesk, gorgias: Gorgias) -> dict[str, str]:
    """The helpdesk's ids of the tickets, by Baton's id."""
    return {
        **{str(ticket.fields["external_id"]): str(ticket.id) for ticket in zendesk.tickets.values()},
        **{str(row["external_id"]): str(row["id"]) for row in gorgias.tickets.values()},
    }
