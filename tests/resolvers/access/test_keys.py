"""Keys over the API: who may create which, rotation, revocation, networks, and what nobody is shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.account.keys import CreateKey
from domain.principal import Permission, PrincipalKind, Scope, StaffRole, permissions_of
from domain.values.errors import CredentialEnded, Forbidden
from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Json, Program, Shop

KEYS = """query($first: Int, $after: String) { account { keys(first: $first, after: $after) {
  nodes { id label kind staff { role } createdBy { role } scopes networks createdAt expiresAt revokedAt }
  pageInfo { hasNextPage endCursor }
} } }"""


def codes(payload: Json) -> list[tuple[str, list[str] | None]]:
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def create(baton: Program, key: str, **given: Any) -> Json:
    payload = await baton.command(key, "createKey", **given)
    assert payload["errors"] == []
    return payload


async def keys_of(baton: Program, key: str) -> list[Json]:
    page = (await baton.data(key, KEYS, first=100))["account"]["keys"]
    assert not page["pageInfo"]["hasNextPage"]
    nodes: list[Json] = page["nodes"]
    return nodes


def member(shop: Shop, role: StaffRole) -> str:
    return to_global_id("Staff", shop.staff[role])


async def test_a_key_of_each_kind(baton: Program, shop: Shop) -> None:
    before = await keys_of(baton, shop.owner)
    widget = await create(baton, shop.manager, publishable=True, label=" Shop page ")
    partner = await create(
        baton,
        shop.admin,
        scopes=["METRICS_READ", "EVENTS_READ", "METRICS_READ"],
        expiresAt="2026-12-31T00:00:00Z",
        networks=["203.0.113.9", "2001:DB8::/32", "203.0.113.9/32"],
    )
    own = await create(baton, shop.owner, staffId=member(shop, StaffRole.OWNER), label="laptop")

    assert [payload["token"][:4] for payload in (widget, partner, own)] == ["bpk_", "bsk_", "bsk_"]
    listed = await keys_of(baton, shop.owner)
    assert listed[3:] == before
    assert listed[:3] == [
        {
            "id": own["key"]["id"],
            "label": "laptop",
            "kind": "STAFF",
            "staff": {"role": "OWNER"},
            "createdBy": {"role": "OWNER"},
            "scopes": [],
            "networks": [],
            "createdAt": "2026-06-07T12:00:00.000Z",
            "expiresAt": None,
            "revokedAt": None,
        },
        {
            "id": partner["key"]["id"],
            "label": None,
            "kind": "SCOPED",
            "staff": None,
            "createdBy": {"role": "ADMIN"},
            "scopes": ["METRICS_READ", "EVENTS_READ"],
            "networks": ["203.0.113.9/32", "2001:db8::/32"],
            "createdAt": "2026-06-07T12:00:00.000Z",
            "expiresAt": "2026-12-31T00:00:00.000Z",
            "revokedAt": None,
        },
        {
            "id": widget["key"]["id"],
            "label": "Shop page",
            "kind": "PUBLISHABLE",
            "staff": None,
            "createdBy": {"role": "MANAGER"},
            "scopes": [],
            "networks": [],
            "createdAt": "2026-06-07T12:00:00.000Z",
            "expiresAt": None,
            "revokedAt": None,
        },
    ]
    for payload in (widget, partner, own):
        assert await baton.baton.services.accounts.principal_of(payload["token"], address="203.0.113.9")
        node = await baton.data(shop.owner, "query($id: ID!) { node(id: $id) { id } }", id=payload["key"]["id"])
        assert node == {"node": {"id": payload["key"]["id"]}}


async def test_the_list_has_pages(baton: Program, shop: Shop) -> None:
    whole = [row["id"] for row in await keys_of(baton, shop.owner)]
    found: list[str] = []
    after = None
    while True:
        page = (await baton.data(shop.owner, KEYS, first=3, after=after))["account"]["keys"]
        found += [row["id"] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == whole
    assert len(found) == len(shop.keys)


async def test_who_sees_keys(baton: Program, shop: Shop) -> None:
    key_id = (await keys_of(baton, shop.owner))[0]["id"]
    for key in (shop.support, shop.analyst, shop.agent, shop.partners[Scope.INBOX_READ]):
        assert (await baton.ask(key, KEYS)).codes == ["FORBIDDEN"]
        assert (await baton.ask(key, "query($id: ID!) { node(id: $id) { id } }", id=key_id)).codes == ["FORBIDDEN"]
    assert await keys_of(baton, shop.partners[Scope.STAFF_ADMIN]) == await keys_of(baton, shop.manager)


async def test_nobody_gives_rights_that_they_do_not_have(baton: Program, shop: Shop) -> None:
    """Every creator and every key: if it is created, its rights are among those of the creator."""
    wishes: list[dict[str, Any]] = [{"scopes": [scope.name]} for scope in Scope]
    wishes += [{"staffId": member(shop, role)} for role in StaffRole]
    wishes.append({"scopes": [Scope.STAFF_ADMIN.name, Scope.METRICS_READ.name]})
    accounts = baton.baton.services.accounts
    created = 0
    for creator in (shop.owner, shop.admin, shop.manager, shop.partners[Scope.STAFF_ADMIN]):
        principal = await accounts.principal_of(creator)
        for wish in wishes:
            payload = await baton.mutate(creator, "createKey", **wish)
            if payload["errors"]:
                [(code, path)] = codes(payload)
                assert (code, path) == ("FORBIDDEN", ["input", next(iter(wish))])
                assert payload["token"] is None
                continue
            created += 1
            made = await accounts.principal_of(payload["token"])
            assert made.permissions <= principal.permissions
            assert {role for role in StaffRole if made.reaches(role)} <= {
                role for role in StaffRole if principal.reaches(role)
            }
    # OWNER and ADMIN create every scope, MANAGER all but `audit:read` and `staff:admin`, which counts as ADMIN; above
    # their own role, nobody creates a key. A partner creates what it may do itself.
    assert created == (3 * (len(Scope) + 1) - 3) + (5 + 4 + 3) + 1


async def test_a_manager_does_not_become_an_admin_by_a_key(baton: Program, shop: Shop) -> None:
    refused = await baton.command(shop.manager, "createKey", scopes=["STAFF_ADMIN"])
    assert codes(refused) == [("FORBIDDEN", ["input", "scopes"])]
    admins = await create(baton, shop.admin, scopes=["STAFF_ADMIN"])
    refused = await baton.command(shop.manager, "rotateKey", keyId=admins["key"]["id"])  # it would return its token
    assert codes(refused) == [("FORBIDDEN", ["input", "keyId"])]
    assert await baton.done(shop.admin, "rotateKey", keyId=admins["key"]["id"])


async def test_a_widget_has_rights_of_its_own() -> None:
    """A publishable key stands in the shop's page, so that whoever manages keys may create one."""
    assert permissions_of(PrincipalKind.WIDGET) == {Permission.START_CONVERSATION}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, ["input"]),
        ({"publishable": True, "scopes": ["AGENT"]}, ["input"]),
        ({"scopes": []}, ["input"]),
        ({"publishable": True, "label": ""}, ["input", "label"]),
        ({"publishable": True, "label": "a\nb"}, ["input", "label"]),
        ({"publishable": True, "expiresAt": "2026-06-07T12:00:00Z"}, ["input", "expiresAt"]),
        ({"publishable": True, "expiresAt": "2046-06-07T12:00:00Z"}, ["input", "expiresAt"]),
        ({"publishable": True, "networks": ["10.0.0.1/8"]}, ["input", "networks", "0"]),
        ({"publishable": True, "networks": ["10.0.0.0/8", "example.com"]}, ["input", "networks", "1"]),
        ({"publishable": True, "networks": ["10.0.0.0/33"]}, ["input", "networks", "0"]),
        ({"publishable": True, "networks": ["fe80::1%eth0"]}, ["input", "networks", "0"]),
        ({"publishable": True, "networks": ["::ffff:10.0.0.0/104"]}, ["input", "networks", "0"]),
        ({"publishable": True, "networks": [""]}, ["input", "networks", "0"]),
        ({"publishable": True, "networks": [f"10.0.0.{n}" for n in range(21)]}, ["input", "networks"]),
    ],
)
async def test_bad_keys(baton: Program, shop: Shop, given: dict[str, Any], path: list[str]) -> None:
    assert codes(await baton.command(shop.owner, "createKey", **given)) == [("INVALID", path)]


async def test_a_repeated_call_makes_one_key_and_does_not_return_its_token(baton: Program, shop: Shop) -> None:
    first = await create(baton, shop.owner, publishable=True, idempotencyKey="k")
    again = await create(baton, shop.owner, publishable=True, idempotencyKey="k")
    assert (again["key"], again["token"]) == (first["key"], None)
    other = await baton.command(shop.owner, "createKey", scopes=["AGENT"], idempotencyKey="k")
    assert codes(other) == [("CONFLICT", ["input", "idempotencyKey"])]


async def test_revocation_over_the_api(baton: Program, shop: Shop, rival: Shop) -> None:
    key = await create(baton, shop.owner, scopes=["AGENT"])
    key_id = key["key"]["id"]
    assert codes(await baton.command(rival.owner, "revokeKey", keyId=key_id)) == [("NOT_FOUND", ["input", "keyId"])]
    payload = await baton.done(shop.manager, "revokeKey", keyId=key_id)
    assert payload["key"]["revokedAt"] == "2026-06-07T12:00:00.000Z"
    with pytest.raises(CredentialEnded):
        await baton.baton.services.accounts.principal_of(key["token"])
    assert codes(await baton.command(shop.owner, "revokeKey", keyId=key_id)) == [("CONFLICT", ["input", "keyId"])]
    assert codes(await baton.command(shop.owner, "rotateKey", keyId=key_id)) == [("CONFLICT", ["input", "keyId"])]


async def test_the_key_of_somebody_above_is_safe(baton: Program, shop: Shop) -> None:
    owner = to_global_id("ApiKey", shop.keys["owner"].credential.id)
    for key in (shop.admin, shop.manager, shop.partners[Scope.STAFF_ADMIN]):
        for name in ("revokeKey", "rotateKey"):
            assert [code for code, _ in codes(await baton.command(key, name, keyId=owner))] == ["FORBIDDEN"]
    agent = to_global_id("ApiKey", shop.keys["agent"].credential.id)
    refused = await baton.command(shop.partners[Scope.STAFF_ADMIN], "rotateKey", keyId=agent)  # it would get its token
    assert codes(refused) == [("FORBIDDEN", ["input", "keyId"])]


async def test_visitor_tokens_are_no_keys(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    principal = await baton.baton.services.accounts.principal_of(started.token)
    token_id = to_global_id("ApiKey", principal.credential_id)
    for name in ("revokeKey", "rotateKey"):
        assert codes(await baton.command(shop.owner, name, keyId=token_id)) == [("NOT_FOUND", ["input", "keyId"])]
    assert (await baton.ask(shop.owner, "query($id: ID!) { node(id: $id) { id } }", id=token_id)).codes == ["NOT_FOUND"]


async def test_rotation_with_an_overlap(baton: Program, shop: Shop) -> None:
    accounts = baton.baton.services.accounts
    old = await create(baton, shop.owner, scopes=["METRICS_READ"], label="reports", networks=["192.0.2.0/24"])
    payload = await baton.done(shop.owner, "rotateKey", keyId=old["key"]["id"])
    assert payload["replaced"]["expiresAt"] == "2026-06-08T12:00:00.000Z"
    kept = ("label", "kind", "scopes", "networks", "expiresAt")
    assert {name: payload["key"][name] for name in kept} == {name: old["key"][name] for name in kept}
    assert payload["token"] != old["token"]
    before = await accounts.principal_of(old["token"], address="192.0.2.1")
    after = await accounts.principal_of(payload["token"], address="192.0.2.1")
    assert before.subject == after.subject  # a call that is repeated with the new key does not run twice
    assert before.audience == after.audience

    again = await baton.command(shop.owner, "rotateKey", keyId=old["key"]["id"])
    assert codes(again) == [("CONFLICT", ["input", "keyId"])]
    third = await baton.done(shop.owner, "rotateKey", keyId=payload["key"]["id"], overlap="PT0S")
    with pytest.raises(CredentialEnded):
        await accounts.principal_of(payload["token"], address="192.0.2.1")
    baton.clock.move(timedelta(hours=24))
    with pytest.raises(CredentialEnded):
        await accounts.principal_of(old["token"], address="192.0.2.1")
    last = await accounts.principal_of(third["token"], address="192.0.2.1")
    assert last.subject == before.subject


async def test_an_overlap_does_not_prolong_a_key(baton: Program, shop: Shop) -> None:
    old = await create(baton, shop.owner, scopes=["AGENT"], expiresAt="2026-06-07T13:00:00Z")
    refused = await baton.command(shop.owner, "rotateKey", keyId=old["key"]["id"], overlap="P7DT1S")
    assert codes(refused) == [("INVALID", ["input", "overlap"])]
    payload = await baton.done(
        shop.owner, "rotateKey", keyId=old["key"]["id"], overlap="P7D", expiresAt="2027-01-01T00:00:00Z"
    )
    assert payload["replaced"]["expiresAt"] == "2026-06-07T13:00:00.000Z"
    assert payload["key"]["expiresAt"] == "2027-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("203.0.113.1", True),
        ("203.0.114.1", False),
        ("2001:db8:1::1", True),
        ("2001:db9::1", False),
        ("::1", False),
        (None, False),
        ("", False),
    ],
)
async def test_networks(baton: Program, shop: Shop, address: str | None, allowed: bool) -> None:
    key = await create(baton, shop.owner, scopes=["METRICS_READ"], networks=["203.0.113.0/24", "2001:db8::/32"])
    accounts = baton.baton.services.accounts
    if allowed:
        assert (await accounts.principal_of(key["token"], address=address)).address == address
        return
    with pytest.raises(Forbidden):
        await accounts.principal_of(key["token"], address=address)


async def test_a_foreign_network_over_http(baton: Program, shop: Shop) -> None:
    key = await create(baton, shop.owner, scopes=["CONVERSATIONS_READ"], networks=["203.0.113.0/24"])
    answer = await baton.ask(key["token"], "{ conversations { nodes { id } } }")  # the tests call from 127.0.0.1
    assert (answer.status, answer.codes) == (403, ["FORBIDDEN"])
    assert "from this network" in answer.errors[0]["message"]
    headers = {"authorization": f"Bearer {key['token']}"}
    export = await baton.call("GET", "/export", headers=headers)
    assert (export.status_code, export.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    home = await create(baton, shop.owner, scopes=["CONVERSATIONS_READ"], networks=["127.0.0.0/8"])
    assert (await baton.ask(home["token"], "{ conversations { nodes { id } } }")).status == 200


async def test_a_lowered_role_counts_at_the_commit(baton: Program, shop: Shop) -> None:
    """The role may have been lowered since the request was authenticated."""
    accounts, keys = baton.baton.services.accounts, baton.baton.services.keys
    admin = await accounts.principal_of(shop.admin)
    await baton.done(shop.owner, "updateStaff", staffId=member(shop, StaffRole.ADMIN), role="SUPPORT")
    with pytest.raises(Forbidden):
        await keys.create(admin, shop.id, CreateKey(publishable=True))


async def test_the_audit_log_has_no_token(baton: Program, shop: Shop) -> None:
    key = await create(baton, shop.owner, scopes=["AGENT"], label="bot")
    rotated = await baton.done(shop.owner, "rotateKey", keyId=key["key"]["id"])
    await baton.done(shop.owner, "revokeKey", keyId=rotated["key"]["id"])
    entries = (await baton.everything())["audit_entries"]
    assert [e["action"] for e in entries][-3:] == ["KEY_CREATED", "KEY_ROTATED", "KEY_REVOKED"]
    assert all(key["token"] not in str(e) and rotated["token"] not in str(e) for e in entries)


async def test_a_revoked_key_of_a_member_makes_no_more_keys(baton: Program, shop: Shop) -> None:
    """Requests that were authenticated before the revocation are refused at their commit."""
    owner = await baton.baton.services.accounts.principal_of(shop.owner)
    made = await create(baton, shop.owner, staffId=member(shop, StaffRole.MANAGER))
    manager = await baton.baton.services.accounts.principal_of(made["token"])
    await baton.baton.services.keys.revoke(owner, shop.id, manager.credential_id)
    with pytest.raises(Forbidden, match="has expired or was revoked"):
        await baton.baton.services.keys.create(manager, shop.id, CreateKey(publishable=True))


async def test_a_limited_key_makes_no_key_without_its_limits(baton: Program, shop: Shop) -> None:
    limits = {"expiresAt": "2026-06-08T12:00:00Z", "networks": ["127.0.0.0/9", "127.128.0.0/9", "2001:db8::/32"]}
    for actor in (
        await create(baton, shop.owner, staffId=member(shop, StaffRole.ADMIN), **limits),
        await create(baton, shop.owner, scopes=["STAFF_ADMIN", "METRICS_READ"], **limits),
    ):
        token, wish = actor["token"], {"scopes": ["METRICS_READ"]}
        refused: list[tuple[dict[str, Any], str]] = [
            ({"expiresAt": "2026-06-08T12:00:01Z"}, "expiresAt"),
            ({"networks": ["0.0.0.0/0"]}, "networks"),
            ({"networks": ["127.0.0.1", "::/0"]}, "networks"),
        ]
        for given, field in refused:
            payload = await baton.mutate(token, "createKey", **wish, **given)
            assert codes(payload) == [("FORBIDDEN", ["input", field])]
        made = await baton.mutate(token, "createKey", **wish)
        kept = {name: made["key"][name] for name in ("expiresAt", "networks")}
        assert kept == {name: actor["key"][name] for name in ("expiresAt", "networks")}
        narrow = await baton.mutate(
            token, "createKey", **wish, expiresAt="2026-06-07T13:00:00Z", networks=["127.0.0.0/8"]
        )
        assert narrow["key"]["networks"] == ["127.0.0.0/8"]  # both halves of it are the actor's
        assert narrow["key"]["expiresAt"] == "2026-06-07T13:00:00.000Z"
        assert (await baton.mutate(token, "createKey", publishable=True))["key"][
            "expiresAt"
        ] is None  # any stranger may have it


async def test_a_limited_key_gets_no_other_token_by_a_rotation(baton: Program, shop: Shop) -> None:
    unlimited = await create(baton, shop.owner, scopes=["METRICS_READ"])
    everywhere = await create(baton, shop.owner, scopes=["METRICS_READ"], expiresAt="2026-06-08T12:00:00Z")
    actor = await create(
        baton,
        shop.owner,
        staffId=member(shop, StaffRole.OWNER),
        expiresAt="2026-06-08T12:00:00Z",
        networks=["127.0.0.0/8"],
    )
    for target, given, field in (
        (unlimited, {}, "expiresAt"),
        (unlimited, {"expiresAt": "2026-06-08T12:00:00Z"}, "keyId"),
        (everywhere, {}, "keyId"),
        (actor, {"expiresAt": "2026-07-08T12:00:00Z"}, "expiresAt"),
    ):
        refused = await baton.mutate(actor["token"], "rotateKey", keyId=target["key"]["id"], **given)
        assert codes(refused) == [("FORBIDDEN", ["input", field])]
    rotated = await baton.mutate(actor["token"], "rotateKey", keyId=actor["key"]["id"])
    kept = {name: rotated["key"][name] for name in ("expiresAt", "networks")}
    assert kept == {name: actor["key"][name] for name in ("expiresAt", "networks")}


async def test_a_limited_key_invites_with_a_key_of_its_limits(baton: Program, shop: Shop) -> None:
    actor = await create(baton, shop.owner, staffId=member(shop, StaffRole.OWNER), expiresAt="2026-06-08T12:00:00Z")
    invited = await baton.done(
        actor["token"], "inviteStaff", name="Zoe", email="zoe@a.example", role="SUPPORT", key={"label": "first"}
    )
    made = await baton.baton.services.accounts.principal_of(invited["token"])
    assert made.expires_at is not None
    assert made.expires_at.isoformat() == "2026-06-08T12:00:00+00:00"


async def test_when_a_key_was_last_used(baton: Program, shop: Shop, tmp_path: Path) -> None:
    """To five minutes, and without a write by the request."""

    async def last_used() -> dict[str, str | None]:
        page = await baton.data(shop.owner, "{ account { keys(first: 50) { nodes { id lastUsedAt } } } }")
        return {node["id"]: node["lastUsedAt"] for node in page["account"]["keys"]["nodes"]}

    agent = to_global_id("ApiKey", shop.keys["agent"].credential.id)
    made = await create(baton, shop.owner, scopes=["AGENT"])  # at 12:00
    before = await baton.fingerprints()
    baton.clock.move(timedelta(minutes=13))
    await baton.data(shop.agent, "{ account { id } }")
    assert (await last_used())[agent] is None
    assert await baton.fingerprints() == before
    await baton.baton.key_uses.write()
    assert (await last_used())[agent] == "2026-06-07T12:10:00.000Z"
    assert (await last_used())[made["key"]["id"]] is None
    written = await baton.fingerprints()
    baton.clock.move(timedelta(minutes=1))
    await baton.data(shop.agent, "{ account { id } }")
    await baton.baton.key_uses.write()
    assert await baton.fingerprints() == written
    async with baton.twin(tmp_path / "another process") as another:
        baton.clock.move(timedelta(minutes=2))
        await another.data(shop.agent, "{ account { id } }")
        await baton.baton.key_uses.write()
        await another.baton.key_uses.write()
    assert (await last_used())[agent] == "2026-06-07T12:15:00.000Z"
    rotated = await baton.done(shop.owner, "rotateKey", keyId=agent)
    assert (rotated["replaced"]["lastUsedAt"], rotated["key"]["lastUsedAt"]) == ("2026-06-07T12:15:00.000Z", None)
