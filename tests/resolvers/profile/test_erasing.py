"""`eraseProfile`: of the shopper nothing is left in any byte of the database, and every number is as before."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import bson
import pytest

from domain.attachments.ports import blob_key
from domain.delivery.model import Attempt, AttemptOutcome
from domain.doctor import Check
from domain.erased import ErasureHashes
from domain.erasure.model import ErasureStage
from domain.erasure.profile_eraser import LEASE, ProfileEraser
from domain.forwarding.model import DeadLetter
from domain.imports.model import ImportedConversation, ImportedMessage
from domain.model.agent.knowledge import KnowledgeGap
from domain.model.attachments import Attachment, AttachmentState
from domain.model.conversation import AuthorKind, Draft, Visitor
from domain.model.email_confirmation import (
    ConfirmationMails,
    EmailConfirmation,
    mails_of_conversation,
    mails_to_address,
)
from domain.model.messaging import (
    MailSender,
    MessageDelivery,
    OptOut,
    Progress,
    ReceivedMail,
    UnseenReplies,
    mail_sender_id,
    opt_out_id,
)
from domain.model.outbox import Destination, Outgoing, OutgoingKind, OutgoingState, outgoing_id
from domain.model.passed_over import PassedOver, PassedOverReason
from domain.principal import Operator
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.channel import Channel
from domain.values.errors import Unavailable
from domain.values.ids import AccountId, AttachmentId, ConversationId, MessageId, new_id
from domain.values.record import replace
from integrations.mongo.collections import entity_of
from resolvers.relay.global_ids import to_global_id
from tests.harness.program import SECRET, Json, Program, Shop, Started, browser
from tests.resolvers.metrics.histories import START, History

NAME, EMAIL, PHONE, ID, BROWSER = "Lena Quuxington", "lena.quux@example.com", "+393339998877", "cust-88123", "lena quux"
OWN = ("quux", "Quux", "9998877", "cust-88123", "zanzibar", "Zanzibar", browser(BROWSER))
EVENTS = """{ eventMetrics(search: "Customer Agent") { name count lastAt } }"""
REPORT = """{ conversations { totalCount } metrics(range: {preset: LAST_7_DAYS}) {
  totalVolume { count } open { count } closed { count } resolvedByAi { count } notResolvedByAi { count }
  aiGeneratedSales { amount currency } series(groupBy: CHANNEL) { key total points { count } } } }"""
ERASURE = """query($id: ID!) { node(id: $id) { ... on Erasure { requestedAt finishedAt searchedRecords
  requestedBy { kind name } removed { place count } mentions { place recordId } } } }"""


async def findings(baton: Program) -> list[Any]:
    ports = baton.baton.ports
    found = []
    for each in (*(check.examine for check in ports.integrity_checks), ports.doctor.examine):
        found += [finding async for finding in each(lambda _: None)]
    ignored = {Check.CLOCK, Check.WORKER, Check.OUTBOX}  # the clock is the test's own, and no worker delivers
    return [finding for finding in found if finding.check not in ignored]


async def found_in(baton: Program, *texts: str) -> set[tuple[str, str]]:
    """The collections in which any of the texts is, by the bytes of their documents: as it is, or in base64, as in the
    payload of a mail."""
    written = {form: text for text in texts for form in _forms(text.encode())}
    wanted = re.compile(b"|".join(re.escape(form) for form in written))
    return {
        (name, written[hit.group()])
        for name, documents in (await baton.everything()).items()
        for document in documents
        if (hit := wanted.search(bson.encode(document)))
    }


def _forms(text: bytes) -> Iterator[bytes]:
    """The text, and what it is within base64 wherever it begins, without the characters that its neighbours change."""
    yield text
    for before in range(3 if len(text) > 5 else 0):
        encoded = base64.b64encode(b"x" * before + text)
        yield encoded[-(-before * 8 // 6) : (before + len(text)) * 8 // 6]


async def run_erasures(baton: Program) -> None:
    """Run the worker until no erasure is left."""
    for _ in range(200):
        await baton.baton.workers.timers.fire_due()
        if not await baton.database["timers"].count_documents({"kind": "ERASE_PROFILE"}):
            return
        baton.clock.move(timedelta(seconds=15))
    raise AssertionError("the erasure does not end")


async def erase(baton: Program, shop: Shop, profile_id: str) -> Json:
    """Erase a shopper, and return the record."""
    payload = await baton.mutate(shop.owner, "eraseProfile", profileId=profile_id)
    assert payload["errors"] == []
    await run_erasures(baton)
    record: Json = (await baton.data(shop.owner, ERASURE, id=payload["erasure"]["id"]))["node"]
    return record


class Shopper:
    """Acts at random as one shopper, on every channel, with words that nobody else uses."""

    def __init__(self, baton: Program, shop: Shop, seed: int) -> None:
        self.dice = random.Random(seed)
        self._baton = baton
        self._shop = shop
        self._chats: list[Started] = []
        self._count = 0

    def words(self) -> str:
        self._count += 1
        return f"I am {NAME}, zanzibar{self._count}: write to {EMAIL} or {PHONE}"

    async def begin(self) -> None:
        channel, visitor = self.dice.choice(
            [
                ("WEB_CHAT", {"anonymousId": browser(BROWSER), "email": EMAIL, "name": NAME}),
                ("WEB_CHAT", {"profileId": ID, "email": EMAIL, "name": NAME, "phone": PHONE}),
                ("SMS", {"phone": PHONE, "name": NAME, "profileId": ID}),
                ("WHATSAPP", {"phone": PHONE}),
                ("EMAIL", {"email": EMAIL, "name": NAME}),
            ]
        )
        key = self._shop.widget if "anonymousId" in visitor else self._shop.owner
        given = {"channel": channel, "text": self.words(), "visitor": visitor, "idempotencyKey": f"key {self._count}"}
        begun = await self._baton.mutate(key, "startConversation", **given)
        assert begun["errors"] == []
        self._chats.append(
            Started(
                shop=self._shop,
                id=begun["conversation"]["id"],
                token=begun["visitorToken"],
                conversation=begun["conversation"],
                message=begun["message"],
            )
        )

    async def step(self) -> None:
        if not self._chats:
            await self.begin()
        chat = self.dice.choice(self._chats)
        owner, agent, now = self._shop.owner, self._shop.agent, self._baton.clock.now().isoformat()
        orders = {"total": {"amount": "12.50", "currency": "EUR"}, "placedAt": now, "email": EMAIL}
        post = {"text": f"Dear {NAME}, {self.words()}", "tags": ["returns"], "skill": "sizing"}
        card = {"products": [{"productId": "p1", "title": "Kettle"}]}
        name, key, given = self.dice.choice(
            [
                ("sendMessage", chat.token, {"text": self.words()}),
                ("postAgentMessage", agent, {**post, "epoch": 1}),
                ("postAgentMessage", agent, {**post, "epoch": 1, **card}),
                ("requestHandoff", agent, {"epoch": 1, "reason": "KNOWLEDGE_GAP", "summary": self.words()}),
                ("requestHandoff", agent, {"epoch": 1, "reason": "OTHER", "reasonDetail": self.words()}),
                ("addNote", owner, {"text": self.words()}),
                ("identifyVisitor", owner, {"email": EMAIL, "name": NAME, "phone": PHONE}),
                ("closeConversation", chat.token, {}),
                ("recordOrder", owner, {**orders, "orderId": f"o{self._count}"}),
            ]
        )
        if name != "recordOrder":
            given = {**given, "conversationId": chat.id}
        if name == "addNote":
            given["conversationId"] = chat.id
        self._count += 1
        await self._baton.errors_of(key, name, **given)

    async def import_some(self) -> None:
        at = self._baton.clock.now() - timedelta(days=2)
        message = ImportedMessage(author=AuthorKind.SHOPPER, text=self.words(), sent_at=at)
        imported = ImportedConversation(
            source="old",
            key="zanzibar",
            messages=(message,),
            channel=Channel.EMAIL,
            visitor=Visitor(email=EMAIL, name=NAME),
        )
        await self._baton.baton.history.import_batch(self._shop.id, [imported])

    async def profile(self) -> str:
        found = await self._baton.database["profiles"].find_one({"keys": f"e:{EMAIL}"})
        assert found is not None
        return to_global_id("Profile", found["_id"])


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_left_and_every_number_is_as_before(baton: Program, shop: Shop, seed: int) -> None:
    baton.clock.set(START)
    others, lena = History(baton, shop, seed), Shopper(baton, shop, seed)
    for number in range(25):
        await others.step()
        if number % 8 == 0:
            await lena.begin()
        await lena.step()
        baton.clock.move(timedelta(minutes=7))
    await lena.import_some()
    profile = await lena.profile()
    for chat in lena._chats:  # the erasure closes what is open, which is a change of its own
        await baton.errors_of(shop.owner, "closeConversation", conversationId=chat.id)
    before = [await baton.data(shop.owner, each) for each in (REPORT, EVENTS)]
    assert await findings(baton) == []
    assert {"conversations", "messages", "events", "vocabulary", "profiles"} <= {
        place for place, _ in await found_in(baton, *OWN)
    }

    record = await erase(baton, shop, profile)
    assert await found_in(baton, *OWN) == set()
    assert [await baton.data(shop.owner, each) for each in (REPORT, EVENTS)] == before
    assert await findings(baton) == []
    assert record["mentions"] == []
    assert record["finishedAt"] is not None
    assert record["searchedRecords"] > 100
    assert record["requestedBy"] == {"kind": "STAFF", "name": "Owner"}
    removed = {each["place"]: each["count"] for each in record["removed"]}
    assert removed["conversations"] == len({chat.id for chat in lena._chats}) + 1
    assert {"messages", "events", "business_events", "profiles", "vocabulary", "orders"} <= set(removed)

    again = await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    assert again["erasure"]["finishedAt"] == record["finishedAt"]
    # What was imported is not imported again; a shopper who comes back is a new one.
    await lena.import_some()
    back = await baton.start(shop, "Hello", key=shop.owner, email=EMAIL)
    assert back.conversation["profile"]["id"] != profile
    assert [each async for each in baton.baton.services.erasure_check.examine(lambda _: None)] == []


async def lenas(baton: Program, shop: Shop, messages: int = 3) -> tuple[Started, str]:
    """A conversation of Lena's, and the id of her profile."""
    talk = await baton.start(shop, f"zanzibar, says {NAME}", key=shop.owner, email=EMAIL, name=NAME, phone=PHONE)
    for number in range(messages):
        await baton.mutate_brief(talk.token, "sendMessage", conversationId=talk.id, text=f"zanzibar{number} {EMAIL}")
    return talk, talk.conversation["profile"]["id"]


async def test_it_goes_in_steps_beside_traffic_and_another_process_continues(
    baton: Program, shop: Shop, second: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first process dies in every second step, after it has changed something and before it notes that."""
    monkeypatch.setattr("integrations.mongo.erasure.finder._SECONDS", 0.0)  # a page in each step of the search
    talk, profile = await lenas(baton, shop, 30)
    bob = await baton.start(shop, "I ask about zanzibar3", key=shop.owner, email="bob@example.com")
    payload = await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    number = deaths = 0
    while timer := await due_step(baton):
        try:
            await dying(baton, writes=1 + number % 3).step(shop.id, timer)
        except Unavailable:
            await eraser_of(second).step(shop.id, timer)  # does nothing: the lease of the dead process holds
            assert await due_step(baton) == replace(timer, due_at=baton.clock.now() + LEASE)
            baton.clock.move(LEASE)
            deaths += 1
        # Somebody uses one of her words while they are removed.
        await baton.mutate_brief(bob.token, "sendMessage", conversationId=bob.id, text=f"zanzibar9 number{number}")
        if number % 3 == 2 and (timer := await due_step(baton)):
            await eraser_of(second).step(shop.id, timer)
        baton.clock.move(timedelta(seconds=15))
        number += 1
    assert deaths > len(ErasureStage)
    record = (await baton.data(shop.owner, ERASURE, id=payload["erasure"]["id"]))["node"]
    assert (record["finishedAt"] is not None, record["mentions"]) == (True, [])
    assert await found_in(baton, EMAIL, NAME, "9998877", "zanzibar7") == set()
    assert await findings(baton) == []
    for words, count in (("zanzibar9", 1), ("zanzibar3", 1), ("zanz", 1), ("zanzibar7", 0)):
        assert await searched(baton, shop, words) == count
    # Nothing can be added to what is left of her conversation.
    for key, name, given in (
        (shop.agent, "postAgentMessage", {"epoch": 1, "text": "zanzibar"}),
        (shop.owner, "identifyVisitor", {"email": EMAIL}),
    ):
        assert [e["code"] for e in await baton.errors_of(key, name, conversationId=talk.id, **given)] == ["NOT_FOUND"]
    refused = await baton.ask(talk.token, "query($id: ID!) { conversation(id: $id) { id } }", id=talk.id)
    assert refused.status == 401
    assert await found_in(baton, EMAIL, NAME) == set()


async def test_the_doctor_is_content_at_every_step(baton: Program, shop: Shop) -> None:
    _, profile = await lenas(baton, shop, 12)
    await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    steps = 0
    while timer := await due_step(baton):
        await eraser_of(baton).step(shop.id, timer)
        assert await findings(baton) == []
        baton.clock.move(timedelta(seconds=15))
        steps += 1
    assert steps > len(ErasureStage)


def eraser_of(program: Program) -> ProfileEraser:
    ports = program.baton.ports
    return ProfileEraser(storage=ports.storage, store=ports.erasure, hashes=ErasureHashes(SECRET.encode()))


async def due_step(baton: Program) -> Timer | None:
    found = await baton.database["timers"].find_one({"kind": "ERASE_PROFILE"})
    return None if found is None else entity_of(Timer, found)


class _Dying:
    """The storage of a process that dies after so many writes: then what a step did may be done, and not noted."""

    def __init__(self, storage: Storage, writes: int) -> None:
        self._storage = storage
        self._left = writes

    async def write(self, account_id: AccountId, change: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise Unavailable("The process died.")
        return await self._storage.write(account_id, change)


def dying(program: Program, *, writes: int) -> ProfileEraser:
    ports = program.baton.ports
    storage: Any = _Dying(ports.storage, writes)
    return ProfileEraser(storage=storage, store=ports.erasure, hashes=ErasureHashes(SECRET.encode()))


async def searched(baton: Program, shop: Shop, words: str) -> int:
    document = "query($filter: ConversationFilter!) { conversations(filter: $filter) { totalCount } }"
    found = await baton.data(shop.owner, document, filter={"search": words})
    return int(found["conversations"]["totalCount"])


async def test_what_others_say_of_the_shopper_is_named_and_stays(baton: Program, shop: Shop) -> None:
    """In whatever letters: an address in capitals is the same one, and so is a number without its plus."""
    _, profile = await lenas(baton, shop)
    said = (EMAIL, EMAIL.upper(), PHONE.removeprefix("+"))
    national = [
        await baton.start(shop, f"Ring {number} now", key=shop.owner, email=f"eve{index}@example.com")
        for index, number in enumerate(("333 999-8877", "+39 (333) 9998877", "0039.333.9998877", "333/9998877"))
    ]
    foreign = await baton.start(shop, "Hello", key=shop.owner, phone="+443339998877")
    others = [
        await baton.start(shop, f"Write to {words} too", key=shop.owner, email=f"bob{number}@example.com")
        for number, words in enumerate(said)
    ]
    record = await erase(baton, shop, profile)
    assert {"conversations", "messages", "events"} <= {each["place"] for each in record["mentions"]}
    named = {each["recordId"] for each in record["mentions"]}
    assert {each.key for each in (*others, *national)} <= named
    assert "9998877" not in str(record)
    assert foreign.key not in named, "the same digits behind another country's code"
    found = [each async for each in baton.baton.services.erasure_check.examine(lambda _: None)]
    assert {finding.check for finding in found} == {Check.ERASED}
    assert {each.key for each in others} <= {finding.where.split()[-1] for finding in found}
    for each in (*others, *national):  # what the advice says leaves nothing
        await baton.done(shop.owner, "redactMessage", messageId=each.message["id"])
    for _ in range(10):
        await baton.baton.workers.timers.fire_due()
        baton.clock.move(timedelta(minutes=1))
    assert [each.where async for each in baton.baton.services.erasure_check.examine(lambda _: None)] == []


async def test_a_shopper_who_is_back_is_not_taken_for_a_remainder(baton: Program, shop: Shop) -> None:
    """Whatever capitals the address was given in, before and after."""
    visitors = [{"email": EMAIL.title(), "phone": "+5215512345678"}, {"email": EMAIL.title()}, {"email": EMAIL.upper()}]
    talk = await baton.start(shop, "zanzibar", key=shop.owner, **visitors[0])
    record = await erase(baton, shop, talk.conversation["profile"]["id"])
    assert record["mentions"] == []
    for visitor in visitors:
        await baton.start(shop, f"I am {visitor['email']} again", key=shop.owner, **visitor)
    assert [each async for each in baton.baton.services.erasure_check.examine(lambda _: None)] == []


async def test_the_search_asks_for_a_worker_if_none_goes_on(baton: Program, shop: Shop) -> None:
    _, profile = await lenas(baton, shop)
    await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    check = baton.baton.services.erasure_check

    async def advice() -> list[str]:
        return [each.advice async for each in check.examine(lambda _: None)]

    for _ in range(3):  # it has just begun; a worker takes steps; it waits for other processes
        assert await advice() == []
        await baton.baton.workers.timers.fire_due()
    assert await check.under_way() == 1
    baton.clock.move(timedelta(minutes=5))
    assert await advice() == ["Run a worker: `baton worker`, or `baton serve`."]
    await baton.database["timers"].delete_many({"kind": "ERASE_PROFILE"})
    assert "--repair" in (await advice())[0]
    assert await check.repair(by=Operator(name="root")) == 0
    assert await advice() == []
    await run_erasures(baton)
    assert await check.under_way() == 0


async def test_a_restored_backup_is_erased_again(baton: Program, shop: Shop, tmp_path: Path) -> None:
    _, profile = await lenas(baton, shop)
    bob = await baton.start(shop, "Hello", key=shop.owner, email="bob@example.com")
    backup = await baton.everything()
    await erase(baton, shop, profile)
    check = baton.baton.services.erasure_check
    kept = await check.listed()
    assert EMAIL not in repr(kept)
    for name in await baton.database.list_collection_names():
        await baton.database[name].delete_many({})
        if backup.get(name):
            await baton.database[name].insert_many(backup[name])
    assert await found_in(baton, EMAIL) != set()
    assert [each async for each in check.examine(lambda _: None)] == []  # it knows nothing of the erasure

    async with baton.twin(tmp_path / "restored") as restored:  # a process that was started after the restore
        check = restored.baton.services.erasure_check
        assert (await check.add(kept), await check.add(kept)) == (1, 0)
        found = [each async for each in check.examine(lambda _: None)]
        assert any("is there again" in finding.problem for finding in found)
        assert await check.repair(by=Operator(name="root")) == 1
        await run_erasures(restored)
        assert await check.repair(by=Operator(name="root")) == 0
        assert await found_in(baton, EMAIL, NAME, "9998877", "zanzibar") == set()
        assert [each async for each in check.examine(lambda _: None)] == []
        question = "query($id: ID!) { conversation(id: $id) { firstQuestion } }"
        assert (await restored.data(shop.owner, question, id=bob.id))["conversation"] == {"firstQuestion": "Hello"}


async def test_every_record_that_names_the_shopper(baton: Program, shop: Shop) -> None:
    """Records that carriers, vendors and workers write, in each collection that can name the shopper."""
    talk, profile = await lenas(baton, shop)
    ports, key, words = baton.baton.ports, ConversationId(talk.key), f"zanzibar, {NAME}"
    said = await baton.database["messages"].find_one({"conversation_id": key})
    event = await baton.database["business_events"].find_one({"conversation.id": key})
    assert said is not None
    assert event is not None
    now, message = baton.clock.now(), MessageId(said["_id"])
    attempt = Attempt(at=now, outcome=AttemptOutcome.FAILED, error=f"{EMAIL} is unknown")
    row = Outgoing(
        id=outgoing_id(key, 1),
        destination=Destination.EMAIL,
        kind=OutgoingKind.MESSAGE,
        ordering_key=f"shopper:{key}",
        conversation_id=key,
        created_at=now,
        due_at=now,
        last_sequence=1,
        message_id=message,
        payload=words,
        attempts=(attempt,),
        external_id=f"<{EMAIL}>",
    )
    done = {"state": OutgoingState.DELIVERED, "done_at": now}
    file = Attachment(
        id=AttachmentId(new_id()),
        owner="channel:mail",
        name=f"{NAME}.txt",
        content_type="text/plain",
        state=AttachmentState.ATTACHED,
        created_at=now,
        size=8,
        blob="1",
        conversation_id=key,
        message_id=message,
    )
    upload = replace(
        file, id=AttachmentId(new_id()), owner=f"SHOPPER:{key}", conversation_id=None, message_id=None, expires_at=now
    )
    source = replace(file, id=AttachmentId(new_id()), conversation_id=None, message_id=None)
    mail = {"reference": f"<1@{EMAIL}>", "sender": EMAIL, "subject": words, "text": words, "received_at": now}
    passed = PassedOver(id=new_id(), at=now, channel=Channel.EMAIL, reason=PassedOverReason.EMPTY, text=words)
    saved = [
        *(row, replace(row, id=outgoing_id(key, 2), ordering_key="other", **done)),
        *(file, upload, source),
        Draft(id=new_id(), conversation_id=key, text=words, epoch=1, written_at=now),
        ReceivedMail(id=message, conversation_id=key, **mail),
        MessageDelivery(
            id=message, conversation_id=key, channel=Channel.SMS, progress=Progress.FAILED, at=now, error=PHONE
        ),
        UnseenReplies(id=key, first=1),
        EmailConfirmation(id=new_id(), conversation_id=key, email=EMAIL, created_at=now, expires_at=now),
        *(
            ConfirmationMails(id=each, at=now)
            for each in (mails_of_conversation(key), mails_to_address(shop.id, EMAIL))
        ),
        MailSender(id=mail_sender_id(shop.id, EMAIL), at=now, conversation_id=key),
        OptOut(id=opt_out_id(shop.id, Channel.SMS, PHONE), at=now, keyword="STOP"),
        *(replace(passed, id=new_id(), sender=EMAIL.title(), source_file=source.id), replace(passed, taken_into=key)),
        replace(passed, id=new_id(), sender=PHONE),
        KnowledgeGap(
            id=new_id(),
            question=words,
            words=("zanzibar",),
            count=2,
            first_at=now,
            last_at=now,
            conversation_ids=(key, ConversationId("bob's")),
        ),
        KnowledgeGap(
            id="asked by Bob since",
            question="Is there a lamp?",
            words=("zanzibar",),
            count=3,
            first_at=now,
            last_at=now,
            conversation_ids=(ConversationId("bob's"), key),
        ),
        DeadLetter(
            id=f"{new_id()}:{event['_id']}", forwarding_id=new_id(), event_id=event["_id"], seq=1, at=now, error=EMAIL
        ),
    ]

    async def save(uow: UnitOfWork) -> None:
        for entity in saved:
            uow.save(entity)

    await ports.storage.write(shop.id, save)
    for each in (file, upload, source):
        await ports.attachments.files.write(blob_key(shop.id, each), _bytes(b"zanzibar"), size=8)
    record = await erase(baton, shop, profile)
    assert await found_in(baton, EMAIL, NAME, "9998877", "zanzibar", "Lena") == set()
    assert (record["mentions"], await findings(baton)) == ([], [])
    [gap] = await baton.database["knowledge_gaps"].find().to_list()
    left = (gap["_id"], gap["question"], gap["words"], gap["count"], gap["conversation_ids"])
    assert left == ("asked by Bob since", "Is there a lamp?", ["lamp"], 3, ["bob's"])
    rows = await baton.database["outgoing"].find(sort=[("_id", 1)]).to_list()
    assert [each["state"] for each in rows] == ["CANCELLED", "DELIVERED"]
    removed = {each["place"]: each["count"] for each in record["removed"]}
    assert (removed["attachments"], removed["passed_over"], removed["outgoing"]) == (2, 3, 2)
    assert [each async for each in ports.attachments.files.blobs()] == []


async def _bytes(content: bytes) -> AsyncIterator[bytes]:
    yield content
