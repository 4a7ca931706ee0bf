"""What a newer build has put into the outbox, or noted of a delivery, is left to that build."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.model.connected_services import Service
from domain.model.outbox import Destination, OutgoingState
from tests.api.workers.test_dispatcher import Desk, send_comment, send_ticket
from tests.harness.outbox import connect, dispatcher, rows
from tests.harness.program import Program, Shop, Started
from tests.harness.workers import deliver_due


@pytest.fixture
async def started(baton: Program, shop: Shop) -> Started:
    await connect(baton, shop, Service.ZENDESK)
    return await baton.start(shop, "Where is it?")


async def test_a_row_of_a_newer_kind_waits_for_the_newer_build(baton: Program, shop: Shop, started: Started) -> None:
    await send_ticket(baton, started)
    await send_comment(baton, started, "one")
    outgoing = baton.database["outgoing"]
    await outgoing.update_one({"kind": "TICKET"}, {"$set": {"kind": "POSTCARD"}})
    stored = await outgoing.find().to_list()
    other = await baton.start(shop, "And mine?")
    await send_ticket(baton, other)
    desk = Desk()
    assert await deliver_due(dispatcher(baton, {Destination.ZENDESK: desk})) == 1
    assert desk.done == ["And mine?"]
    assert await outgoing.find({"conversation_id": started.key}).to_list() == stored


async def test_an_outcome_that_the_conversation_cannot_take_is_kept_with_its_row(
    baton: Program, shop: Shop, started: Started, tmp_path: Path
) -> None:
    await send_ticket(baton, started)
    conversations = baton.database["conversations"]
    await conversations.update_one({"_id": started.key}, {"$set": {"ticket.delivery": "QUEUED_THERE"}})
    desk = Desk()
    async with baton.twin(tmp_path / "older") as older:  # which has read nothing yet
        assert await deliver_due(dispatcher(older, {Destination.ZENDESK: desk})) == 1
        assert [row.state for row in await rows(older, shop)] == [OutgoingState.DELIVERED]
    assert desk.done == ["Where is it?"]
    assert await conversations.distinct("ticket.delivery", {"_id": started.key}) == ["QUEUED_THERE"]
