"""Handoffs to Gorgias that fail permanently: the staff sees Gorgias' error, can retry, and the shopper is told once."""

from __future__ import annotations

from typing import Any

from dev.fakes.gorgias import API_KEY, DOMAIN, USER, Gorgias
from tests.api.webhooks.gorgias.helpdesk import TOKEN, GorgiasHelpdesk
from tests.harness.program import Json, Started

FAILED = """query($id: ID!) { conversation(id: $id) { handoff { state }
  ticket { id delivery attempts { outcome httpStatus error } }
  messages(first: 100) { nodes { kind text } } } handoffSettings { connections { helpdesk problem } } }"""


async def told(helpdesk: GorgiasHelpdesk, started: Started) -> Json:
    answer: Json = await helpdesk.baton.data(helpdesk.shop.support, FAILED, id=started.id)
    connections = {c["helpdesk"]: c["problem"] for c in answer["handoffSettings"]["connections"]}
    return {**answer["conversation"], "problem": connections["GORGIAS"]}


def notes(seen: Json) -> list[str]:
    return [message["text"] for message in seen["messages"]["nodes"] if message["kind"] == "NOTE"]


async def test_revoked_during_delivery_and_connected_again(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    started = await helpdesk.start_and_request_handoff()
    gorgias.keys[USER] = "another-key"
    await helpdesk.deliver()
    words = "Gorgias returned 401: Invalid credentials"
    seen = await told(helpdesk, started)
    assert (seen["handoff"], seen["ticket"]["delivery"], seen["problem"]) == ({"state": "FAILED"}, "FAILED", words)
    assert seen["ticket"]["attempts"] == [{"outcome": "failed", "httpStatus": 401, "error": words}]
    assert gorgias.tickets == {}
    said = len(seen["messages"]["nodes"])
    assert notes(seen) == [f"The conversation was not passed on to Gorgias: {words}"]

    given: dict[str, Any] = {"domain": DOMAIN, "email": USER, "apiKey": "another-key", "webhookToken": TOKEN}
    await helpdesk.baton.done(helpdesk.shop.owner, "connectHelpdesk", gorgias=given)
    await helpdesk.baton.done(helpdesk.shop.support, "retryDelivery", ticketId=seen["ticket"]["id"])
    await helpdesk.deliver()
    seen = await told(helpdesk, started)
    assert (seen["handoff"], seen["ticket"]["delivery"], seen["problem"]) == ({"state": "DELIVERED"}, "DELIVERED", None)
    assert [a["outcome"] for a in seen["ticket"]["attempts"]] == ["failed", "delivered"]
    assert len(gorgias.tickets) == 1
    assert len(seen["messages"]["nodes"]) <= said + 1, "it is told more than once"
    assert API_KEY not in str(seen)


async def test_a_shopper_whom_gorgias_refuses_for_good(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    await helpdesk.baton.done(helpdesk.shop.owner, "updateHandoffSettings", chatAfterHandoff="CONTINUES")
    started = await helpdesk.baton.start(helpdesk.shop, "A human, please", email="eve@example.com")
    given = {"conversationId": started.id, "epoch": 1, "reason": "EXPLICIT_ASK"}
    handoff = (await helpdesk.baton.done(helpdesk.shop.agent, "requestHandoff", **given))["handoff"]
    await helpdesk.baton.done(started.token, "answerHandoffOffer", handoffId=handoff["id"], accept=True)
    gorgias.refused.add("eve@example.com")
    await helpdesk.deliver()
    seen = await told(helpdesk, started)
    words = 'Gorgias returned 400: Failed to create ticket {"sender": ["This customer is blocked."]}'
    assert seen["ticket"]["attempts"] == [{"outcome": "failed", "httpStatus": 400, "error": words}]
    assert (seen["ticket"]["delivery"], seen["problem"]) == ("FAILED", None)
    inbox = await helpdesk.baton.data(helpdesk.shop.support, "{ inbox { nodes { id } } }")
    assert inbox["inbox"]["nodes"] == [{"id": seen["ticket"]["id"]}]
    calls, said = len(gorgias.received), len(seen["messages"]["nodes"])
    for _ in range(3):
        await helpdesk.baton.done(helpdesk.shop.support, "retryDelivery", ticketId=seen["ticket"]["id"])
        await helpdesk.deliver()
    assert len(gorgias.received) == calls + 3 * 2, "nothing is tried by itself"
    after = await told(helpdesk, started)
    assert len(after["messages"]["nodes"]) == said
    assert notes(after) == [f"The conversation was not passed on to Gorgias: {words}"]
    assert gorgias.tickets == {}
