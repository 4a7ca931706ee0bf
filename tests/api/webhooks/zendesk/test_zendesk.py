"""Webhooks from Zendesk: signatures are required, and each event is applied once, in any order."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import timedelta

import pytest

from api.webhooks.zendesk import WINDOW, signature
from dev.fakes.faults import failing, responding, too_many, wrong_body
from dev.fakes.zendesk import ADMIN, WEBHOOK_SECRET, Hook, Zendesk
from tests.api.webhooks.zendesk.conftest import ZendeskWebhook, connect, conversation_of, hand_over, messages_of
from tests.harness.event_consistency import ConsistencyChecker, View
from tests.harness.program import Json, Program, Shop
from tests.harness.workers import sync_due

LONG = bool(os.environ.get("BATON_LONG"))


def test_the_signature_is_over_timestamp_and_body() -> None:
    body = '{"id":1,"note":"café"}'.encode()
    expected = "jwDUb/axskyqpaGmRoFw4L9B9CfDDC4bAts9wJN40bo="
    assert signature("zd-test-secret", "2026-11-21T00:00:00Z", body) == expected
    # An older sample of Zendesk has body and timestamp in the wrong order.
    assert signature("zd-test-secret", "", body + b"2026-11-21T00:00:00Z") != expected


async def test_a_public_reply_is_shown_and_a_private_one_is_not(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    before = (await conversation_of(baton, started))["messageCount"]
    assert (
        await webhook.result_of(zendesk.signed(zendesk.add_agent_comment(ticket, "It is\r\non its way 😀")))
        == "accepted"
    )
    assert await webhook.result_of(zendesk.signed(zendesk.add_agent_comment(ticket, "A nuisance", public=False))) == (
        "accepted: nothing new"
    )
    assert (await messages_of(baton, started))[-1] == ("HUMAN_AGENT", "Sam", "It is\non its way 😀")
    assert (await conversation_of(baton, started))["messageCount"] == before + 1


async def test_the_stream_brings_the_reply(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    checker = ConsistencyChecker(baton)
    views: dict[str, View] = {
        key: await checker.snapshot(key, started.id) for key in (started.token, webhook.shop.owner)
    }
    for event in (
        zendesk.add_agent_comment(ticket, "Here"),
        zendesk.add_requester_comment(ticket, "Thanks"),
        zendesk.change_status(ticket, "solved"),
    ):
        await webhook.result_of(zendesk.signed(event))
    for key, view in views.items():
        await checker.check(key, started.id, view)


async def test_mails_to_the_helpdesk_are_imported_unless_baton_wrote_them(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a", name="Anna")
    ticket = await hand_over(baton, zendesk, started)
    brought = "Where is it?\n\nChat message 1, 2026-06-07 12:00:00 UTC"
    mails = [
        (brought, False),
        ("Any news?", True),
        ("Chat message 1, they said", True),
        ("As I wrote\nChat message 99, 2026-06-07 12:00:00 UTC", True),  # no message has this number
    ]
    for text, shown in mails:
        result = await webhook.result_of(zendesk.signed(zendesk.add_requester_comment(ticket, text)))
        assert result == ("accepted" if shown else "accepted: nothing new"), text
    assert [m for m in await messages_of(baton, started) if m[0] == "SHOPPER"] == [
        ("SHOPPER", "Anna", "Where is it?"),
        *(("SHOPPER", "Anna", text) for text, shown in mails if shown),
    ]


async def test_comments_by_baton_or_people_in_copy_are_not_shown(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    before = await messages_of(baton, started)
    ourselves = {"id": ADMIN["id"], "name": "Integration", "is_staff": True}
    copied = {"id": 77, "name": "A friend", "is_staff": False}
    for author in (ourselves, copied):
        event = zendesk.add_agent_comment(ticket, "Hello", author=author)
        assert await webhook.result_of(zendesk.signed(event)) == "accepted: nothing new"
    blank = zendesk.add_agent_comment(ticket, " \u200b\n")
    assert await webhook.result_of(zendesk.signed(blank)) == "accepted: nothing new"
    assert await messages_of(baton, started) == before


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("new", "OPEN"),
        ("open", "OPEN"),
        ("pending", "OPEN"),
        ("hold", "OPEN"),
        ("solved", "CLOSED"),
        ("closed", "CLOSED"),
    ],
)
async def test_states_follow(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, status: str, state: str
) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    await webhook.result_of(zendesk.signed(zendesk.change_status(ticket, status)))
    assert (await seen_by_staff(baton, webhook.shop, started.id))["ticket"] == {"state": state}


async def seen_by_staff(baton: Program, shop: Shop, conversation_id: str) -> Json:
    query = "query($id: ID!) { conversation(id: $id) { status ticket { state } } }"
    conversation: Json = (await baton.data(shop.owner, query, id=conversation_id))["conversation"]
    return conversation


async def test_a_late_state_changes_nothing(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    solved, opened = zendesk.change_status(ticket, "solved"), zendesk.change_status(ticket, "open")
    assert await webhook.result_of(zendesk.signed(opened)) == "accepted: nothing new"
    assert await webhook.result_of(zendesk.signed(solved)) == "accepted: nothing new"
    assert (await seen_by_staff(baton, webhook.shop, started.id))["ticket"] == {"state": "OPEN"}


async def test_a_solved_ticket_lets_the_conversation_close_and_a_reply_still_arrives(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    await webhook.result_of(zendesk.signed(zendesk.change_status(ticket, "solved")))
    baton.clock.move(timedelta(hours=49))
    await baton.baton.workers.timers.fire_due()
    late = zendesk.add_agent_comment(ticket, "One more thing")
    assert await webhook.result_of(zendesk.signed(late)) == "accepted"
    assert (await messages_of(baton, started))[-1] == ("HUMAN_AGENT", "Sam", "One more thing")
    conversation = await seen_by_staff(baton, webhook.shop, started.id)
    assert conversation == {"status": "NOT_RESOLVED_BY_AI", "ticket": {"state": "CLOSED"}}
    reopened = zendesk.change_status(ticket, "open")
    await webhook.result_of(zendesk.signed(reopened))
    assert await seen_by_staff(baton, webhook.shop, started.id) == conversation  # the ticket is closed permanently


async def test_a_trigger_that_names_the_ticket_starts_a_read(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    first = zendesk.add_agent_comment(ticket, 'He said "soon"\nand left')
    zendesk.add_agent_comment(ticket, "Between us", public=False)
    zendesk.add_requester_comment(ticket, "Thanks!")
    for n in range(60):
        zendesk.add_agent_comment(ticket, f"And {n}")
    zendesk.change_status(ticket, "solved")
    ping = {"ticket_id": str(ticket.id), "external_id": ticket.fields["external_id"]}
    for _ in range(3):
        assert await webhook.result_of(zendesk.signed(ping)) == "accepted"
        await sync_due(baton.baton.workers.helpdesk_sync)
    assert await webhook.result_of(zendesk.signed(first)) == "accepted: nothing new"  # from the trigger or the event
    news = (await messages_of(baton, started))[-62:]
    assert news[0] == ("HUMAN_AGENT", "Sam", 'He said "soon"\nand left')
    assert news[1] == ("SHOPPER", "Anonymous", "Thanks!")
    assert [text for *_, text in news[2:]] == [f"And {n}" for n in range(60)]
    assert (await seen_by_staff(baton, webhook.shop, started.id))["ticket"] == {"state": "CLOSED"}


async def test_a_failed_read_of_a_ticket_is_retried(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    zendesk.add_agent_comment(ticket, "Here")
    faults = [failing(500), wrong_body(), wrong_body(b'{"ticket": {"id": 1}}'), too_many(20), responding(401, {})]
    for fault in faults:
        zendesk.faults.add(fault, on="GET *")
    assert (
        await webhook.result_of(zendesk.signed({"ticket_id": str(ticket.id)})) == "accepted"
    )  # also without Baton's id
    for _ in faults:
        await sync_due(baton.baton.workers.helpdesk_sync)
        assert (await messages_of(baton, started))[-1][2] == "Where is it?"
        baton.clock.move(timedelta(minutes=11))
    await sync_due(baton.baton.workers.helpdesk_sync)
    assert (await messages_of(baton, started))[-1] == ("HUMAN_AGENT", "Sam", "Here")
    asked = len(zendesk.received)
    baton.clock.move(timedelta(hours=1))
    await sync_due(baton.baton.workers.helpdesk_sync)
    assert len(zendesk.received) == asked  # a duplicate


async def test_webhooks_need_a_current_signature(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    good = zendesk.signed(zendesk.add_agent_comment(ticket, "Here"))
    stamp = "x-zendesk-webhook-signature-timestamp"
    now = baton.clock.now()
    refused: list[tuple[Hook, int, str]] = [
        (Hook(headers={}, body=good.body), 401, "The signature is wrong"),
        (
            Hook(headers={**good.headers, "x-zendesk-webhook-signature": "c29tZXRoaW5n"}, body=good.body),
            401,
            "The signature",
        ),
        (Hook(headers=good.headers, body=good.body + b" "), 401, "The signature is wrong"),
        (Hook(headers={**good.headers, stamp: "2026-06-07T12:00:01Z"}, body=good.body), 401, "The signature is wrong"),
        (zendesk.signed({"a": 1}, secret="another"), 401, "The signature is wrong"),
        (zendesk.signed({"a": 1}, at=now - WINDOW - timedelta(seconds=1)), 401, "more than 15 minutes"),
        (zendesk.signed({"a": 1}, at=now + WINDOW + timedelta(seconds=1)), 401, "more than 15 minutes"),
    ]
    before = await baton.fingerprints()
    for hook, status, words in refused:
        answer = await webhook.post(hook)
        assert (answer.status_code, words in answer.json()["error"]) == (status, True), answer.text
        assert WEBHOOK_SECRET not in answer.text
    assert (await webhook.post(good, path="/hooks/zendesk/somebody-elses")).status_code == 404
    assert (await webhook.post(good, path=webhook.path.replace("zendesk", "gorgias"))).status_code == 404
    assert (await baton.call("GET", webhook.path)).status_code == 405
    assert await baton.fingerprints() == before
    assert await webhook.result_of(good) == "accepted"


NONSENSE = {
    b"": "The body is not a JSON object.",
    b"[]": "The body is not a JSON object.",
    b"{": "The body is not a JSON object.",
    b'{"ticket_id": "1/../../users"}': "The ticket's id must be a number.",
    b'{"ticket_id": {"$ne": 1}}': "The ticket's id must be a number.",
    b'{"type": "zen:event-type:ticket.comment_added", "detail": {}, "event": {}}': "documented shape",
    b'{"type": "zen:event-type:ticket.status_changed", "id": 1, "time": "soon", "event": {},'
    b' "detail": {"id": 1, "status": "OPEN"}}': "documented shape",
}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"ticket_id": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"ticket_id": ' + b"9" * 5_000 + b"}",
        b'{"ticket_id": "\\ud800"}',
        b"\xff",
        b"[]",
    ],
    ids=range(6),
)
async def test_signed_but_odd_bodies_are_refused(baton: Program, webhook: ZendeskWebhook, body: bytes) -> None:
    stamp = baton.clock.now().isoformat()
    headers = {
        "x-zendesk-webhook-signature": signature(WEBHOOK_SECRET, stamp, body),
        "x-zendesk-webhook-signature-timestamp": stamp,
    }
    assert (await webhook.post(Hook(headers=headers, body=body))).status_code == 400


async def test_signed_but_invalid_webhooks_are_refused(baton: Program, webhook: ZendeskWebhook) -> None:
    before = await baton.fingerprints()
    stamp = baton.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    for body, words in NONSENSE.items():
        headers = {
            "x-zendesk-webhook-signature": signature(WEBHOOK_SECRET, stamp, body),
            "x-zendesk-webhook-signature-timestamp": stamp,
        }
        answer = await webhook.post(Hook(headers=headers, body=body))
        assert (answer.status_code, words in answer.json()["error"]) == (400, True), answer.text
    assert await baton.fingerprints() == before


async def test_unknown_tickets_are_ignored(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, shop: Shop
) -> None:
    started = await baton.start(shop, "Where is it?", anonymousId="a")
    ours = await hand_over(baton, zendesk, started)
    stranger = zendesk.add_ticket(external_id=None)
    copy = zendesk.add_ticket(external_id=ours.fields["external_id"])  # any agent can set an external id
    made_up = zendesk.add_ticket(external_id="01KAJ0000000000000000000CV001")
    odd = zendesk.add_ticket(external_id="x")
    before = await baton.fingerprints()
    for ticket in (stranger, copy, made_up, odd):
        for event in (
            zendesk.add_agent_comment(ticket, "Hello"),
            zendesk.change_status(ticket, "solved"),
            {"ticket_id": str(ticket.id)},
        ):
            assert await webhook.result_of(zendesk.signed(event)) == "ignored: Baton did not create this ticket"
    assert (
        await webhook.result_of(zendesk.signed({"ticket_id": "12345"})) == "ignored: Baton did not create this ticket"
    )
    other = zendesk.event(ours, "priority_changed", {"current": "HIGH"})
    for event in (other, {"type": "zen:event-type:user.created"}, {"test": True}):
        assert await webhook.result_of(zendesk.signed(event)) == "ignored: event type not used"
    assert await baton.fingerprints() == before


async def test_another_accounts_zendesk_reaches_nothing_here(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    zendesk_ticket = await connect(baton, await baton.open_shop("Rival"))
    before = await baton.fingerprints()
    event = zendesk.signed(zendesk.add_agent_comment(ticket, "Hello"))
    assert await zendesk_ticket.result_of(event) == "ignored: Baton did not create this ticket"
    assert await baton.fingerprints() == before
    assert await webhook.result_of(event) == "accepted"


async def test_webhooks_need_a_signing_secret(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    webhook = await connect(baton, shop, webhookSecret=None)
    answer = await webhook.post(zendesk.signed({"ticket_id": "1"}))
    assert (answer.status_code, answer.json()) == (
        403,
        {"error": "Webhooks need a signing secret. Connect Zendesk again, with `webhookSecret`."},
    )


@pytest.mark.timeout(900)
async def test_thousands_in_any_order_and_several_times_each_have_their_effect_once(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    """10,000 deliveries with BATON_LONG; 600 in `make test`."""
    conversations = 10
    rounds, copies = (100, 5) if LONG else (10, 3)
    events: list[Json] = []
    expected: dict[str, set[str]] = {}
    ending: dict[str, str] = {}
    started = [await baton.start(webhook.shop, "Where is it?", anonymousId=f"a{n}") for n in range(conversations)]
    for chat in started:
        ticket = await hand_over(baton, zendesk, chat)
        expected[chat.id] = set()
        for n in range(rounds):
            text = f"{n} of {ticket.id}"
            say = zendesk.add_requester_comment if n % 3 == 0 else zendesk.add_agent_comment
            events.append(say(ticket, text))
            expected[chat.id].add(text)
            events.append(zendesk.change_status(ticket, ("solved", "open", "pending")[n % 3]))
        ending[chat.id] = "CLOSED" if ticket.status == "solved" else "OPEN"
    deliveries = zendesk.shuffled(events, seed=1, copies=copies)
    assert len(deliveries) == conversations * rounds * 2 * copies
    waiting = iter(deliveries)

    async def deliver() -> None:
        for hook in waiting:
            assert (await webhook.post(hook)).status_code == 200

    await asyncio.gather(*(deliver() for _ in range(20)))
    for chat in started:
        told = [text for _, _, text in await all_said(baton, chat.token, chat.id) if " of " in text]
        assert len(told) == rounds
        assert set(told) == expected[chat.id]
        assert (await seen_by_staff(baton, webhook.shop, chat.id))["ticket"] == {"state": ending[chat.id]}


async def all_said(baton: Program, key: str, conversation_id: str) -> list[tuple[str, str, str]]:
    query = """query($id: ID!, $after: String) { conversation(id: $id) { messages(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor } nodes { author { kind name } text } } } }"""
    found: list[tuple[str, str, str]] = []
    after = None
    while True:
        page = (await baton.data(key, query, id=conversation_id, after=after))["conversation"]["messages"]
        found += [(m["author"]["kind"], m["author"]["name"], m["text"]) for m in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def test_the_token_and_the_texts_are_in_no_log(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="baton")
    answer = await webhook.post(Hook(headers={}, body=json.dumps({"secret": "of a shopper"}).encode()))
    assert answer.status_code == 401
    token = webhook.path.rsplit("/", 1)[1]
    assert token not in caplog.text
    assert "of a shopper" not in caplog.text
