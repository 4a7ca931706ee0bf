"""Connecting a helpdesk: its credentials are verified, sealed, and never returned; and what the settings allow then."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dev.fakes.faults import cut_after, failing, responding, too_many, wrong_body
from dev.fakes.gorgias import Gorgias
from domain.connected_services.ports import CannotOpen
from domain.model.connected_services import Service
from integrations.secrets.fernet import FernetVault
from tests.harness.chat import codes
from tests.harness.program import ENCRYPTION_KEY, Json, Program, Shop

KEY, TOKEN = "gorgias-key", "a-long-random-token-0123456789"
GOOD = {"domain": "acme", "email": "ada@acme.example", "apiKey": KEY, "webhookToken": TOKEN}
READ = """{ handoffSettings { helpdesk version
  connections { helpdesk connected displayName checkedAt problem webhookUrl } } }"""


async def connect(baton: Program, key: str, **given: Any) -> Json:
    return await baton.command(key, "connectHelpdesk", gorgias={**GOOD, **given})


async def shown(baton: Program, key: str, helpdesk: str = "GORGIAS") -> Json:
    found = (await baton.data(key, READ))["handoffSettings"]["connections"]
    connection: Json = next(c for c in found if c["helpdesk"] == helpdesk)
    return connection


NONE = {
    "helpdesk": "GORGIAS",
    "connected": False,
    "displayName": None,
    "checkedAt": None,
    "problem": None,
    "webhookUrl": None,
}


async def test_connected_after_the_credentials_were_proved(baton: Program, shop: Shop, gorgias: Gorgias) -> None:
    payload = await connect(baton, shop.manager)
    assert payload["errors"] == []
    connection = payload["connection"]
    assert connection == {
        "helpdesk": "GORGIAS",
        "connected": True,
        "displayName": "acme.gorgias.com",
        "checkedAt": "2026-06-07T12:00:00.000Z",
        "problem": None,
        "webhookUrl": connection["webhookUrl"],
    }
    place, token = connection["webhookUrl"].rsplit("/", 1)
    assert (place, len(token)) == ("https://baton.example/hooks/gorgias", 32)
    [asked] = gorgias.received
    assert (asked.call, asked.headers["accept"]) == ("GET /api/account", "application/json")
    assert await shown(baton, shop.admin) == connection
    for key in (shop.support, shop.analyst, shop.agent):
        assert await shown(baton, key) == {**connection, "webhookUrl": None}
    chosen = await baton.done(shop.owner, "updateHandoffSettings", helpdesk="GORGIAS")
    assert chosen["handoffSettings"]["helpdesk"] == "GORGIAS"


async def test_connecting_again_keeps_the_webhook_url(baton: Program, shop: Shop, gorgias: Gorgias) -> None:
    first = (await connect(baton, shop.owner))["connection"]
    before = await baton.baton.services.connections.open(shop.id, Service.GORGIAS)
    gorgias.keys["ada@acme.example"] = "newer-key"
    baton.clock.move(timedelta(hours=1))
    second = (await connect(baton, shop.owner, apiKey="newer-key", webhookToken=None))["connection"]
    assert second == {**first, "checkedAt": "2026-06-07T13:00:00.000Z"}
    after = await baton.baton.services.connections.open(shop.id, Service.GORGIAS)
    assert before is not None
    assert after is not None
    assert (before.version, after.version) == (1, 2)
    assert {**before.secrets, "api_key": "newer-key"} == {**after.secrets, "webhook_token": TOKEN}
    assert "webhook_token" not in after.secrets


@pytest.mark.parametrize(("domain", "kept"), [("acme", True), ("another", False)])
async def test_a_token_that_is_not_given_again_stays_for_the_same_account(
    baton: Program, shop: Shop, gorgias: Gorgias, domain: str, kept: bool
) -> None:
    """A new API key does not end the way back of replies."""
    await connect(baton, shop.owner)
    gorgias.domain = domain
    given = {name: text for name, text in GOOD.items() if name != "webhookToken"}
    await baton.done(shop.owner, "connectHelpdesk", gorgias={**given, "domain": domain})
    opened = await baton.baton.services.connections.open(shop.id, Service.GORGIAS)
    assert opened is not None
    assert opened.secrets.get("webhook_token") == (TOKEN if kept else None)


async def test_disconnected_nothing_is_left_of_it(baton: Program, shop: Shop) -> None:
    first = (await connect(baton, shop.owner))["connection"]
    payload = await baton.done(shop.owner, "disconnectHelpdesk", helpdesk="GORGIAS")
    assert payload["connection"] == NONE
    assert await baton.database["connected_services"].count_documents({}) == 0
    assert await shown(baton, shop.owner) == NONE
    again = await baton.command(shop.owner, "disconnectHelpdesk", helpdesk="GORGIAS")
    assert codes(again) == [("NOT_FOUND", ["input", "helpdesk"])]
    inbox = await baton.command(shop.owner, "disconnectHelpdesk", helpdesk="INBOX")
    assert codes(inbox) == [("INVALID", ["input", "helpdesk"])]
    second = (await connect(baton, shop.owner))["connection"]
    assert second["webhookUrl"] != first["webhookUrl"]


async def test_the_helpdesk_that_tickets_go_to_is_not_disconnected(baton: Program, shop: Shop) -> None:
    await connect(baton, shop.owner)
    await baton.done(shop.owner, "updateHandoffSettings", helpdesk="GORGIAS")
    refused = await baton.command(shop.owner, "disconnectHelpdesk", helpdesk="GORGIAS")
    assert codes(refused) == [("CONFLICT", ["input", "helpdesk"])]
    assert "handoff settings" in refused["errors"][0]["message"]
    assert (await shown(baton, shop.owner))["connected"]
    await baton.done(shop.owner, "updateHandoffSettings", method="MESSAGE", customMessage="Call us.")
    await baton.done(shop.owner, "disconnectHelpdesk", helpdesk="GORGIAS")
    refused = await baton.command(shop.owner, "updateHandoffSettings", method="HELPDESK")
    assert codes(refused) == [("NOT_CONNECTED", ["input", "method"])]


NO_DOMAINS = (
    *("https://acme.gorgias.com", "acme.gorgias.com", "acme.gorgias.com/app", "localhost:8000", "127.0.0.1", "a/../b"),
    *("10.0.0.1", "[::1]", "0x7f000001.example", "metadata.google.internal", "acme@evil.example", "acme?", "acme#"),
    *("ac me", "äcme", "аcme", "-acme", "acme-", "", ".", "{domain}", "a" * 64, "acme\n.x"),
)
WRONG = [
    *(({"domain": domain}, "domain") for domain in NO_DOMAINS),
    ({"email": "ada"}, "email"),
    ({"email": "ada@acme.example\r\nX: y"}, "email"),
    ({"apiKey": ""}, "apiKey"),
    ({"apiKey": "two words"}, "apiKey"),
    ({"apiKey": "kéy"}, "apiKey"),
    ({"apiKey": "a\x00b"}, "apiKey"),
    ({"apiKey": "k" * 1_001}, "apiKey"),
    ({"webhookToken": "short"}, "webhookToken"),
    ({"webhookToken": " "}, "webhookToken"),
]
NOT_THERE = [({"apiKey": "another-key"}, "apiKey"), ({"email": "bob@acme.example"}, "apiKey")]


async def test_bad_input(baton: Program, shop: Shop, gorgias: Gorgias) -> None:
    """Malformed credentials are refused without a call, and nothing is stored (`command` checks that)."""
    for wrong, path in [*WRONG, *NOT_THERE]:
        refused = await connect(baton, shop.owner, **wrong)
        assert codes(refused) == [("INVALID", ["input", "gorgias", path])], wrong
        assert refused["connection"] is None
        assert KEY not in json.dumps(refused)
    assert len(gorgias.received) == len(NOT_THERE)


async def test_what_to_write_in_place_of_an_address(baton: Program, shop: Shop) -> None:
    refused = await connect(baton, shop.owner, domain="https://Shoes-4.gorgias.com/app/")
    assert refused["errors"][0]["message"] == "Enter only the part before .gorgias.com, like shoes-4."


async def test_a_lesser_role(baton: Program, shop: Shop, gorgias: Gorgias) -> None:
    gorgias.unprivileged_users.add("ada@acme.example")
    refused = await connect(baton, shop.owner)
    assert codes(refused) == [("INVALID", ["input", "gorgias", "apiKey"])]
    assert "admin" in refused["errors"][0]["message"]


async def test_another_account_than_was_said(baton: Program, shop: Shop, gorgias: Gorgias) -> None:
    gorgias.domain = "other"
    assert codes(await connect(baton, shop.owner)) == [("INVALID", ["input", "gorgias", "domain"])]


CONNECT = "mutation($input: ConnectHelpdeskInput!) { connectHelpdesk(input: $input) { errors { code message } } }"
BAD_DAYS = [
    (cut_after(), "UNAVAILABLE"),
    (too_many(5), "UNAVAILABLE"),
    (failing(), "UNAVAILABLE"),
    (wrong_body(), "INVALID"),
    (responding(200, []), "INVALID"),
    (responding(404, {"error": "no"}), "INVALID"),
    (responding(302, {}, headers={"location": "http://127.0.0.1:1/"}), "INVALID"),
]


async def test_a_helpdesk_on_a_bad_day(
    baton: Program, shop: Shop, gorgias: Gorgias, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is stored, and an existing connection is unchanged."""
    await connect(baton, shop.owner)
    before = await baton.everything()
    for fault, code in BAD_DAYS:
        gorgias.faults.add(fault)
        with caplog.at_level(logging.DEBUG):
            answer = await baton.ask(shop.owner, CONNECT, input={"gorgias": GOOD})
        told = answer.codes or [error["code"] for error in answer.data["connectHelpdesk"]["errors"]]
        assert told == [code], fault
        assert await baton.everything() == before
        assert not [secret for secret in (KEY, TOKEN) if secret in json.dumps(answer.body) or secret in caplog.text]


async def test_nothing_listens_there(baton: Program, shop: Shop, tmp_path: Path) -> None:
    async with baton.twin(tmp_path / "twin", gorgias_url="http://127.0.0.1:1") as program:
        answer = await program.ask(shop.owner, CONNECT, input={"gorgias": GOOD})
    assert [(error["message"], error["extensions"]["code"]) for error in answer.errors] == [
        ("Gorgias: no connection. Nothing was saved; try again in a moment.", "UNAVAILABLE")
    ]


async def test_exactly_one_is_given(baton: Program, shop: Shop) -> None:
    for given in ({}, {"gorgias": GOOD, "zendesk": None}):
        assert (await baton.ask(shop.owner, CONNECT, input=given)).codes == ["BAD_USER_INPUT"]


async def test_a_connection_that_stops_working(baton: Program, second: Program, shop: Shop) -> None:
    await connect(baton, shop.owner)
    service = baton.baton.services.connections
    await service.mark_failed(shop.id, Service.GORGIAS, "Gorgias returned 401: Invalid credentials", version=1)
    broken = await shown(second, shop.support)
    assert (broken["connected"], broken["problem"]) == (True, "Gorgias returned 401: Invalid credentials")
    refused = await baton.command(shop.owner, "updateHandoffSettings", helpdesk="GORGIAS")
    assert codes(refused) == [("NOT_CONNECTED", ["input", "helpdesk"])]
    baton.clock.move(timedelta(minutes=5))
    await service.mark_ok(shop.id, Service.GORGIAS, version=1)
    mended = await shown(second, shop.support)
    assert (mended["problem"], mended["checkedAt"]) == (None, "2026-06-07T12:05:00.000Z")
    await connect(baton, shop.owner)
    before = await baton.everything()
    await service.mark_failed(shop.id, Service.GORGIAS, "of its predecessor", version=1)
    await service.mark_ok(shop.id, Service.GORGIAS, version=2)
    await service.mark_failed(shop.id, Service.ZENDESK, "of one that is not there", version=1)
    assert await baton.everything() == before


async def test_chosen_and_disconnected_at_once(baton: Program, second: Program, shop: Shop) -> None:
    """In either order, the settings never name a helpdesk that is not connected."""
    for turn in range(10):
        await connect(baton, shop.owner)
        await baton.done(shop.owner, "updateHandoffSettings", helpdesk="INBOX")
        one, other = (baton, second) if turn % 2 else (second, baton)
        chosen, gone = await asyncio.gather(
            one.errors_of(shop.owner, "updateHandoffSettings", helpdesk="GORGIAS"),
            other.errors_of(shop.owner, "disconnectHelpdesk", helpdesk="GORGIAS"),
        )
        assert sorted(error["code"] for error in chosen + gone) in (["NOT_CONNECTED"], ["CONFLICT"])


async def test_sealed_for_one_account_and_no_other(baton: Program, shop: Shop, rival: Shop) -> None:
    await connect(baton, shop.owner)
    rows = baton.database["connected_services"]
    row = await rows.find_one({})
    assert row is not None
    moved = {**row, "_id": f"{rival.id}gorgias", "account": rival.id, "hook_hash": "x"}
    await rows.insert_one(moved)
    with pytest.raises(CannotOpen, match="belong to another account"):
        await baton.baton.services.connections.open(rival.id, Service.GORGIAS)
    found = [
        (account, str(problem)) async for account, _, problem in baton.baton.services.connections.sealed.unopenable()
    ]
    assert [account for account, _ in found] == [rival.id]


async def test_a_connection_without_its_key_is_shown_and_can_be_connected_again(
    baton: Program, shop: Shop, tmp_path: Path
) -> None:
    await connect(baton, shop.owner)
    other = base64.b64encode(b"o" * 32).decode()
    async with baton.twin(tmp_path / "twin", encryption_key=(other,)) as stranger:
        seen = await shown(stranger, shop.owner)
        assert (seen["connected"], seen["webhookUrl"]) == (True, None)
        assert seen["problem"].startswith("Its credentials cannot be decrypted: connect it again")
        mended = (await connect(stranger, shop.owner))["connection"]
        assert (mended["connected"], mended["problem"]) == (True, None)


async def test_resealed_beside_a_running_server(baton: Program, shop: Shop, tmp_path: Path) -> None:
    """A concurrent new connection is not lost, in either order."""
    new = base64.b64encode(b"n" * 32).decode()
    keys = (new, ENCRYPTION_KEY)
    await connect(baton, shop.owner)
    async with baton.twin(tmp_path / "twin", encryption_key=keys) as rotating:

        async def reseal() -> list[str | None]:
            return [problem async for _, _, problem in rotating.baton.services.connections.sealed.reseal(None)]

        for number in range(5):
            connecting = connect(baton if number % 2 else rotating, shop.owner, webhookToken=f"{TOKEN}-{number}")
            problems, _ = await asyncio.gather(reseal(), connecting)
            assert [problem for problem in problems if problem] == []
            await reseal()
            assert await reseal() == []
            opened = await rotating.baton.services.connections.open(shop.id, Service.GORGIAS)
            assert opened is not None
            assert opened.secrets["webhook_token"] == f"{TOKEN}-{number}"
    only_new = FernetVault(lambda: (b"n" * 32,))
    [row] = await baton.database["connected_services"].find().to_list()
    assert only_new.open(row["sealed"], place=row["_id"])["api_key"] == KEY


async def test_secrets_are_nowhere(
    baton: Program, shop: Shop, gorgias: Gorgias, caplog: pytest.LogCaptureFixture
) -> None:
    """No document, event, response, log line or object representation contains a secret."""
    with caplog.at_level(logging.DEBUG):
        payload = await connect(baton, shop.owner)
        gorgias.keys.clear()
        refused = await connect(baton, shop.owner)
        opened = await baton.baton.services.connections.open(shop.id, Service.GORGIAS)
    token = payload["connection"]["webhookUrl"].rsplit("/", 1)[1]
    everything = json.dumps(await baton.everything(), default=str)
    told = [everything, caplog.text, json.dumps(refused), repr(opened), str(opened)]
    assert [place for place in told if KEY in place or TOKEN in place or token in place] == []
    assert KEY not in json.dumps(payload)
    assert TOKEN not in json.dumps(payload)
