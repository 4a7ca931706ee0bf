"""Staff over the API: invitations, roles, suspension, and what becomes of keys, sessions and tickets."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from api.auth import RightsCheck
from domain.account.keys import CreateKey
from domain.inbox.commands import AddNote, Reply, TakeTicket
from domain.model.account import Availability
from domain.model.sign_in import StaffSession
from domain.principal import Scope, StaffRole
from domain.storage import Timer, TimerKind
from domain.values.errors import CredentialEnded, Forbidden, NotFound
from domain.values.ids import ConversationId, SessionId, StaffId, new_id
from resolvers.inbox.ids import ticket_id_of
from resolvers.relay.global_ids import to_global_id
from tests.harness.chat import Chat
from tests.harness.operations import mutation
from tests.harness.program import Json, Program, Shop
from tests.resolvers.access.test_keys import codes, member

STAFF = "{ account { staff { id name email role availability capacity ticketMails digestEvery suspendedAt } } }"
NEW = {"name": "Ann", "email": "ann@shop.example", "role": "SUPPORT"}


async def team(baton: Program, shop: Shop) -> dict[str, Json]:
    return {row["email"]: row for row in (await baton.data(shop.owner, STAFF))["account"]["staff"]}


async def test_an_invitation(baton: Program, shop: Shop) -> None:
    payload = await baton.done(shop.manager, "inviteStaff", **NEW)
    assert (payload["key"], payload["token"]) == (None, None)
    assert payload["staff"] == {
        **NEW,
        "id": payload["staff"]["id"],
        "availability": "AWAY",
        "capacity": None,
        "ticketMails": "DIGEST",
        "digestEvery": "PT1H",
        "suspendedAt": None,
    }
    assert (await team(baton, shop))["ann@shop.example"] == payload["staff"]
    again = await baton.command(shop.owner, "inviteStaff", **{**NEW, "email": "ANN@shop.example"})
    assert codes(again) == [("CONFLICT", ["input", "email"])]


async def test_an_invitation_with_a_key(baton: Program, shop: Shop) -> None:
    key = {"label": "first", "networks": ["127.0.0.1"]}
    payload = await baton.done(shop.manager, "inviteStaff", **NEW, key=key)
    assert payload["key"]["staff"]["id"] == payload["staff"]["id"]
    assert await baton.data(payload["token"], "{ me { name role } }") == {"me": {"name": "Ann", "role": "SUPPORT"}}
    refused = await baton.command(
        shop.partners[Scope.STAFF_ADMIN], "inviteStaff", **{**NEW, "email": "b@shop.example"}, key={}
    )
    assert [code for code, _ in codes(refused)] == ["FORBIDDEN"]  # it may not work on tickets itself
    assert "b@shop.example" not in await team(baton, shop)


async def test_a_repeated_invitation_adds_one_member_and_does_not_return_the_token(baton: Program, shop: Shop) -> None:
    given = {**NEW, "key": {"label": "first"}, "idempotencyKey": "k"}
    first = await baton.done(shop.manager, "inviteStaff", **given)
    again = await baton.done(shop.manager, "inviteStaff", **given)
    assert again == {**first, "token": None}
    assert (await baton.data(first["token"], "{ me { name } }"))["me"] == {"name": "Ann"}
    keyless = {"name": "Ben", "email": "ben@shop.example", "role": "SUPPORT", "idempotencyKey": "l"}
    ben = await baton.done(shop.manager, "inviteStaff", **keyless)
    assert await baton.done(shop.manager, "inviteStaff", **keyless) == ben
    other = await baton.command(shop.manager, "inviteStaff", **{**given, "email": "zoe@shop.example"})
    assert codes(other) == [("CONFLICT", ["input", "idempotencyKey"])]
    # The key is the caller's own: for another one, it is another call.
    foreign = await baton.command(shop.owner, "inviteStaff", **given)
    assert codes(foreign) == [("CONFLICT", ["input", "email"])]


@pytest.mark.parametrize(
    ("given", "path"),
    [({"name": ""}, "name"), ({"email": "nobody"}, "email"), ({"name": "a\nb"}, "name")],
)
async def test_bad_invitations(baton: Program, shop: Shop, given: Json, path: str) -> None:
    refused = await baton.command(shop.owner, "inviteStaff", **{**NEW, **given})
    assert codes(refused) == [("INVALID", ["input", path])]


async def test_nobody_makes_anybody_of_a_higher_role(baton: Program, shop: Shop) -> None:
    ranks = {"OWNER": 4, "ADMIN": 3, "MANAGER": 2, "SUPPORT": 1, "ANALYST": 1}
    callers = {"OWNER": shop.owner, "ADMIN": shop.admin, "MANAGER": shop.manager}
    callers_with_rank = [(ranks[role], key) for role, key in callers.items()]
    callers_with_rank.append((ranks["ADMIN"], shop.partners[Scope.STAFF_ADMIN]))
    for number, (rank, key) in enumerate(callers_with_rank):
        for role in ranks:
            given = {"name": "X", "email": f"x{number}{role}@shop.example", "role": role}
            payload = await baton.mutate(key, "inviteStaff", **given)
            if ranks[role] > rank:
                assert codes(payload) == [("FORBIDDEN", ["input", "role"])]
                continue
            raised = await baton.mutate(key, "updateStaff", staffId=payload["staff"]["id"], role="OWNER")
            assert (raised["errors"] == []) is (rank == ranks["OWNER"]), (role, rank)
        for role in StaffRole:
            if ranks[role] > rank:
                for name in ("updateStaff", "suspendStaff", "reinstateStaff"):
                    refused = await baton.mutate(key, name, staffId=member(shop, role))
                    assert codes(refused) == [("FORBIDDEN", ["input", "staffId"])], (name, role)


async def test_a_change_of_name_and_role(baton: Program, shop: Shop) -> None:
    support = member(shop, StaffRole.SUPPORT)
    payload = await baton.done(shop.manager, "updateStaff", staffId=support, name=" Sue ", role="ANALYST")
    assert (payload["staff"]["name"], payload["staff"]["role"]) == ("Sue", "ANALYST")
    assert (await baton.ask(shop.support, "{ inbox { totalCount } }")).codes == ["FORBIDDEN"]
    before = await baton.everything()
    await baton.done(shop.manager, "updateStaff", staffId=support)
    assert await baton.everything() == before


async def test_the_last_owner(baton: Program, shop: Shop) -> None:
    owner = member(shop, StaffRole.OWNER)
    for name, given in (("updateStaff", {"role": "ADMIN"}), ("suspendStaff", {})):
        refused = await baton.command(shop.owner, name, staffId=owner, **given)
        assert codes(refused) == [("CONFLICT", ["input", "staffId"])]
    second = await baton.done(shop.owner, "inviteStaff", name="O", email="o2@shop.example", role="OWNER", key={})
    # Each of two owners suspends the other at the same time: one of them stays. The other's credential may have ended
    # before its request is looked at.
    answers = await asyncio.gather(
        baton.ask(shop.owner, mutation("suspendStaff"), input={"staffId": second["staff"]["id"]}),
        baton.ask(second["token"], mutation("suspendStaff"), input={"staffId": owner}),
    )
    assert 200 in {answer.status for answer in answers} <= {200, 401}
    owners = [row for row in (await baton.everything())["staff"] if row["role"] == "OWNER"]
    assert len([row for row in owners if "suspended_at" not in row]) == 1


async def test_nobody_suspends_themselves(baton: Program, shop: Shop) -> None:
    refused = await baton.command(shop.admin, "suspendStaff", staffId=member(shop, StaffRole.ADMIN))
    assert codes(refused) == [("CONFLICT", ["input", "staffId"])]


async def test_suspension_ends_keys_and_sessions(baton: Program, shop: Shop) -> None:
    accounts, storage = baton.baton.services.accounts, baton.baton.services.storage
    staff_id = shop.staff[StaffRole.SUPPORT]
    session = StaffSession(
        id=SessionId(new_id()),
        staff_id=staff_id,
        issuer="https://id.example",
        created_at=baton.clock.now(),
        renewed_at=baton.clock.now(),
        expires_at=baton.clock.now() + timedelta(days=1),
    )

    async def open_session(uow: Any) -> None:
        uow.save(session)

    await storage.write(shop.id, open_session)
    await baton.mutate(shop.support, "setAvailability", availability="ONLINE")
    payload = await baton.done(shop.manager, "suspendStaff", staffId=to_global_id("Staff", staff_id))
    assert payload["staff"]["suspendedAt"] == "2026-06-07T12:00:00.000Z"
    assert payload["staff"]["availability"] == "AWAY"
    with pytest.raises(CredentialEnded, match="suspended"):
        await accounts.principal_of(shop.support)
    kept = await storage.read(shop.id).get(StaffSession, session.id)
    assert kept is not None
    assert kept.ended_at is not None

    key = await baton.command(shop.owner, "createKey", staffId=to_global_id("Staff", staff_id))
    assert codes(key) == [("CONFLICT", ["input", "staffId"])]
    again = await baton.done(shop.manager, "reinstateStaff", staffId=to_global_id("Staff", staff_id))
    assert again["staff"]["suspendedAt"] is None
    assert (await accounts.principal_of(shop.support)).staff_id == staff_id


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("updateStaff", {"name": "Ada"}, {"reports", "orders", "admin", "by key"}),
        ("updateStaff", {"role": "OWNER"}, {"reports", "orders", "admin", "by key"}),
        ("updateStaff", {"role": "MANAGER"}, {"reports", "orders"}),
        ("updateStaff", {"role": "ANALYST"}, {"reports"}),
        ("suspendStaff", {}, set()),
    ],
)
async def test_nobody_keeps_lost_rights_by_a_scoped_key(
    baton: Program, shop: Shop, name: str, given: Json, kept: set[str]
) -> None:
    async def create(creator: str, *scopes: str) -> Json:
        return await baton.done(creator, "createKey", scopes=list(scopes))

    made = {
        "reports": await create(shop.admin, "METRICS_READ"),
        "orders": await create(shop.admin, "ORDERS_WRITE"),
        "admin": await create(shop.admin, "STAFF_ADMIN"),
    }
    made["by key"] = await create(made["admin"]["token"], "STAFF_ADMIN")
    assert made["by key"]["key"]["createdBy"]["role"] == "ADMIN"
    handed_over = await create(shop.admin, "STAFF_ADMIN")
    others = {
        "handed over": await baton.done(shop.owner, "rotateKey", keyId=handed_over["key"]["id"]),
        "of the owner": await create(shop.owner, "STAFF_ADMIN"),
    }
    await baton.done(shop.owner, name, staffId=member(shop, StaffRole.ADMIN), **given)

    async def works(token: str) -> bool:
        return (await baton.ask(token, "{ __typename me { id } }")).codes == []

    assert {label for label, payload in made.items() if await works(payload["token"])} == kept
    assert await works(handed_over["token"]) is ("by key" in kept)  # the old token, which the admin knows
    assert all([await works(payload["token"]) for payload in others.values()])
    entries = [row for row in (await baton.everything())["audit_entries"] if row["action"] == "KEY_REVOKED"]
    assert len(entries) == len({*made, "handed over"}) - len(kept | ({"handed over"} if "by key" in kept else set()))


async def test_a_key_under_way_creates_nothing_after_its_revocation(baton: Program, shop: Shop) -> None:
    services = baton.baton.services
    made = await baton.done(shop.admin, "createKey", scopes=["STAFF_ADMIN"])
    principal = await services.accounts.principal_of(made["token"])
    await baton.done(shop.owner, "suspendStaff", staffId=member(shop, StaffRole.ADMIN))
    with pytest.raises(Forbidden):
        await services.keys.create(principal, shop.id, CreateKey(scopes=(Scope.STAFF_ADMIN,)))


@pytest.mark.parametrize("end", ["suspendStaff", "updateStaff"])
async def test_tickets_return_to_the_queue(baton: Program, shop: Shop, end: str) -> None:
    """An open, a snoozed and a closed ticket of the member, and one of a colleague."""
    chats = [await Chat.of(baton, shop, channel="SMS") for _ in range(4)]
    for chat in chats:
        await chat.request()
        await chat.take(shop.support if chat is not chats[3] else shop.manager)
    await chats[1].on_ticket("snoozeTicket", until="2026-06-08T12:00:00Z")
    await chats[2].on_ticket("closeTicket")
    given = {"role": "ANALYST"} if end == "updateStaff" else {}
    await baton.done(shop.owner, end, staffId=member(shop, StaffRole.SUPPORT), **given)
    found = {row["_id"]: row for row in (await baton.everything())["conversations"]}
    rows = [found[chat.started.key] for chat in chats]
    assert [row["controller"]["kind"] for row in rows] == ["QUEUE", "QUEUE", "QUEUE", "HUMAN_AGENT"]
    assert [row["ticket"].get("assignee_id") for row in rows] == [None, None, None, shop.staff[StaffRole.MANAGER]]
    assert [row["ticket"]["state"] for row in rows] == ["OPEN", "SNOOZED", "CLOSED", "OPEN"]
    waiting = {timer["subject"] for timer in (await baton.everything())["timers"] if timer["kind"] == "STRANDED"}
    assert {chat.started.key for chat in chats[:2]} <= waiting
    refused = await chats[0].on_ticket("assignTicket", shop.manager, staffId=member(shop, StaffRole.SUPPORT))
    assert codes(refused) == [("INVALID", ["input", "staffId"])]


async def test_many_tickets_return_by_a_timer(baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.inbox.staff._AT_ONCE", 2)
    chats = [await Chat.of(baton, shop, channel="SMS") for _ in range(5)]
    for chat in chats:
        await chat.request()
        await chat.take(shop.support)
    await baton.mutate(shop.owner, "suspendStaff", staffId=member(shop, StaffRole.SUPPORT))
    services, rounds = baton.baton.services, 0
    while due := await services.storage.due_timers(baton.clock.now(), 10, [TimerKind.RETURN_TICKETS]):
        [(account_id, timer)] = due
        assert isinstance(timer, Timer)
        await services.staff.return_tickets(account_id, timer)
        rounds += 1
    assert rounds == 2
    rows = (await baton.everything())["conversations"]
    assert {row["controller"]["kind"] for row in rows} == {"QUEUE"}


async def test_a_request_under_way_cannot_take_a_ticket_after_the_suspension(baton: Program, shop: Shop) -> None:

    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request()
    services = baton.baton.services
    principal = await services.accounts.principal_of(shop.support)
    await baton.mutate(shop.owner, "suspendStaff", staffId=member(shop, StaffRole.SUPPORT))
    with pytest.raises(Forbidden):
        await services.inbox.take(principal, TakeTicket(ticket_id=ticket_id_of(await chat.ticket_id())))
    with pytest.raises(Forbidden):
        await services.inbox.set_availability(principal, Availability.ONLINE)


@pytest.mark.parametrize(("end", "given"), [("suspendStaff", {}), ("updateStaff", {"role": "ANALYST"})])
async def test_a_reply_under_way_is_not_committed_after_the_end_of_the_right(
    baton: Program, shop: Shop, end: str, given: Json
) -> None:
    chat = await Chat.of(baton, shop, channel="SMS")
    services = baton.baton.services
    principal = await services.accounts.principal_of(shop.support)
    await baton.done(shop.owner, end, staffId=member(shop, StaffRole.SUPPORT), **given)
    with pytest.raises(Forbidden):
        await services.replies.add_note(
            principal, AddNote(conversation_id=ConversationId(chat.started.key), text="late")
        )
    with pytest.raises(Forbidden):
        await services.replies.reply(principal, Reply(conversation_id=ConversationId(chat.started.key), text="late"))


async def test_an_admin_who_was_lowered_meanwhile_does_not_manage_sign_in(baton: Program, shop: Shop) -> None:
    services = baton.baton.services
    principal = await services.accounts.principal_of(shop.admin)
    session = StaffSession(
        id=SessionId(new_id()),
        staff_id=shop.staff[StaffRole.SUPPORT],
        issuer="https://id.example",
        created_at=baton.clock.now(),
        renewed_at=baton.clock.now(),
        expires_at=baton.clock.now() + timedelta(days=1),
    )

    async def open_session(uow: Any) -> None:
        uow.save(session)

    await services.storage.write(shop.id, open_session)
    await baton.done(shop.owner, "updateStaff", staffId=member(shop, StaffRole.ADMIN), role="MANAGER")
    with pytest.raises(Forbidden):
        await services.sign_in.reset(principal, shop.staff[StaffRole.SUPPORT])
    with pytest.raises(NotFound):
        await services.sign_in.sessions.revoke(principal, session.id)


async def test_rivals(baton: Program, shop: Shop, rival: Shop) -> None:
    theirs = to_global_id("Staff", StaffId(rival.staff[StaffRole.SUPPORT]))
    for name in ("updateStaff", "suspendStaff", "reinstateStaff"):
        refused = await baton.command(shop.owner, name, staffId=theirs)
        assert codes(refused) == [("NOT_FOUND", ["input", "staffId"])]
    refused = await baton.command(shop.owner, "createKey", staffId=theirs)
    assert codes(refused) == [("NOT_FOUND", ["input", "staffId"])]


async def test_the_audit_log(baton: Program, shop: Shop) -> None:
    invited = await baton.done(shop.manager, "inviteStaff", **NEW)
    staff_id = invited["staff"]["id"]
    await baton.done(shop.manager, "updateStaff", staffId=staff_id, role="ANALYST")
    await baton.done(shop.manager, "suspendStaff", staffId=staff_id)
    await baton.done(shop.manager, "reinstateStaff", staffId=staff_id)
    entries = (await baton.everything())["audit_entries"][-4:]
    assert [entry["action"] for entry in entries] == [
        *("STAFF_INVITED", "STAFF_UPDATED", "STAFF_SUSPENDED", "STAFF_REINSTATED")
    ]
    assert {entry["actor"]["staff_id"] for entry in entries} == {shop.staff[StaffRole.MANAGER]}
    assert {entry["actor"]["address"] for entry in entries} == {"127.0.0.1"}
    assert entries[1]["changes"] == [{"field": "role", "before": "SUPPORT", "after": "ANALYST"}]


async def test_whether_a_principal_is_current(baton: Program, shop: Shop) -> None:
    """The question of a connection that has just opened: did anything change since its authentication?"""
    services = baton.baton.services
    principals = {name: await services.accounts.principal_of(key) for name, key in shop.tokens.items()}
    started = await baton.start(shop)
    principals["shopper"] = await services.accounts.principal_of(started.token)
    for name, principal in principals.items():
        assert await RightsCheck(services.accounts.stored_rights)(principal), name
    await baton.done(shop.owner, "suspendStaff", staffId=member(shop, StaffRole.MANAGER))
    await baton.done(shop.owner, "updateStaff", staffId=member(shop, StaffRole.SUPPORT), role="ADMIN")
    for name, command in (("agent", "rotateKey"), ("widget", "revokeKey")):
        await baton.done(shop.owner, command, keyId=to_global_id("ApiKey", shop.keys[name].credential.id))
    changed = {name for name, p in principals.items() if not await RightsCheck(services.accounts.stored_rights)(p)}
    assert changed == {"manager", "support", "agent", "widget"}
