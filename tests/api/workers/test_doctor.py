"""The doctor reports nothing of a healthy outbox, and each invariant that is broken on purpose."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dev.fakes.zendesk import Zendesk, suspended
from domain.doctor import Check
from domain.model.connected_services import Service
from tests.api.workers.many_handoffs import hand_over_many
from tests.harness.outbox import dispatcher, hand_over_to
from tests.harness.program import Program, Shop
from tests.harness.workers import deliver_due

pytestmark = pytest.mark.timeout(60)


async def told(program: Program) -> list[str]:
    findings = [finding async for finding in program.baton.ports.doctor.examine(lambda _: None)]
    assert all(finding.advice for finding in findings)
    return [f"{finding.severity} {finding.problem}" for finding in findings if finding.check is Check.OUTBOX]


async def test_the_doctor_reports_damaged_rows(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    first, second, third = await hand_over_many(baton, shop, 3, comments=2)
    assert await told(baton) == []
    zendesk.faults.add(suspended("Ann"), on="POST *")
    await deliver_due(dispatcher(baton, max_calls_per_queue=1))
    assert await told(baton) == ["WARNING 1 rows could not be delivered, and are not retried"]
    [failed] = [row["_id"] async for row in baton.database["outgoing"].find({"state": "FAILED"})]
    await baton.database["outgoing"].update_one({"_id": failed}, {"$set": {"state": "CANCELLED"}})
    conversation = failed.partition("X000")[0]
    assert {conversation} <= {first, second, third}
    assert await told(baton) == [
        f"ERROR ordering key ticket:{conversation}001 is blocked: 0 of its rows are in a queue",
        f"ERROR ticket {conversation}001 is FAILED, but its row is CANCELLED",
    ]
    await baton.database["outgoing"].delete_many({"conversation_id": conversation})
    assert await told(baton) == [f"ERROR ticket {conversation}001 is FAILED, but it has no row"]


async def test_what_is_overdue(baton: Program, shop: Shop) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    await hand_over_many(baton, shop, 2)
    baton.clock.move(timedelta(minutes=31))
    assert await told(baton) == ["WARNING 2 rows are overdue, the oldest since 2026-06-07 12:00 UTC"]
