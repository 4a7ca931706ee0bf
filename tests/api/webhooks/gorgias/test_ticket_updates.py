"""Changes in Gorgias appear in the conversation exactly once, whatever the order and number of webhooks."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.faults import Fault, Received, cut_before, failing, responding, silent_before, slow, too_many, wrong_body
from dev.fakes.gorgias import Gorgias, WebhookCall
from tests.api.webhooks.gorgias.helpdesk import PHONE, TOKEN, GorgiasHelpdesk
from tests.harness.program import Program, Shop

PINGS = 10_000 if "BATON_LONG" in os.environ else 80
ASKED = ("SHOPPER", PHONE, "Where is my order?")


async def test_a_reply_comes_back(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    started, ticket = await helpdesk.hand_over()
    gorgias.add_agent_message(ticket, "It arrives today.\n\n> you wrote: …", stripped_text="It arrives today.")
    gorgias.add_agent_message(ticket, "He sounds angry", public=False)
    gorgias.add_customer_message(ticket, "Thanks!")
    assert await helpdesk.post_webhooks() == [{"accepted": True}] * 3
    assert await helpdesk.messages_of(started) == [ASKED]
    assert await helpdesk.pending_syncs() == 1
    await helpdesk.sync_tickets()
    assert await helpdesk.messages_of(started) == [
        ASKED,
        ("HUMAN_AGENT", "Sam", "It arrives today."),
        ("SHOPPER", PHONE, "Thanks!"),
    ]
    assert await helpdesk.pending_syncs() == 0
    before = len(gorgias.messages)
    await helpdesk.deliver()
    assert len(gorgias.messages) == before, "what came from there goes there again"


async def test_messages_that_baton_wrote_are_not_imported(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    started, ticket = await helpdesk.hand_over()
    await helpdesk.baton.say(started, "Hello?")
    await helpdesk.deliver()
    assert [m["body_text"] for m in gorgias.messages_of(ticket) if not m["from_agent"]] == [
        "Where is my order?",
        "Hello?",
    ]
    assert await helpdesk.post_webhooks() == [{"accepted": True}]
    await helpdesk.sync_tickets()
    assert await helpdesk.messages_of(started) == [ASKED, ("SHOPPER", PHONE, "Hello?")]


async def test_the_tickets_state_follows(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    started, ticket = await helpdesk.hand_over()
    for status, state in (("closed", "CLOSED"), ("open", "OPEN"), ("closed", "CLOSED")):
        gorgias.set_status(ticket, status)
        await helpdesk.post_webhooks()
        await helpdesk.sync_tickets()
        assert (await helpdesk.conversation_of(started))["ticket"]["state"] == state
        helpdesk.baton.clock.move(timedelta(minutes=1))


async def test_late_webhooks_change_nothing(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    """Old webhooks in any order and number: only the present state of the ticket counts."""
    started, ticket = await helpdesk.hand_over()
    for number in range(5):
        gorgias.add_agent_message(ticket, f"reply {number}")
        gorgias.set_status(ticket, "closed" if number % 2 else "open")
    webhook_calls = list(gorgias.webhooks)
    shown = [ASKED, *(("HUMAN_AGENT", "Sam", f"reply {n}") for n in range(5))]
    for chance in (random.Random(1), random.Random(2)):
        chance.shuffle(webhook_calls)
        for webhook_call in webhook_calls:
            assert (await helpdesk.post_webhook(webhook_call)).json() == {"accepted": True}
        await helpdesk.sync_tickets()
        assert await helpdesk.messages_of(started) == shown
        assert (await helpdesk.conversation_of(started))["ticket"]["state"] == "OPEN"


@pytest.mark.timeout(120 + PINGS)
async def test_many_events_out_of_order_are_shown_once_each(
    helpdesk: GorgiasHelpdesk, gorgias: Gorgias, second: Program
) -> None:
    """Two processes get webhooks and read the ticket, while staff keep replying."""
    handed = [await helpdesk.hand_over(phone=f"+3933312345{n:02d}") for n in range(3)]
    chance = random.Random(3)
    for number in range(12):
        gorgias.add_agent_message(handed[number % 3][1], f"reply {number}")
    webhook_calls = chance.choices(gorgias.webhooks, k=PINGS)
    other = GorgiasHelpdesk(baton=second, shop=helpdesk.shop, gorgias=gorgias, path=helpdesk.path)

    async def rings(to: GorgiasHelpdesk, some: list[WebhookCall]) -> None:
        for place, webhook_call in enumerate(some):
            assert (await to.post_webhook(webhook_call)).json() == {"accepted": True}
            if place % 20 == 19:
                await to.sync_tickets()

    quarter = PINGS // 4
    parts = [webhook_calls[n * quarter : (n + 1) * quarter] for n in range(4)]
    await asyncio.gather(*(rings(to, part) for to, part in zip((helpdesk, other, helpdesk, other), parts, strict=True)))
    helpdesk.baton.clock.move(timedelta(minutes=10))
    await helpdesk.sync_tickets()
    for place, (started, _) in enumerate(handed):
        said = [text for kind, _, text in await helpdesk.messages_of(started) if kind == "HUMAN_AGENT"]
        assert said == [f"reply {number}" for number in range(12) if number % 3 == place]
    assert await helpdesk.pending_syncs() == 0


async def test_a_webhook_during_a_read_triggers_another_read(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    started, ticket = await helpdesk.hand_over()
    gorgias.add_agent_message(ticket, "one")
    await helpdesk.post_webhooks()
    asked = asyncio.Event()

    def late(received: Received) -> Fault | None:
        """The response contains the state at the time of the request."""
        if received.path != "/api/messages" or asked.is_set():
            return None
        asyncio.get_running_loop().call_later(0.05, asked.set)
        return slow(0.3)

    gorgias.faults.plan = late

    async def meanwhile() -> None:
        await asked.wait()
        gorgias.add_agent_message(ticket, "two")
        await helpdesk.post_webhooks()

    await asyncio.gather(helpdesk.sync_tickets(), meanwhile())
    assert [text for _, _, text in await helpdesk.messages_of(started)][1:] == ["one"]
    assert await helpdesk.pending_syncs() == 1
    await helpdesk.sync_tickets()
    assert [text for _, _, text in await helpdesk.messages_of(started)][1:] == ["one", "two"]
    assert await helpdesk.pending_syncs() == 0


BAD_DAYS: list[tuple[Fault, timedelta]] = [
    (too_many(120), timedelta(seconds=120)),
    (failing(503), timedelta(seconds=30)),
    (cut_before(), timedelta(seconds=30)),
    (wrong_body(), timedelta(seconds=30)),
    (responding(400, {"error": {"msg": "Bad"}}), timedelta(minutes=10)),
    (responding(403, {"error": {"msg": "Not allowed"}}), timedelta(minutes=10)),
]


async def test_a_gorgias_that_cannot_be_read_now(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    """The webhook is not lost: the ticket is read later."""
    started, ticket = await helpdesk.hand_over()
    for number, (fault, wait) in enumerate(BAD_DAYS):
        gorgias.add_agent_message(ticket, f"reply {number}")
        await helpdesk.post_webhooks()
        gorgias.faults.add(fault, on="GET /api/*")
        await helpdesk.sync_tickets()
        assert len(await helpdesk.messages_of(started)) == 1 + number, fault
        assert await helpdesk.pending_syncs() == 1
        helpdesk.baton.clock.move(wait - timedelta(seconds=2))
        calls = len(gorgias.received)
        await helpdesk.sync_tickets()
        assert len(gorgias.received) == calls, "it was asked before its time"
        await helpdesk.sync_tickets()
        assert len(await helpdesk.messages_of(started)) == 2 + number, fault
        assert await helpdesk.pending_syncs() == 0


async def test_revoked_and_connected_again(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    started, ticket = await helpdesk.hand_over()
    gorgias.add_agent_message(ticket, "It arrives today.")
    await helpdesk.post_webhooks()
    keys = dict(gorgias.keys)
    gorgias.keys.clear()
    await helpdesk.sync_tickets()
    problem = "{ handoffSettings { connections { problem } } }"
    shown = (await helpdesk.baton.data(helpdesk.shop.support, problem))["handoffSettings"]["connections"][2]
    assert shown == {"problem": "Gorgias returned 401: Invalid credentials"}
    gorgias.keys.update(keys)
    helpdesk.baton.clock.move(timedelta(minutes=10))
    await helpdesk.sync_tickets()
    assert (await helpdesk.messages_of(started))[1:] == [("HUMAN_AGENT", "Sam", "It arrives today.")]
    shown = (await helpdesk.baton.data(helpdesk.shop.support, problem))["handoffSettings"]["connections"][2]
    assert shown == {"problem": None}


async def test_deleted_in_gorgias_or_disconnected_in_baton(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    started, ticket = await helpdesk.hand_over()
    gorgias.add_agent_message(ticket, "one")
    await helpdesk.post_webhooks()
    kept = gorgias.tickets.pop(ticket)
    await helpdesk.sync_tickets()
    assert await helpdesk.pending_syncs() == 0
    gorgias.tickets[ticket] = kept
    gorgias.add_agent_message(ticket, "two")
    await helpdesk.post_webhooks()
    await helpdesk.baton.done(helpdesk.shop.owner, "updateHandoffSettings", helpdesk="INBOX")
    await helpdesk.baton.done(helpdesk.shop.owner, "disconnectHelpdesk", helpdesk="GORGIAS")
    await helpdesk.sync_tickets()
    assert await helpdesk.pending_syncs() == 0
    assert await helpdesk.messages_of(started) == [ASKED]
    gorgias.add_agent_message(ticket, "three")
    assert (await helpdesk.post_webhook(gorgias.webhooks[-1])).status_code == 404


async def test_a_webhook_before_the_ticket_is_stored(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    """The ticket was created and the response was lost: the next attempt finds its id in Gorgias."""
    started = await helpdesk.start_and_request_handoff()
    gorgias.faults.add(responding(503, None), on="GET /api/tickets")
    await helpdesk.deliver()
    external_id = f"{started.key}001"
    gorgias.tickets[5] = {"id": 5, "external_id": external_id, "status": "open", "customer": {"id": 9}}
    gorgias.customers[9] = {"id": 9}
    gorgias.add_agent_message(5, "So soon.")
    assert await helpdesk.post_webhooks() == [{"accepted": True}]
    await helpdesk.sync_tickets()
    assert await helpdesk.messages_of(started) == [ASKED]
    helpdesk.baton.clock.move(timedelta(minutes=5))
    await helpdesk.deliver()
    await helpdesk.sync_tickets()
    assert (await helpdesk.messages_of(started))[1:] == [("HUMAN_AGENT", "Sam", "So soon.")]


async def test_tickets_that_baton_did_not_create(helpdesk: GorgiasHelpdesk, gorgias: Gorgias, rival: Shop) -> None:
    started, ticket = await helpdesk.hand_over()
    before = await helpdesk.baton.everything()
    for body in (
        {"ticket_id": "77"},
        {"ticket_id": "77", "external_id": "0" * 29},
        {"ticket_id": "77", "external_id": "' or 1=1"},
    ):
        webhook_call = WebhookCall(url="", headers={"X-Baton-Token": TOKEN}, body=json.dumps(body).encode())
        assert (await helpdesk.post_webhook(webhook_call)).json() == {"accepted": False}
    assert await helpdesk.baton.everything() == before
    other = await GorgiasHelpdesk.connect(helpdesk.baton, rival, gorgias)
    gorgias.add_agent_message(ticket, "Hi")
    to_rival = [webhook_call for webhook_call in gorgias.webhooks if webhook_call.url.endswith(other.path)]
    assert [(await other.post_webhook(webhook_call)).json() for webhook_call in to_rival] == [{"accepted": False}]
    await helpdesk.sync_tickets()
    assert await helpdesk.messages_of(started) == [ASKED]


async def test_webhooks_without_a_valid_token_are_refused(
    helpdesk: GorgiasHelpdesk, gorgias: Gorgias, caplog: pytest.LogCaptureFixture
) -> None:
    _, ticket = await helpdesk.hand_over()
    gorgias.add_agent_message(ticket, "Hi")
    [webhook_call] = gorgias.webhooks
    before = await helpdesk.baton.everything()
    token = helpdesk.path.rsplit("/", 1)[1]
    with caplog.at_level(logging.DEBUG, logger="baton"):
        refused = [
            await helpdesk.post_webhook(webhook_call, **{"X-Baton-Token": "wrong"}),
            await helpdesk.post_webhook(webhook_call, **{"X-Baton-Token": TOKEN[:-1]}),
            await helpdesk.post_webhook(webhook_call, **{"X-Baton-Token": ""}),
            await helpdesk.post_webhook(webhook_call, path=helpdesk.path[:-1]),
            await helpdesk.post_webhook(webhook_call, path=helpdesk.path.replace("gorgias", "zendesk")),
            await helpdesk.post_webhook(webhook_call, path="/hooks/gorgias/" + "x" * 3_000),
        ]
    assert [answer.status_code for answer in refused] == [401, 401, 401, 404, 404, 404]
    told = caplog.text + "".join(answer.text for answer in refused)
    assert [secret for secret in (TOKEN, token) if secret in told] == []
    for body in (b"", b"{}", b"[]", b"null", b"ticket_id=5", b'{"ticket_id": "5/../6"}', b'{"ticket_id": -5}', b"\xff"):
        answer = await helpdesk.post_webhook(WebhookCall(url="", headers={"X-Baton-Token": TOKEN}, body=body))
        assert (answer.status_code, answer.json()) == (400, {"error": 'Send {"ticket_id": "{{ticket.id}}"} as JSON.'})
    too_long = WebhookCall(url="", headers={"X-Baton-Token": TOKEN}, body=b" " * (1 << 20) + b"{}")
    assert (await helpdesk.post_webhook(too_long)).status_code == 413
    assert await helpdesk.baton.everything() == before


async def test_webhooks_need_a_token(baton: Program, shop: Shop, gorgias: Gorgias) -> None:
    helpdesk = await GorgiasHelpdesk.connect(baton, shop, gorgias, token=None)
    _, ticket = await helpdesk.hand_over()
    gorgias.add_agent_message(ticket, "Hi")
    answer = await helpdesk.post_webhook(gorgias.webhooks[-1])
    assert answer.status_code == 403
    assert "webhookToken" in answer.json()["error"]
    assert await helpdesk.pending_syncs() == 0


async def test_an_unresponsive_helpdesk_delays_no_other_account(
    helpdesk: GorgiasHelpdesk, gorgias: Gorgias, rival: Shop
) -> None:
    """One account's Gorgias is silent for seconds; another account's reply is imported at once."""
    other = await GorgiasHelpdesk.connect(helpdesk.baton, rival, gorgias)
    slowly, quickly = await helpdesk.hand_over(), await other.hand_over()
    gorgias.webhooks.clear()
    gorgias.add_agent_message(slowly[1], "late")
    await helpdesk.post_webhooks_to(helpdesk.path)
    asked, stop = asyncio.Event(), asyncio.Event()

    def silent(received: Received) -> Fault | None:
        if received.path != f"/api/tickets/{slowly[1]}":
            return None
        asked.set()
        return silent_before()

    gorgias.faults.plan = silent
    running = asyncio.create_task(helpdesk.baton.baton.workers.helpdesk_sync.run(stop))
    await asked.wait()
    gorgias.webhooks.clear()
    gorgias.add_agent_message(quickly[1], "soon")
    await other.post_webhooks_to(other.path)
    async with asyncio.timeout(60):
        while len(await other.messages_of(quickly[0])) < 2:  # noqa: ASYNC110 - nobody says when a worker is done
            await asyncio.sleep(0.02)
    assert await helpdesk.messages_of(slowly[0]) == [ASKED]
    stop.set()
    async with asyncio.timeout(60):
        await running


def test_values_are_texts_or_numbers() -> None:
    from api.webhooks.gorgias import _ticket_of

    ours = "01KAJ0000000000000000000CV001"
    given: list[tuple[Any, tuple[str, str | None]]] = [
        ({"ticket_id": "123", "external_id": ours, "from_agent": "True"}, ("123", ours)),
        ({"ticket_id": 123}, ("123", None)),
        ({"ticket_id": " 123 ", "external_id": "None"}, ("123", None)),
    ]
    assert [_ticket_of(json.dumps(body).encode()) for body, _ in given] == [named for _, named in given]
