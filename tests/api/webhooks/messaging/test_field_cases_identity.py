"""Cases from the field on who a shopper is: what a claim may do, and what must stay as it is. Each names its source,
public threads about other products read as symptoms; *variation* marks inputs that were made up here."""

from __future__ import annotations

from typing import Any

import pytest

from dev.fakes.zendesk import Zendesk
from tests.api.webhooks.messaging.channels import NUMBER, Channels, new_mail
from tests.api.webhooks.zendesk.conftest import ZendeskWebhook
from tests.harness.program import Json, Program, Shop, Started, browser

READ = """query($id: ID!) { conversation(id: $id) { displayName identityVerified
  profile { id verified name email phone } messages(first: 99) { nodes { text } } } }"""


async def read(baton: Program, key: str, started: Started) -> Json:
    found: Json = (await baton.data(key, READ, id=started.id))["conversation"]
    return found


async def profile(baton: Program, started: Started) -> tuple[str, str, str]:
    found = (await read(baton, started.shop.owner, started))["profile"]
    return found["name"], found["phone"], found["email"]


def texts(seen: Json) -> list[str]:
    return [message["text"] for message in seen["messages"]["nodes"]]


@pytest.mark.parametrize(
    ("vics", "mallorys"),
    [
        ({"profileId": "6940095564"}, {"profileId": "6940095564"}),
        (
            {"profileId": "gid-77012", "anonymousId": "browser-vic"},
            {"profileId": "gid-77012", "anonymousId": "browser-mal"},
        ),
    ],
    ids=["id-claim-opens-conversation", "id-claim-with-other-browser-id"],
)
async def test_a_claimed_id_opens_no_conversation(
    baton: Program,
    shop: Shop,
    vics: dict[str, str],
    mallorys: dict[str, str],
) -> None:
    """Sources: chatwoot#2762, #2694, #1682; variation of chatwoot#2762."""
    vic = await baton.start(shop, "My address is Via Roma 1", **vics)
    mallory = await baton.start(shop, "hi", **mallorys)
    assert mallory.id != vic.id
    assert texts(await read(baton, mallory.token, mallory)) == ["hi"]
    assert (await baton.ask(mallory.token, READ, id=vic.id)).codes == ["NOT_FOUND"]


async def test_id_claim_of_trusted_conversation(baton: Program, shop: Shop) -> None:
    """Source: variation of chatwoot#2694."""
    vic = await baton.start(shop, "Card ends 4421", key=shop.owner, profileId="srv-5521")
    mallory = await baton.start(shop, "hi", profileId="srv-5521")
    assert mallory.id != vic.id
    assert texts(await read(baton, mallory.token, mallory)) == ["hi"]


async def test_email_claim_overwrites_profile(baton: Program, shop: Shop) -> None:
    """Source: chatwoot#2694, #2811, PR#7355."""
    given = {"phone": "+15005551001", "name": "Vic", "email": "vic@x.example"}
    vic = await baton.start(shop, key=shop.owner, channel="SMS", **given)
    await baton.start(shop, anonymousId="m", email="vic@x.example", phone="+15005551999", name="Mallory")
    assert await profile(baton, vic) == ("Vic", "+15005551001", "vic@x.example")


async def test_phone_claim_overwrites_profile(baton: Program, shop: Shop) -> None:
    """Source: variation of chatwoot#2811."""
    given = {"phone": "+15005551003", "name": "Vic", "email": "vic3@x.example"}
    vic = await baton.start(shop, key=shop.owner, channel="SMS", **given)
    await baton.start(shop, anonymousId="m2", phone="+15005551003", name="Mallory", email="mallory@evil.example")
    assert await profile(baton, vic) == ("Vic", "+15005551003", "vic3@x.example")


async def test_mail_shopper_renamed_by_widget(baton: Program, channels: Channels) -> None:
    """Source: variation of chatwoot PR#7355."""
    await channels.connect_email()
    mail = new_mail("Where is it?", sender='"Vic Rossi" <vic.rossi@x.example>', subject="Question")
    assert await channels.outcome_of(mail) == "taken"
    await baton.start(channels.shop, email="vic.rossi@x.example", name="You have won")
    by_mail = next(c for c in await channels.conversations() if c["channel"] == "EMAIL")
    assert by_mail["displayName"] == "Vic Rossi"
    document = "query($id: ID!) { conversation(id: $id) { profile { displayName } } }"
    found = await baton.data(channels.shop.owner, document, id=by_mail["id"])
    assert found["conversation"]["profile"]["displayName"] == "Vic Rossi"


async def test_phone_claim_leaks_to_zendesk(
    baton: Program,
    channels: Channels,
    webhook: ZendeskWebhook,
    zendesk: Zendesk,
) -> None:
    """Source: chatwoot#2694."""
    number, evil = "+15005551002", "mallory@evil.example"
    await channels.connect_twilio()
    await baton.start(channels.shop, anonymousId="m", phone=number, email=evil)
    await channels.text("Where is it?", sender=number)
    by_text = next(c for c in await channels.conversations() if c["channel"] == "SMS")
    asked = {"conversationId": by_text["id"], "epoch": 1, "reason": "EXPLICIT_ASK"}
    await baton.done(channels.shop.agent, "requestHandoff", **asked)
    await channels.deliver()
    assert len(zendesk.tickets) == 1
    assert evil.encode() not in b"".join(call.body for call in zendesk.calls())
    [requester] = [user for user in zendesk.users.values() if user.get("phone")]
    assert (requester["phone"], requester.get("email")) == (number, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna@straße.de", "anna@strasse.de"),
        ("ſusi@example.com", "susi@example.com"),
        ("groß@example.com", "gross@example.com"),
    ],
    ids=["fold-sharp-s-domain", "fold-long-s-local", "fold-sharp-s-local"],
)
async def test_letters_that_are_not_folded(baton: Program, shop: Shop, one: str, other: str) -> None:
    """Sources: mozilla/fxa#9569, devise#5171, goiabada#215; variations of Django CVE-2019-19844 and goiabada#215."""
    first = await baton.start(shop, key=shop.owner, channel="EMAIL", email=one)
    second = await baton.start(shop, key=shop.owner, channel="EMAIL", email=other)
    profiles = [(await read(baton, shop.owner, each))["profile"]["id"] for each in (first, second)]
    assert first.id != second.id
    assert len(set(profiles)) == 2


async def test_a_name_that_a_sender_chose_renames_nobody(baton: Program, channels: Channels) -> None:
    """WhatsApp's ProfileName and the display name of a mail; the channel proves the number and the address alone."""
    number, address = "+15005551001", "vic@x.example"
    await channels.connect_twilio()
    await channels.connect_email(authservId="mx.shop.example")
    passed = {"Authentication_Results": "mx.shop.example; dmarc=pass header.from=x.example"}
    vic = await baton.start(channels.shop, key=channels.shop.owner, phone=number, email=address, name="Vic")
    await channels.text("Hi", sender=f"whatsapp:{number}", to=f"whatsapp:{NUMBER}", ProfileName="You have won")
    await channels.mail(new_mail("Hi", sender=f'"You have won" <{address}>', **passed))
    found = {c["channel"]: c["id"] for c in await channels.conversations()}
    assert found.keys() == {"WEB_CHAT", "WHATSAPP", "EMAIL"}
    document = "query($id: ID!) { conversation(id: $id) { identityVerified profile { displayName } } }"
    for each in found.values():
        shown = (await baton.data(channels.shop.owner, document, id=each))["conversation"]
        assert shown == {"identityVerified": True, "profile": {"displayName": "Vic"}}
    assert (await profile(baton, vic))[0] == "Vic"


async def test_a_name_that_a_sender_chose_names_an_unnamed_profile(baton: Program, channels: Channels) -> None:
    await channels.connect_twilio()
    for name in ("Vic", "Somebody else"):
        await channels.text(
            "Hi", sender="whatsapp:+15005551001", to=f"whatsapp:{NUMBER}", ProfileName=name, MessageSid=f"SM{name}"
        )
    document = "query($id: ID!) { conversation(id: $id) { profile { displayName } } }"
    talk = await channels.only_conversation()
    shown = (await baton.data(channels.shop.owner, document, id=talk["id"]))["conversation"]
    assert shown["profile"] == {"displayName": "Vic"}


# What must stay as it is


async def test_number_claim_catches_real_texts(baton: Program, channels: Channels) -> None:
    await channels.connect_twilio()
    mallory = await baton.start(channels.shop, "hi", channel="SMS", phone="+15005551004")
    await channels.text("My card is 4421", sender="+15005551004")
    assert texts(await read(baton, mallory.token, mallory)) == ["hi"]
    assert len(await channels.conversations()) == 2


async def test_same_browser_same_conversation(baton: Program, shop: Shop) -> None:
    first = await baton.start(shop, "One", anonymousId=browser("ann"))
    second = await baton.start(shop, "Two", anonymousId=browser("ann"))
    assert second.id == first.id
    assert texts(await read(baton, first.token, first)) == ["One", "Two"]
    third = await baton.start(shop, "Three", browserToken=str(first.browser))
    assert third.id == first.id


async def test_secret_key_may_name_the_shopper(baton: Program, shop: Shop) -> None:
    first = await baton.start(shop, key=shop.owner, profileId="c-1")
    assert (await baton.start(shop, key=shop.owner, profileId="c-1")).id == first.id


async def test_secret_key_updates_profile(baton: Program, shop: Shop) -> None:
    vic = await baton.start(shop, key=shop.owner, email="vic@x.example", name="Vic")
    await baton.start(shop, key=shop.owner, email="vic@x.example", name="Vic Rossi", channel="EMAIL")
    assert (await profile(baton, vic))[0] == "Vic Rossi"


async def test_own_details_are_kept(baton: Program, shop: Shop) -> None:
    ann = await baton.start(shop, name="Ann", email="ann@x.example")
    seen = await read(baton, shop.owner, ann)
    assert (seen["displayName"], seen["identityVerified"]) == ("Ann", False)
    assert (seen["profile"]["verified"], *await profile(baton, ann)) == (False, "Ann", None, "ann@x.example")


async def test_fold_case_only_is_one(baton: Program, shop: Shop) -> None:
    given: list[dict[str, Any]] = [{"email": "Anna.Case@Example.COM"}, {"email": "anna.case@example.com"}]
    first, second = [await baton.start(shop, key=shop.owner, channel="EMAIL", **each) for each in given]
    assert first.id == second.id
