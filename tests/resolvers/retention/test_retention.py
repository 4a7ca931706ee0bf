"""Retention: old conversations lose their words, every number stays, and a legal hold keeps everything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.conversation.aggregate import Change
from domain.model.attachments import Attachment, AttachmentState
from domain.model.conversation import Conversation, Message
from domain.model.handoff import DeliveryState, Helpdesk, Ticket
from domain.retention.sweeper import REMOVED_FILE, RetentionSweeper
from domain.storage import Reader, Storage, Timer, UnitOfWork
from domain.values.errors import Unavailable
from domain.values.ids import AccountId, AttachmentId, ConversationId, new_id
from domain.values.record import replace
from integrations.mongo.collections import entity_of
from resolvers.relay.global_ids import parse_global_id
from tests.harness.event_consistency import ConsistencyChecker, View
from tests.harness.program import Json, Program, Shop, Started
from tests.resolvers.metrics.histories import START, History
from tests.resolvers.profile.test_erasing import EVENTS, findings, found_in, searched

REPORT = """{ conversations { totalCount } metrics(range: {preset: LAST_90_DAYS}) {
  totalVolume { count } open { count } closed { count } resolvedByAi { count } notResolvedByAi { count }
  aiGeneratedSales { amount currency } series(groupBy: CHANNEL) { key total points { count } } } }"""
LOG = "{ auditLog(filter: {actions: [RETENTION_APPLIED]}) { nodes { actor { kind } changes { field after } } } }"


class DyingStorage:
    """The storage of a process that dies after so many writes: then what a step did may be done, and not noted."""

    def __init__(self, storage: Storage, writes: int) -> None:
        self._storage = storage
        self._left = writes

    async def write(self, account_id: AccountId, change: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise Unavailable("The process died.")
        return await self._storage.write(account_id, change)

    def read(self, account_id: AccountId) -> Reader:
        return self._storage.read(account_id)


async def timer_of(baton: Program) -> Timer | None:
    found = await baton.database["timers"].find_one({"kind": "APPLY_RETENTION"})
    return None if found is None else entity_of(Timer, found)


async def run_retention(baton: Program) -> None:
    """Run the worker until the run is over."""
    for _ in range(50):
        await baton.baton.workers.timers.fire_due()
        timer = await timer_of(baton)
        if timer is None or timer.due_at > baton.clock.now() + timedelta(minutes=2):
            return
        baton.clock.move(timedelta(seconds=15))
    raise AssertionError("the run does not end")


async def keep_for(baton: Program, shop: Shop, **given: str) -> None:
    payload = await baton.mutate(shop.owner, "updateRetention", **given)
    assert payload["errors"] == []
    assert payload["retention"] == {"transcripts": None, "attachments": None, "events": None, **given}


async def closed(baton: Program, shop: Shop, words: str) -> Started:
    talk = await baton.start(shop, f"{words} question", key=shop.owner, email=f"{words}@example.com")
    await baton.reply(talk, f"{words} answer", products=[{"productId": "p1", "title": "Kettle"}])
    given = {"epoch": 1, "reason": "KNOWLEDGE_GAP", "summary": f"{words} summary", "reasonDetail": f"{words} detail"}
    await baton.done(shop.agent, "requestHandoff", conversationId=talk.id, **given)
    await baton.done(talk.token, "sendMessage", conversationId=talk.id, text=f"{words} more")
    await baton.done(shop.owner, "addNote", conversationId=talk.id, text=f"{words} note")
    await baton.done(shop.owner, "closeConversation", conversationId=talk.id)
    return talk


async def test_old_transcripts_lose_every_word_and_no_number(baton: Program, shop: Shop) -> None:
    baton.clock.set(START)
    others = History(baton, shop, 3)
    for _ in range(20):
        await others.step()
        baton.clock.move(timedelta(minutes=7))
    old = await closed(baton, shop, "zanzibar")
    held = await closed(baton, shop, "honolulu")
    await baton.done(shop.owner, "setLegalHold", conversationId=held.id, held=True, reason="Case 1")
    baton.clock.move(timedelta(days=20))
    new = await closed(baton, shop, "reykjavik")
    baton.clock.move(timedelta(days=15))
    await baton.baton.workers.timers.fire_due()  # what is silent for 48 hours is closed
    before = [await baton.data(shop.owner, each) for each in (REPORT, EVENTS)]
    views = {key: await ConsistencyChecker(baton).snapshot(key, old.id) for key in (shop.owner, shop.analyst)}

    await keep_for(baton, shop, transcripts="P30D", events="P30D")
    await run_retention(baton)
    left = {place for place, _ in await found_in(baton, "zanzibar ")}
    assert left == set()
    assert await searched(baton, shop, "zanzibar question") == 0
    assert [await baton.data(shop.owner, each) for each in (REPORT, EVENTS)] == before
    assert await findings(baton) == []
    for words in ("honolulu", "reykjavik"):
        places = {place for place, _ in await found_in(baton, f"{words} ")}
        assert {"messages", "conversations", "business_events"} <= places
        assert await searched(baton, shop, f"{words} question") == 1
    # The old state and its events are the new one, also from the beginning of the log.
    for key, view in views.items():
        await ConsistencyChecker(baton).check(key, old.id, view)
        await ConsistencyChecker(baton).check(key, new.id, View())
    [entry] = (await baton.data(shop.owner, LOG))["auditLog"]["nodes"]
    counts = {each["field"]: int(each["after"]) for each in entry["changes"]}
    assert entry["actor"] == {"kind": "SYSTEM"}
    assert counts["messages"] >= 4
    assert counts["conversations"] >= 1

    # The next run finds nothing, until the hold ends.
    baton.clock.move(timedelta(days=1))
    await run_retention(baton)
    assert len((await baton.data(shop.owner, LOG))["auditLog"]["nodes"]) == 1
    await baton.done(shop.owner, "setLegalHold", conversationId=held.id, held=False)
    await run_retention(baton)
    assert await found_in(baton, "honolulu ") == set()
    assert await findings(baton) == []


async def attach(baton: Program, shop: Shop, talk: Started, message: Json, name: str) -> None:
    parsed = parse_global_id(message["id"])
    assert parsed is not None
    file = Attachment(
        id=AttachmentId(new_id()),
        owner="x",
        name=name,
        content_type="image/png",
        state=AttachmentState.ATTACHED,
        created_at=baton.clock.now(),
        size=1,
        conversation_id=ConversationId(talk.key),
        message_id=parsed[1],
    )

    async def change(uow: UnitOfWork) -> None:
        present = await uow.get(Message, parsed[1])
        assert present is not None
        uow.save(replace(present, attachments=(file.file,)))
        uow.save(file)

    await baton.baton.services.storage.write(shop.id, change)


async def put_open_ticket(baton: Program, shop: Shop, talk: Started) -> None:
    """A ticket that goes on in the helpdesk after the chat has ended."""

    async def change(uow: UnitOfWork) -> None:
        conversation = await uow.get(Conversation, talk.key)
        assert conversation is not None
        change = Change(uow, conversation)
        change.put_ticket(
            Ticket(
                id=conversation.next_ticket_id,
                handoff_id=conversation.next_handoff_id,
                helpdesk=Helpdesk.ZENDESK,
                created_at=uow.now,
                delivery=DeliveryState.DELIVERED,
                external_id="900",
            )
        )
        await change.commit()

    await baton.baton.services.storage.write(shop.id, change)


async def test_old_files_are_deleted_and_the_words_stay(baton: Program, shop: Shop) -> None:
    talks = [await closed(baton, shop, words) for words in ("zanzibar", "honolulu")]
    still_open = await baton.start(shop, "reykjavik", key=shop.owner)
    answered_by_mail = await closed(baton, shop, "valparaiso")
    await put_open_ticket(baton, shop, answered_by_mail)
    for talk in (*talks, still_open, answered_by_mail):
        await attach(baton, shop, talk, talk.message, "a.png")
    await baton.done(shop.owner, "setLegalHold", conversationId=talks[1].id, held=True, reason="Case 1")
    baton.clock.move(timedelta(days=1, hours=1))
    async with ConsistencyChecker(baton).watching(shop.owner, talks[0].id):
        await keep_for(baton, shop, attachments="P1D")
        await run_retention(baton)
        await baton.baton.workers.timers.fire_due()
    rows = await baton.database["attachments"].find().to_list()
    assert {row["conversation_id"] for row in rows} == {talks[1].key, still_open.key, answered_by_mail.key}
    document = "query($id: ID!) { node(id: $id) { ... on Message { text attachments { name problem url } } } }"
    message = (await baton.data(shop.owner, document, id=talks[0].message["id"]))["node"]
    assert message["text"] == "zanzibar question"
    assert message["attachments"] == [{"name": "a.png", "problem": REMOVED_FILE, "url": None}]


async def test_a_worker_that_dies_leaves_nothing_behind(baton: Program, shop: Shop, second: Program) -> None:
    """The first process dies in every step, after it has changed something and before it notes that."""
    for number in range(25):
        given = {"channel": "SMS", "visitor": {"phone": f"+3933312{number:05d}"}, "text": f"zanzibar{number} word"}
        await baton.mutate_brief(shop.owner, "startConversation", **given)
        baton.clock.move(timedelta(minutes=1))
    baton.clock.move(timedelta(days=3))
    await baton.baton.workers.timers.fire_due()
    baton.clock.move(timedelta(days=3))
    await keep_for(baton, shop, transcripts="P2D", events="P7D")
    ports, deaths = baton.baton.ports, 0
    while (timer := await timer_of(baton)) and timer.due_at < baton.clock.now() + timedelta(minutes=2):
        storage: Any = DyingStorage(ports.storage, 1 + deaths % 2)
        try:
            await RetentionSweeper(storage=storage, store=ports.words).step(shop.id, timer)
        except Unavailable:
            deaths += 1
        baton.clock.move(timedelta(minutes=1))
        if present := await timer_of(baton):
            await RetentionSweeper(storage=second.baton.ports.storage, store=ports.words).step(shop.id, present)
        baton.clock.move(timedelta(seconds=15))
    assert deaths >= 3
    assert {place for place, _ in await found_in(baton, "zanzibar")} <= {"business_events"}  # they are too new
    assert await findings(baton) == []
    [entry] = (await baton.data(shop.owner, LOG))["auditLog"]["nodes"]
    assert {"field": "conversations", "after": "25"} in entry["changes"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"transcripts": "PT1H"}, ["input", "transcripts"]),
        ({"attachments": "P3651D"}, ["input", "attachments"]),
        ({"events": "P6D"}, ["input", "events"]),
    ],
)
async def test_times_have_bounds(baton: Program, shop: Shop, given: Json, path: list[str]) -> None:
    [error] = await baton.errors_of(shop.owner, "updateRetention", **given)
    assert (error["code"], error["path"]) == ("INVALID", path)


async def test_what_is_added_after_the_words_went_goes_too(baton: Program, shop: Shop) -> None:
    talk = await closed(baton, shop, "zanzibar")
    baton.clock.move(timedelta(days=9))
    await keep_for(baton, shop, transcripts="P7D")
    await run_retention(baton)
    document = "query($id: ID!) { conversation(id: $id) { transcriptRemovedAt } }"
    removed = (await baton.data(shop.owner, document, id=talk.id))["conversation"]["transcriptRemovedAt"]
    assert removed is not None

    await baton.done(shop.owner, "addNote", conversationId=talk.id, text="honolulu note")
    assert (await baton.data(shop.owner, document, id=talk.id))["conversation"]["transcriptRemovedAt"] is None
    baton.clock.move(timedelta(days=1))
    async with ConsistencyChecker(baton).watching(shop.owner, talk.id):
        await run_retention(baton)
    assert await found_in(baton, "honolulu", "zanzibar ") == set()
    assert await findings(baton) == []


async def test_a_note_that_comes_while_the_words_go(baton: Program, shop: Shop) -> None:
    """Between two steps of the run: the earlier words go all the same, and the note in the same run."""
    talk = await closed(baton, shop, "zanzibar")
    baton.clock.move(timedelta(days=9))
    await keep_for(baton, shop, transcripts="P7D")
    timer = await timer_of(baton)
    assert timer is not None
    await RetentionSweeper(storage=baton.baton.ports.storage, store=baton.baton.ports.words).step(shop.id, timer)
    assert await baton.database["conversations"].count_documents({"transcript_removed_at": {"$exists": True}}) == 1
    assert {place for place, _ in await found_in(baton, "zanzibar ")} >= {"messages"}
    baton.clock.move(timedelta(seconds=1))
    await baton.done(shop.owner, "addNote", conversationId=talk.id, text="honolulu note")
    await run_retention(baton)
    assert await found_in(baton, "honolulu", "zanzibar ") == set()
