"""A restore is all or nothing, gives the logs another epoch, and sends nothing twice."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.backup.model import Backup, BackupRefused, BackupWish, Restored, RestoreWish
from domain.backup.restores import RestorePhase
from domain.erasure.model import Erasure, ErasureStage
from domain.events import BusinessEvent, EventType
from domain.forwarding.model import Forwarding, ReceiverKind
from domain.model.account import Account, Staff
from domain.model.credentials import Credential
from domain.model.messaging import OptOut, UnseenReplies
from domain.model.outbox import Destination, Outgoing, OutgoingState
from domain.model.sign_in import StaffSession
from domain.outbox.restored import RestoredRow
from domain.storage import Entity, Timer, TimerKind
from domain.values.ids import AccountId
from domain.values.record import replace
from domain.versions.model import SCHEMA_VERSION
from domain.webhooks.model import WebhookEndpoint
from integrations.mongo.backup import restoring
from integrations.mongo.backup.dump import write_backup
from integrations.mongo.backup.restore_record import MongoRestores
from integrations.mongo.backup.restoring import Restoring, give_up
from integrations.mongo.client import MongoDatabase, connect, connect_for_copy
from integrations.mongo.collections import COLLECTIONS, collection_of, entity_document
from integrations.mongo.indexes import create_indexes
from tests.integrations.mongo.test_stored import made

SHOP = AccountId("shop")
NOW = datetime.now(UTC).replace(microsecond=0)
EARLIER = NOW - timedelta(hours=1)


class Stopped(Exception):
    """The restore is killed here."""


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[MongoDatabase]:
    database = connect_for_copy(mongo_uri, database=f"{database_name}_restored")
    await create_indexes(database)
    await save(database, replace(made(Account, full=False), id=SHOP))
    await database.collection("account_state").insert_one({"_id": SHOP, "seq": 9, "epoch": "before", "floor": 0})
    yield database
    await database.command({"dropDatabase": 1})
    await database.close()


async def save(database: MongoDatabase, *entities: Entity) -> None:
    for entity in entities:
        document = entity_document(SHOP, entity)
        name = collection_of(type(entity), entity.id)
        await database.collection(name).replace_one({"_id": document["_id"]}, document, upsert=True)


async def stored(database: MongoDatabase, kind: type[Entity]) -> dict[str, dict[str, Any]]:
    return {row["_id"]: row async for row in database.collection(COLLECTIONS[kind]).find({})}


async def everything(database: MongoDatabase) -> dict[str, Any]:
    names = (await database.command({"listCollections": 1, "cursor": {"batchSize": 1000}}))["cursor"]["firstBatch"]
    kept = [each["name"] for each in names if each["name"] != "restores"]
    return {name: [row async for row in database.collection(name).find({}, sort=[("_id", 1)])] for name in kept}


async def back_up(database: MongoDatabase, path: Path) -> Path:
    await write_backup(database, path, wish=BackupWish(compressed=True), progress=lambda _: None)
    return path


async def restore(
    database: MongoDatabase, path: Path, *, wish: RestoreWish | None = None
) -> tuple[Restored, Sequence[RestoredRow]]:
    rows: list[RestoredRow] = []

    async def settle(backup: Backup, undecided: AsyncIterator[RestoredRow], redacted: Sequence[Any]) -> Restored:
        rows.extend([each async for each in undecided])
        return Restored(backup=backup, redactions=len(redacted))

    wish = wish or RestoreWish(replaces=True, wait=timedelta(0))
    done = await Restoring(database=database, path=path, wish=wish, progress=lambda _: None).run(settle)
    return done, rows


def row(place: str, destination: Destination, **given: Any) -> Outgoing:
    least = made(Outgoing, full=False)
    return replace(least, id=place, destination=destination, created_at=EARLIER, due_at=EARLIER, queue="q", **given)


async def test_everything_comes_back_and_every_log_has_another_epoch(database: MongoDatabase, tmp_path: Path) -> None:
    await save(database, replace(made(Staff, full=True), id="ann"))
    before = await everything(database)
    path = await back_up(database, tmp_path / "backup")
    await database.collection("accounts").update_one({"_id": SHOP}, {"$set": {"name": "Later"}})
    await database.collection("of later").insert_one({"_id": 1})
    indexes = await database.collection("conversations").index_information()
    await restore(database, path)
    after = await everything(database)
    [head] = after["account_state"]
    restored = await MongoRestores(database=database).current()
    assert restored is not None
    assert restored.phase is RestorePhase.DONE
    assert head["epoch"] == restored.id != "before"
    assert {**after, "account_state": before["account_state"]} == before
    assert await database.collection("conversations").index_information() == indexes
    await restore(database, path)  # again
    [again] = (await everything(database))["account_state"]
    assert again["epoch"] not in ("before", head["epoch"])


async def test_without_leave_a_database_with_data_is_left_alone(database: MongoDatabase, tmp_path: Path) -> None:
    path = await back_up(database, tmp_path / "backup")
    before = await everything(database)
    with pytest.raises(BackupRefused, match="--replace"):
        await restore(database, path, wish=RestoreWish())
    assert await everything(database) == before
    assert await MongoRestores(database=database).current() is None


async def test_while_a_server_is_connected_nothing_changes(
    database: MongoDatabase, mongo_uri: str, tmp_path: Path
) -> None:
    path = await back_up(database, tmp_path / "backup")
    before = await everything(database)
    server = connect(mongo_uri, database=database.name)
    try:
        await server.ping()
        with pytest.raises(BackupRefused, match="Stop them"):
            await restore(database, path)
    finally:
        await server.close()
    assert await everything(database) == before
    await restore(database, path)


async def test_a_damaged_backup_changes_nothing(database: MongoDatabase, tmp_path: Path) -> None:
    path = await back_up(database, tmp_path / "backup")
    before = await everything(database)
    file = path / database.name / "accounts.bson.gz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(BackupRefused, match="accounts"):
        await restore(database, path)
    assert await everything(database) == before


@pytest.mark.parametrize(
    "schema",
    [
        {"version": SCHEMA_VERSION + 1},
        {"version": SCHEMA_VERSION, "target": SCHEMA_VERSION + 1, "to": SCHEMA_VERSION + 1, "begun": True},
        {"version": SCHEMA_VERSION - 2},
    ],
    ids=["newer", "within a newer migration", "too old"],
)
async def test_a_backup_of_another_version_changes_nothing(
    database: MongoDatabase, tmp_path: Path, schema: dict[str, Any]
) -> None:
    versions = database.collection("schema")
    await versions.insert_one({"_id": "schema", **schema})
    path = await back_up(database, tmp_path / "backup")
    await versions.replace_one({"_id": "schema"}, {"version": SCHEMA_VERSION})
    before = await everything(database)
    with pytest.raises(BackupRefused, match="with the build that made it"):
        await restore(database, path)
    assert await everything(database) == before
    assert await MongoRestores(database=database).current() is None


@pytest.mark.parametrize("place", ["load", "keep_deliveries", "replace_collections", "undecided_rows"])
async def test_a_restore_that_is_killed_is_repeated(
    database: MongoDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """`kill -9` leaves what was written, and nothing that the process would have done afterwards."""
    await save(database, row("mail", Destination.EMAIL))
    path = await back_up(database, tmp_path / "backup")
    await database.collection("accounts").update_one({"_id": SHOP}, {"$set": {"name": "Later"}})
    before = await everything(database)
    with monkeypatch.context() as patch:
        patch.setattr(Restoring, "_withdraw", _nothing)
        patch.setattr(restoring, place, _half(place, getattr(restoring, place)))
        with pytest.raises(Stopped):
            await restore(database, path)
    current = await MongoRestores(database=database).current()
    assert current is not None
    is_begun = place in ("replace_collections", "undecided_rows")
    assert current.holds_off is (place != "load")
    if is_begun:
        with pytest.raises(BackupRefused, match="finished"):
            await give_up(database)
        with pytest.raises(BackupRefused, match="another backup"):
            await restore(database, _other(path))
    else:
        kept = await everything(database)
        assert {name: kept[name] for name in before} == before
        await give_up(database)
        assert await everything(database) == before
        assert await MongoRestores(database=database).current() is None
    _, rows = await restore(database, path)
    after = await everything(database)
    assert after["accounts"][0]["name"] != "Later"
    assert set(after) == set(before)
    assert rows == []  # the replaced database knew that the mail had not left


async def _nothing(*_: object) -> None:
    return


def _other(path: Path) -> Path:
    """A backup of another instant, by its description."""
    other = path.with_name("other")
    shutil.copytree(path, other)
    file = other / "baton.json"
    described = json.loads(file.read_text())
    file.write_text(json.dumps({**described, "cluster_time": "1.1"}))
    return other


def _half(place: str, original: Any) -> Any:
    """Stop a step in its middle."""

    async def stop(*given: Any) -> None:
        if place == "replace_collections":
            names = given[1]
            await original(given[0], names[: len(names) // 2])
        raise Stopped

    async def stop_rows(*_: Any) -> AsyncIterator[RestoredRow]:
        raise Stopped
        yield

    return stop_rows if place == "undecided_rows" else stop


async def test_what_waits_and_may_have_left_is_not_sent_again(database: MongoDatabase, tmp_path: Path) -> None:
    """The database was lost: nobody knows what left since the backup."""
    await save(
        database,
        row("mail", Destination.EMAIL),
        row("sms", Destination.TWILIO),
        row("ticket", Destination.ZENDESK),
        row("done", Destination.EMAIL, state=OutgoingState.DELIVERED),
    )
    path = await back_up(database, tmp_path / "backup")
    await database.command({"dropDatabase": 1})
    _, rows = await restore(database, path, wish=RestoreWish(wait=timedelta(0)))
    assert [(each.row.id, each.result) for each in rows] == [("mail", None)]
    found = await stored(database, Outgoing)
    for place in ("sms", "ticket"):  # their senders look for them first
        assert [attempt["outcome_unknown"] for attempt in found[place]["attempts"]] == [True]
        assert found[place]["frozen_at"] == EARLIER
    assert "attempts" not in found["mail"]
    assert "attempts" not in found["done"]


async def test_the_replaced_database_says_what_has_left(database: MongoDatabase, tmp_path: Path) -> None:
    names = ("sent", "waiting", "unknown", "failed")
    await save(database, *(row(f"{name} {kind}", kind) for name in names for kind in Destination))
    path = await back_up(database, tmp_path / "backup")
    found = await stored(database, Outgoing)
    outgoing = database.collection("outgoing")
    for place in found:
        known: dict[str, Any] = {
            "sent": {"state": "DELIVERED", "external_id": f"at vendor {place}"},
            "waiting": {},
            "unknown": {"call": {"token": "t", "at": NOW}},
            "failed": {"state": "FAILED"},
        }[place.split()[0]]
        if known:
            await outgoing.update_one({"_id": place}, {"$set": known})
    _, rows = await restore(database, path)
    assert {each.row.id: each.result.external_id if each.result else None for each in rows} == {
        **{f"sent {kind}": f"at vendor sent {kind}" for kind in Destination},
        "unknown EMAIL": None,
    }


def event(seq: int, kind: EventType) -> BusinessEvent:
    return replace(made(BusinessEvent, full=False), id=f"event {seq}", seq=seq, type=kind)


def forwarding(place: str, kind: ReceiverKind, position: int) -> Forwarding:
    return Forwarding(id=place, kind=kind, position=position, due_at=NOW)


@pytest.mark.parametrize("is_lost", [True, False])
async def test_webhooks_go_on_behind_what_they_got(database: MongoDatabase, tmp_path: Path, *, is_lost: bool) -> None:
    started, resolved = EventType.CONVERSATION_STARTED, EventType.CONVERSATION_RESOLVED
    await save(
        database,
        forwarding("hook", ReceiverKind.WEBHOOK, 4),
        forwarding("klaviyo", ReceiverKind.KLAVIYO, 4),
        replace(made(WebhookEndpoint, full=False), id="hook", topics=(started,)),
        *(event(seq, resolved if seq == 7 else started) for seq in (4, 6, 7, 8)),
    )
    path = await back_up(database, tmp_path / "backup")
    if is_lost:
        await database.command({"dropDatabase": 1})
    else:
        await save(database, forwarding("hook", ReceiverKind.WEBHOOK, 6))
    done, _ = await restore(database, path)
    found = await stored(database, Forwarding)
    letters = [row async for row in database.collection("dead_letters").find({}, sort=[("seq", 1)])]
    assert found["klaviyo"]["position"] == 4  # it keeps the first of two events with one id
    assert found["hook"]["position"] == (9 if is_lost else 6)
    assert [letter["seq"] for letter in letters] == ([6, 8] if is_lost else [])
    assert done.held_events == len(letters)
    assert {row["generation"] for row in found.values()} == {2}


async def test_timers_that_mail_are_over_if_they_were_due(database: MongoDatabase, tmp_path: Path) -> None:
    late, later = NOW - timedelta(minutes=5), NOW + timedelta(hours=1)
    await save(
        database,
        *(Timer(id=f"late {kind}", kind=kind, subject=f"of {kind}", due_at=late) for kind in TimerKind),
        *(Timer(id=f"later {kind}", kind=kind, subject="other", due_at=later) for kind in TimerKind),
        Timer(id="still", kind=TimerKind.TELL_STAFF, subject="other", due_at=late),
        UnseenReplies(id="of MAIL_REPLIES", first=1),
        UnseenReplies(id="other", first=1),
    )
    path = await back_up(database, tmp_path / "backup")
    await database.collection("timers").delete_many({"_id": {"$ne": "still"}})
    before = {*(f"late {kind}" for kind in TimerKind), *(f"later {kind}" for kind in TimerKind), "still"}
    await restore(database, path)
    assert before - set(await stored(database, Timer)) == {
        "late MAIL_REPLIES",
        "late TELL_STAFF",
        "late TICKET_DIGEST",
    }
    assert set(await stored(database, UnseenReplies)) == {"other"}


async def test_revocations_and_wishes_of_shoppers_stay(database: MongoDatabase, tmp_path: Path) -> None:
    key = replace(made(Credential, full=False), id="key", token_hash="1")
    await save(
        database,
        key,
        replace(key, id="kept", token_hash="2"),
        replace(key, id="access", token_hash="3", session_id="session"),
        replace(made(StaffSession, full=False), id="session"),
        replace(made(Staff, full=False), id="ann"),
        replace(made(OptOut, full=False), id="stop of before"),
    )
    path = await back_up(database, tmp_path / "backup")
    erasure = replace(made(Erasure, full=True), id="erasure", stage=ErasureStage.EVENTS)
    await save(
        database,
        replace(key, revoked_at=NOW),
        replace(made(Staff, full=False), id="ann", suspended_at=NOW),
        replace(made(OptOut, full=False), id="stop of later"),
        erasure,
    )
    await database.collection("opt_outs").delete_one({"_id": "stop of before"})
    await restore(database, path)
    credentials = await stored(database, Credential)
    assert {place: row.get("revoked_at") for place, row in credentials.items()} == {"key": NOW, "kept": None}
    assert (await stored(database, Staff))["ann"]["suspended_at"] == NOW
    assert set(await stored(database, OptOut)) == {"stop of later"}
    assert await stored(database, StaffSession) == {}
    [erased] = (await stored(database, Erasure)).values()
    assert erased["stage"] == "DONE"
    assert "scope" not in erased
    assert erased["profile_hashes"] == list(erasure.profile_hashes)


async def test_an_account_of_another_shop_says_nothing_of_the_backups(database: MongoDatabase, tmp_path: Path) -> None:
    """A new machine whose database already has a demo account."""
    await save(database, replace(made(OptOut, full=False), id="stop of before"))
    path = await back_up(database, tmp_path / "backup")
    await database.command({"dropDatabase": 1})
    demo = AccountId("demo")
    account = entity_document(demo, replace(made(Account, full=False), id=demo))
    await database.collection("accounts").insert_one(account)
    opt_out = entity_document(demo, replace(made(OptOut, full=False), id="stop of demo"))
    await database.collection("opt_outs").insert_one(opt_out)
    await restore(database, path)
    assert set(await stored(database, Account)) == {SHOP}
    assert set(await stored(database, OptOut)) == {"stop of before"}


async def test_two_restores_at_once(database: MongoDatabase, tmp_path: Path) -> None:
    path = await back_up(database, tmp_path / "backup")
    results = await asyncio.gather(*(restore(database, path) for _ in range(2)), return_exceptions=True)
    refused = [each for each in results if isinstance(each, BackupRefused)]
    assert len(refused) == 1
    assert "Another" in str(refused[0])
