from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.i18n.localization import catalog_for
from domain.model.credentials import new_token
from domain.principal import PrincipalKind, Scope, StaffRole
from domain.values.errors import CredentialEnded, Unauthenticated
from resolvers.relay.global_ids import to_global_id
from tests.harness.operations import selection
from tests.harness.program import Program, Shop

ACCOUNT = f"{{ account {selection('Account')} }}"
DEFAULTS = [
    ("WEB_CHAT", "PRODUCT_CARD_CLICK", True, "P1D"),
    ("SMS", "SMS_CLICK", True, "P5D"),
    ("SMS", "SMS_DELIVERY", True, "PT12H"),
    ("WHATSAPP", "WHATSAPP_CLICK", True, "P5D"),
    ("WHATSAPP", "WHATSAPP_OPEN", False, "P1D"),
    ("EMAIL", "EMAIL_CLICK", True, "P5D"),
    ("EMAIL", "EMAIL_OPEN", False, "P1D"),
]


async def read(baton: Program, shop: Shop) -> dict[str, Any]:
    account: dict[str, Any] = (await baton.data(shop.owner, ACCOUNT))["account"]
    return account


async def test_account_as_it_begins(baton: Program, shop: Shop) -> None:
    account = await read(baton, shop)
    staff = account.pop("staff")
    assert account.pop("attribution") == [
        {"channel": channel, "touch": touch, "enabled": enabled, "window": window}
        for channel, touch, enabled, window in DEFAULTS
    ]
    assert account == {
        "id": shop.global_id,
        "name": "Shop",
        "timeZone": "UTC",
        "currency": "USD",
        "weekStartsOn": "MONDAY",
        "agentLive": True,
        "agentName": "Assistant",
        "greeting": "Hi! How can I help you?",
        "channels": ["WEB_CHAT", "SMS", "EMAIL", "WHATSAPP"],
        "awayMessage": None,
        "assignment": "MANUAL",
        "strandedAfter": "PT15M",
        "agentSilence": None,
        "largestAttachment": 25 << 20,
        "attachmentTypes": [],
        "mailRepliesAfter": "PT5M",
        "version": 2,
        "handoffSettings": {
            "method": "HELPDESK",
            "helpdesk": "INBOX",
            "customMessage": None,
            "chatAfterHandoff": "MOVES_TO_EMAIL",
            "identityPolicy": "EMAIL",
            "offerText": catalog_for(None).offer_text,
            "acceptLabel": "Yes, connect me with an agent",
            "declineLabel": catalog_for(None).decline_label,
            "version": 1,
            "updatedAt": "2026-06-07T12:00:00.000Z",
        },
        "businessHours": {
            "timeZone": "UTC",
            "week": [{"weekday": day, "opensAt": "09:00", "closesAt": "17:00"} for day in range(1, 6)],
            "holidays": [],
            "openNow": False,  # a Sunday
            "opensAt": "2026-06-08T09:00:00.000Z",
        },
        "identityKeys": {"jwks": None, "secrets": []},
        "signIn": None,
    }
    assert [(s["name"], s["email"], s["role"], s["availability"]) for s in staff] == [
        (role.title(), f"{role.lower()}@shop.example", role, "AWAY")
        for role in ("OWNER", "ADMIN", "MANAGER", "SUPPORT", "ANALYST")
    ]


async def test_me(baton: Program, shop: Shop) -> None:
    for role in StaffRole:
        key = shop.keys[role.value.lower()].token
        me = (await baton.data(key, "{ me { id name email role } }"))["me"]
        assert me == {
            "id": to_global_id("Staff", shop.staff[role]),
            "name": role.value.title(),
            "email": f"{role.value.lower()}@shop.example",
            "role": role.value,
        }
    started = await baton.start(shop)
    for key in (shop.widget, shop.agent, started.token, *shop.partners.values()):
        assert await baton.data(key, "{ me { id } }") == {"me": None}


async def test_update_changes_what_is_given_and_nothing_else(baton: Program, shop: Shop) -> None:
    account = await read(baton, shop)
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"name": " Scarpe \u0645\u062a\u062c\u0631 "}, {"name": "Scarpe \u0645\u062a\u062c\u0631"}),
        ({"currency": "EUR"}, {}),
        ({"agentLive": False}, {}),
        ({"agentName": "Robi 🤖"}, {}),
        ({"greeting": "Ciao!\nCome va? 👩🏽‍🚀"}, {}),
        ({"channels": ["SMS", "EMAIL", "SMS"]}, {"channels": ["SMS", "EMAIL"]}),
        ({"channels": []}, {}),
        ({"awayMessage": "Back soon"}, {}),
    ]
    for given, kept in changes:
        payload = await baton.done(shop.manager, "updateAccount", **given)
        account = {**account, **given, **kept, "version": account["version"] + 1}
        assert {k: v for k, v in payload["account"].items() if k != "staff"} == {
            k: v for k, v in account.items() if k != "staff"
        }
        assert await read(baton, shop) == account
    week = [
        {"weekday": 7, "opensAt": "22:00", "closesAt": "24:00"},
        {"weekday": 1, "opensAt": "00:00", "closesAt": "02:00"},
        {"weekday": 1, "opensAt": "02:00", "closesAt": "03:30"},
    ]
    holidays = ["2026-12-25", "2026-12-24", "2026-12-25"]
    payload = await baton.done(
        shop.admin, "updateAccount", businessWeek=week, holidays=holidays, timeZone="Europe/Rome"
    )
    assert payload["account"]["businessHours"] == {
        "timeZone": "Europe/Rome",
        "week": [week[1], week[2], week[0]],
        "holidays": ["2026-12-24", "2026-12-25"],
        "openNow": False,
        "opensAt": "2026-06-07T20:00:00.000Z",
    }
    cleared = await baton.done(shop.owner, "updateAccount", businessWeek=[], holidays=[])
    assert cleared["account"]["businessHours"] == {
        "timeZone": "Europe/Rome",
        "week": [],
        "holidays": [],
        "openNow": False,
        "opensAt": None,
    }


async def test_null_leaves_all_but_the_away_message(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "updateAccount", awayMessage="Away", greeting="Hello", weekStartsOn="SUNDAY")
    account = await read(baton, shop)
    every = ["name", "timeZone", "currency", "agentLive", "agentName", "greeting", "channels", "businessWeek"]
    await baton.done(shop.owner, "updateAccount", **dict.fromkeys([*every, "holidays", "attribution", "weekStartsOn"]))
    assert await read(baton, shop) == {**account, "version": account["version"] + 1}
    await baton.done(shop.owner, "updateAccount")
    assert await read(baton, shop) == {**account, "version": account["version"] + 2}
    await baton.done(shop.owner, "updateAccount", awayMessage=None)
    assert await read(baton, shop) == {**account, "awayMessage": None, "version": account["version"] + 3}


async def test_attribution_changes_one_touch_at_a_time(baton: Program, shop: Shop) -> None:
    sms, mail = {"channel": "SMS", "touch": "SMS_CLICK"}, {"channel": "EMAIL", "touch": "EMAIL_OPEN"}
    given = [{**sms, "enabled": False}, {**mail, "enabled": True, "window": "PT36H"}]
    payload = await baton.done(shop.owner, "updateAccount", attribution=given)
    expected = {(channel, touch): (enabled, window) for channel, touch, enabled, window in DEFAULTS}
    expected["SMS", "SMS_CLICK"] = (False, "P5D")
    expected["EMAIL", "EMAIL_OPEN"] = (True, "P1DT12H")
    assert [(t["channel"], t["touch"], t["enabled"], t["window"]) for t in payload["account"]["attribution"]] == [
        (*key, *value) for key, value in expected.items()
    ]


HOURS = {"weekday": 1, "opensAt": "09:00", "closesAt": "17:00"}
TOUCH = {"channel": "SMS", "touch": "SMS_CLICK", "enabled": True}
WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": ""}, ["name"]),
    ({"name": " \n "}, ["name"]),
    ({"name": "x" * 201}, ["name"]),
    ({"name": "two\nlines"}, ["name"]),
    ({"name": "bell\u0007"}, ["name"]),
    ({"timeZone": ""}, ["timeZone"]),
    ({"timeZone": "Europe/Rom"}, ["timeZone"]),
    ({"timeZone": "europe/rome"}, ["timeZone"]),
    ({"timeZone": "../../etc/passwd"}, ["timeZone"]),
    ({"timeZone": "/etc/localtime"}, ["timeZone"]),
    ({"timeZone": "UTC\u0000"}, ["timeZone"]),
    ({"timeZone": "+02:00"}, ["timeZone"]),
    ({"currency": ""}, ["currency"]),
    ({"currency": "eur"}, ["currency"]),
    ({"currency": "XXX"}, ["currency"]),
    ({"currency": "EURO"}, ["currency"]),
    ({"agentName": "\u200f\u0000"}, ["agentName"]),
    ({"agentName": "x" * 201}, ["agentName"]),
    ({"greeting": ""}, ["greeting"]),
    ({"greeting": "x" * 2001}, ["greeting"]),
    ({"awayMessage": " "}, ["awayMessage"]),
    ({"awayMessage": "x" * 2001}, ["awayMessage"]),
    ({"businessWeek": [{**HOURS, "weekday": 0}]}, ["businessWeek", "0", "weekday"]),
    ({"businessWeek": [HOURS, {**HOURS, "weekday": 8}]}, ["businessWeek", "1", "weekday"]),
    ({"businessWeek": [{**HOURS, "opensAt": "9:00"}]}, ["businessWeek", "0", "opensAt"]),
    ({"businessWeek": [{**HOURS, "opensAt": "25:00"}]}, ["businessWeek", "0", "opensAt"]),
    ({"businessWeek": [{**HOURS, "opensAt": "09:60"}]}, ["businessWeek", "0", "opensAt"]),
    ({"businessWeek": [{**HOURS, "closesAt": "24:01"}]}, ["businessWeek", "0", "closesAt"]),
    ({"businessWeek": [{**HOURS, "closesAt": "١٧:٠٠"}]}, ["businessWeek", "0", "closesAt"]),
    ({"businessWeek": [{**HOURS, "closesAt": "-1:00"}]}, ["businessWeek", "0", "closesAt"]),
    ({"businessWeek": [{**HOURS, "closesAt": ""}]}, ["businessWeek", "0", "closesAt"]),
    ({"businessWeek": [{**HOURS, "opensAt": "24:00", "closesAt": "24:00"}]}, ["businessWeek", "0"]),
    ({"businessWeek": [{**HOURS, "closesAt": "09:00"}]}, ["businessWeek", "0"]),
    ({"businessWeek": [{**HOURS, "closesAt": "08:00"}]}, ["businessWeek", "0"]),
    ({"businessWeek": [HOURS, {**HOURS, "opensAt": "16:59", "closesAt": "18:00"}]}, ["businessWeek", "1"]),
    ({"businessWeek": [HOURS, HOURS]}, ["businessWeek", "1"]),
    ({"businessWeek": [{**HOURS, "closesAt": "24:00"}, {**HOURS, "opensAt": "18:00"}]}, ["businessWeek", "1"]),
    ({"holidays": [f"{2026 + n // 365}-01-{n % 28 + 1:02d}" for n in range(401)]}, ["holidays"]),
    ({"attribution": [{**TOUCH, "channel": "EMAIL"}]}, ["attribution", "0", "touch"]),
    ({"attribution": [{**TOUCH, "window": "PT0S"}]}, ["attribution", "0", "window"]),
    ({"attribution": [{**TOUCH, "window": "P90DT1S"}]}, ["attribution", "0", "window"]),
    # A valid value beside an invalid one is not stored either.
    ({"name": "Sound", "currency": "wrong"}, ["currency"]),
]  # fmt: skip


async def test_settings_that_cannot_be(baton: Program, shop: Shop) -> None:
    before = await baton.everything()
    for given, path in WRONG:
        payload = await baton.mutate(shop.owner, "updateAccount", **given)
        assert payload["account"] is None
        assert [(e["__typename"], e["code"], e["path"]) for e in payload["errors"]] == [
            ("InvalidInput", "INVALID", ["input", *path])
        ], given
    assert await baton.everything() == before


@pytest.mark.parametrize("text", ["soon", "", "5 days", "-P1D", "P", "PT", "P1Y", "P1M", "P999999999999999999999D", 5])
async def test_durations_that_cannot_be(baton: Program, shop: Shop, text: object) -> None:
    document = "mutation($window: Duration!) { updateAccount(input: { strandedAfter: $window }) { account { name } } }"
    refused = await baton.ask(shop.owner, document, window=text)
    assert refused.codes == ["BAD_USER_INPUT"]
    assert "A Duration is an ISO 8601 duration without months and years" in refused.errors[0]["message"]


async def test_every_zone_that_there_is_can_be_set_back(baton: Program, shop: Shop) -> None:
    for zone in ("Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "America/St_Johns", "Etc/GMT+12", "UTC"):
        payload = await baton.done(shop.owner, "updateAccount", timeZone=zone)
        assert payload["account"]["timeZone"] == zone


async def test_two_changes_of_the_settings_are_both_kept(baton: Program, second: Program, shop: Shop) -> None:
    await baton.mutate(shop.owner, "updateAccount", name="One")
    await second.mutate(shop.owner, "updateAccount", greeting="Two")
    await baton.mutate(shop.owner, "updateAccount", currency="EUR")
    account = await read(baton, shop)
    assert (account["name"], account["greeting"], account["currency"]) == ("One", "Two", "EUR")


@pytest.mark.parametrize(
    ("at", "open_now", "opens_at"),
    [
        ("2026-06-05T14:59:59", True, "2026-06-08T07:00:00.000Z"),
        ("2026-06-05T15:00:00", False, "2026-06-08T07:00:00.000Z"),
        ("2026-06-08T07:00:00", True, "2026-06-09T07:00:00.000Z"),
    ],
)
async def test_open_now_is_a_question_of_the_clock(
    baton: Program, shop: Shop, at: str, open_now: bool, opens_at: str
) -> None:
    await baton.mutate(shop.owner, "updateAccount", timeZone="Europe/Rome")
    baton.clock.set(datetime.fromisoformat(at).replace(tzinfo=UTC))
    hours = (await read(baton, shop))["businessHours"]
    assert (hours["openNow"], hours["opensAt"]) == (open_now, opens_at)


async def test_an_expired_credential_differs_from_an_unknown_one(baton: Program, shop: Shop) -> None:
    accounts, now = baton.baton.services.accounts, baton.clock.now()
    revoked = await accounts.create_scoped_key(shop.id, [Scope.AGENT])
    await baton.baton.services.keys.revoke(None, shop.id, revoked.credential.id)
    short = await accounts.create_scoped_key(shop.id, [Scope.AGENT], expires_at=now + timedelta(minutes=1))
    assert (await accounts.principal_of(short.token)).credential_id == short.credential.id
    baton.clock.move(timedelta(minutes=2))
    left = await accounts.create_staff_key(shop.id, shop.staff[StaffRole.SUPPORT])
    await baton.database["staff"].delete_one({"_id": shop.staff[StaffRole.SUPPORT]})

    for key in (revoked, short, left):
        with pytest.raises(CredentialEnded):
            await accounts.principal_of(key.token)
    with pytest.raises(Unauthenticated) as unknown:
        await accounts.principal_of(new_token(PrincipalKind.AGENT))
    assert not isinstance(unknown.value, CredentialEnded)


async def test_two_members_do_not_overwrite_each_other(baton: Program, shop: Shop) -> None:
    version = (await read(baton, shop))["version"]
    changed = await baton.done(shop.owner, "updateAccount", greeting="Hello!", expectedVersion=version)
    assert changed["account"]["version"] == version + 1
    refused = await baton.command(shop.admin, "updateAccount", greeting="Ciao!", expectedVersion=version)
    [error] = refused["errors"]
    assert (error["code"], error["path"]) == ("CONFLICT", ["input", "expectedVersion"])
    assert (await read(baton, shop))["greeting"] == "Hello!"
    anyway = await baton.done(shop.admin, "updateAccount", greeting="Ciao!")
    assert anyway["account"]["version"] == version + 2
