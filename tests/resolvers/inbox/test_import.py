"""Imported transfers become handoffs with tickets in the inbox, with the times of the import."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.imports.model import ImportedConversation, ImportedMessage, ImportedTransfer
from domain.model.conversation import AuthorKind
from integrations.importers import tau_bench
from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Program, Shop
from tests.integrations.importers.conftest import dataset

__all__ = ["dataset"]

THEN = datetime(2024, 5, 15, 20, tzinfo=UTC)
INBOX = """query($after: String) { inbox(first: 30, after: $after) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { id state unread assignee { id } createdAt waitingSince conversation {
    id status controller { kind epoch since } messageCount handoff { state method helpdesk reason summary }
  } }
} }"""


def transferred(number: int) -> ImportedConversation:
    return ImportedConversation(
        source="test",
        key=str(number),
        started_at=THEN,
        messages=(
            ImportedMessage(author=AuthorKind.SHOPPER, text="A human!"),
            ImportedMessage(author=AuthorKind.AI_AGENT, text="At once."),
        ),
        transfer=ImportedTransfer(summary="Wants a human.", after_sequence=2),
    )


async def test_transfer_waits_as_of_then(baton: Program, shop: Shop) -> None:
    log = baton.baton.services.log
    assert (await baton.baton.history.import_batch(shop.id, [transferred(1)])).imported == 1
    inbox = (await baton.data(shop.support, INBOX))["inbox"]
    at = "2024-05-15T20:00:30.000Z"
    assert [{k: v for k, v in node.items() if k != "id"} for node in inbox["nodes"]] == [
        {
            "state": "OPEN",
            "unread": True,
            "assignee": None,
            "createdAt": at,
            "waitingSince": at,
            "conversation": {
                "id": inbox["nodes"][0]["conversation"]["id"],
                "status": "NOT_RESOLVED_BY_AI",
                "controller": {"kind": "QUEUE", "epoch": 2, "since": at},
                "messageCount": 2,
                "handoff": {
                    "state": "DELIVERED",
                    "method": "HELPDESK",
                    "helpdesk": "INBOX",
                    "reason": "OTHER",
                    "summary": "Wants a human.",
                },
            },
        }
    ]
    stored = await baton.everything()
    assert [(event["type"], event["at"]) for event in stored["business_events"]] == [
        ("CONVERSATION_ESCALATED", THEN + timedelta(seconds=30))
    ]
    head = await log.head(shop.id)
    events = await log.read(shop.id, after=0, upto=head.seq, topics=frozenset({"business"}), limit=10)
    assert events == []
    assert stored.get("timers", []) == []


async def test_errors_are_hidden_from_callers_and_work_continues(baton: Program, shop: Shop) -> None:
    await baton.baton.history.import_batch(shop.id, [transferred(n) for n in range(3)])
    before = await baton.everything()
    baton.clock.move(timedelta(days=3))
    assert await baton.baton.workers.timers.fire_due() == 0
    assert await baton.everything() == before
    assert (await baton.baton.history.import_batch(shop.id, [transferred(n) for n in range(3)])).known == 3
    [ticket, *_] = (await baton.data(shop.support, INBOX))["inbox"]["nodes"]
    given = {"ticketId": ticket["id"]}
    assert (await baton.mutate(shop.support, "takeTicket", **given))["conversation"]["controller"]["epoch"] == 3
    document = "{ strandedTickets { totalCount } }"
    assert (await baton.data(shop.support, document))["strandedTickets"]["totalCount"] == 2
    closed = await baton.mutate(shop.support, "closeTicket", **given)
    assert closed["conversation"]["closedAt"] == "2024-05-17T20:00:30.000Z"


async def test_conversations_of_an_older_import_keep_their_transfer(baton: Program, shop: Shop) -> None:
    await baton.baton.history.import_batch(shop.id, [transferred(1)])
    conversations = baton.database["conversations"]
    [row] = await conversations.find().to_list()
    older = {"transfer": {"after_sequence": 2, "summary": "Wants a human."}}
    await conversations.update_one({"_id": row["_id"]}, {"$set": older, "$unset": {"ticket": "", "handoffs": ""}})
    assert (await baton.baton.history.import_batch(shop.id, [transferred(1)])).known == 1
    conversation_id = to_global_id("Conversation", row["_id"])
    await baton.mutate(shop.support, "addNote", conversationId=conversation_id, text="Old.")
    [row] = await conversations.find().to_list()
    assert row["transfer"] == older["transfer"]


@pytest.mark.parametrize("name", ["tau-bench/gpt-4o-airline.json"])
async def test_the_real_runs(baton: Program, shop: Shop, dataset: Callable[[str], Path], name: str) -> None:
    records = [record for record in tau_bench.read(dataset(name)) if isinstance(record, ImportedConversation)]
    for start in range(0, len(records), 50):
        await baton.baton.history.import_batch(shop.id, records[start : start + 50])
    nodes = []
    after = None
    while True:
        page = (await baton.data(shop.owner, INBOX, after=after))["inbox"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert (len(nodes), page["totalCount"]) == (48, 48)
    assert all(node["conversation"]["handoff"]["summary"] for node in nodes)
    summaries = {record.transfer.summary for record in records if record.transfer}
    assert {node["conversation"]["handoff"]["summary"] for node in nodes} == summaries
