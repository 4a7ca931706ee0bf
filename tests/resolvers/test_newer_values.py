"""A value that a newer build has stored spoils its own field, and nothing else: lists, reports, mails, erasures."""

from __future__ import annotations

from pathlib import Path

from domain.doctor import Check
from domain.model.outbox import Destination, Outgoing, OutgoingKind, outgoing_id, queue_name
from domain.storage import UnitOfWork
from domain.values.ids import ConversationId
from tests.harness.program import Program, Shop
from tests.resolvers.profile.test_erasing import findings, run_erasures

PAGE = """{ conversations { nodes { channel status } }
  events { nodes { type name } } eventMetrics { type count }
  metrics(range: {preset: LAST_7_DAYS}) { totalVolume { count } series(groupBy: CHANNEL) { key total } } }"""
ERASURE = "query($id: ID!) { node(id: $id) { ... on Erasure { finishedAt vendors { destination state } } } }"


async def test_values_of_a_newer_build_spoil_nothing_else(baton: Program, shop: Shop, tmp_path: Path) -> None:
    strange = await baton.start(shop, "Coo", key=shop.owner, email="lena@example.com")
    await baton.start(shop, "Hello", key=shop.owner, email="bob@example.com")
    ids = {"_id": strange.key}
    ticket = {
        "id": f"{strange.key}T1",
        "handoff_id": f"{strange.key}H1",
        "helpdesk": "FRONT",
        "state": "OPEN",
        "created_at": baton.clock.now(),
        "external_id": "9",
        "delivery": "DELIVERED",
    }
    await baton.database["conversations"].update_one(ids, {"$set": {"channel": "PIGEON", "ticket": ticket}})
    await baton.database["business_events"].update_one(
        {"conversation.id": strange.key}, {"$set": {"type": "CONVERSATION_PRAISED"}}
    )

    async def enqueue(uow: UnitOfWork) -> None:
        uow.save(
            Outgoing(
                id=outgoing_id(ConversationId(strange.key), 1),
                destination=Destination.stored("FRONT"),
                kind=OutgoingKind.stored("POSTCARD"),
                ordering_key="postcards",
                conversation_id=ConversationId(strange.key),
                created_at=uow.now,
                due_at=uow.now,
                last_sequence=1,
                queue=queue_name(shop.id, Destination.stored("FRONT")),
                payload="{}",
            )
        )

    await baton.baton.services.storage.write(shop.id, enqueue)
    async with baton.twin(tmp_path / "older") as older:  # which has read nothing yet
        ports = older.baton.ports
        for check in ports.integrity_checks:
            await check.repair(lambda _: None)
        await ports.doctor.note_repairs()
        seen = await older.data(shop.owner, PAGE)
        assert {each["channel"] for each in seen["conversations"]["nodes"]} == {"UNKNOWN", "WEB_CHAT"}
        assert [each["type"] for each in seen["events"]["nodes"]] == ["CONVERSATION_STARTED"]
        assert seen["metrics"]["totalVolume"]["count"] == 2
        assert sum(each["total"] for each in seen["metrics"]["series"]) == 1
        waiting = await ports.backlogs.read(older.clock.now())
        assert {str(each): row.waiting for each, row in waiting.outbox.items()} == {"FRONT": 1}
        assert [each.check for each in await findings(older) if each.check is Check.COUNTERS] == []

        profile = strange.conversation["profile"]["id"]
        begun = await older.mutate(shop.owner, "eraseProfile", profileId=profile)
        await run_erasures(older)
        record = (await older.data(shop.owner, ERASURE, id=begun["erasure"]["id"]))["node"]
        assert record["finishedAt"] is not None
        assert record["vendors"] == [{"destination": "UNKNOWN", "state": "PENDING"}]  # for a newer process
