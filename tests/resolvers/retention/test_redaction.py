"""`redactMessage`: no byte of the words is left, the place of the message is, and streams show what queries show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.conversation.aggregate import Change
from domain.model.attachments import Attachment, AttachmentState
from domain.model.connected_services import Service
from domain.model.conversation import Conversation, Draft, Message, Transfer
from domain.model.messaging import ReceivedMail, Route
from domain.model.outbox import Call, Destination, Outgoing, OutgoingKind, OutgoingState, TicketNotice, outgoing_id
from domain.model.passed_over import PassedOver, PassedOverReason
from domain.principal import Operator
from domain.retention.model import RedactedMessage
from domain.retention.redaction import RedactionJob
from domain.storage import Timer, UnitOfWork
from domain.values.channel import Channel
from domain.values.errors import Unavailable
from domain.values.ids import AttachmentId, ConversationId, MessageId, StaffId, new_id
from domain.values.record import replace
from integrations.mongo.collections import entity_of
from resolvers.relay.global_ids import parse_global_id
from tests.harness.event_consistency import ConsistencyChecker, View
from tests.harness.program import Json, Program, Shop, Started
from tests.resolvers.metrics.histories import START, History
from tests.resolvers.profile.test_erasing import EVENTS, REPORT, _Dying, findings, found_in, searched
from tests.resolvers.retention.test_retention import run_retention

CARD = "4111 1111 1111 1111 zanzibar"
ASKED = """{ conversations { nodes { firstQuestion firstQuestionRemovedAt } }
  events(filter: {type: [CONVERSATION_STARTED]}) { nodes { snapshot { firstQuestion firstQuestionRemovedAt } } } }"""
OWN = ("4111 1111", "zanzibar")


async def run_redactions(baton: Program) -> None:
    """Run the worker until no redaction is left."""
    for _ in range(50):
        await baton.baton.workers.timers.fire_due()
        if not await baton.database["timers"].count_documents({"kind": "REDACT_MESSAGE"}):
            return
        baton.clock.move(timedelta(seconds=15))
    raise AssertionError("the redaction does not end")


async def redact(baton: Program, shop: Shop, started: Started, message: Json) -> Json:
    """Redact with the check that the old state plus its events is the new one, and return what is left."""
    async with ConsistencyChecker(baton).watching(shop.owner, started.id):
        payload = await baton.mutate(shop.owner, "redactMessage", messageId=message["id"])
    assert payload["errors"] == []
    left: Json = payload["message"]
    return left


async def check_replay(baton: Program, shop: Shop, started: Started) -> None:
    """A stream that is replayed from the beginning of the log ends in what a query returns."""
    for watcher in (shop.owner, started.token):
        await ConsistencyChecker(baton).check(watcher, started.id, View())


async def test_of_the_first_question_nothing_is_left(baton: Program, shop: Shop) -> None:
    baton.clock.set(START)
    others = History(baton, shop, 1)
    for _ in range(10):
        await others.step()
        baton.clock.move(timedelta(minutes=7))
    talk = await baton.start(shop, f"My card is {CARD}", key=shop.owner, email="lena@example.com")
    handoff = {"epoch": 1, "reason": "KNOWLEDGE_GAP", "summary": f"The shopper wrote: My card is {CARD}"}
    await baton.done(shop.agent, "requestHandoff", conversationId=talk.id, **handoff)
    await baton.say(talk, "And where is my order?")
    before = [await baton.data(shop.owner, each) for each in (REPORT, EVENTS)]
    assert {place for place, _ in await found_in(baton, *OWN)} >= {
        *("conversations", "messages", "events", "business_events", "vocabulary", "conversation_terms"),
        "knowledge_gaps",
    }

    left = await redact(baton, shop, talk, talk.message)
    assert (left["text"], left["sequence"], left["author"]) == ("", 1, talk.message["author"])
    assert left["redactedAt"] is not None
    await run_redactions(baton)
    assert await found_in(baton, *OWN) == set()
    assert [await baton.data(shop.owner, each) for each in (REPORT, EVENTS)] == before
    assert await findings(baton) == []
    assert (await searched(baton, shop, "zanzibar"), await searched(baton, shop, "order")) == (0, 1)
    await check_replay(baton, shop, talk)
    again = await baton.mutate(shop.owner, "redactMessage", messageId=talk.message["id"])
    assert again["message"] == left
    assert await baton.database["timers"].count_documents({"kind": "REDACT_MESSAGE"}) == 0


async def test_a_list_tells_a_removed_question_from_none(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, f"My card is {CARD}", key=shop.owner)
    kept = await baton.data(shop.owner, ASKED)
    assert kept["conversations"]["nodes"] == [{"firstQuestion": f"My card is {CARD}", "firstQuestionRemovedAt": None}]
    left = await redact(baton, shop, talk, talk.message)
    await run_redactions(baton)
    removed = {"firstQuestion": "", "firstQuestionRemovedAt": left["redactedAt"]}
    found = await baton.data(shop.owner, ASKED)
    assert found["conversations"]["nodes"] == [removed]
    assert found["events"]["nodes"] == [{"snapshot": removed}]


@pytest.mark.parametrize("place", [1, 2, 3])
async def test_only_the_words_of_that_message_go(baton: Program, shop: Shop, place: int) -> None:
    talk = await baton.start(shop, "kiwi one", key=shop.owner, email="lena@example.com")
    messages = [talk.message, (await baton.say(talk, "banana two"))["message"]]
    messages.append(
        (await baton.reply(talk, "cherry three", products=[{"productId": "p1", "title": "Plum"}]))["message"]
    )
    left = await redact(baton, shop, talk, messages[place - 1])
    await run_redactions(baton)
    assert left["products"] == []
    for number, word in enumerate(("kiwi", "banana", "cherry"), start=1):
        places = {name for name, _ in await found_in(baton, word)}
        assert bool(places) == (number != place)
        assert await searched(baton, shop, word) == (number != place)
    await check_replay(baton, shop, talk)
    assert await findings(baton) == []


async def test_files_mails_and_calls_that_have_not_left_lose_it(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, "Hello", key=shop.owner, channel="EMAIL", email="lena@example.com")
    message = (await baton.done(shop.owner, "sendMessage", conversationId=talk.id, text=CARD))["message"]
    key = parse_global_id(message["id"])[1]  # type: ignore[index]
    storage, now = baton.baton.services.storage, baton.clock.now()
    file = Attachment(
        id=AttachmentId(new_id()),
        owner="x",
        name="zanzibar.png",
        content_type="image/png",
        state=AttachmentState.ATTACHED,
        created_at=now,
        size=1,
        conversation_id=ConversationId(talk.key),
        message_id=key,
    )

    def row(number: int, kind: OutgoingKind, **given: Any) -> Outgoing:
        return Outgoing(
            id=outgoing_id(ConversationId(talk.key), number),
            destination=Destination.ZENDESK,
            kind=kind,
            ordering_key=f"key {number}",
            conversation_id=ConversationId(talk.key),
            created_at=now,
            due_at=now,
            last_sequence=2,
            payload=CARD,
            **given,
        )

    called = Call(token="t", at=now)
    rows = [
        row(1, OutgoingKind.TICKET),
        row(2, OutgoingKind.COMMENT, message_id=key),
        row(3, OutgoingKind.MESSAGE, message_id=key, call=called),
        row(4, OutgoingKind.REPLIES, first_sequence=1, state=OutgoingState.FAILED),
    ]
    mail = ReceivedMail(
        id=key,
        conversation_id=ConversationId(talk.key),
        reference="<1@x>",
        sender="lena@example.com",
        subject="zanzibar",
        text=CARD,
        received_at=now,
    )

    async def change(uow: UnitOfWork) -> None:
        for each in (file, *rows, mail):
            uow.save(each)
        present = await uow.get(Message, key)
        assert present is not None
        uow.save(replace(present, attachments=(file.file,)))

    await storage.write(shop.id, change)
    await redact(baton, shop, talk, message)
    await run_redactions(baton)
    await baton.baton.workers.timers.fire_due()
    assert await found_in(baton, *OWN) == set()
    found = {each["_id"]: each for each in await baton.database["outgoing"].find().to_list()}
    assert [found[each.id]["state"] for each in rows] == ["PENDING", "CANCELLED", "CANCELLED", "FAILED"]
    assert await baton.database["attachments"].count_documents({}) == 0


async def test_drafts_and_what_was_passed_over_first_lose_it(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, CARD, key=shop.owner, email="lena@example.com")
    key, now = ConversationId(talk.key), baton.clock.now()
    drafts = [
        Draft(id=new_id(), conversation_id=key, text=text, epoch=1, written_at=now)
        for text in ("Is 4111 1111 1111 1111 yours?", "Gladly")
    ]
    passed = PassedOver(
        id=new_id(), at=now, channel=Channel.SMS, reason=PassedOverReason.AGENT_OFF, text=CARD, taken_into=key
    )

    async def save(uow: UnitOfWork) -> None:
        for each in (*drafts, passed, replace(passed, id=new_id(), text="Another", taken_into=None)):
            uow.save(each)

    await baton.baton.ports.storage.write(shop.id, save)
    await redact(baton, shop, talk, talk.message)
    await run_redactions(baton)
    assert await found_in(baton, *OWN) == set()
    assert [each["text"] for each in await baton.database["drafts"].find().to_list()] == ["Gladly"]
    assert [each["text"] for each in await baton.database["passed_over"].find().to_list()] == ["Another"]


@pytest.mark.parametrize("by", ["redaction", "retention"])
async def test_questions_that_others_have_asked_since_lose_its_words(baton: Program, shop: Shop, by: str) -> None:
    asked = {"epoch": 1, "reason": "KNOWLEDGE_GAP"}
    words = "delivery price tariff express"
    lena = await baton.start(shop, f"{words} zanzibar", key=shop.owner, email="lena@example.com", channel="EMAIL")
    await baton.done(shop.agent, "requestHandoff", conversationId=lena.id, **asked)
    await baton.done(shop.owner, "closeConversation", conversationId=lena.id)
    baton.clock.move(timedelta(days=2))
    bob = await baton.start(shop, words, key=shop.owner, email="bob@example.com", channel="EMAIL")
    await baton.done(shop.agent, "requestHandoff", conversationId=bob.id, **asked)
    if by == "redaction":
        await redact(baton, shop, lena, lena.message)
        await run_redactions(baton)
    else:
        await baton.mutate(shop.owner, "updateRetention", transcripts="P1D")
        await run_retention(baton)
    [gap] = await baton.database["knowledge_gaps"].find().to_list()
    assert (gap["question"], gap["count"], gap["words"]) == (words, 2, sorted(words.split()))
    assert await found_in(baton, "zanzibar") == set()


@pytest.mark.parametrize("place", [1, 2])
async def test_the_subject_and_what_staff_are_told_lose_it(baton: Program, shop: Shop, place: int) -> None:
    """The subject is from the first mail, or from that of the message, which begins with other words."""
    talk = await baton.start(shop, CARD if place == 1 else "Hello", key=shop.owner, email="lena@example.com")
    message = talk.message if place == 1 else (await baton.say(talk, CARD))["message"]
    key, now = MessageId(parse_global_id(message["id"])[1]), baton.clock.now()  # type: ignore[index]
    staff = StaffId(new_id())
    listed = (ConversationId(talk.key),)
    notice = Outgoing(
        id=f"{staff}D1",
        destination=Destination.EMAIL,
        kind=OutgoingKind.TICKET_NOTICE,
        ordering_key=staff,
        conversation_id=listed[0],
        created_at=now,
        due_at=now,
        last_sequence=1,
        payload=CARD if place == 1 else "Hello",
        notice=TicketNotice(staff_id=staff, conversation_ids=listed, total=1),
    )
    mail = ReceivedMail(
        id=key,
        conversation_id=listed[0],
        reference="<1@x>",
        sender="lena@example.com",
        subject="Re: zanzibar",
        text=CARD,
        received_at=now,
    )

    async def change(uow: UnitOfWork) -> None:
        conversation = await uow.get(Conversation, listed[0])
        assert conversation is not None
        route = Route(service=Service.EMAIL, shopper_address="lena@example.com", subject="zanzibar")
        transfer = Transfer(after_sequence=1, summary=f"The shopper wrote: {CARD}")
        edited = Change(uow, conversation)
        edited.conversation = replace(conversation, route=route, transfer=transfer)
        await edited.commit()
        uow.save(mail)
        uow.save(notice)

    await baton.baton.services.storage.write(shop.id, change)
    await redact(baton, shop, talk, message)
    assert await baton.database["conversations"].count_documents({"transfer.summary": {"$exists": True}}) == 0
    await run_redactions(baton)
    assert await found_in(baton, *OWN) == set()
    row = await baton.database["outgoing"].find_one({"_id": notice.id})
    assert row is not None
    assert (row["state"], row.get("payload")) == ("PENDING", None if place == 1 else "Hello")


async def test_another_process_continues_what_one_began(baton: Program, shop: Shop, second: Program) -> None:
    """The first process dies in every step, after it has changed something and before it notes that."""
    talk = await baton.start(shop, CARD, key=shop.owner, email="lena@example.com")
    bob = await baton.start(shop, "Hello", key=shop.owner, email="bob@example.com")
    await redact(baton, shop, talk, talk.message)
    ports, number = baton.baton.ports, 0
    while found := await baton.database["timers"].find_one({"kind": "REDACT_MESSAGE"}):
        timer = entity_of(Timer, found)
        storage: Any = _Dying(ports.storage, 1)
        with pytest.raises(Unavailable):
            await RedactionJob(storage=storage, store=ports.words).step(shop.id, timer)
        await baton.mutate_brief(bob.token, "sendMessage", conversationId=bob.id, text=f"apricot number{number}")
        baton.clock.move(timedelta(minutes=1))
        await RedactionJob(storage=second.baton.ports.storage, store=ports.words).step(
            shop.id, replace(timer, due_at=baton.clock.now())
        )
        baton.clock.move(timedelta(seconds=15))
        number += 1
    assert number >= 4
    assert await found_in(baton, *OWN) == set()
    assert await findings(baton) == []
    assert await searched(baton, shop, "apricot") == 1


async def test_it_is_recorded(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, CARD)
    await redact(baton, shop, talk, talk.message)
    log = "{ auditLog(filter: {actions: [MESSAGE_REDACTED]}) { nodes { actor { name } target { kind } } } }"
    found = (await baton.data(shop.owner, log))["auditLog"]["nodes"]
    assert found == [{"actor": {"name": "Owner"}, "target": {"kind": "CONVERSATION"}}]


async def test_what_a_restored_backup_brings_back_is_redacted_again(baton: Program, shop: Shop) -> None:
    """Also in a conversation that is held by now, and once only."""
    talk = await baton.start(shop, "zanzibar", key=shop.owner)
    await baton.say(talk, "honolulu")
    await baton.done(shop.owner, "setLegalHold", conversationId=talk.id, held=True, reason="Case 1")
    parsed = parse_global_id(talk.message["id"])
    assert parsed is not None
    again = [RedactedMessage(account_id=shop.id, id=MessageId(each)) for each in (parsed[1], "no such message")]
    service = baton.baton.services.redactions
    assert [await service.redact_again(again, by=Operator(name="ann")) for _ in range(2)] == [1, 0]
    await run_redactions(baton)
    assert await found_in(baton, "zanzibar") == set()
    assert {"messages"} <= {place for place, _ in await found_in(baton, "honolulu")}
    assert await findings(baton) == []
