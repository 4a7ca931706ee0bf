"""No job and no command of an older build overwrites what a newer one has stored: it leaves it, or is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.harness.program import Program, Shop, Started

LONG_AFTER = timedelta(hours=49)  # after the last message: the conversation is due
MINUTE = timedelta(minutes=1)
STATES = {
    "status": {"status": "ON_HOLD"},
    "last speaker": {"last_speaker": "ROBOT"},
    "controller": {"controller.kind": "CREW"},
}


@pytest.fixture
async def older(baton: Program, tmp_path: Path) -> AsyncIterator[Program]:
    """A process that has read nothing yet, so that it finds what the tests put into the database."""
    async with baton.twin(tmp_path / "older") as program:
        yield program


async def store(baton: Program, started: Started, values: dict[str, Any]) -> dict[str, Any]:
    """Put what a newer build would store into the conversation. Returns it as it is then."""
    conversations = baton.database["conversations"]
    await conversations.update_one({"_id": started.key}, {"$set": values})
    return await conversations.find_one({"_id": started.key}) or {}


async def fire(program: Program) -> None:
    await program.baton.workers.timers.fire_due()
    assert program.baton.workers.timers.failures == 0


@pytest.mark.parametrize("values", STATES.values(), ids=STATES)
async def test_no_timer_touches_a_conversation_in_a_state_of_a_newer_build(
    baton: Program, shop: Shop, older: Program, values: dict[str, Any]
) -> None:
    strange, plain = await baton.start(shop), await baton.start(shop)
    stored = await store(baton, strange, values)
    timers = await baton.database["timers"].distinct("_id", {"subject": strange.key})
    baton.clock.move(LONG_AFTER)
    await fire(older)
    assert await baton.database["conversations"].find_one({"_id": strange.key}) == stored
    assert await baton.database["timers"].distinct("_id", {"subject": strange.key}) == timers
    others = await baton.database["conversations"].distinct("status", {"_id": plain.key})
    assert others == ["CLOSED"], "the others are closed as ever"

    known = {"status": "OPEN", "last_speaker": "SHOPPER", "controller.kind": "AI_AGENT"}
    await store(baton, strange, known)  # to a newer build, each value is known
    baton.clock.move(MINUTE)
    await fire(baton)
    assert await baton.database["conversations"].distinct("status", {"_id": strange.key}) == ["CLOSED"]


async def test_the_log_names_what_timers_leave_once(
    baton: Program, shop: Shop, older: Program, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        await store(baton, await baton.start(shop), STATES["status"])
    baton.clock.move(LONG_AFTER)
    for _ in range(2):
        await fire(older)
        baton.clock.move(MINUTE)
    [told] = [each.getMessage() for each in caplog.records if each.name == "baton.worker"]
    assert told == "Timers are left to a process of a newer build, which has stored a ConversationStatus."


async def test_commands_are_refused_or_keep_the_value(baton: Program, shop: Shop, older: Program) -> None:
    strange = await baton.start(shop)
    await store(baton, strange, STATES["status"])
    said = await older.mutate(strange.token, "sendMessage", conversationId=strange.id, text="Hello?")
    assert said["errors"] == []
    written = await baton.database["conversations"].find_one({"_id": strange.key}) or {}
    assert (written["status"], written["sequence"]) == ("ON_HOLD", 2)
    refused = await older.mutate(strange.token, "closeConversation", conversationId=strange.id)
    [error] = refused["errors"]
    assert error["code"] == "CONFLICT"
    assert "newer version of Baton has stored a ConversationStatus" in error["message"]
    assert await baton.database["conversations"].find_one({"_id": strange.key}) == written


async def test_a_file_in_a_state_of_a_newer_build_is_neither_attached_nor_deleted(
    baton: Program, shop: Shop, older: Program
) -> None:
    started = await baton.start(shop)
    await baton.done(started.token, "createUpload", name="a.png", contentType="image/png", bytes=3)
    files = baton.database["attachments"]
    await files.update_many({}, {"$set": {"state": "QUARANTINED"}})
    stored = await files.find_one({}) or {}
    baton.clock.move(timedelta(hours=1))
    await fire(older)
    assert await files.find_one({}) == stored
    assert await baton.database["timers"].count_documents({"subject": stored["_id"]}) == 1
