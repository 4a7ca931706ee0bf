"""The Zendesk sender creates each ticket and comment once, whatever fails at any call."""

from __future__ import annotations

import json
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.faults import (
    Fault,
    cut_after,
    cut_before,
    failing,
    responding,
    silent_after,
    silent_before,
    too_many,
    wrong_body,
)
from dev.fakes.server import serving
from dev.fakes.zendesk import ADMIN, TOKEN, Zendesk, suspended
from domain.delivery.errors import PermanentError, TransientError
from domain.handoff.transcript import marked_message
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.conversation import AuthorKind, MessageKind, Visitor
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext
from domain.values.channel import Channel
from domain.values.ids import AttachmentId
from domain.values.record import replace
from integrations.helpdesks.zendesk.client import ZendeskClient
from integrations.helpdesks.zendesk.sender import ZendeskSender
from integrations.http import HttpClient
from tests.harness.files import PNG, HeldFiles, outgoing
from tests.integrations.helpdesks.outbox_simulator import TICKET, OutboxSimulator, delivery_context, message

LONG = "BATON_LONG" in os.environ
# Seconds. The first keeps the tests of silent servers fast. It may be over before a busy machine responds, so it is
# only for tests that deliver again after every error.
SOON, LATE = 0.2, 60.0

TRANSIENT_FAULTS: dict[str, Fault] = {
    "cut before": cut_before(),
    "cut after": cut_after(),
    "silent before": silent_before(),
    "silent after": silent_after(),
    "wrong JSON": wrong_body(),
    "no object": wrong_body(b"[]"),
    "nothing in it": wrong_body(b'{"ticket": {"id": "x"}, "tickets": [{"id": "x"}], "user": {"id": "x"}}'),
    "empty": wrong_body(b""),
    "429": too_many(),
    "429 with Retry-After": too_many(7),
    "409": responding(409, {"error": "Conflict", "description": "in flight"}),
    "500": failing(500),
    "503 with Retry-After": failing(503, 90),
}


@pytest.fixture
async def zendesk() -> AsyncIterator[Zendesk]:
    fake = Zendesk()
    async with serving(fake) as fake.url:
        yield fake


@asynccontextmanager
async def delivering(zendesk: Zendesk, deadline: float) -> AsyncIterator[OutboxSimulator]:
    http = HttpClient(deadline=deadline)
    connection = UnsealedConnection(
        service=Service.ZENDESK,
        settings={"subdomain": "acme", "email": str(ADMIN["email"]), "user_id": str(ADMIN["id"])},
        secrets={"api_token": TOKEN},
    )
    outbox = OutboxSimulator(ZendeskSender(client=ZendeskClient(http=http, url=zendesk.url)), connection)
    zendesk.clock = lambda: outbox.now
    yield outbox
    await http.close()


@pytest.fixture
async def outbox(zendesk: Zendesk) -> AsyncIterator[OutboxSimulator]:
    async with delivering(zendesk, LATE) as outbox:
        yield outbox


@pytest.fixture
async def impatient_outbox(zendesk: Zendesk) -> AsyncIterator[OutboxSimulator]:
    async with delivering(zendesk, SOON) as outbox:
        yield outbox


async def test_a_ticket_contains_all_facts_and_the_transcript(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    talk = [
        message(1, "Where is my order? 😀"),
        message(2, "I look.", by=AuthorKind.AI_AGENT, name="Bot"),
        message(3, "A note", by=AuthorKind.HUMAN_AGENT, kind=MessageKind.NOTE),
        message(4, "אני מחכה"),
    ]
    result = await outbox.deliver(delivery_context(talk))
    [ticket] = zendesk.tickets.values()
    assert (result.external_id, result.http_status) == (str(ticket.id), 201)
    assert result.external_url == f"{zendesk.url}/agent/tickets/{ticket.id}"
    assert ticket.id > 2**53
    [request] = zendesk.received
    assert request.headers["idempotency-key"].startswith("baton-")
    assert len(request.headers["idempotency-key"]) <= 255
    fields = request.json["ticket"]
    assert fields["requester"] == {"name": "Anna", "email": "anna@example.com", "locale": "it-IT"}
    assert fields["external_id"] == TICKET
    assert fields["subject"] == "Where is my order?"
    assert fields["tags"] == ["baton", "ai_handoff", "web_chat", "explicit_ask", "order_status", "refund"]
    assert fields["comment"]["public"] is False
    [comment] = ticket.comments
    lines = [line for line in comment["plain_body"].split("\n") if line]
    assert lines == [
        "Summary: Broken parcel",
        "Reason: explicit ask",
        "E-mail: anna@example.com",
        "Tags: Order Status, refund",
        "Conversation: https://baton.example/c/1",
        "Times: Europe/Rome",
        "Anna (shopper), 2026-11-21 11:00:01+01:00",
        "Where is my order? 😀",
        "Bot (AI agent), 2026-11-21 11:00:02+01:00",
        "I look.",
        "Anna (shopper), 2026-11-21 11:00:04+01:00",
        "אני מחכה",
    ]


async def test_a_shopper_without_email_is_created_as_a_user_first(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    visitor = Visitor(phone="+393331234567")
    for row in ("row-1", "row-2"):
        outbox.row = row
        await outbox.deliver(delivery_context(channel=Channel.SMS, visitor=visitor, locale="not a locale"))
    calls = [r.call for r in zendesk.received]
    assert calls == ["POST /api/v2/users/create_or_update.json", "POST /api/v2/tickets.json"] * 2
    assert zendesk.received[0].json["user"] == {
        "name": "+393331234567",
        "phone": "+393331234567",
        "external_id": "baton-01KAJ0000000000000000000PR",
        "skip_verify_email": True,
    }
    first, second = zendesk.tickets.values()
    assert first.requester_id == second.requester_id != ADMIN["id"]
    assert "requester" not in zendesk.received[1].json["ticket"]


async def test_a_phone_number_that_zendesk_refuses_is_omitted(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    details = {"phone": [{"description": "Phone: +1 is not properly formatted", "error": "InvalidFormat"}]}
    refusal = responding(422, {"error": "RecordInvalid", "description": "Record validation errors", "details": details})
    zendesk.faults.add(refusal, on="POST /api/v2/users/*")
    await outbox.deliver(delivery_context(channel=Channel.SMS, visitor=Visitor(phone="+1")))
    assert [sorted(r.json["user"]) for r in zendesk.calls("POST /api/v2/users")] == [
        ["external_id", "locale", "name", "phone", "skip_verify_email"],
        ["external_id", "locale", "name", "skip_verify_email"],
    ]
    assert len(zendesk.tickets) == 1


@pytest.mark.parametrize("call", ["POST /api/v2/users/*", "POST /api/v2/tickets.json", "PUT *"])
async def test_one_ticket_despite_every_fault(zendesk: Zendesk, impatient_outbox: OutboxSimulator, call: str) -> None:
    """A shopper without e-mail address and a transcript of two parts, so that every kind of call is made."""
    long = delivery_context([message(n, "x" * 1_000) for n in range(1, 80)], visitor=Visitor(phone="+393331234567"))
    for name, fault in TRANSIENT_FAULTS.items():
        zendesk.reset()
        zendesk.faults.add(fault, on=call, times=2)
        result = await impatient_outbox.deliver(long)
        [ticket] = zendesk.tickets.values()
        assert result.external_id == str(ticket.id), name
        assert [c["plain_body"].rsplit("\n", 1)[1] for c in ticket.comments] == [
            f"Transcript, part 1 of 2 ({TICKET}).",
            f"Transcript, part 2 of 2 ({TICKET}).",
        ], name
        assert [c["public"] for c in ticket.comments] == [False, False]
        assert len(impatient_outbox.errors) >= 1, name
        assert len({r.body for r in zendesk.calls("POST /api/v2/tickets.json")}) == 1  # identical bytes


async def test_the_search_for_the_ticket_may_fail(zendesk: Zendesk) -> None:
    for name, fault in TRANSIENT_FAULTS.items():
        zendesk.reset()
        async with delivering(zendesk, 1.0 if "silent" in name else LATE) as outbox:
            zendesk.faults.add(cut_after(), on="POST *")
            zendesk.faults.add(fault, on="GET *", times=2)
            await outbox.deliver(delivery_context())
            assert len(zendesk.tickets) == 1, name
            assert len(zendesk.calls("POST")) == 1, name  # the existing ticket
            assert len(outbox.errors) == 3, name


@pytest.mark.parametrize("seed", range(200 if LONG else 8))
async def test_one_ticket_and_each_comment_once_despite_random_faults(
    zendesk: Zendesk, impatient_outbox: OutboxSimulator, seed: int
) -> None:
    """Four of ten calls fail in random ways. Hours pass between attempts, and sometimes the clock is set back."""
    dice = random.Random(seed)
    kinds = [fault for name, fault in TRANSIENT_FAULTS.items() if "silent" not in name or dice.random() < 0.3]
    zendesk.faults.plan = lambda _: dice.choice(kinds) if dice.random() < 0.4 else None
    outbox = impatient_outbox
    outbox.wait = timedelta(minutes=dice.choice([1, 30, 90, 200, -5]))
    long = delivery_context([message(n, "x" * 1_000) for n in range(1, 80)], visitor=Visitor(phone="+393331234567"))
    result = await outbox.deliver(long, tries=200)
    for number in (81, 82, 83):
        outbox.row = f"row-{number}"
        await outbox.deliver(later(number, "ok"), ticket=result.external_id, tries=200)
    [ticket] = zendesk.tickets.values()
    assert [c["plain_body"].rsplit("\n", 1)[1].partition(",")[0] for c in ticket.comments] == [
        "Transcript",
        "Transcript",
        *(f"Chat message {number}" for number in (81, 82, 83)),
    ]


async def test_retry_after_is_returned(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    zendesk.faults.add(too_many(7))
    zendesk.faults.add(failing(503, 86_400))
    await outbox.deliver(delivery_context())
    first, second = outbox.errors
    assert isinstance(first, TransientError)
    assert isinstance(second, TransientError)
    assert (first.http_status, first.retry_after, first.outcome_unknown) == (429, timedelta(seconds=7), False)
    assert first.message == "Zendesk returned 429: Number of allowed API requests per minute exceeded"
    assert (second.http_status, second.retry_after, second.outcome_unknown) == (503, timedelta(hours=1), True)


async def test_over_the_rate_limit_it_waits_for_the_next_minute(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    zendesk.per_minute = 2
    outbox.now += timedelta(seconds=15)
    waited: list[timedelta | None] = []
    for number in range(5):
        outbox.row = f"row-{number}"
        await outbox.deliver(delivery_context())
        waited += [fault.retry_after for fault in outbox.errors if isinstance(fault, TransientError)]
    assert len(zendesk.tickets) == 5
    assert waited == [timedelta(seconds=45), timedelta(seconds=60)]


async def test_within_the_keys_lifetime_no_search_is_needed(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    """If Zendesk's search lags, the same bytes with the same key still give the same ticket."""
    given = delivery_context()
    payload = outbox.sender.compose(given, outbox.connection)
    for _ in range(2):
        await outbox.sender.deliver(outbox.delivery_request(OutgoingKind.TICKET, payload, first=outbox.now))
    assert [r.call for r in zendesk.received] == ["POST /api/v2/tickets.json"] * 2
    assert len(zendesk.tickets) == 1


@pytest.mark.parametrize("later", [timedelta(hours=3), timedelta(days=3), timedelta(hours=-1)])
async def test_after_the_keys_lifetime_the_ticket_is_searched(
    zendesk: Zendesk, outbox: OutboxSimulator, later: timedelta
) -> None:
    """A clock that was set back counts as well, because the key's age is unknown then."""
    given = delivery_context()
    payload = outbox.sender.compose(given, outbox.connection)
    first = outbox.now
    one = await outbox.sender.deliver(outbox.delivery_request(OutgoingKind.TICKET, payload, first=first))
    outbox.now += later
    two = await outbox.sender.deliver(outbox.delivery_request(OutgoingKind.TICKET, payload, first=first))
    assert one.external_id == two.external_id
    assert len(zendesk.tickets) == 1
    assert [r.call for r in zendesk.received] == ["POST /api/v2/tickets.json", "GET /api/v2/tickets.json"]
    assert zendesk.received[1].query == {"external_id": TICKET, "page[size]": "100"}


async def test_a_key_used_with_other_bytes_finds_the_ticket(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    reused = responding(400, {"error": "IdempotentRequestError", "description": "Request parameters don't match"})
    await outbox.deliver(delivery_context())
    zendesk.faults.add(reused, on="POST *")
    result = await outbox.deliver(delivery_context())
    [ticket] = zendesk.tickets.values()
    assert result.external_id == str(ticket.id)
    assert outbox.errors == []


async def test_the_oldest_ticket_with_the_external_id_is_used(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    first = await outbox.deliver(delivery_context())
    outbox.row, outbox.now = "somebody else's", outbox.now + timedelta(seconds=1)
    await outbox.deliver(delivery_context(summary="A copy"))
    outbox.row, outbox.now = "row-1", outbox.now + timedelta(hours=3)
    given = delivery_context()
    payload = outbox.sender.compose(given, outbox.connection)
    found = await outbox.sender.deliver(
        outbox.delivery_request(OutgoingKind.TICKET, payload, first=outbox.now, maybe=True)
    )
    assert found.external_id == first.external_id
    assert len(zendesk.tickets) == 2


@pytest.mark.parametrize(
    ("fault", "status", "words", "credentials"),
    [
        (suspended("Anna"), 422, "RecordInvalid – Record validation errors – Requester: Anna is suspended.", False),
        (
            responding(422, {"error": "RecordInvalid", "details": {"requester": [{"description": "Is suspended."}]}}),
            422,
            "RecordInvalid – Is suspended.",
            False,
        ),
        (responding(400, text="  external_id\nis bad "), 400, "external_id is bad", False),
        (responding(400, text=""), 400, "(no message)", False),
        (responding(401, {"error": "Couldn't authenticate you"}), 401, "Couldn't authenticate you", True),
        (
            responding(403, {"error": {"title": "Forbidden", "message": "You may not."}}),
            403,
            "Forbidden – You may not.",
            True,
        ),
        (responding(404, text="No such host"), 404, "No such host", False),
        (responding(301, text="Moved", headers={"Location": "http://127.0.0.1:1/"}), 301, "Moved", True),
    ],
)
async def test_permanent_errors_have_zendesks_text(
    zendesk: Zendesk, outbox: OutboxSimulator, fault: Fault, status: int, words: str, credentials: bool
) -> None:
    zendesk.faults.add(fault)
    with pytest.raises(PermanentError) as refused:
        await outbox.deliver(delivery_context())
    assert refused.value.message == f"Zendesk returned {status}: {words}"
    assert (refused.value.http_status, refused.value.credentials) == (status, credentials)
    assert zendesk.tickets == {}
    assert len(zendesk.received) == 1


async def test_errors_contain_no_secret(
    zendesk: Zendesk, outbox: OutboxSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    zendesk.faults.add(responding(400, text=f"Bad header with {TOKEN} in it"))
    with pytest.raises(PermanentError) as refused:
        await outbox.deliver(delivery_context())
    assert refused.value.message == "Zendesk returned 400: Bad header with … in it"
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(outbox.connection)
    assert TOKEN not in outbox.sender.compose(delivery_context(), outbox.connection)


async def test_an_unreachable_server(outbox: OutboxSimulator) -> None:
    outbox.sender = ZendeskSender(client=ZendeskClient(http=HttpClient(), url="http://127.0.0.1:1"))
    with pytest.raises(AssertionError, match="still not done: Zendesk: no connection"):
        await outbox.deliver(delivery_context(), tries=2)
    assert [isinstance(f, TransientError) and f.outcome_unknown for f in outbox.errors] == [False, False]


async def test_a_refused_further_part_does_not_fail_the_ticket(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    zendesk.faults.add(responding(422, {"error": "RecordInvalid"}), on="PUT *")
    result = await outbox.deliver(delivery_context([message(n, "x" * 1_000) for n in range(1, 80)]))
    [ticket] = zendesk.tickets.values()
    assert result.external_id == str(ticket.id)
    assert len(ticket.comments) == 1


async def test_five_thousand_messages(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    given = delivery_context([message(n, f"Is it here yet? {n} 😀") for n in range(1, 5_001)])
    await outbox.deliver(given)
    [ticket] = zendesk.tickets.values()
    assert 10 < len(ticket.comments) <= 20
    together = "\n".join(comment["plain_body"] for comment in ticket.comments)
    assert all(f"Is it here yet? {n} 😀" in together for n in range(1, 5_001))


async def ticket_there(zendesk: Zendesk, outbox: OutboxSimulator) -> str:
    result = await outbox.deliver(delivery_context())
    zendesk.received.clear()
    outbox.row = "row-2"
    assert result.external_id is not None
    return result.external_id


def later(number: int = 5, text: str = "Hurry, please & thanks", **more: Any) -> DeliveryContext:
    return delivery_context([message(number, text, **more)], kind=OutgoingKind.COMMENT)


async def test_later_messages_are_the_requesters_comments(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    number = await ticket_there(zendesk, outbox)
    [ticket] = zendesk.tickets.values()
    ticket.status = "solved"
    result = await outbox.deliver(later(), ticket=number)
    comment = ticket.comments[-1]
    assert comment["plain_body"] == "Hurry, please & thanks\nChat message 5, 2026-11-21 11:00:05+01:00"
    assert (comment["author_id"], comment["public"]) == (ticket.requester_id, True)
    assert ticket.status == "open"
    assert (result.external_id, result.http_status) == (str(comment["id"]), 200)
    assert marked_message(comment["plain_body"]) == 5


async def test_notes_stay_with_the_team(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    number = await ticket_there(zendesk, outbox)
    note = later(6, "He is nice", by=AuthorKind.HUMAN_AGENT, name="Sam", kind=MessageKind.NOTE)
    await outbox.deliver(note, ticket=number)
    [ticket] = zendesk.tickets.values()
    comment = ticket.comments[-1]
    assert comment["plain_body"] == "He is nice\nSam. Chat message 6, 2026-11-21 11:00:06+01:00"
    assert (comment["author_id"], comment["public"]) == (ADMIN["id"], False)
    assert ticket.status == "new"


@pytest.mark.parametrize("call", ["GET /api/v2/tickets/*.json", "PUT *"])
async def test_one_comment_despite_every_fault(zendesk: Zendesk, impatient_outbox: OutboxSimulator, call: str) -> None:
    outbox = impatient_outbox
    for name, fault in TRANSIENT_FAULTS.items():
        zendesk.reset()
        outbox.row = "row-1"
        number = await ticket_there(zendesk, outbox)
        zendesk.faults.add(fault, on=call, times=2)
        for place, given in enumerate([later(5, "ok"), later(6, "ok"), later(7, "😀&" * 15_000)]):
            outbox.row = f"row-{place + 2}"
            await outbox.deliver(given, ticket=number)
        [ticket] = zendesk.tickets.values()
        told = [comment["plain_body"].rsplit("\n", 1)[1] for comment in ticket.comments[1:]]
        assert told == [
            "Chat message 5, 2026-11-21 11:00:05+01:00",
            "Chat message 6, 2026-11-21 11:00:06+01:00",
            *(f"Chat message 7 (part {n} of 3), 2026-11-21 11:00:07+01:00" for n in (1, 2, 3)),
        ], name


async def test_an_interrupted_long_message_continues_with_the_missing_part(
    zendesk: Zendesk, outbox: OutboxSimulator
) -> None:
    number = await ticket_there(zendesk, outbox)
    rest = iter([None, too_many(3), None])
    zendesk.faults.plan = lambda call: next(rest, None) if call.method == "PUT" else None
    await outbox.deliver(later(7, "😀&" * 15_000), ticket=number)
    [ticket] = zendesk.tickets.values()
    assert [marked_message(comment["plain_body"]) for comment in ticket.comments] == [None, 7, 7, 7]


async def test_comments_are_searched_on_every_page(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    number = await ticket_there(zendesk, outbox)
    [ticket] = zendesk.tickets.values()
    for n in range(120):
        zendesk.add_agent_comment(ticket, f"{n}")
    zendesk.faults.add(cut_after(), on="PUT *")
    await outbox.deliver(later(), ticket=number)
    assert len(zendesk.calls("PUT")) == 1
    assert len(zendesk.calls("GET /api/v2/tickets/" + number + "/comments.json")) == 5


async def test_a_deleted_ticket(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    number = await ticket_there(zendesk, outbox)
    zendesk.tickets.clear()
    with pytest.raises(PermanentError) as refused:
        await outbox.deliver(later(), ticket=number)
    assert (refused.value.http_status, refused.value.credentials) == (404, False)


async def test_a_comment_without_a_ticket_is_not_sent(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    with pytest.raises(PermanentError, match="not created"):
        await outbox.deliver(later(), ticket=None)
    assert zendesk.received == []


def test_payloads_are_deterministic() -> None:
    http = HttpClient()
    sender = ZendeskSender(client=ZendeskClient(http=http, url="https://{subdomain}.zendesk.com"))
    connection = UnsealedConnection(
        service=Service.ZENDESK, settings={"subdomain": "acme"}, secrets={"api_token": TOKEN}
    )
    assert sender.compose(delivery_context(), connection) == sender.compose(delivery_context(), connection)
    composed = json.loads(sender.compose(delivery_context(), connection))
    assert sorted(composed) == ["create", "external_id", "further", "user"]


async def test_files_are_uploaded_with_the_comment(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    large = 21 << 20
    shown, files = outgoing(PNG, b"")
    beyond = replace(files[shown[1].id], size=large)
    files = {**files, shown[1].id: beyond}
    assert isinstance(outbox.sender, ZendeskSender)
    outbox.sender = ZendeskSender(client=outbox.sender._client, files=HeldFiles({"file 1": PNG}))
    ticket = zendesk.add_ticket(external_id=TICKET)
    said = replace(message(5, ""), attachments=shown)
    context = replace(delivery_context([said], kind=OutgoingKind.COMMENT), files=files)
    await outbox.deliver(context, ticket=str(ticket.id))
    assert zendesk.uploads == {"upload-1": ("photo 1.png", "image/png", PNG)}
    [sent] = [r.json["ticket"]["comment"] for r in zendesk.received if r.method == "PUT"]
    assert sent["uploads"] == ["upload-1"]
    assert "photo 1.png" in sent["html_body"]
    assert '<a href="https://baton.example/files/2">photo 2.png</a>' in sent["html_body"]


async def test_a_transcript_names_files_with_links(zendesk: Zendesk, outbox: OutboxSimulator) -> None:
    shown, files = outgoing(PNG)
    refused = replace(shown[0], id=AttachmentId("F9"), name="bad.exe", problem="Malware")
    said = replace(message(1, "See"), attachments=(*shown, refused))
    await outbox.deliver(replace(delivery_context([said]), files=files))
    [ticket] = zendesk.tickets.values()
    html = ticket.comments[0]["html_body"]
    assert '<a href="https://baton.example/files/1">photo 1.png</a>' in html
    assert '<p dir="auto">bad.exe</p>' in html
