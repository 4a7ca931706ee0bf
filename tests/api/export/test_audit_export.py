"""The audit log as a file: the rows of `auditLog`, for those who may read it; and every export is in the log."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from api.export.audit_log import COLUMNS
from tests.api.export.test_export import export
from tests.harness.program import Json, Program, Shop
from tests.resolvers.audit.test_actions import changes_of, entries


async def exported(baton: Program, key: str, **given: Any) -> str:
    body = json.dumps(given).encode()
    headers = {"authorization": f"Bearer {key}"}
    response = await baton.http.request("POST", "/export/audit", content=body, headers=headers)
    assert response.status_code == 200, response.text
    assert 'filename="audit-' in response.headers["content-disposition"]
    return response.text


async def rows(baton: Program, key: str, **given: Any) -> list[Json]:
    return [json.loads(line) for line in (await exported(baton, key, **given)).splitlines()]


@pytest.fixture
async def busy(baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop with some changes, exported in small pages."""
    monkeypatch.setattr("resolvers.audit.export._ROWS", 3)
    for n in range(7):
        await baton.done(shop.owner, "updateAccount", greeting=f'=Hi, {n}\n"you"')
    return shop


async def test_it_is_the_log(baton: Program, busy: Shop) -> None:
    before = await entries(baton, busy)
    found = await rows(baton, busy.owner)
    cursors = [row.pop("cursor") for row in found]
    assert found[:-1] == before[::-1]
    assert found[-1]["action"] == "EXPORTED", "an export is recorded before its first byte"
    assert len(set(cursors)) == len(found)
    newest = await rows(baton, busy.admin, order="DESC", filter={"actions": ["SETTINGS_UPDATED"]})
    assert [row["number"] for row in newest] == [e["number"] for e in before if e["action"] == "SETTINGS_UPDATED"]


async def test_it_continues_after_a_cursor(baton: Program, busy: Shop) -> None:
    first = await rows(baton, busy.owner)
    await baton.done(busy.owner, "updateAccount", greeting="later")
    later = await rows(baton, busy.owner, after=first[-1]["cursor"])
    assert later[0]["action"] == "SETTINGS_UPDATED"
    assert later[0]["number"] == first[-1]["number"] + 1


async def test_csv(baton: Program, busy: Shop) -> None:
    text = await exported(baton, busy.owner, format="csv", filter={"actions": ["SETTINGS_UPDATED"]})
    head, *body = csv.reader(io.StringIO(text, newline=""))
    assert tuple(head) == COLUMNS
    assert len(body) == 7
    row = dict(zip(head, body[-1], strict=True))
    assert (row["action"], row["actorKind"], row["actorName"]) == ("SETTINGS_UPDATED", "STAFF", "Owner")
    assert row["changes"] == 'greeting: =Hi, 5 "you" → =Hi, 6 "you"'


async def test_who_may(baton: Program, busy: Shop) -> None:
    for name in ("manager", "support", "analyst", "agent", "conversations:read"):
        headers = {"authorization": f"Bearer {busy.tokens[name]}"}
        assert (await baton.http.request("POST", "/export/audit", headers=headers)).status_code == 403, name
    assert (await baton.http.request("POST", "/export/audit")).status_code == 401
    assert await rows(baton, busy.tokens["audit:read"])


async def test_wrong_parameters(baton: Program, busy: Shop) -> None:
    headers = {"authorization": f"Bearer {busy.owner}"}
    before = await entries(baton, busy)
    for given, path in (
        ({"filter": {"actions": ["NOTHING"]}}, ["filter", "actions", "0"]),
        ({"filter": {"status": ["OPEN"]}}, ["filter"]),
        ({"after": "nonsense"}, ["after"]),
        ({"notes": True}, ["notes"]),
    ):
        body = json.dumps(given).encode()
        response = await baton.http.request("POST", "/export/audit", content=body, headers=headers)
        [error] = response.json()["errors"]
        assert (response.status_code, error["extensions"]["code"]) == (400, "INVALID"), given
        assert [str(part) for part in error["extensions"]["path"]][: len(path)] == path, given
    assert await entries(baton, busy) == before, "a refused export is recorded"


async def test_each_export_is_recorded_with_its_filter(baton: Program, shop: Shop) -> None:
    """The words of a search, which may name a shopper, are not."""
    given = {"format": "csv", "filter": {"channel": ["SMS"], "search": "ann@customer.example"}}
    assert (await export(baton, shop.analyst, **given)).status_code == 200
    assert (await export(baton, shop.support, format="nonsense")).status_code == 400
    assert (await export(baton, shop.widget)).status_code == 403
    [entry] = await entries(baton, shop, actions=["EXPORTED"])
    assert (entry["actor"]["kind"], entry["actor"]["name"]) == ("STAFF", "Analyst")
    assert changes_of(entry) == {
        "what": (None, "conversations"),
        "format": (None, "csv"),
        "filter": (None, '{"channel":["SMS"],"search":"…"}'),
    }
