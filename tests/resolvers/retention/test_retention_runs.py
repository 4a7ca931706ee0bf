"""A run of retention: omitted times stay, damaged records are left and named, and each step goes on where it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.doctor import Check
from domain.retention.sweeper import RetentionSweeper
from tests.harness.program import Json, Program, Shop
from tests.resolvers.profile.test_erasing import findings, found_in, run_erasures
from tests.resolvers.retention.test_retention import LOG, attach, closed, run_retention, timer_of

SETTINGS = "{ retention { transcripts attachments events } }"
CHANGES = "{ auditLog(filter: {actions: [RETENTION_UPDATED]}) { nodes { changes { field before after } } } }"


async def set_times(baton: Program, shop: Shop, **given: str | None) -> Json:
    payload = await baton.mutate(shop.owner, "updateRetention", **given)
    assert payload["errors"] == []
    retention: Json = payload["retention"]
    return retention


async def test_what_is_omitted_stays_and_null_ends_it(baton: Program, shop: Shop) -> None:
    await set_times(baton, shop, transcripts="P30D", attachments="P9D")
    assert await set_times(baton, shop, events="P7D") == {"transcripts": "P30D", "attachments": "P9D", "events": "P7D"}
    after = {"transcripts": None, "attachments": "P9D", "events": "P7D"}
    assert await set_times(baton, shop, transcripts=None) == after
    assert await set_times(baton, shop) == after
    assert (await baton.data(shop.owner, SETTINGS))["retention"] == after
    entries = (await baton.data(shop.owner, CHANGES))["auditLog"]["nodes"]
    assert [[each["field"] for each in entry["changes"]] for entry in entries] == [
        ["transcripts"],
        ["events"],
        ["transcripts", "attachments"],
    ]


async def damaged(baton: Program, name: str, query: Json, change: Json) -> None:
    changed = await baton.database[name].update_one(query, {"$set": change})
    assert changed.modified_count == 1


async def test_damaged_records_are_left_and_named(baton: Program, shop: Shop, second: Program) -> None:
    """The first of all old conversations, an event of the log, a business event, and a file."""
    talks = [await closed(baton, shop, words) for words in ("zanzibar", "honolulu", "reykjavik")]
    for talk in talks[1:]:
        await attach(baton, shop, talk, talk.message, "a.png")
    await damaged(baton, "conversations", {"_id": talks[0].key}, {"visitor": 7})
    of_second = {"body.conversation.id": talks[1].key, "body.message.text": "honolulu more"}
    await damaged(baton, "events", of_second, {"body.message.sent_at": "never"})
    first = {"conversation.id": talks[2].key, "type": "CONVERSATION_STARTED"}
    await damaged(baton, "business_events", first, {"conversation.started_at": "never"})
    baton.clock.move(timedelta(days=9))
    await set_times(baton, shop, transcripts="P7D", attachments="P7D", events="P7D")
    await run_retention(second)  # its memory has none of them as they were
    assert {place for place, _ in await found_in(baton, "honolulu ")} == {"events"}
    assert {place for place, _ in await found_in(baton, "reykjavik ")} == {"business_events"}
    assert {"messages", "conversations"} <= {place for place, _ in await found_in(baton, "zanzibar ")}
    [entry] = (await baton.data(shop.owner, LOG))["auditLog"]["nodes"]
    counts = {each["field"]: int(each["after"]) for each in entry["changes"]}
    assert (counts["conversations"], counts["unreadable"]) == (2, 3)
    wrong = [each for each in await findings(second) if each.check is Check.RECORDS]
    assert len(wrong) == 3
    assert any(talks[0].key in each.where for each in wrong)


async def test_events_that_lost_their_shopper_are_not_those_of_an_erasure(baton: Program, shop: Shop) -> None:
    """So an erasure finds them still, with what receivers said about them."""
    talk = await closed(baton, shop, "zanzibar")
    row = await baton.database["business_events"].find_one({"conversation.id": talk.key})
    assert row is not None
    letter = {"_id": f"x{row['_id']}", "account": shop.id, "forwarding_id": "x", "event_id": row["_id"]}
    await baton.database["dead_letters"].insert_one({**letter, "seq": 1, "at": baton.clock.now(), "error": "zanzibar"})
    baton.clock.move(timedelta(days=9))
    await set_times(baton, shop, events="P7D")
    await run_retention(baton)
    rows = await baton.database["business_events"].find({"conversation.id": talk.key}).to_list()
    assert rows
    assert all("words_removed_at" in each and "erased_at" not in each["conversation"] for each in rows)
    assert {place for place, _ in await found_in(baton, "zanzibar ")}.isdisjoint({"business_events"})
    written = [each["words_removed_at"] for each in rows]
    await baton.database["retention_policies"].update_one({}, {"$unset": {"events_until": ""}})
    baton.clock.move(timedelta(days=2))
    await run_retention(baton)  # it does not do it twice
    rows = await baton.database["business_events"].find({"conversation.id": talk.key}).to_list()
    assert [each["words_removed_at"] for each in rows] == written

    await baton.mutate(shop.owner, "eraseProfile", profileId=talk.conversation["profile"]["id"])
    await run_erasures(baton)
    rows = await baton.database["business_events"].find({"conversation.id": talk.key}).to_list()
    assert all("erased_at" in each["conversation"] for each in rows)
    assert await baton.database["dead_letters"].count_documents({}) == 0


async def steps(baton: Program, shop: Shop) -> list[str]:
    """Take every step of the run. Return their stages, and check the database between any two."""
    sweeper = RetentionSweeper(storage=baton.baton.ports.storage, store=baton.baton.ports.words)
    taken: list[str] = []
    while (timer := await timer_of(baton)) and timer.due_at <= baton.clock.now() + timedelta(minutes=2):
        if timer.due_at > baton.clock.now():
            baton.clock.move(timedelta(seconds=15))
        await sweeper.step(shop.id, timer)
        policy: Any = await baton.database["retention_policies"].find_one()
        taken.append(policy["run"]["stage"] if "run" in policy else "DONE")
        assert await findings(baton) == [], taken
    return taken


async def test_the_doctor_finds_nothing_while_it_runs(
    baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also: the stages go once through what they clear, however many conversations lose their words."""
    monkeypatch.setattr("domain.retention.sweeper._CONVERSATIONS", 2)
    for number in range(5):
        await closed(baton, shop, f"word{number}")
        baton.clock.move(timedelta(minutes=1))
    held = await closed(baton, shop, "honolulu")
    await baton.done(shop.owner, "setLegalHold", conversationId=held.id, held=True, reason="Case 1")
    baton.clock.move(timedelta(days=9))
    await set_times(baton, shop, transcripts="P7D", attachments="P7D", events="P7D")
    taken = await steps(baton, shop)
    assert taken.count("LOG") == 1
    assert taken.count("VOCABULARY") == 2
    assert taken.count("TRANSCRIPTS") <= 8  # of three batches two each, and the last look
    assert {words for _, words in await found_in(baton, *(f"word{number} " for number in range(5)))} == set()
    assert await found_in(baton, "honolulu ") != set()


async def test_the_doctor_finds_nothing_while_a_message_is_redacted(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, "zanzibar question", key=shop.owner)
    await baton.done(shop.owner, "redactMessage", messageId=talk.message["id"])
    assert await findings(baton) == []
    for _ in range(4):
        await baton.baton.workers.timers.fire_due()
        assert await findings(baton) == []
        baton.clock.move(timedelta(seconds=15))
    assert await found_in(baton, "zanzibar") == set()


async def test_the_doctor_finds_a_wrong_row_beside_a_run(baton: Program, shop: Shop) -> None:
    await closed(baton, shop, "zanzibar")
    baton.clock.move(timedelta(days=9))
    other = await baton.start(shop, "reykjavik", key=shop.owner)
    await set_times(baton, shop, transcripts="P7D")
    timer = await timer_of(baton)
    assert timer is not None
    await RetentionSweeper(storage=baton.baton.ports.storage, store=baton.baton.ports.words).step(shop.id, timer)
    await baton.database["conversation_terms"].update_one({"_id": other.key}, {"$set": {"terms": ["wrong"]}})
    assert [each.check for each in await findings(baton)] == [Check.SEARCH]
