"""Connecting a channel: credentials are validated, verified, sealed, never returned, and deleted at disconnection."""

from __future__ import annotations

from typing import Any

from dev.fakes.faults import cut_before, failing, wrong_body
from dev.fakes.smtp import PASSWORD, USER, Sink
from dev.fakes.twilio import NUMBER, SID, TOKEN, Twilio
from tests.api.webhooks.messaging.channels import Channels, new_mail
from tests.harness.chat import codes
from tests.harness.outbox import rows
from tests.harness.program import Program, Shop

SHOWN = "{ account { channelConnections { service connected channels displayName checkedAt problem webhookUrl } } }"
GOOD = {"accountSid": SID, "authToken": TOKEN, "smsFrom": NUMBER}


async def test_the_twilio_connection_is_shown_without_secrets(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio
) -> None:
    connection = await channels.connect_twilio(whatsappFrom=None)
    assert connection == {
        "service": "TWILIO",
        "connected": True,
        "channels": ["SMS"],
        "displayName": "Acme",
        "checkedAt": "2026-06-07T12:00:00.000Z",
        "problem": None,
        "webhookUrl": connection["webhookUrl"],
    }
    place, token = connection["webhookUrl"].rsplit("/", 1)
    assert (place, len(token)) == ("https://baton.example/hooks/twilio", 32)
    assert [r.call for r in twilio.received] == [f"GET /2010-04-01/Accounts/{SID}.json"]
    [shown, email] = (await baton.data(shop.admin, SHOWN))["account"]["channelConnections"]
    assert shown == connection
    assert (email["connected"], email["channels"]) == (False, [])
    for key in (shop.support, shop.analyst, shop.agent):
        [shown, _] = (await baton.data(key, SHOWN))["account"]["channelConnections"]
        assert shown == {**connection, "webhookUrl": None}
    again = await channels.connect_twilio()
    assert again == {**connection, "channels": ["SMS", "WHATSAPP"]}


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"twilio": {**GOOD, "accountSid": "AC1"}}, ["twilio", "accountSid"]),
    ({"twilio": {**GOOD, "accountSid": f"{SID}/../{SID}"}}, ["twilio", "accountSid"]),
    ({"twilio": {**GOOD, "accountSid": "SK" + SID[2:]}}, ["twilio", "accountSid"]),
    ({"twilio": {**GOOD, "authToken": ""}}, ["twilio", "authToken"]),
    ({"twilio": {**GOOD, "authToken": "two words"}}, ["twilio", "authToken"]),
    ({"twilio": {**GOOD, "authToken": "x\x00"}}, ["twilio", "authToken"]),
    ({"twilio": {**GOOD, "smsFrom": None}}, ["twilio"]),
    ({"twilio": {**GOOD, "smsFrom": "12345"}}, ["twilio", "smsFrom"]),
    ({"twilio": {**GOOD, "smsFrom": "MG12"}}, ["twilio", "smsFrom"]),
    ({"twilio": {**GOOD, "whatsappFrom": "whatsapp:me"}}, ["twilio", "whatsappFrom"]),
    ({"twilio": {**GOOD, "helpText": " "}}, ["twilio", "helpText"]),
    ({"twilio": {**GOOD, "helpText": "x" * 481}}, ["twilio", "helpText"]),
    ({"twilio": {**GOOD, "authToken": "another-token"}}, ["twilio", "authToken"]),
    ({"email": {"host": "https://smtp.example.com"}}, ["email", "host"]),
    ({"email": {"host": "smtp.example.com:587"}}, ["email", "host"]),
    ({"email": {"host": "-"}}, ["email", "host"]),
    ({"email": {"host": "a b"}}, ["email", "host"]),
    ({"email": {"host": ""}}, ["email", "host"]),
    ({"email": {"port": 0}}, ["email", "port"]),
    ({"email": {"port": 65_536}}, ["email", "port"]),
    ({"email": {"user": None}}, ["email", "user"]),
    ({"email": {"password": None}}, ["email", "password"]),
    ({"email": {"password": "a\nb"}}, ["email", "password"]),
    ({"email": {"fromAddress": "Acme <help@shop.example>"}}, ["email", "fromAddress"]),
    ({"email": {"fromAddress": "help@shop.example\r\nBcc: x@y.example"}}, ["email", "fromAddress"]),
    ({"email": {"fromName": "a\r\nb"}}, ["email", "fromName"]),
    ({"email": {"hookSecret": "short"}}, ["email", "hookSecret"]),
    ({"email": {"authservId": "mx example"}}, ["email", "authservId"]),
    ({"email": {"password": "another"}}, ["email", "password"]),
    ({"email": {"security": "STARTTLS"}}, ["email", "host"]),
]


async def test_invalid_credentials_are_refused_by_path_and_nothing_is_stored(
    baton: Program, shop: Shop, sink: Sink
) -> None:
    good = {
        "host": sink.host,
        "port": sink.port,
        "security": "NONE",
        "user": USER,
        "password": PASSWORD,
        "fromAddress": USER,
        "repliesMailedBy": "HELPDESK",
    }
    before = await baton.fingerprints()
    for arguments, path in WRONG:
        full = {"email": {**good, **arguments["email"]}} if "email" in arguments else arguments
        payload = await baton.mutate(shop.owner, "connectChannel", **full)
        assert codes(payload) == [("INVALID", ["input", *path])], full
        assert payload["connection"] is None
        for secret in (TOKEN, PASSWORD, "another-token"):
            assert secret not in str(payload)
    assert await baton.fingerprints() == before
    assert sink.mails == []


async def test_services_that_do_not_answer(baton: Program, shop: Shop, twilio: Twilio, sink: Sink) -> None:
    before = await baton.fingerprints()
    document = """mutation($input: ConnectChannelInput!) {
      connectChannel(input: $input) { connection { service } errors { code } }
    }"""
    for fault in (failing(), cut_before(), wrong_body()):
        twilio.faults.add(fault)
        answer = await baton.ask(shop.owner, document, input={"twilio": GOOD})
        assert answer.codes == ["UNAVAILABLE"]
        assert TOKEN not in str(answer.body)
    arguments = {"host": sink.host, "port": 1, "fromAddress": USER, "repliesMailedBy": "BATON", "security": "NONE"}
    assert (await baton.ask(shop.owner, document, input={"email": arguments})).codes == ["UNAVAILABLE"]
    assert await baton.fingerprints() == before


async def test_private_networks_need_the_operators_permission(baton: Program, shop: Shop, tmp_path: Any) -> None:
    async with baton.twin(tmp_path / "strict", smtp_private_networks=False) as strict:
        for host in ("127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254"):
            arguments = {"host": host, "fromAddress": USER, "repliesMailedBy": "BATON"}
            payload = await strict.mutate(shop.owner, "connectChannel", email=arguments)
            assert codes(payload) == [("INVALID", ["input", "email", "host"])]
            assert "private network" in payload["errors"][0]["message"]


async def test_after_disconnection_mails_are_refused_and_waiting_rows_fail(
    baton: Program, shop: Shop, channels: Channels, sink: Sink
) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Hi"))
    await channels.reply_as_agent("Hello")
    payload = await baton.done(shop.owner, "disconnectChannel", service="EMAIL")
    assert (payload["connection"]["connected"], payload["connection"]["webhookUrl"]) == (False, None)
    assert await baton.database["connected_services"].count_documents({}) == 0
    assert (await channels.mail(new_mail("Me again"))).status_code == 404
    await channels.deliver()
    delivery = (await channels.only_conversation())["messages"]["nodes"][1]["delivery"]
    assert (delivery["progress"], delivery["error"]) == (
        "FAILED",
        "E-mail is not connected: connect it, then retry.",
    )
    assert sink.mails == []
    again = await baton.command(shop.owner, "disconnectChannel", service="EMAIL")
    assert codes(again) == [("NOT_FOUND", ["input", "service"])]
    assert len(await rows(baton, shop)) == 1


async def test_credentials_revoked_during_delivery(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio, sink: Sink
) -> None:
    """The vendors' errors are shown. The end of every test checks that they contain no secret."""
    await channels.connect_email()
    await channels.connect_twilio()
    await channels.mail(new_mail("Hi"))
    await channels.reply_as_agent("Hello")
    await channels.text("Hi")
    await channels.reply_as_agent("Hello")
    twilio.tokens[SID] = "revoked"
    sink.password = "revoked"
    await channels.deliver()
    assert (twilio.messages, sink.mails) == ([], [])
    shown = (await baton.data(shop.support, SHOWN))["account"]["channelConnections"]
    assert [connection["problem"] for connection in shown] == [
        "20003: Authentication Error - invalid username",
        "The mail server rejected the user name or password: 5.7.8 Authentication credentials invalid",
    ]
    sink.password = PASSWORD
    await channels.connect_email()
    [_, email] = (await baton.data(shop.support, SHOWN))["account"]["channelConnections"]
    assert email["problem"] is None
