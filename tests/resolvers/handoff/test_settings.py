"""Handoff settings: permissions, validation, and their effect on the next offer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.chat import codes
from tests.harness.program import Program, Shop

READ = """{ handoffSettings { method helpdesk customMessage chatAfterHandoff identityPolicy offerText acceptLabel
  declineLabel connections { helpdesk connected } version updatedAt } }"""


async def test_the_default_settings(baton: Program, shop: Shop) -> None:
    settings = (await baton.data(shop.owner, READ))["handoffSettings"]
    assert settings == {
        "method": "HELPDESK",
        "helpdesk": "INBOX",
        "customMessage": None,
        "chatAfterHandoff": "MOVES_TO_EMAIL",
        "identityPolicy": "EMAIL",
        "offerText": settings["offerText"],
        "acceptLabel": "Yes, connect me with an agent",
        "declineLabel": "No, thanks",
        "connections": [
            {"helpdesk": "INBOX", "connected": True},
            {"helpdesk": "ZENDESK", "connected": False},
            {"helpdesk": "GORGIAS", "connected": False},
        ],
        "version": 1,
        "updatedAt": "2026-06-07T12:00:00.000Z",
    }


async def test_omitted_texts_stay_and_null_restores_the_default(baton: Program, shop: Shop) -> None:
    own = (await baton.data(shop.owner, READ))["handoffSettings"]
    given = {"offerText": "A human?", "acceptLabel": "Ja", "declineLabel": "Nein", "customMessage": "Call us."}
    first = (await baton.done(shop.manager, "updateHandoffSettings", **given))["handoffSettings"]
    assert {**first, **given, "version": 2} == first
    second = await baton.done(shop.admin, "updateHandoffSettings", identityPolicy="SIGNED_IN", expectedVersion=2)
    assert second["handoffSettings"] == {**first, "identityPolicy": "SIGNED_IN", "version": 3}
    nulls = dict.fromkeys((*given, "method", "helpdesk", "identityPolicy", "chatAfterHandoff", "expectedVersion"))
    third = await baton.done(shop.owner, "updateHandoffSettings", **nulls)
    assert third["handoffSettings"] == {
        **second["handoffSettings"],
        **{name: own[name] for name in given},
        "version": 4,
    }
    assert (await baton.data(shop.owner, READ))["handoffSettings"] == {
        **own,
        "identityPolicy": "SIGNED_IN",
        "version": 4,
    }


async def test_two_who_change_at_once(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "updateHandoffSettings", acceptLabel="Ja", expectedVersion=1)
    refused = await baton.command(shop.admin, "updateHandoffSettings", acceptLabel="Si", expectedVersion=1)
    assert codes(refused) == [("CONFLICT", ["input", "expectedVersion"])]


@pytest.mark.parametrize("helpdesk", ["ZENDESK", "GORGIAS"])
async def test_helpdesk_that_is_not_connected(baton: Program, shop: Shop, helpdesk: str) -> None:
    refused = await baton.command(shop.owner, "updateHandoffSettings", helpdesk=helpdesk)
    assert refused["errors"] == [
        {
            "__typename": "HelpdeskNotConnected",
            "code": "NOT_CONNECTED",
            "message": f"Connect {helpdesk.capitalize()} before you choose it.",
            "path": ["input", "helpdesk"],
            "helpdesk": helpdesk,
        }
    ]
    assert refused["handoffSettings"] is None


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"method": "MESSAGE"}, "customMessage"),
        ({"method": "MESSAGE", "customMessage": " \n"}, "customMessage"),
        ({"customMessage": ""}, "customMessage"),
        ({"customMessage": "<script>alert(1)</script>"}, "customMessage"),
        ({"customMessage": "[here](javascript:alert(1))"}, "customMessage"),
        ({"customMessage": "[here](java&#115;cript:alert(1))"}, "customMessage"),
        ({"customMessage": "[bank.example](https://thief.example/)"}, "customMessage"),
        ({"customMessage": "x" * 2_001}, "customMessage"),
        ({"offerText": "\u200b"}, "offerText"),
        ({"offerText": "data:text/html,hi"}, "offerText"),
        ({"offerText": "x" * 501}, "offerText"),
        ({"acceptLabel": "x" * 10_000}, "acceptLabel"),
        ({"acceptLabel": "two\nlines"}, "acceptLabel"),
        ({"acceptLabel": "https://shop.example"}, "acceptLabel"),
        ({"declineLabel": "x" * 10_000}, "declineLabel"),
        ({"declineLabel": "<b>No</b>"}, "declineLabel"),
    ],
)
async def test_bad_settings(baton: Program, shop: Shop, wrong: dict[str, Any], path: str) -> None:
    refused = await baton.command(shop.owner, "updateHandoffSettings", **wrong)
    assert codes(refused) == [("INVALID", ["input", path])]


async def test_message_cannot_be_taken_away_while_it_is_shown(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "updateHandoffSettings", method="MESSAGE", customMessage="Call us.")
    refused = await baton.command(shop.owner, "updateHandoffSettings", customMessage=None)
    assert codes(refused) == [("INVALID", ["input", "customMessage"])]


async def test_who_may_read_and_who_may_change(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    for key in (shop.support, shop.analyst, shop.agent, shop.widget, started.token, *shop.partners.values()):
        refused = await baton.command(key, "updateHandoffSettings", acceptLabel="Ja")
        assert codes(refused) == [("FORBIDDEN", None)]
    for key in (shop.support, shop.analyst, shop.agent):
        await baton.data(key, READ)
    for key in (shop.widget, started.token):
        assert (await baton.ask(key, READ)).codes == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"awayMessage": "<img src=x onerror=alert(1)>"}, ["awayMessage"]),
        ({"awayMessage": " "}, ["awayMessage"]),
        ({"strandedAfter": "PT4S"}, ["strandedAfter"]),
        ({"agentSilence": "P8D"}, ["agentSilence"]),
        ({"businessWeek": [{"weekday": 1, "opensAt": "17:00", "closesAt": "09:00"}]}, ["businessWeek", "0"]),
        ({"businessWeek": [{"weekday": 1, "opensAt": "09:00", "closesAt": "09:00"}]}, ["businessWeek", "0"]),
        (
            {
                "businessWeek": [
                    {"weekday": 2, "opensAt": "09:00", "closesAt": "13:00"},
                    {"weekday": 2, "opensAt": "12:59", "closesAt": "24:00"},
                ]
            },
            ["businessWeek", "1"],
        ),
        ({"businessWeek": [{"weekday": 8, "opensAt": "09:00", "closesAt": "13:00"}]}, ["businessWeek", "0", "weekday"]),
    ],
)
async def test_bad_hours_and_waits(baton: Program, shop: Shop, wrong: dict[str, Any], path: list[str]) -> None:
    refused = await baton.command(shop.owner, "updateAccount", **wrong)
    assert codes(refused) == [("INVALID", ["input", *path])]


@pytest.mark.parametrize(
    ("locale", "spoken", "label"),
    [("it-CH", "it", "Sì"), ("sv", "sv", "Ja"), ("pt-BR", "pt-BR", "Sim"), ("xx", "en", "Yes"), ("de_AT", "de", "Ja")],
)
async def test_offer_speaks_the_shoppers_language(
    baton: Program, shop: Shop, locale: str, spoken: str, label: str
) -> None:
    await baton.done(shop.owner, "updateHandoffSettings", declineLabel="Nope")
    given = {"channel": "WEB_CHAT", "text": "Hi", "locale": locale, "visitor": {"email": "ann@example.com"}}
    started = await baton.done(shop.widget, "startConversation", **given)
    conversation_id = started["conversation"]["id"]
    asked = {"conversationId": conversation_id, "epoch": 1, "reason": "OTHER"}
    offered = await baton.done(shop.agent, "requestHandoff", **asked)
    yes, no = offered["conversation"]["lastMessage"]["actions"]
    assert yes["label"].startswith(label)
    assert no["label"] == "Nope"
    given = {"handoffId": offered["handoff"]["id"], "accept": True}
    consent = (await baton.done(started["visitorToken"], "answerHandoffOffer", **given))["handoff"]["consent"]
    assert (consent["locale"], consent["actionLabel"], consent["settingsVersion"]) == (spoken, yes["label"], 2)
