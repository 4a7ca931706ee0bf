"""Connecting Zendesk: its endpoint returns 200 to anybody, so the content of the response decides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.faults import failing, responding, too_many, wrong_body
from dev.fakes.server import serving
from dev.fakes.zendesk import ADMIN, TOKEN, WEBHOOK_SECRET, Zendesk
from domain.model.connected_services import Service
from tests.harness.clock import ManualClock
from tests.harness.program import Json, Program, Shop, running

GOOD = {"subdomain": "acme", "email": ADMIN["email"], "apiToken": TOKEN, "webhookSecret": WEBHOOK_SECRET}


@pytest.fixture
async def zendesk() -> AsyncIterator[Zendesk]:
    fake = Zendesk()
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    zendesk: Zendesk,
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> AsyncIterator[Program]:
    async with running(
        mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), zendesk_url=zendesk.url
    ) as program:
        yield program


async def connect(baton: Program, shop: Shop, **given: Any) -> Json:
    return await baton.command(shop.owner, "connectHelpdesk", zendesk={**GOOD, **given})


async def refused(baton: Program, shop: Shop, **given: Any) -> tuple[str, list[str], str]:
    before = await baton.fingerprints()
    [error] = (await connect(baton, shop, **given))["errors"]
    assert await baton.fingerprints() == before
    return error["code"], error["path"], error["message"]


async def test_connected_after_it_said_who_we_are(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    payload = await connect(baton, shop)
    assert payload["errors"] == []
    assert payload["connection"]["displayName"] == "acme.zendesk.com"
    assert payload["connection"]["webhookUrl"].startswith("https://baton.example/hooks/zendesk/")
    assert [r.call for r in zendesk.received] == ["GET /api/v2/users/me.json"]
    opened = await baton.baton.services.connections.open(shop.id, Service.ZENDESK)
    assert opened is not None
    # The id identifies Baton's own comments. Stored as text, because it does not fit a double.
    assert opened.settings["user_id"] == "9007199254740993"
    assert sorted(opened.secrets) == ["api_token", "hook_token", "webhook_secret"]


async def test_a_wrong_token_is_answered_200_and_nobody(baton: Program, shop: Shop) -> None:
    code, path, message = await refused(baton, shop, apiToken="wrong-token-5b1e")
    assert (code, path) == ("INVALID", ["input", "zendesk", "apiToken"])
    assert message.startswith("Zendesk rejected the e-mail address or API token")
    assert "wrong-token-5b1e" not in message


async def test_a_lesser_role(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    zendesk.role = "end-user"
    assert await refused(baton, shop) == (
        "INVALID",
        ["input", "zendesk", "email"],
        "The Zendesk user is not an agent or admin. Use one who is.",
    )


@pytest.mark.parametrize(
    ("subdomain", "example"),
    [
        ("https://acme.zendesk.com", "acme"),
        ("acme.zendesk.com/agent", "acme"),
        ("http://169.254.169.254/latest", "acme"),
        ("127.0.0.1", "acme"),
        ("acme.evil.example/?", "acme"),
        ("acme#", "acme"),
        ("user@acme", "acme"),
        ("..", "acme"),
        ("", None),
    ],
)
async def test_addresses_are_no_subdomains(
    baton: Program, shop: Shop, zendesk: Zendesk, subdomain: str, example: str | None
) -> None:
    code, path, message = await refused(baton, shop, subdomain=subdomain)
    assert (code, path) == ("INVALID", ["input", "zendesk", "subdomain"])
    if example:
        assert message == f"Enter only the part before .zendesk.com, like {example}."
    assert zendesk.received == []


@pytest.mark.parametrize(
    ("fault", "code", "path"),
    [
        (responding(401, {"error": "Couldn't authenticate you"}), "INVALID", ["input", "zendesk", "apiToken"]),
        (responding(403, {"error": "Forbidden"}), "INVALID", ["input", "zendesk", "apiToken"]),
        (responding(404, text="No such account"), "INVALID", ["input", "zendesk", "subdomain"]),
        (responding(302, text="", headers={"Location": "https://x"}), "INVALID", ["input", "zendesk", "subdomain"]),
        (wrong_body(), "INVALID", ["input", "zendesk", "subdomain"]),
        (responding(418, text="teapot"), "INVALID", ["input", "zendesk"]),
    ],
)
async def test_other_responses_of_zendesk(
    baton: Program, shop: Shop, zendesk: Zendesk, fault: Any, code: str, path: list[str]
) -> None:
    zendesk.faults.add(fault)
    assert (await refused(baton, shop))[:2] == (code, path)


@pytest.mark.parametrize("fault", [failing(500), too_many(9)])
async def test_zendesk_is_not_there(baton: Program, shop: Shop, zendesk: Zendesk, fault: Any) -> None:
    zendesk.faults.add(fault)
    before = await baton.fingerprints()
    answer = await baton.ask(
        shop.owner,
        "mutation($input: ConnectHelpdeskInput!) { connectHelpdesk(input: $input) { connection { helpdesk } } }",
        input={"zendesk": GOOD},
    )
    assert answer.codes == ["UNAVAILABLE"]
    assert answer.errors[0]["message"].endswith("Nothing was saved; try again in a moment.")
    assert TOKEN not in str(answer.body)
    assert await baton.fingerprints() == before
