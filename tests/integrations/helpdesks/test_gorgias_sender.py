"""The Gorgias sender: the requests, every fault at every call, and one ticket at the end."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.faults import (
    Fault,
    Kind,
    cut_after,
    cut_before,
    failing,
    responding,
    silent_after,
    silent_before,
    slow,
    too_many,
    wrong_body,
)
from dev.fakes.gorgias import Gorgias
from dev.fakes.server import serving
from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.model.conversation import AuthorKind, MessageKind
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryRequest
from domain.values.record import replace
from integrations.helpdesks.gorgias.client import GorgiasClient
from integrations.helpdesks.gorgias.payloads import comment_body
from integrations.helpdesks.gorgias.sender import GorgiasSender
from integrations.http import HttpClient
from tests.harness.files import PNG, outgoing
from tests.integrations.helpdesks.gorgias_requests import (
    BY_PHONE,
    KEY,
    TALK,
    TICKET,
    chat_message,
    comment_context,
    connection,
    delivery_request,
    ticket_context,
)

Json = dict[str, Any]


@pytest.fixture
async def gorgias() -> AsyncIterator[Gorgias]:
    fake = Gorgias()
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def sender(gorgias: Gorgias) -> AsyncIterator[GorgiasSender]:
    http = HttpClient()
    yield GorgiasSender(client=GorgiasClient(http=http, url=gorgias.url))
    await http.close()


@pytest.fixture
async def impatient_sender(gorgias: Gorgias) -> AsyncIterator[GorgiasSender]:
    """A sender with a short time-out, to keep the tests fast."""
    http = HttpClient(deadline=1.0)
    yield GorgiasSender(client=GorgiasClient(http=http, url=gorgias.url))
    await http.close()


async def deliver(sender: GorgiasSender, **more: Any) -> DeliveryResult:
    payload = sender.compose(ticket_context(), connection())
    return await sender.deliver(delivery_request(payload, **more))


async def test_a_ticket_contains_all_messages(gorgias: Gorgias, sender: GorgiasSender) -> None:
    result = await deliver(sender)
    [ticket] = gorgias.tickets.values()
    assert result == DeliveryResult(
        external_id=str(ticket["id"]), external_url=f"{gorgias.url}/app/ticket/{ticket['id']}", http_status=201
    )
    assert (ticket["external_id"], ticket["status"], ticket["channel"]) == (TICKET, "open", "api")
    assert ticket["subject"] == "Where is my order? Please"
    assert [tag["name"] for tag in ticket["tags"]] == ["baton", "ai_handoff", "order status", "parcel"]
    assert ticket["meta"]["baton"]["reason"] == "EXPLICIT_ASK"
    first, second, third, note = gorgias.messages_of(ticket["id"])
    assert (first["from_agent"], first["body_text"]) == (False, TALK[0].text)
    assert first["body_html"] == ('<div dir="auto">Where is my order?<br>&lt;b&gt;Please&lt;/b&gt; שלום 🙂</div>')
    assert first["sent_datetime"] == "2026-06-07T12:00:01+00:00"
    assert (second["from_agent"], second["public"]) == (True, True)
    assert second["body_text"] == "Ava (AI agent):\nI look it up."
    assert second["sender"] == {"email": "ada@acme.example"}
    assert (third["external_id"], third["body_text"]) == ("baton:M00004", "A human, please")
    assert (note["channel"], note["public"], note["from_agent"]) == ("internal-note", False, True)
    for words in ("explicit ask", "14:00:05+02:00", "dana@example.com", "shop-77", "Wants to know", "/conversations/1"):
        assert words in note["body_text"]
    assert gorgias.mailed == []


async def test_stored_customers_are_not_overwritten(gorgias: Gorgias, sender: GorgiasSender) -> None:
    known = {"id": 5, "email": "dana@example.com", "name": "Mrs. D. Doe", "note": "VIP"}
    gorgias.customers[5] = dict(known)
    await deliver(sender)
    assert gorgias.customers == {5: known}


async def test_shoppers_of_a_phone_are_customers_once(gorgias: Gorgias, sender: GorgiasSender) -> None:
    for number in (1, 2):
        payload = sender.compose(ticket_context(visitor=BY_PHONE), connection())
        payload = payload.replace(TICKET, TICKET[:-1] + str(number))
        await sender.deliver(delivery_request(payload))
    [customer] = gorgias.customers.values()
    assert {**customer, "id": 0} == {
        "id": 0,
        "external_id": "baton:P1",
        "name": "+393331234567",
        "channels": [{"type": "phone", "address": "+393331234567", "preferred": True}],
    }
    assert [t["customer"]["id"] for t in gorgias.tickets.values()] == [customer["id"]] * 2


async def test_a_phone_number_of_another_customer_is_omitted(gorgias: Gorgias, sender: GorgiasSender) -> None:
    gorgias.customers[5] = {"id": 5, "channels": [{"type": "phone", "address": "+393331234567"}]}
    await sender.deliver(delivery_request(sender.compose(ticket_context(visitor=BY_PHONE), connection())))
    [ticket] = gorgias.tickets.values()
    assert "channels" not in ticket["customer"]
    assert "+393331234567" in gorgias.messages_of(ticket["id"])[-1]["body_text"]


async def test_later_messages_are_added_to_the_ticket(gorgias: Gorgias, sender: GorgiasSender) -> None:
    ticket_id = (await deliver(sender)).external_id
    later = chat_message(9, "Any news?")
    note = chat_message(10, "She called as well", AuthorKind.HUMAN_AGENT, kind=MessageKind.NOTE)
    for message in (later, note):
        payload = sender.compose(comment_context(message), connection())
        result = await sender.deliver(delivery_request(payload, OutgoingKind.COMMENT, ticket_external_id=ticket_id))
        assert result.external_id == str(gorgias.messages[-1]["id"])
    written, noted = gorgias.messages[-2:]
    assert (written["from_agent"], written["body_text"], written["sender"]) == (
        False,
        "Any news?",
        {"email": "dana@example.com"},
    )
    assert (noted["channel"], noted["public"], noted["body_text"]) == (
        "internal-note",
        False,
        "Sam: She called as well",
    )
    assert gorgias.mailed == []


async def test_comment_without_its_ticket(sender: GorgiasSender, gorgias: Gorgias) -> None:
    payload = sender.compose(comment_context(chat_message(9, "Any news?")), connection())
    with pytest.raises(PermanentError, match="was not created"):
        await sender.deliver(delivery_request(payload, OutgoingKind.COMMENT))
    with pytest.raises(PermanentError, match="Gorgias returned 404: Ticket does not exist") as gone:
        await sender.deliver(delivery_request(payload, OutgoingKind.COMMENT, ticket_external_id="12345"))
    assert (gone.value.http_status, gone.value.credentials, gorgias.messages) == (404, False, [])


@pytest.mark.parametrize(
    ("sizes", "singles"), [([10] * 499, 499), ([10] * 500, 400), ([10] * 5_000, 400), ([30_000] * 60, 16)]
)
async def test_as_many_messages_as_there_are(
    gorgias: Gorgias, sender: GorgiasSender, sizes: list[int], singles: int
) -> None:
    """One call creates the ticket. Messages beyond the limit are in notes before the others, and nothing is lost."""
    words = [f"w{n:05d}".ljust(size, "x") for n, size in enumerate(sizes)]
    payload = sender.compose(ticket_context([chat_message(n + 1, text) for n, text in enumerate(words)]), connection())
    await sender.deliver(delivery_request(payload))
    [ticket] = gorgias.tickets
    *messages, _ = gorgias.messages_of(ticket)
    assert [m["body_text"] for m in messages if m["public"]] == words[len(words) - singles :]
    notes = [m for m in messages if not m["public"]]
    assert messages[: len(notes)] == notes
    written = "\n".join(m["body_text"] for m in notes)
    assert [word for word in words[: len(words) - singles] if word not in written] == []
    assert [call.call for call in gorgias.received] == ["GET /api/tickets", "POST /api/tickets"]


async def test_a_conversation_too_long_for_any_ticket_is_shortened_with_a_note(
    gorgias: Gorgias, sender: GorgiasSender
) -> None:
    talk = [chat_message(n + 1, f"w{n:05d}".ljust(30_000, "x")) for n in range(300)]
    await sender.deliver(delivery_request(sender.compose(ticket_context(talk), connection())))
    text = "\n".join(m["body_text"] for m in gorgias.messages)
    assert "w00000" in text
    assert "w00299" in text
    assert "are omitted" in text
    assert len(gorgias.received[-1].body) < 4_000_000


async def test_gorgias_with_a_smaller_body_limit(gorgias: Gorgias, sender: GorgiasSender) -> None:
    gorgias.max_body = 60_000
    talk = [chat_message(n + 1, f"w{n:05d}".ljust(500, "x")) for n in range(200)]
    await sender.deliver(delivery_request(sender.compose(ticket_context(talk), connection())))
    [ticket] = gorgias.tickets
    messages = gorgias.messages_of(ticket)
    assert [m["body_text"][:6] for m in messages[:-1]] == [f"w{n:05d}" for n in range(181, 200)]
    assert "181 earlier messages are omitted" in messages[-1]["body_text"]


async def test_an_existing_ticket_is_not_created_again(gorgias: Gorgias, sender: GorgiasSender) -> None:
    first = await deliver(sender)
    again = await deliver(sender)
    assert (again.external_id, again.http_status) == (first.external_id, 200)
    assert len(gorgias.tickets) == 1


async def test_several_of_one_id(gorgias: Gorgias, sender: GorgiasSender) -> None:
    """The oldest ticket outside the trash is used, else one in the trash, where a person put it."""
    for number, trashed in ((30, None), (20, None), (10, "2026-06-07"), (5, None)):
        external_id = TICKET if number != 5 else "another"
        gorgias.tickets[number] = {"id": number, "external_id": external_id, "trashed_datetime": trashed}
    assert (await deliver(sender)).external_id == "20"
    gorgias.trash(20)
    gorgias.trash(30)
    assert (await deliver(sender)).external_id == "10"
    assert len(gorgias.tickets) == 4


NOT_DONE = [
    (cut_before(), None),
    (silent_before(), None),
    (too_many(7), timedelta(seconds=7)),
    (too_many(), None),
    (failing(503, 9), timedelta(seconds=9)),
    (failing(502), None),
    (responding(429, text="x", headers={"Retry-after": "999999999999"}), timedelta(hours=1)),
    (responding(429, text="x", headers={"Retry-after": "soon"}), None),
    (responding(409, {"error": {"msg": "Identifier in use"}}), None),
    (responding(408, text=""), None),
]
DONE = [cut_after(), silent_after(), slow(1.3)]
FOR_GOOD = [
    (responding(400, {"error": {"msg": "Failed", "data": {"sender": ["Bad."]}}}), 'Failed {"sender": ["Bad."]}', False),
    (responding(400, {"error": "No"}), "No", False),
    (responding(400, text="<h1>Bad\nrequest</h1>"), "<h1>Bad request</h1>", False),
    (responding(422, {}), "{}", False),
    (responding(401, {"error": {"msg": "Invalid credentials"}}), "Invalid credentials", True),
    (responding(403, {"error": {"msg": "Not allowed"}}), "Not allowed", True),
    (responding(302, text="", headers={"location": "http://127.0.0.1:1"}), "(no message)", False),
]


async def until_answered(sender: GorgiasSender, given: DeliveryRequest) -> list[TransientError | DeliveryResult]:
    """Deliver with retries, passing `outcome_unknown` on as the outbox does."""
    tried: list[TransientError | DeliveryResult] = []
    while not tried or isinstance(tried[-1], TransientError):
        outcome_unknown = any(isinstance(outcome, TransientError) and outcome.outcome_unknown for outcome in tried)
        try:
            tried.append(await sender.deliver(replace(given, outcome_unknown=outcome_unknown)))
        except TransientError as fault:
            tried.append(fault)
    return tried


@pytest.mark.parametrize("on", ["GET /api/tickets", "POST /api/tickets"])
async def test_every_transient_fault_at_every_call(gorgias: Gorgias, impatient_sender: GorgiasSender, on: str) -> None:
    for fault, retry_after in [*NOT_DONE, *((fault, None) for fault in DONE)]:
        gorgias.tickets.clear()
        gorgias.faults.add(fault, on=on)
        failed, result = await until_answered(
            impatient_sender, delivery_request(impatient_sender.compose(ticket_context(), connection()))
        )
        assert isinstance(failed, TransientError), fault
        assert failed.retry_after == retry_after, fault
        assert failed.outcome_unknown == (on.startswith("POST") and fault.status != 429), fault
        assert isinstance(result, DeliveryResult)
        assert [str(ticket) for ticket in gorgias.tickets] == [result.external_id], fault


@pytest.mark.parametrize("on", ["GET /api/tickets", "POST /api/tickets"])
async def test_every_permanent_fault(gorgias: Gorgias, sender: GorgiasSender, on: str) -> None:
    for fault, words, credentials in FOR_GOOD:
        gorgias.faults.add(fault, on=on)
        with pytest.raises(PermanentError) as refused:
            await deliver(sender)
        assert refused.value.message == f"Gorgias returned {fault.status}: {words}"
        assert (refused.value.http_status, refused.value.credentials) == (fault.status, credentials)
        assert gorgias.tickets == {}


async def test_success_without_a_usable_body(gorgias: Gorgias, sender: GorgiasSender) -> None:
    """201 with a proxy's page, an empty body or a list: the sender searches, and there is one ticket."""
    for body in (b"", b"[]", b"{}", b'{"id": "x"}', b"<html>"):
        gorgias.tickets.clear()
        gorgias.faults.add(wrong_body(body), on="POST /api/tickets")
        result = await deliver(sender)
        assert [str(ticket) for ticket in gorgias.tickets] == [result.external_id]
    gorgias.tickets.clear()
    gorgias.faults.add(responding(202, None), on="POST /api/tickets")  # and no ticket was created
    with pytest.raises(TransientError, match="Gorgias returned 202 without a ticket") as unknown:
        await deliver(sender)
    assert (unknown.value.outcome_unknown, gorgias.tickets) == (True, {})
    gorgias.faults.add(wrong_body(), on="GET /api/tickets")
    with pytest.raises(TransientError, match="Gorgias returned 200 without a list"):
        await deliver(sender)


async def test_a_comment_is_added_once_despite_every_fault(gorgias: Gorgias, impatient_sender: GorgiasSender) -> None:
    ticket_id = (await deliver(impatient_sender)).external_id
    path = f"POST /api/tickets/{ticket_id}/messages"
    for number, fault in enumerate([*(fault for fault, _ in NOT_DONE), *DONE, wrong_body()]):
        before = len(gorgias.messages)
        payload = impatient_sender.compose(comment_context(chat_message(20 + number, f"news {number}")), connection())
        gorgias.faults.add(fault, on=path)
        given = delivery_request(payload, OutgoingKind.COMMENT, ticket_external_id=ticket_id)
        *failed, result = await until_answered(impatient_sender, given)
        assert [f.outcome_unknown for f in failed if isinstance(f, TransientError)] == [fault.status != 429] * len(
            failed
        )
        assert len(failed) == (fault.kind is not Kind.WRONG_BODY)
        assert isinstance(result, DeliveryResult)
        assert [m["body_text"] for m in gorgias.messages[before:]] == [f"news {number}"], fault
        assert result.external_id == str(gorgias.messages[-1]["id"])


async def test_an_unknown_outcome_is_searched_before_a_retry(gorgias: Gorgias, sender: GorgiasSender) -> None:
    ticket_id = (await deliver(sender)).external_id
    for number, fault in enumerate((failing(503), too_many(), responding(401, {}), wrong_body())):
        payload = sender.compose(comment_context(chat_message(60 + number, f"later {number}")), connection())
        gorgias.faults.add(wrong_body(), on="POST *")
        gorgias.faults.add(fault, on="GET /api/messages")
        given = delivery_request(payload, OutgoingKind.COMMENT, ticket_external_id=ticket_id)
        failed, result = await until_answered(sender, given)
        assert isinstance(failed, TransientError)
        assert failed.outcome_unknown
        assert result == DeliveryResult(external_id=str(gorgias.messages[-1]["id"]), http_status=200)
        assert [m["body_text"] for m in gorgias.messages].count(f"later {number}") == 1


async def test_a_shopper_that_gorgias_refuses_for_good(gorgias: Gorgias, sender: GorgiasSender) -> None:
    gorgias.refused.add("dana@example.com")
    with pytest.raises(PermanentError) as refused:
        await deliver(sender)
    assert refused.value.message == (
        'Gorgias returned 400: Failed to create ticket {"sender": ["This customer is blocked."]}'
    )
    assert (gorgias.tickets, gorgias.messages) == ({}, [])


async def test_revoked_in_mid_flight(gorgias: Gorgias, sender: GorgiasSender) -> None:
    gorgias.keys.clear()
    with pytest.raises(PermanentError, match="Invalid credentials") as refused:
        await deliver(sender)
    assert refused.value.credentials


async def test_an_unreachable_server() -> None:
    http = HttpClient(deadline=60)
    with pytest.raises(TransientError, match=r"^Gorgias: no connection$") as failed:
        await deliver(GorgiasSender(client=GorgiasClient(http=http, url="http://127.0.0.1:1")))
    assert not failed.value.outcome_unknown
    await http.close()


async def test_an_endless_response(gorgias: Gorgias, sender: GorgiasSender) -> None:
    gorgias.faults.add(responding(200, text="x" * 8_000_001), on="GET /api/tickets")
    with pytest.raises(TransientError, match="the response has more than 8,000,000 bytes"):
        await deliver(sender)


async def test_no_secret_is_shown(gorgias: Gorgias, sender: GorgiasSender, caplog: pytest.LogCaptureFixture) -> None:
    """Not even if the response echoes it."""
    payload = sender.compose(ticket_context(), connection())
    said_of_it = [payload, repr(delivery_request(payload)), repr(connection())]
    with caplog.at_level(logging.DEBUG):
        for fault in (responding(400, {"error": f"the key {KEY} is bad"}), failing(500), cut_after()):
            gorgias.faults.add(fault, on="POST *")
            with pytest.raises(DeliveryError) as failed:
                await deliver(sender)
            said_of_it += [str(failed.value), repr(failed.value), failed.value.message]
    assert [text for text in [*said_of_it, caplog.text] if KEY in text] == []


async def test_a_frozen_payload_never_changes(sender: GorgiasSender) -> None:
    payloads = {sender.compose(ticket_context(), connection()) for _ in range(3)}
    assert len(payloads) == 1
    body = json.loads(payloads.pop())["body"]
    assert [m.get("sent_datetime") is None for m in body["messages"]] == [False] * 4


async def test_many_at_once(gorgias: Gorgias, sender: GorgiasSender) -> None:
    """Each shopper has a customer with its own id."""

    async def one(number: int) -> str | None:
        payload = sender.compose(ticket_context(), connection()).replace(TICKET, f"{TICKET}{number}")
        return (await sender.deliver(delivery_request(payload))).external_id

    found = await asyncio.gather(*(one(number) for number in range(20)))
    assert len({*found}) == len(gorgias.tickets) == 20


def test_faults_cover_all_kinds() -> None:
    used: list[Fault] = [*(f for f, _ in NOT_DONE), *DONE, *(f for f, _, _ in FOR_GOOD), wrong_body()]
    assert {fault.kind for fault in used} == set(Kind)


def test_files_are_attachments_that_gorgias_fetches() -> None:
    shown, files = outgoing(PNG)
    said = replace(chat_message(1, "See"), attachments=shown)
    body = comment_body(replace(comment_context(said), files=files), connection())
    assert body["attachments"] == [
        {
            "url": "https://baton.example/files/1",
            "name": "photo 1.png",
            "content_type": "image/png",
            "size": len(PNG),
            "public": True,
        }
    ]
    assert "photo 1.png: https://baton.example/files/1" in body["body_text"].replace("\u2068", "").replace("\u2069", "")
