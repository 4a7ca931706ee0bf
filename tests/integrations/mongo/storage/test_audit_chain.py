"""The audit log commits with its cause, in one order for all processes, as a chain of hashes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain.audit.recording import record
from domain.events import ConversationsImported
from domain.model.audit import AuditAction, AuditActor, AuditActorKind, AuditRecord, AuditTarget, AuditTargetKind
from domain.principal import Operator
from domain.storage import UnitOfWork
from domain.values.errors import Conflict
from domain.values.ids import AccountId
from integrations.mongo.storage.audit_chain import chained_hash
from integrations.mongo.storage.storage import MongoStorage
from tests.integrations.mongo.shop import Shop

OPERATOR = Operator(name="root")


async def write(
    storage: MongoStorage, account_id: AccountId, name: str, *, emits: bool = False, fails: bool = False
) -> None:
    async def change(uow: UnitOfWork) -> None:
        target = AuditTarget(kind=AuditTargetKind.KEY, id=name)
        await record(uow, OPERATOR, AuditAction.KEY_CREATED, target)
        if emits:
            uow.emit(ConversationsImported(source="abcd", count=1))
        if fails:
            raise Conflict("no")

    await storage.write(account_id, change)


async def entries(shop: Shop) -> list[dict[str, Any]]:
    """Return the entries of `write` in their order, after checking the chain from its start to the head."""
    found = await shop.database["audit_entries"].find({"account": shop.account_id}, sort=[("number", 1)]).to_list()
    assert [entry["number"] for entry in found] == list(range(1, len(found) + 1))
    previous = ""
    for entry in found:
        assert entry["hash"] == chained_hash(previous, entry)
        previous = entry["hash"]
    head = await shop.database["account_state"].find_one({"_id": shop.account_id})
    assert head is not None
    at = [entry["at"] for entry in found]
    assert at == sorted(at)
    assert head["audit"] == {"number": len(found), "hash": previous, "at": at[-1]}
    return [entry for entry in found if entry["actor"].get("name") == OPERATOR.name]


async def test_a_refused_command_leaves_no_entry(shop: Shop, storage: MongoStorage) -> None:
    outcomes = await asyncio.gather(
        *(write(storage, shop.account_id, str(n), fails=n % 3 == 0) for n in range(9)), return_exceptions=True
    )
    assert [isinstance(outcome, Conflict) for outcome in outcomes] == [n % 3 == 0 for n in range(9)]
    assert [entry["target"]["id"] for entry in await entries(shop)] == ["1", "2", "4", "5", "7", "8"]


async def test_processes_append_to_one_chain(shop: Shop, storages: tuple[MongoStorage, MongoStorage]) -> None:
    """Also commands that emit no event, and leave the log's head where it is."""

    async def fill(storage: MongoStorage, name: str) -> None:
        for n in range(15):
            await write(storage, shop.account_id, f"{name}{n}", emits=n % 2 == 0)

    await asyncio.gather(
        *(fill(storage, name) for storage in storages for name in (f"{id(storage)}-a", f"{id(storage)}-b"))
    )
    found = await entries(shop)
    assert len({entry["target"]["id"] for entry in found}) == len(found) == 60


async def test_an_account_whose_log_is_empty(shop: Shop, storages: tuple[MongoStorage, MongoStorage]) -> None:
    """Two processes make the head of a log that has no event yet."""
    account = AccountId("0" * 26)
    await asyncio.gather(*(write(storage, account, f"{n}") for storage in storages for n in range(5)))
    head = await shop.database["account_state"].find_one({"_id": account})
    assert head is not None
    assert (head["seq"], head["floor"], head["audit"]["number"]) == (0, 0, 10)
    await write(storages[0], account, "last", emits=True)
    head = await shop.database["account_state"].find_one({"_id": account})
    assert head is not None
    assert (head["seq"], head["audit"]["number"]) == (1, 11)


async def test_times_follow_the_numbers(shop: Shop, storage: MongoStorage) -> None:
    """The clocks of two processes may differ by seconds."""

    async def change(uow: UnitOfWork) -> None:
        for minutes in (0, 5, 2, 7):
            at = uow.now + timedelta(minutes=minutes)
            target = AuditTarget(kind=AuditTargetKind.KEY, id=f"{minutes}")
            actor = AuditActor(kind=AuditActorKind.COMMAND_LINE, name=OPERATOR.name)
            uow.audit(AuditRecord(at=at, actor=actor, action=AuditAction.KEY_CREATED, target=target))

    await storage.write(shop.account_id, change)
    found = await entries(shop)
    assert [entry["target"]["id"] for entry in found] == ["0", "5", "2", "7"]
    assert [(entry["at"] - found[0]["at"]).seconds // 60 for entry in found] == [0, 5, 5, 7]


@pytest.mark.parametrize("forged", [{"actor": {"kind": "SYSTEM"}}, {"action": "SIGNED_IN"}, {"note": "new"}])
def test_every_field_is_part_of_the_hash(forged: dict[str, Any]) -> None:
    entry = {"_id": "1", "account": "a", "number": 1, "action": "EXPORTED", "actor": {"kind": "STAFF"}, "hash": "x"}
    assert chained_hash("", entry) == chained_hash("", {**entry, "hash": "y"})
    assert chained_hash("", entry) != chained_hash("", {**entry, **forged})
    assert chained_hash("", entry) != chained_hash("z", entry)
