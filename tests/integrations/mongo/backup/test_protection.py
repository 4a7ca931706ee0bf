"""What was decided since a backup about access and protection is not undone by its restore."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.backup.model import LegalHoldsLost, RestoreWish
from domain.forwarding.model import DeadLetter, Forwarding, ReceiverKind
from domain.model.account import Staff
from domain.model.agent.settings import AgentKind, AgentSettings
from domain.model.audit import AuditAction, AuditChange, AuditEntry, AuditTarget, AuditTargetKind
from domain.model.connected_services import ConnectedService, Service
from domain.model.conversation import Conversation, LegalHold
from domain.model.credentials import Credential, TrustedDocument, TrustedDocuments
from domain.model.handoff import HandoffSettings, Helpdesk
from domain.model.identity import IdentityKeys
from domain.principal import DocumentPolicy, PrincipalKind, StaffRole
from domain.retention.policy import RetentionPolicy, RetentionRun
from domain.storage import Timer
from domain.values.ids import ConversationId
from domain.values.record import replace
from domain.webhooks.model import WebhookEndpoint
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS
from tests.integrations.mongo.backup.test_restoring import (
    NOW,
    SHOP,
    back_up,
    database,
    everything,
    restore,
    save,
    stored,
)
from tests.integrations.mongo.test_stored import made

__all__ = ["database"]
DAY = timedelta(days=1)
HOLD: LegalHold = replace(made(LegalHold, full=False), reason="Case 1")
NAMED, BROWSER, PROVED = "WEB_CHAT|named-b:1", "WEB_CHAT|b:2", "WEB_CHAT|e:ann@example.com"


def conversation(name: str, **given: Any) -> Conversation:
    return replace(made(Conversation, full=False), id=ConversationId(name), **given)


def entry(number: int, action: AuditAction, kind: AuditTargetKind, target: str) -> AuditEntry:
    least = made(AuditEntry, full=False)
    named = AuditTarget(kind=kind, id=target)
    return replace(least, id=f"entry {number}", number=number, action=action, target=named, at=datetime.now(UTC) + DAY)


async def test_legal_holds_are_those_of_the_replaced_database(database: MongoDatabase, tmp_path: Path) -> None:
    names = ("held since", "held before", "released since", "free")
    wish = RestoreWish(replaces=True, wait=timedelta(0), loses_held=True)
    before = {"held before", "released since"}
    await save(database, *(conversation(name, hold=HOLD if name in before else None) for name in names))
    path = await back_up(database, tmp_path / "backup")
    after = {"held since", "held before"}
    await save(database, *(conversation(name, hold=HOLD if name in after else None) for name in names))
    await save(database, conversation("begun since", hold=HOLD))
    await restore(database, path, wish=wish)
    found = await stored(database, Conversation)
    assert {name: row.get("hold", {}).get("reason") for name, row in found.items()} == {
        "held since": "Case 1",
        "held before": "Case 1",
        "released since": None,
        "free": None,
    }


async def test_a_lost_database_leaves_the_holds_of_the_backup(database: MongoDatabase, tmp_path: Path) -> None:
    await save(database, conversation("held", hold=HOLD), RetentionPolicy(id=SHOP, transcripts=DAY))
    path = await back_up(database, tmp_path / "backup")
    await database.command({"dropDatabase": 1})
    await restore(database, path)
    assert "hold" in (await stored(database, Conversation))["held"]
    assert (await stored(database, RetentionPolicy))[SHOP]["transcripts"] == DAY.total_seconds()
    assert (await stored(database, Timer))[f"retention:{SHOP}"]["due_at"] <= datetime.now(UTC)


@pytest.mark.parametrize("is_on", [True, False])
async def test_retention_is_as_it_was_set_last(database: MongoDatabase, tmp_path: Path, *, is_on: bool) -> None:
    if not is_on:
        await save(database, RetentionPolicy(id=SHOP, transcripts=DAY, version=2))
    path = await back_up(database, tmp_path / "backup")
    run = RetentionRun(started_at=NOW, batch=(ConversationId("of the replaced data"),))
    policy = RetentionPolicy(id=SHOP, events=30 * DAY if is_on else None, version=7, run=run, events_until=NOW)
    await save(database, policy)
    await restore(database, path)
    [row] = (await stored(database, RetentionPolicy)).values()
    kept = {"_id": SHOP, "account": SHOP, "version": 7}
    assert row == ({**kept, "events": (30 * DAY).total_seconds()} if is_on else kept)
    timers = await stored(database, Timer)
    assert (f"retention:{SHOP}" in timers) is is_on


async def test_ended_access_of_a_shopper_stays_ended(database: MongoDatabase, tmp_path: Path) -> None:
    """Of one token the database knows that it was revoked; another is deleted by now."""
    token = replace(made(Credential, full=False), kind=PrincipalKind.SHOPPER, created_at=NOW)
    tokens = {
        name: replace(token, id=name, token_hash=name, conversation_id=ConversationId(talk))
        for name, talk in {"known": "ended", "deleted": "ended", "other": "going on"}.items()
    }
    keys = (NAMED, BROWSER, PROVED)
    talks = [conversation("ended", open_keys=keys), conversation("going on", open_keys=("WEB_CHAT|b:3",))]
    await save(database, *tokens.values(), *talks)
    path = await back_up(database, tmp_path / "backup")
    await save(
        database,
        replace(tokens["known"], revoked_at=NOW, expires_at=NOW),
        conversation("ended"),
        entry(1, AuditAction.VISITOR_TOKEN_REVOKED, AuditTargetKind.CONVERSATION, "ended"),
    )
    await database.collection("credentials").delete_one({"_id": "deleted"})
    await restore(database, path)
    credentials = await stored(database, Credential)
    assert {name for name, row in credentials.items() if "revoked_at" in row} == {"known", "deleted"}
    assert all("expires_at" in credentials[name] for name in ("known", "deleted"))
    found = await stored(database, Conversation)
    assert found["ended"]["open_keys"] == [PROVED]
    assert found["going on"]["open_keys"] == ["WEB_CHAT|b:3"]


async def test_keys_and_staff_have_no_more_rights_than_before(database: MongoDatabase, tmp_path: Path) -> None:
    key = replace(made(Credential, full=False), kind=PrincipalKind.PARTNER)
    names = ("rotated", "rotated and deleted", "bound to documents", "kept")
    keys = {name: replace(key, id=name, token_hash=name) for name in names}
    ann = replace(made(Staff, full=False), id="ann", role=StaffRole.ADMIN)
    ben = replace(made(Staff, full=False), id="ben", role=StaffRole.SUPPORT, suspended_at=NOW)
    await save(database, *keys.values(), ann, ben)
    path = await back_up(database, tmp_path / "backup")
    await save(
        database,
        replace(keys["rotated"], expires_at=NOW, replaced_by="new"),
        replace(keys["bound to documents"], documents=DocumentPolicy.ONLY),
        replace(ann, role=StaffRole.ANALYST),
        replace(ben, suspended_at=None),
        entry(1, AuditAction.KEY_ROTATED, AuditTargetKind.KEY, "rotated and deleted"),
    )
    await database.collection("credentials").delete_one({"_id": "rotated and deleted"})
    await restore(database, path)
    found = await stored(database, Credential)
    assert found["rotated"]["expires_at"] == NOW
    assert "revoked_at" in found["rotated and deleted"]
    assert found["bound to documents"]["documents"] == DocumentPolicy.ONLY.value
    assert {"expires_at", "revoked_at"}.isdisjoint(found["kept"])
    staff = await stored(database, Staff)
    assert staff["ann"]["role"] == StaffRole.ANALYST.value
    assert "suspended_at" not in staff["ben"]


async def test_the_secrets_that_let_people_in_are_the_latest(database: MongoDatabase, tmp_path: Path) -> None:
    service = made(ConnectedService, full=False)
    oidc = replace(service, id="oidc", service=Service.OIDC, sealed="old")
    await save(database, replace(made(IdentityKeys, full=False), id=SHOP, sealed="old"), oidc)
    await save(database, replace(service, id="twilio", service=Service.TWILIO, sealed="old"))
    path = await back_up(database, tmp_path / "backup")
    await save(database, replace(made(IdentityKeys, full=False), id=SHOP, sealed="new"))
    await save(database, replace(service, id="twilio", service=Service.TWILIO, sealed="new"))
    await database.collection("connected_services").delete_one({"_id": "oidc"})
    await restore(database, path)
    assert (await stored(database, IdentityKeys))[SHOP]["sealed"] == "new"
    assert {name: row["sealed"] for name, row in (await stored(database, ConnectedService)).items()} == {
        "twilio": "new"
    }


async def test_messages_that_were_redacted_since_are_told(database: MongoDatabase, tmp_path: Path) -> None:
    before = entry(1, AuditAction.MESSAGE_REDACTED, AuditTargetKind.CONVERSATION, "talk")
    told = (AuditChange(field="message", after="one"), AuditChange(field="sequence", after="1"))
    await save(database, replace(before, at=NOW - DAY, changes=(AuditChange(field="message", after="of before"),)))
    path = await back_up(database, tmp_path / "backup")
    since = entry(2, AuditAction.MESSAGE_REDACTED, AuditTargetKind.CONVERSATION, "talk")
    await save(database, replace(since, changes=told))
    done, _ = await restore(database, path)
    assert done.redactions == 1
    assert "former.redactions" not in await everything(database)


async def test_nobody_gets_again_what_was_ended_since(database: MongoDatabase, tmp_path: Path) -> None:
    """Webhooks and services that were removed, and webhooks that got another address, other secrets, or a pause."""
    hook, letter = made(WebhookEndpoint, full=False), made(DeadLetter, full=False)
    hooks = {name: replace(hook, id=name, url=f"https://{name}.example") for name in ("gone", "moved", "paused")}
    service = made(ConnectedService, full=False)
    connected = {
        "klaviyo": Service.KLAVIYO,
        "twilio": Service.TWILIO,
        "email": Service.EMAIL,
        f"{SHOP}zendesk": Service.ZENDESK,
        f"{SHOP}model": Service.MODEL,
    }
    services = {
        name: replace(service, id=name, service=each, hook_hash=name, sealed="leaked")
        for name, each in connected.items()
    }
    chosen = (
        replace(made(HandoffSettings, full=False), id=SHOP, helpdesk=Helpdesk.ZENDESK),
        replace(made(AgentSettings, full=False), id=SHOP, answered_by=AgentKind.MODEL),
    )
    sent = [Forwarding(id=name, kind=ReceiverKind.WEBHOOK, position=4, due_at=NOW) for name in hooks]
    klaviyo = Forwarding(id="klaviyo", kind=ReceiverKind.KLAVIYO, position=4, due_at=NOW)
    letters = [replace(letter, id=f"letter {name}", forwarding_id=name) for name in (*hooks, "klaviyo")]
    await save(database, *hooks.values(), *services.values(), *sent, klaviyo, *letters, *chosen)
    path = await back_up(database, tmp_path / "backup")
    for name in ("webhook_endpoints", "connected_services", "forwardings", "dead_letters", "agent_settings"):
        await database.collection(name).delete_many({})
    moved = replace(hooks["moved"], url="https://new.example", sealed="new")
    await save(database, moved, replace(hooks["paused"], enabled=False), services["twilio"], *sent[1:])
    await save(database, replace(services["email"], sealed="rotated"), replace(chosen[0], helpdesk=Helpdesk.INBOX))
    webhook, connection = AuditTargetKind.WEBHOOK_ENDPOINT, AuditTargetKind.CONNECTION
    await save(
        database,
        entry(1, AuditAction.WEBHOOK_DELETED, webhook, "gone"),
        entry(2, AuditAction.KLAVIYO_DISCONNECTED, connection, "klaviyo"),
        entry(3, AuditAction.HELPDESK_DISCONNECTED, connection, f"{SHOP}zendesk"),
        entry(5, AuditAction.MODEL_DISCONNECTED, connection, f"{SHOP}model"),
        entry(4, AuditAction.CHANNEL_DISCONNECTED, connection, "twilio"),  # and connected again
    )
    await restore(database, path)
    found = await stored(database, WebhookEndpoint)
    assert {name: row["url"] for name, row in found.items()} == {
        "moved": "https://new.example",
        "paused": "https://paused.example",
    }
    assert (found["moved"]["sealed"], found["paused"]["enabled"]) == ("new", False)
    kept = await stored(database, ConnectedService)
    assert {name: row["sealed"] for name, row in kept.items()} == {"twilio": "leaked", "email": "rotated"}
    # No settings of the backup send shoppers to what is gone.
    assert (await stored(database, HandoffSettings))[SHOP]["helpdesk"] == Helpdesk.INBOX.value
    assert await stored(database, AgentSettings) == {}
    forwardings = await stored(database, Forwarding)
    assert {name: row.get("due_at") is not None for name, row in forwardings.items()} == {
        "moved": True,
        "paused": False,
    }
    assert {row["forwarding_id"] for row in (await stored(database, DeadLetter)).values()} == {"moved", "paused"}


async def test_the_helpdesk_that_has_taken_the_place_of_another_stays_connected(
    database: MongoDatabase, tmp_path: Path
) -> None:
    service = made(ConnectedService, full=False)
    former, present = (
        replace(service, id=f"{SHOP}{each.value.lower()}", service=each, hook_hash=each.value)
        for each in (Service.ZENDESK, Service.GORGIAS)
    )
    settings = replace(made(HandoffSettings, full=False), id=SHOP, helpdesk=Helpdesk.ZENDESK)
    await save(database, former, settings)
    path = await back_up(database, tmp_path / "backup")
    await database.collection("connected_services").delete_many({})
    await save(database, present, replace(settings, helpdesk=Helpdesk.GORGIAS))
    gone = entry(1, AuditAction.HELPDESK_DISCONNECTED, AuditTargetKind.CONNECTION, former.id)
    other = replace(service, id=f"{SHOP}twilio", service=Service.TWILIO, hook_hash="twilio")
    await save(database, gone, other)  # the other one was connected since the backup, and nothing needs it
    await restore(database, path)
    assert set(await stored(database, ConnectedService)) == {present.id}
    assert (await stored(database, HandoffSettings))[SHOP]["helpdesk"] == Helpdesk.GORGIAS.value


async def test_operations_that_keys_may_run_no_more_stay_removed(database: MongoDatabase, tmp_path: Path) -> None:
    both = [replace(made(TrustedDocument, full=False), id=name) for name in ("kept", "removed")]
    await save(database, replace(made(TrustedDocuments, full=False), id=SHOP, documents=tuple(both)))
    path = await back_up(database, tmp_path / "backup")
    await save(database, replace(made(TrustedDocuments, full=False), id=SHOP, documents=tuple(both[:1])))
    await restore(database, path)
    [row] = (await stored(database, TrustedDocuments)).values()
    assert [each["id"] for each in row["documents"]] == ["kept"]


async def test_a_lost_database_brings_back_every_receiver(database: MongoDatabase, tmp_path: Path) -> None:
    hook = replace(made(WebhookEndpoint, full=False), id="hook")
    await save(database, hook, Forwarding(id="hook", kind=ReceiverKind.WEBHOOK, position=4, due_at=NOW))
    path = await back_up(database, tmp_path / "backup")
    await database.command({"dropDatabase": 1})
    await restore(database, path)
    assert set(await stored(database, WebhookEndpoint)) == set(await stored(database, Forwarding)) == {"hook"}


async def test_a_hold_that_would_be_lost_ends_the_restore(database: MongoDatabase, tmp_path: Path) -> None:
    """Of a conversation that the backup does not have, or has with fewer messages, unless the operator says that it may
    be lost."""
    await save(database, conversation("known", hold=HOLD), conversation("gone on", sequence=2))
    path = await back_up(database, tmp_path / "backup")
    gone_on = conversation("gone on", sequence=3, hold=HOLD)
    await save(database, conversation("begun since", hold=HOLD), conversation("free since"), gone_on)
    await save(database, conversation("damaged", hold=HOLD))
    damaged = database.collection(COLLECTIONS[Conversation])
    await damaged.update_one({"_id": "damaged"}, {"$unset": {"profile_id": ""}})
    before = await everything(database)
    with pytest.raises(LegalHoldsLost) as caught:
        await restore(database, path)
    assert {each.id for each in caught.value.conversations} == {"begun since", "gone on", "damaged"}
    assert await everything(database) == before
    await restore(database, path, wish=RestoreWish(replaces=True, wait=timedelta(0), loses_held=True))
    assert set(await stored(database, Conversation)) == {"known", "gone on"}
