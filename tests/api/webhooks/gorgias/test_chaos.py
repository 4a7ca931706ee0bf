"""Gorgias with faults of every kind, two workers, and shoppers and staff who keep writing. At the end, everything has
arrived exactly once and in order.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from datetime import timedelta

import pytest

from dev.fakes.faults import (
    Fault,
    Received,
    cut_after,
    cut_before,
    failing,
    responding,
    silent_after,
    slow,
    too_many,
    wrong_body,
)
from dev.fakes.gorgias import Gorgias
from tests.api.webhooks.gorgias.helpdesk import GorgiasHelpdesk
from tests.harness.outbox import SHORT, dispatcher
from tests.harness.program import Program, Started
from tests.harness.workers import deliver_due

SHOPPERS = 300 if "BATON_LONG" in os.environ else 8
ROUNDS = 200
BAD_DAYS = (
    *(cut_before(), cut_after(), cut_after(), wrong_body(), wrong_body(b""), slow(0.05), failing(503), failing(502, 5)),
    *(too_many(7), too_many(), responding(409, {"error": {"msg": "Identifier in use"}}), responding(408, text="")),
)


@pytest.mark.timeout(120 + 15 * SHOPPERS)
async def test_all_faults_at_once(helpdesk: GorgiasHelpdesk, second: Program, gorgias: Gorgias) -> None:
    dice = random.Random(os.environ.get("BATON_SEED", "gorgias"))

    def plan(received: Received) -> Fault | None:
        if received.method == "POST" and dice.random() < 0.01:
            return silent_after()
        return dice.choice(BAD_DAYS) if dice.random() < 0.4 else None

    shoppers = [await start_and_request_handoff(helpdesk, number) for number in range(SHOPPERS)]
    gorgias.faults.plan = plan
    later, answered = Counter[str](), Counter[int]()
    workers = [dispatcher(helpdesk.baton, timeouts=SHORT), dispatcher(second, timeouts=SHORT)]
    for turn in range(ROUNDS):
        if turn < 4:
            for started in dice.sample(shoppers, SHOPPERS // 4):
                later[started.id] += 1
                text = f"later {later[started.id]}"
                await helpdesk.baton.mutate(started.token, "sendMessage", conversationId=started.id, text=text)
            for ticket in dice.sample(sorted(gorgias.tickets), len(gorgias.tickets) // 4):
                answered[ticket] += 1
                gorgias.add_agent_message(ticket, f"answer {answered[ticket]}")
            await helpdesk.post_webhooks()
        await asyncio.gather(*(deliver_due(worker) for worker in workers))
        await helpdesk.sync_tickets()
        helpdesk.baton.clock.move(timedelta(minutes=dice.choice((1, 10, 60))))
        if turn >= 4 and not await pending(helpdesk):
            break
    assert await pending(helpdesk) == 0, "it never ends"

    assert len(gorgias.tickets) == SHOPPERS
    assert Counter(t["external_id"] for t in gorgias.tickets.values()) == Counter(f"{s.key}001" for s in shoppers)
    written = Counter(m["external_id"] for m in gorgias.messages if m["external_id"])
    assert set(written.values()) == {1}
    assert len(gorgias.customers) == SHOPPERS
    assert [m for m in gorgias.mailed if m["via"] == "api"] == []
    for started in shoppers:
        ticket = (await helpdesk.conversation_of(started))["ticket"]
        assert ticket["delivery"] == "DELIVERED"
        theirs = gorgias.messages_of(int(ticket["externalId"]))
        texts = [m["body_text"] for m in theirs if not m["from_agent"]]
        assert texts == ["Where is it?", *(f"later {n + 1}" for n in range(later[started.id]))]
        said = [text for kind, _, text in await helpdesk.messages_of(started) if kind == "HUMAN_AGENT"]
        assert said == [f"answer {n + 1}" for n in range(answered[int(ticket["externalId"])])]


async def start_and_request_handoff(helpdesk: GorgiasHelpdesk, number: int) -> Started:
    """Start a conversation and request its handoff, without the consistency check."""
    given = {"channel": "SMS", "text": "Where is it?", "visitor": {"phone": f"+3933312{number:05d}"}}
    made = await helpdesk.baton.mutate(helpdesk.shop.widget, "startConversation", **given)
    started = Started(
        shop=helpdesk.shop,
        id=made["conversation"]["id"],
        token=made["visitorToken"],
        conversation=made["conversation"],
        message=made["message"],
    )
    asked = {"conversationId": started.id, "epoch": 1, "reason": "EXPLICIT_ASK"}
    assert (await helpdesk.baton.mutate(helpdesk.shop.agent, "requestHandoff", **asked))["errors"] == []
    return started


async def pending(helpdesk: GorgiasHelpdesk) -> int:
    rows = await helpdesk.baton.database["outgoing"].count_documents({"state": "PENDING"})
    return rows + await helpdesk.pending_syncs()
