"""SMS and WhatsApp end to end: texts start conversations, agent and staff reply, and STOP is respected."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from dev.fakes.faults import cut_after, cut_before, failing, silent_after, silent_before, too_many, wrong_body
from dev.fakes.twilio import NUMBER, SID, TOKEN, Twilio
from domain.outbox.service import RetryOutgoing
from tests.api.webhooks.messaging.channels import PHONE, Channels
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.fingerprints import LOG_HEADS
from tests.harness.outbox import dispatcher, expire_leases, rows
from tests.harness.program import Program, Shop
from tests.harness.workers import deliver_due
from tests.resolvers.profile.test_erasing import found_in, run_erasures

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
SEND = "POST /2010-04-01/Accounts/*/Messages.json"


async def test_from_the_first_text_to_the_answer(baton: Program, shop: Shop, channels: Channels) -> None:
    connection = await channels.connect_twilio()
    assert connection["channels"] == ["SMS", "WHATSAPP"]
    assert connection["displayName"] == "Acme"
    answer = await channels.text("Where is my order?")
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, EMPTY, "text/xml; charset=utf-8")
    conversation = await channels.only_conversation()
    assert (conversation["channel"], conversation["displayName"]) == ("SMS", PHONE)
    assert conversation["firstQuestion"] == "Where is my order?"
    await channels.reply_as_agent("It arrives today.")
    assert (await channels.only_conversation())["messages"]["nodes"][1]["delivery"]["progress"] == "WAITING"
    await channels.deliver()
    assert channels.twilio.sent_to(PHONE) == ["It arrives today."]
    await channels.text("Thank you")
    assert await channels.messages() == [
        ("SHOPPER", "Where is my order?"),
        ("AI_AGENT", "It arrives today."),
        ("SHOPPER", "Thank you"),
    ]
    assert (await channels.only_conversation())["messages"]["nodes"][1]["delivery"] == {
        "progress": "SENT",
        "at": "2026-06-07T12:00:00.000Z",
        "error": None,
    }


async def test_whatsapp_is_a_channel_of_its_own(channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("Hello", sender=f"whatsapp:{PHONE}", to=f"whatsapp:{NUMBER}", ProfileName="Ann Lee")
    await channels.text("Hello")
    first, second = await channels.conversations()
    assert {first["channel"], second["channel"]} == {"SMS", "WHATSAPP"}
    on_whatsapp = next(c for c in (first, second) if c["channel"] == "WHATSAPP")
    assert on_whatsapp["displayName"] == "Ann Lee"
    arguments = {"conversationId": on_whatsapp["id"], "epoch": 1, "text": "Hi Ann"}
    await channels.baton.done(channels.shop.agent, "postAgentMessage", **arguments)
    await channels.deliver()
    assert twilio.sent_to(f"whatsapp:{PHONE}") == ["Hi Ann"]
    assert twilio.sent_to(PHONE) == []


async def test_humans_and_notices_reach_the_shopper_and_notes_do_not(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio
) -> None:
    await channels.connect_twilio()
    await channels.text("I want a human")
    conversation = await channels.only_conversation()
    payload = await baton.done(
        shop.agent, "requestHandoff", conversationId=conversation["id"], epoch=1, reason="EXPLICIT_ASK"
    )
    ticket = payload["handoff"]["ticket"]["id"]
    await baton.done(shop.support, "takeTicket", ticketId=ticket)
    await baton.done(shop.support, "addNote", conversationId=conversation["id"], text="Secret: be nice")
    await baton.done(shop.support, "replyToConversation", conversationId=conversation["id"], text="Sam here.")
    await channels.deliver()
    notice = payload["conversation"]["lastMessage"]["text"]
    assert twilio.sent_to(PHONE) == [notice, "Sam here."]
    await channels.text("Hi Sam")
    assert (await channels.messages())[-1] == ("SHOPPER", "Hi Sam")


async def test_custom_message_instead_of_a_ticket(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio
) -> None:
    await channels.connect_twilio()
    await baton.done(
        shop.owner, "updateHandoffSettings", method="MESSAGE", customMessage="Write [here](https://acme.example/help)."
    )
    await channels.text("I want a human")
    conversation = await channels.only_conversation()
    await baton.done(shop.agent, "requestHandoff", conversationId=conversation["id"], epoch=1, reason="EXPLICIT_ASK")
    await channels.deliver()
    assert twilio.sent_to(PHONE) == ["Write here: https://acme.example/help."]


async def test_without_a_connection_the_api_client_sends_the_messages(
    baton: Program, shop: Shop, channels: Channels
) -> None:
    started = await baton.start(shop, "Hi", key=shop.owner, channel="SMS", phone=PHONE)
    await channels.connect_twilio()
    await baton.reply(started, "Hello")
    assert await rows(baton, shop) == []
    assert (await channels.only_conversation())["messages"]["nodes"][1]["delivery"] is None
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    again = await baton.start(shop, "Me again", key=shop.owner, channel="SMS", phone=PHONE)
    await baton.reply(again, "Hello again")
    await channels.deliver()
    assert channels.twilio.sent_to(PHONE) == ["Hello again"]


async def test_unverified_contacts_receive_nothing(baton: Program, shop: Shop, channels: Channels) -> None:
    await channels.connect_twilio()
    await channels.connect_email()
    for channel, visitor in (("SMS", {"phone": PHONE}), ("EMAIL", {"email": "victim@other.example"})):
        started = await baton.start(shop, "Hi", channel=channel, **visitor)  # with the key of the chat widget
        await baton.reply(started, "Hello")
    assert await rows(baton, shop) == []


async def test_replies_are_sent_from_the_number_that_received_the_text(channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("Hi", to="+15005550009")
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    assert twilio.messages[0]["from"] == "+15005550009"
    await channels.text("Hi", to="+15005550009", MessagingServiceSid="MG" + "b" * 32)
    await channels.reply_as_agent("Hello again")
    await channels.deliver()
    assert twilio.messages[0]["messaging_service_sid"] == "MG" + "b" * 32


async def test_repeated_webhooks_import_each_text_once(channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    forms = [twilio.incoming(PHONE, f"Text {number}") for number in range(8)]
    for form in reversed(forms):
        answers = await asyncio.gather(*(channels.post_form(form) for _ in range(3)))
        assert [answer.status_code for answer in answers] == [200] * 3
    assert sorted(await channels.messages()) == [("SHOPPER", f"Text {number}") for number in range(8)]
    assert (await channels.only_conversation())["messageCount"] == 8


async def test_one_text_despite_every_fault(channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    faults = [cut_before(), cut_after(), failing(), too_many(3), too_many(), wrong_body()]
    for number, fault in enumerate(faults):
        phone = f"+1500555020{number}"
        await channels.text("Hi", sender=phone)
        twilio.faults.add(fault, on=SEND)
        await channels.reply_as_agent("Hello")
        await channels.deliver()
        before = (await channels.conversations())[-1]["messages"]["nodes"][1]["delivery"]
        assert before["progress"] == "WAITING"
        assert before["error"]
        await channels.deliver(times=2)
        assert twilio.sent_to(phone) == ["Hello"]
        after = (await channels.conversations())[-1]["messages"]["nodes"]
        assert [m["delivery"] and m["delivery"]["progress"] for m in after] == [None, "SENT"]


async def test_a_refused_text_is_reported_to_staff_once_and_can_be_retried(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio
) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    twilio.refused[PHONE] = (21211, "Invalid 'To' Phone Number")
    await channels.reply_as_agent("Hello")
    await channels.reply_as_agent("Are you there?")
    await channels.deliver()
    messages = (await channels.only_conversation())["messages"]["nodes"]
    assert [(m["kind"], m["text"]) for m in messages[3:]] == [
        ("NOTE", "Message 2 was not delivered by SMS: 21211: Invalid 'To' Phone Number"),
        ("NOTE", "Message 3 was not delivered by SMS: 21211: Invalid 'To' Phone Number"),
    ]
    assert messages[1]["delivery"]["progress"] == "FAILED"
    assert (await channels.only_conversation())["messageCount"] == 3
    twilio.refused.clear()
    [first, _] = await rows(baton, shop)
    principal = await baton.baton.services.accounts.principal_of(shop.support)
    await baton.baton.services.outbox.retry(principal, RetryOutgoing(outgoing_id=first.id))
    assert (await channels.only_conversation())["messages"]["nodes"][1]["delivery"]["progress"] == "WAITING"
    await channels.deliver()
    assert twilio.sent_to(PHONE) == ["Hello"]
    assert (await channels.only_conversation())["messages"]["nodes"][1]["delivery"]["progress"] == "SENT"


async def test_a_token_that_is_revoked_shows_on_the_connection(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio
) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    twilio.tokens[SID] = "another"
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    document = "{ account { channelConnections { service connected problem webhookUrl } } }"
    [shown, email] = (await baton.data(shop.support, document))["account"]["channelConnections"]
    assert shown == {
        "service": "TWILIO",
        "connected": True,
        "problem": "20003: Authentication Error - invalid username",
        "webhookUrl": None,
    }
    assert email == {"service": "EMAIL", "connected": False, "problem": None, "webhookUrl": None}
    twilio.tokens[SID] = TOKEN
    await channels.connect_twilio()
    [shown, _] = (await baton.data(shop.owner, document))["account"]["channelConnections"]
    assert shown["problem"] is None


async def test_reports_never_go_back(channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    await channels.reply_as_agent("Hello")
    await channels.deliver()

    async def report(status: str, **more: str) -> str:
        address, form = twilio.reported(0, status, **more)
        response = await channels.post_form(form, address)
        assert (response.status_code, response.text) == (200, EMPTY)
        return str((await channels.only_conversation())["messages"]["nodes"][1]["delivery"]["progress"])

    assert [await report(s) for s in ("queued", "delivered", "sent", "sending", "delivered", "read", "delivered")] == [
        *("SENT", "DELIVERED", "DELIVERED", "DELIVERED", "DELIVERED", "READ", "READ")
    ]
    assert len(await channels.messages()) == 2


async def test_a_report_before_the_call_returned(channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    await channels.reply_as_agent("Hello")
    twilio.faults.add(cut_after(), on=SEND)
    await channels.deliver()
    address, form = twilio.reported(0, "delivered")
    await channels.post_form(form, address)
    await channels.deliver(times=2)
    assert twilio.sent_to(PHONE) == ["Hello"]
    assert (await channels.only_conversation())["messages"]["nodes"][1]["delivery"]["progress"] == "DELIVERED"


async def test_a_late_failure_is_reported_once(channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("Hi", sender=f"whatsapp:{PHONE}", to=f"whatsapp:{NUMBER}")
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    for _ in range(3):
        address, form = twilio.reported(0, "undelivered", ErrorCode="63016")
        await channels.post_form(form, address)
    messages = (await channels.only_conversation())["messages"]["nodes"]
    assert [m["text"] for m in messages[2:]] == [
        "Message 2 was not delivered by WhatsApp: 63016: WhatsApp accepts free text only within 24 hours of "
        "the shopper's last message"
    ]
    assert messages[1]["delivery"]["progress"] == "FAILED"


async def test_long_texts_are_delivered_when_all_of_them_are(channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    await channels.reply_as_agent("A sentence that is neither long nor short. " * 60)
    await channels.deliver()
    assert len(twilio.sent_to(PHONE)) == 2
    seen = []
    for index in (1, 0):
        address, form = twilio.reported(index, "delivered")
        await channels.post_form(form, address)
        seen.append((await channels.only_conversation())["messages"]["nodes"][1]["delivery"]["progress"])
    assert seen == ["SENT", "DELIVERED"]


async def test_after_stop_nothing_is_sent_until_start(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio
) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    await channels.reply_as_agent("Too late to be sent")
    assert (await channels.text("STOP")).text == EMPTY
    await channels.reply_as_agent("Nor this")
    await channels.deliver(times=3)
    assert twilio.messages == []
    messages = (await channels.only_conversation())["messages"]["nodes"]
    assert [(m["kind"], m["delivery"] and m["delivery"]["progress"]) for m in messages] == [
        ("TEXT", None),
        ("TEXT", "FAILED"),
        ("NOTE", None),
        ("NOTE", None),
        ("TEXT", "FAILED"),
    ]
    assert messages[3]["text"] == "The shopper sent STOP: no more messages are sent."
    assert messages[4]["delivery"]["error"] == "The shopper opted out (STOP)."
    # Later conversations get no texts either, but incoming texts are read.
    baton.clock.move(timedelta(days=3))
    await channels.text("One more question")
    assert len(await channels.conversations()) == 2
    await channels.reply_as_agent("Unheard")
    await channels.deliver()
    assert twilio.messages == []
    await channels.text("start")
    await channels.reply_as_agent("Welcome back")
    await channels.deliver()
    assert twilio.sent_to(PHONE) == ["Welcome back"]
    assert await baton.database["opt_outs"].count_documents({}) == 0


async def test_stop_holds_after_the_shopper_was_erased(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio
) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    await channels.text("STOP zanzibar", OptOutType="STOP")
    profile = (await baton.data(shop.owner, "{ conversations { nodes { profile { id } } } }"))["conversations"]
    await baton.mutate(shop.owner, "eraseProfile", profileId=profile["nodes"][0]["profile"]["id"])
    await run_erasures(baton)
    assert await found_in(baton, PHONE, PHONE.removeprefix("+"), "zanzibar") == set()
    others = "+15005550101"
    for number in (PHONE, others):
        talk = await baton.start(shop, "A parcel", key=shop.owner, channel="SMS", phone=number)
        await baton.reply(talk, "It is on its way")
    await channels.deliver()
    assert (twilio.sent_to(PHONE), twilio.sent_to(others)) == ([], ["It is on its way"])
    await channels.text("And now?")
    await channels.text("start")
    assert await baton.database["opt_outs"].count_documents({}) == 0


async def test_stop_applies_to_one_shopper(baton: Program, shop: Shop, channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("STOP")
    assert await channels.conversations() == []
    await channels.text("Hi", sender="+15005550101")
    await channels.reply_as_agent("Hello")
    await channels.text("Hi", sender=f"whatsapp:{PHONE}", to=f"whatsapp:{NUMBER}")
    await channels.reply_as_agent("Hello on WhatsApp")
    await channels.deliver()
    assert (twilio.sent_to("+15005550101"), twilio.sent_to(f"whatsapp:{PHONE}")) == (["Hello"], ["Hello on WhatsApp"])


async def test_waiting_texts_of_a_closed_conversation_are_not_sent_after_stop(
    baton: Program, channels: Channels, twilio: Twilio
) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    await channels.reply_as_agent("Hello")
    baton.clock.move(timedelta(days=3))
    await channels.text("STOP")
    await channels.deliver(times=2)
    assert twilio.messages == []


async def test_numbers_that_sent_stop_are_refused_by_twilio(channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    twilio.stopped.add(PHONE)
    await channels.reply_as_agent("Hello")
    await channels.deliver(times=2)
    delivery = (await channels.only_conversation())["messages"]["nodes"][1]["delivery"]
    assert (delivery["progress"], delivery["error"][:6]) == ("FAILED", "21610:")
    assert len(twilio.calls("POST")) == 1


async def test_help_gets_an_immediate_reply(baton: Program, channels: Channels) -> None:
    await channels.connect_twilio()
    answer = await channels.text("HELP")
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?><Response><Message>Acme: ')
    assert "Reply STOP" in answer.text
    assert await channels.conversations() == []
    assert (await channels.text("HELP", OptOutType="HELP")).text == EMPTY  # Twilio has replied
    await channels.connect_twilio(helpText="Call <us> & ask")
    assert "<Message>Call &lt;us&gt; &amp; ask</Message>" in (await channels.text("info")).text
    await channels.connect_twilio(keywordReplies="TWILIO")
    assert (await channels.text("HELP")).text == EMPTY
    assert await channels.conversations() == []
    await channels.text("please help me")
    assert await channels.messages() == [("SHOPPER", "please help me")]


async def test_open_conversations_go_on_while_the_agent_is_off(baton: Program, shop: Shop, channels: Channels) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    await baton.done(shop.owner, "updateAccount", agentLive=False)
    await channels.text("Are you there?")  # open conversations continue
    assert len(await channels.messages()) == 2
    assert (await channels.text("Hi", sender="+15005550101")).text == EMPTY
    await baton.done(shop.owner, "updateAccount", agentLive=True, channels=["WEB_CHAT"])
    await channels.text("Hi", sender="+15005550102")
    first, *others = await channels.conversations()
    assert [first["status"], *(each["status"] for each in others)] == ["OPEN"] + ["NOT_RESOLVED_BY_AI"] * 2


async def test_pictures_are_noted(channels: Channels) -> None:
    await channels.connect_twilio()
    media = {"NumMedia": "2", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://x/1", "MediaUrl1": "https://x/2"}
    await channels.text("Look", **media)
    await channels.text("", NumMedia="1", MediaContentType0="audio/ogg")
    await channels.text("")
    await channels.text("\u200b \x00\x07")
    assert await channels.messages() == [
        ("SHOPPER", "Look\n\n[attachment: image/jpeg]\n[attachment: file]"),
        ("SHOPPER", "[attachment: audio/ogg]"),
    ]


async def test_senders_without_a_number_are_passed_over(baton: Program, channels: Channels) -> None:
    await channels.connect_twilio()
    before = await baton.fingerprints()
    for sender in ("12345", "AMAZON", "+1", "whatsapp:", "", "+15005550100; DROP"):
        assert (await channels.text("Hi", sender=sender)).status_code == 200
    after = await baton.fingerprints()
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"passed_over", "received_webhooks", LOG_HEADS}


async def test_unsigned_webhooks_change_nothing(baton: Program, channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    url = channels.webhook_urls["TWILIO"]
    form = twilio.incoming(PHONE, "Hi")
    good = twilio.signed(url, form)
    before = await baton.fingerprints()
    wrong: list[tuple[str, bytes, dict[str, str], int]] = [
        (url, twilio.body([*form, ("Body", "Other")]), good, 403),
        (url + "?x=1", twilio.body(form), good, 403),
        (url, twilio.body(form), {**good, "x-twilio-signature": ""}, 403),
        (url, twilio.body(form), {**good, "x-twilio-signature": "no signature"}, 403),
        (url, twilio.body(form), {"content-type": good["content-type"]}, 403),
        (url, twilio.body(form), twilio.signed(url, form, token="another"), 403),
        (url[:-1] + "x", twilio.body(form), good, 404),
        (url.replace("twilio", "email"), twilio.body(form), good, 404),
        (url, b"\xff\xfe", good, 400),
        (url, b"a&&&", good, 400),
    ]
    for address, body, headers, status in wrong:
        response = await channels.post(address, body, headers)
        assert response.status_code == status, (address, body, response.text)
        assert TOKEN not in response.text
    other = [(n, "AC" + "9" * 32 if n == "AccountSid" else v) for n, v in form]
    assert (await channels.post_form(other)).status_code == 403
    assert (await channels.post_form([("AccountSid", SID)])).status_code == 400
    assert await baton.fingerprints() == before
    address, report = (
        url + "?message=" + "0" * 26,
        [("AccountSid", SID), ("MessageSid", "SM1"), ("MessageStatus", "sent")],
    )
    assert (await channels.post_form(report, address)).status_code == 200
    assert await baton.fingerprints() == before


async def test_another_accounts_message_is_not_reported_on(baton: Program, channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("Hi")
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    other = Channels(baton=baton, shop=await baton.open_shop("Other"), twilio=twilio, sink=channels.sink)
    await other.connect_twilio()
    address, form = twilio.reported(0, "failed")
    query = address.partition("?")[2]
    await other.post_form(form, f"{other.webhook_urls['TWILIO']}?{query}")
    assert (await channels.only_conversation())["messages"]["nodes"][1]["delivery"]["progress"] == "SENT"


async def test_shoppers_see_nothing_of_deliveries(baton: Program, shop: Shop, channels: Channels) -> None:
    await channels.connect_twilio()
    started = await baton.start(shop, "Hi", key=shop.owner, channel="SMS", phone=PHONE)
    await baton.reply(started, "Hello")
    document = "query($id: ID!) { conversation(id: $id) { messages(first: 9) { nodes { delivery { progress } } } } }"
    shown = await baton.data(started.token, document, id=started.id)
    assert [m["delivery"] for m in shown["conversation"]["messages"]["nodes"]] == [None, None]
    shown = await baton.data(shop.analyst, document, id=started.id)
    assert [m["delivery"] for m in shown["conversation"]["messages"]["nodes"]] == [None, {"progress": "WAITING"}]


async def test_a_text_that_arrived_earns_the_sale_that_follows(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio
) -> None:
    await channels.connect_twilio()
    await channels.text("Which kettle?")
    await channels.reply_as_agent("The red one.")
    await channels.deliver()
    address, form = twilio.reported(0, "delivered")
    for _ in range(2):
        await channels.post_form(form, address)
    assert [touch["kind"] async for touch in baton.database["touches"].find()] == ["SMS_DELIVERY"]
    order = {"orderId": "1001", "total": {"amount": "40.00", "currency": "EUR"}, "placedAt": "2026-06-07T13:00:00Z"}
    baton.clock.move(timedelta(hours=2))
    await baton.done(shop.owner, "recordOrder", **order, phone=PHONE)
    document = "query($id: ID!) { conversation(id: $id) { sales { orderId touch } } }"
    found = await baton.data(shop.owner, document, id=(await channels.only_conversation())["id"])
    assert found["conversation"]["sales"] == [{"orderId": "1001", "touch": "SMS_DELIVERY"}]


async def test_the_stream_contains_all_changes_of_a_query(
    baton: Program, shop: Shop, channels: Channels, twilio: Twilio
) -> None:
    """Incoming, sent, delivered and failed texts: the old snapshot plus the events equals the new snapshot."""
    await channels.connect_twilio()
    await channels.text("Hi")
    conversation = (await channels.only_conversation())["id"]
    checker = ConsistencyChecker(baton)
    async with checker.watching(shop.owner, conversation):
        await channels.text("Are you there?")
    await channels.reply_as_agent("Hello")
    async with checker.watching(shop.owner, conversation):
        await channels.deliver()
    for status in ("delivered", "failed"):
        address, form = twilio.reported(0, status, ErrorCode="30003")
        async with checker.watching(shop.owner, conversation):
            await channels.post_form(form, address)
    async with checker.watching(shop.owner, conversation):
        await channels.text("STOP")
    messages = (await channels.only_conversation())["messages"]["nodes"]
    assert messages[2]["delivery"]["error"] == "30003: failed"


async def test_a_worker_that_dies_in_mid_call_sends_nothing_twice(
    baton: Program, channels: Channels, twilio: Twilio
) -> None:
    """The worker dies before or after Twilio received the text; the next one searches before it sends."""
    await channels.connect_twilio()
    for number, (fault, there) in enumerate(((silent_before(), 0), (silent_after(), 1))):
        phone = f"+1500555030{number}"
        await channels.text("Hi", sender=phone)
        await channels.reply_as_agent("Hello")
        twilio.faults.add(fault, on=SEND)
        asked = len(twilio.calls("POST"))
        dying = asyncio.create_task(deliver_due(dispatcher(baton)))
        async with asyncio.timeout(60):
            while len(twilio.calls("POST")) == asked or len(twilio.sent_to(phone)) < there:  # noqa: ASYNC110 - of a fake
                await asyncio.sleep(0.01)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        await expire_leases(baton)
        baton.clock.move(timedelta(minutes=5))
        await channels.deliver(after_a_death=True)
        assert twilio.sent_to(phone) == ["Hello"]
        assert (await channels.conversations())[-1]["messages"]["nodes"][1]["delivery"]["progress"] == "SENT"
