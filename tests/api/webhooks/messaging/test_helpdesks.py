"""Channels together with a helpdesk: staff replies reach the shopper once on the shopper's channel, and the shopper's
replies reach the helpdesk.
"""

from __future__ import annotations

import pytest

from dev.fakes.smtp import Sink
from dev.fakes.twilio import Twilio
from dev.fakes.zendesk import Ticket, Zendesk
from tests.api.webhooks.messaging.channels import ADDRESS, PHONE, Channels, new_mail
from tests.api.webhooks.messaging.test_email import reply
from tests.api.webhooks.zendesk.conftest import ZendeskWebhook
from tests.harness.outbox import rows
from tests.harness.program import Program, Shop, browser, identity_token


async def hand_over(channels: Channels, zendesk: Zendesk) -> Ticket:
    """Hand the only conversation over to Zendesk."""
    conversation = await channels.only_conversation()
    arguments = {"conversationId": conversation["id"], "epoch": 1, "reason": "EXPLICIT_ASK"}
    await channels.baton.done(channels.shop.agent, "requestHandoff", **arguments)
    await channels.deliver()
    [ticket] = zendesk.tickets.values()
    return ticket


async def moved_chat(channels: Channels, zendesk: Zendesk, *, anonymousId: str = "a") -> tuple[str, Ticket]:
    """A web chat that was handed over to Zendesk and continues by e-mail, and the shopper's token."""
    baton, shop = channels.baton, channels.shop
    started = await baton.start(shop, "Where is it?", email=ADDRESS, name="Ann", anonymousId=anonymousId)
    payload = await baton.done(shop.agent, "requestHandoff", conversationId=started.id, epoch=1, reason="EXPLICIT_ASK")
    await baton.done(started.token, "answerHandoffOffer", handoffId=payload["handoff"]["id"], accept=True)
    await channels.deliver()
    [ticket] = zendesk.tickets.values()
    return started.token, ticket


async def test_a_chat_that_moves_to_email_goes_there_and_back(
    channels: Channels, webhook: ZendeskWebhook, zendesk: Zendesk, sink: Sink
) -> None:
    await channels.connect_email()
    token, ticket = await moved_chat(channels, zendesk)
    assert sink.mails == []  # messages shown in the widget are not mailed
    messages_of = zendesk.add_agent_comment(ticket, "It leaves today.")
    for _ in range(3):
        await webhook.post(zendesk.signed(messages_of))
    await channels.deliver()
    [mail] = sink.mails
    assert (mail.recipients, mail.text) == ((ADDRESS,), "It leaves today.\n\n-- \nSam, Acme\n")
    assert mail.message["Subject"] == "Where is it?"
    assert mail.message["Auto-Submitted"] is None
    assert await channels.outcome_of(reply(sink, "Thanks, Sam!", message_id="<1@customer.example>")) == "taken"
    assert await channels.outcome_of(reply(sink, "Thanks, Sam!", message_id="<1@customer.example>")) == "known"
    await channels.deliver()
    [comment] = [c for c in ticket.comments if "Thanks, Sam!" in c["body"]]
    assert comment["author_id"] == ticket.requester_id
    assert "wrote:" not in comment["body"]
    await webhook.post(zendesk.signed(zendesk.add_agent_comment(ticket, "Gladly.")))
    await channels.deliver()
    assert sink.mails[1].message["In-Reply-To"] == "<1@customer.example>"
    messages = (await channels.only_conversation())["messages"]["nodes"]
    assert [(m["author"]["kind"], m["text"]) for m in messages if m["author"]["kind"] != "SYSTEM"] == [
        ("SHOPPER", "Where is it?"),
        ("HUMAN_AGENT", "It leaves today."),
        ("SHOPPER", "Thanks, Sam!"),
        ("HUMAN_AGENT", "Gladly."),
    ]
    assert (await channels.only_conversation())["channel"] == "WEB_CHAT"
    assert token


@pytest.mark.parametrize("choice", [None, "HELPDESK"])
async def test_the_helpdesk_alone_mails_if_configured(
    channels: Channels, webhook: ZendeskWebhook, zendesk: Zendesk, sink: Sink, choice: str | None
) -> None:
    if choice:
        await channels.connect_email(repliesMailedBy=choice)
    _, ticket = await moved_chat(channels, zendesk)
    await webhook.post(zendesk.signed(zendesk.add_agent_comment(ticket, "It leaves today.")))
    await channels.deliver()
    assert sink.mails == []
    assert ("HUMAN_AGENT", "It leaves today.") in await channels.messages()
    await webhook.post(zendesk.signed(zendesk.add_requester_comment(ticket, "Thanks by mail")))
    assert (await channels.messages())[-1] == ("SHOPPER", "Thanks by mail")
    assert {row.destination.value for row in await rows(channels.baton, channels.shop)} == {"ZENDESK"}


async def test_after_the_return_to_the_agent_the_chat_is_not_mailed(
    baton: Program, shop: Shop, channels: Channels, webhook: ZendeskWebhook, zendesk: Zendesk, sink: Sink
) -> None:
    await channels.connect_email()
    await moved_chat(channels, zendesk)
    conversation = await channels.only_conversation()
    document = "query($id: ID!) { conversation(id: $id) { ticket { id } controller { epoch } } }"
    found = (await baton.data(shop.owner, document, id=conversation["id"]))["conversation"]
    await baton.done(shop.owner, "returnToAgent", ticketId=found["ticket"]["id"])
    found = (await baton.data(shop.owner, document, id=conversation["id"]))["conversation"]
    await channels.reply_as_agent("I am back", epoch=found["controller"]["epoch"])
    await channels.deliver()
    assert sink.mails == []


@pytest.mark.parametrize(("choice", "mailed"), [("BATON", 1), ("HELPDESK", 0)])
async def test_a_conversation_by_email(
    channels: Channels, webhook: ZendeskWebhook, zendesk: Zendesk, sink: Sink, choice: str, mailed: int
) -> None:
    """Baton mails its own notices in any case."""
    await channels.connect_email(repliesMailedBy=choice)
    await channels.mail(new_mail("A human, please"))
    ticket = await hand_over(channels, zendesk)
    assert len(sink.mails) == 1  # the notice that the staff has it
    await webhook.post(zendesk.signed(zendesk.add_agent_comment(ticket, "Here I am.")))
    await channels.deliver()
    assert [mail.text.startswith("Here I am.") for mail in sink.mails[1:]] == [True] * mailed
    await channels.mail(reply(sink, "Good."))
    await channels.deliver()
    assert len([c for c in ticket.comments if "Good." in c["body"]]) == 1


async def test_a_conversation_by_sms(
    channels: Channels, webhook: ZendeskWebhook, zendesk: Zendesk, twilio: Twilio
) -> None:
    await channels.connect_twilio()
    await channels.text("A human, please")
    ticket = await hand_over(channels, zendesk)
    messages_of = zendesk.add_agent_comment(ticket, "Here I am.")
    await webhook.post(zendesk.signed(zendesk.add_agent_comment(ticket, "Private", public=False)))
    for _ in range(2):
        await webhook.post(zendesk.signed(messages_of))
    await channels.deliver()
    assert twilio.sent_to(PHONE)[1:] == ["Here I am."]
    await channels.text("Good.")
    await channels.deliver()
    assert len([c for c in ticket.comments if "Good." in c["body"]]) == 1
    assert len(twilio.messages) == 2


async def test_a_helpdesk_that_is_down_delays_nobody(
    channels: Channels, webhook: ZendeskWebhook, zendesk: Zendesk, twilio: Twilio
) -> None:
    from dev.fakes.faults import failing

    await channels.connect_twilio()
    await channels.text("A human, please")
    zendesk.faults.plan = lambda _: failing()
    conversation = await channels.only_conversation()
    arguments = {"conversationId": conversation["id"], "epoch": 1, "reason": "EXPLICIT_ASK"}
    await channels.baton.done(channels.shop.agent, "requestHandoff", **arguments)
    await channels.deliver()
    assert zendesk.tickets == {}
    assert len(twilio.sent_to(PHONE)) == 1


async def test_a_mail_reply_proves_nothing_of_a_chat_that_a_browser_began(
    channels: Channels, webhook: ZendeskWebhook, zendesk: Zendesk, sink: Sink
) -> None:
    """Mallory claims Ann's address in two chats, and Ann replies to the mail of one. Her message is added, and what
    Mallory's browser writes there is not shown as Ann's."""
    baton, shop = channels.baton, channels.shop
    await channels.connect_email()
    ann = await baton.start(shop, key=shop.owner, channel="SMS", email=ADDRESS, name="Ann")
    other = await baton.start(shop, anonymousId=browser("mallory"), channel="WHATSAPP", email=ADDRESS)
    _, ticket = await moved_chat(channels, zendesk, anonymousId=browser("mallory"))
    await webhook.post(zendesk.signed(zendesk.add_agent_comment(ticket, "It leaves today.")))
    await channels.deliver()
    await channels.mail(reply(sink, "I never asked that", message_id="<1@customer.example>"))

    document = """query($id: ID!) { conversation(id: $id) { identityVerified
      profile { verified conversations { nodes { id } } } messages(last: 1) { nodes { text author { kind } } } } }"""
    chat = next(c["id"] for c in await channels.conversations() if c["channel"] == "WEB_CHAT")
    shown = {}
    for each in (ann.id, other.id, chat):
        shown[each] = (await baton.data(shop.owner, document, id=each))["conversation"]
    assert shown[ann.id]["profile"] == {"verified": True, "conversations": {"nodes": [{"id": ann.id}]}}
    assert [shown[each]["profile"]["verified"] for each in (other.id, chat)] == [False, False]
    assert shown[chat]["identityVerified"] is False
    assert shown[chat]["messages"]["nodes"] == [{"text": "I never asked that", "author": {"kind": "SHOPPER"}}]
    signed_in = await identity_token(baton, shop, "ann", email=ADDRESS)
    anns = await baton.start(shop, "My address is Via Roma 1", identityToken=signed_in)
    assert anns.id != chat, "Ann does not write into the chat that Mallory's browser reads"
