"""Replies of the team to a shopper who left the chat: by mail, once, in one thread, and the answer comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.smtp import Sink
from domain.conversation.aggregate import Change, load_conversation
from domain.storage import UnitOfWork
from domain.values.ids import ConversationId
from domain.values.record import replace
from tests.api.webhooks.messaging.channels import ADDRESS, Channels
from tests.api.webhooks.messaging.test_email import reply
from tests.harness.chat import Chat
from tests.harness.outbox import rows
from tests.harness.program import Program, Shop, identity_token
from tests.resolvers.test_typing_live import following, process

MINUTE = timedelta(minutes=1)
READ = "query($id: ID!) { conversation(id: $id) { messages(last: 9) { nodes { text via author { kind } } } } }"
LIVE = """subscription($id: ID!) { conversation(id: $id) { __typename
  ... on MessageAdded { message { text via } } } }"""
CAUTION = "ignore this mail: an answer to it is shown in that chat."


async def pass_time(baton: Program, span: timedelta = 5 * MINUTE) -> None:
    """Let the clock move, and everything be done that is due then."""
    baton.clock.move(span)
    await baton.baton.visits.write()
    await baton.baton.workers.timers.fire_due()
    assert baton.baton.workers.timers.failures == 0


async def read(chat: Chat) -> list[dict[str, Any]]:
    found = (await chat.program.data(chat.started.token, READ, id=chat.id))["conversation"]["messages"]["nodes"]
    return list(found)


async def waiting(channels: Channels, *, watched: bool = False) -> Chat:
    """A chat whose ticket the team has; the shopper has left."""
    await channels.connect_email()
    chat = await Chat.of(channels.baton, channels.shop, watched=watched, email=ADDRESS, name="Ann")
    await chat.request()
    await chat.accept()
    await chat.take()
    channels.baton.clock.move(MINUTE)
    return chat


async def texts_of(channels: Channels) -> list[str]:
    """Deliver what is due, and return the mails that were sent since the last call."""
    await channels.deliver()
    found = [mail.text for mail in channels.sink.mails]
    channels.sink.mails.clear()
    return found


async def test_all_replies_go_in_one_mail_and_the_answer_comes_back(
    channels: Channels, baton: Program, shop: Shop, sink: Sink
) -> None:
    chat = await waiting(channels, watched=True)
    await chat.reply(text="It was *sent* yesterday.")
    await pass_time(baton, 2 * MINUTE)
    await chat.note(text="Secret.")
    await chat.reply(text="It comes tomorrow.")
    await pass_time(baton, 2 * MINUTE)
    await channels.deliver()
    assert sink.mails == []
    await pass_time(baton, MINUTE)
    await channels.deliver()
    [mail] = sink.mails
    assert mail.recipients == (ADDRESS,)
    assert mail.text.startswith("You left the chat with Acme before this reply.")
    assert "\n\nIt was sent yesterday.\n\nIt comes tomorrow.\n\n-- \nSupport, Acme\n\n" in mail.text
    assert CAUTION in mail.text
    assert "Secret" not in mail.html
    assert "<em>sent</em>" in mail.html
    assert mail.message["Subject"] == "Acme: a reply to your chat"
    assert mail.message["Auto-Submitted"] is None
    shown = (await channels.only_conversation())["messages"]["nodes"]
    assert [m["delivery"]["progress"] for m in shown if m["author"]["kind"] == "HUMAN_AGENT" and m["delivery"]] == [
        "SENT",
        "SENT",
    ]
    await pass_time(baton, timedelta(hours=3))
    assert [(row.kind.value, row.state.value) for row in await rows(baton, shop)] == [("REPLIES", "DELIVERED")]

    assert await channels.outcome_of(reply(sink, "Thanks, wonderful!", message_id="<1@customer.example>")) == "taken"
    assert (await read(chat))[-1] == {"text": "Thanks, wonderful!", "via": "EMAIL", "author": {"kind": "SHOPPER"}}
    sink.mails.clear()
    await chat.reply(text="Gladly.")
    await channels.deliver()  # at once: the shopper writes by mail now
    [second] = sink.mails
    assert second.text == "Gladly.\n\n-- \nSupport, Acme\n"
    assert second.message["In-Reply-To"] == "<1@customer.example>"
    assert mail.message["References"].split()[0] == second.message["References"].split()[0]
    assert second.message["Subject"] == "Re: Acme: a reply to your chat"
    await pass_time(baton)
    assert await texts_of(channels) == [second.text]

    await chat.say("I am here again.")
    await chat.reply(text="Welcome back.")
    assert await texts_of(channels) == []
    await pass_time(baton, 4 * MINUTE)
    await read(chat)
    await pass_time(baton)
    assert await texts_of(channels) == []


async def test_a_reply_that_was_read_is_not_mailed(channels: Channels, baton: Program) -> None:
    chat = await waiting(channels)
    await chat.reply(text="One")
    await pass_time(baton, 2 * MINUTE)
    await read(chat)
    await pass_time(baton, MINUTE)
    await chat.reply(text="Two")
    await pass_time(baton, 2 * MINUTE)  # the first was five minutes ago
    assert await texts_of(channels) == []
    await pass_time(baton, 3 * MINUTE)  # the second was
    [text] = await texts_of(channels)
    assert ("One" in text, "Two" in text) == (False, True)


async def test_a_reply_that_a_live_stream_brought_is_not_mailed(channels: Channels, baton: Program) -> None:
    chat = await waiting(channels)
    async with process(baton) as url, following(url, chat.started.token, LIVE, id=chat.id) as live:
        baton.clock.move(MINUTE)
        await chat.reply(text="Here?")
        while (item := await live.next())["__typename"] != "MessageAdded":
            pass
        assert item["message"]["text"] == "Here?"
        await pass_time(baton)
        assert await texts_of(channels) == []
    baton.clock.move(MINUTE)
    await chat.reply(text="Gone?")
    await pass_time(baton)
    [text] = await texts_of(channels)
    assert ("Here?" in text, "Gone?" in text) == (False, True)


@pytest.mark.parametrize("why", ["off", "zero", "no address", "no mail server", "sent back to the agent"])
async def test_only_where_it_can_be(channels: Channels, baton: Program, shop: Shop, why: str) -> None:
    if why in ("off", "zero"):
        await baton.done(shop.owner, "updateAccount", mailRepliesAfter=None if why == "off" else "PT0S")
    chat = await waiting(channels)
    if why == "no mail server":
        await baton.done(shop.owner, "disconnectChannel", service="EMAIL")
    await chat.reply()
    if why == "no address":
        await _forget_address(chat)
    if why == "sent back to the agent":
        await chat.give_back()
    await pass_time(baton)
    assert len(await texts_of(channels)) == (why == "sent back to the agent")


async def test_the_delay_is_a_setting(channels: Channels, baton: Program, shop: Shop) -> None:
    payload = await baton.done(shop.owner, "updateAccount", mailRepliesAfter="PT10S")
    assert payload["account"]["mailRepliesAfter"] == "PT10S"
    refused = await baton.command(shop.owner, "updateAccount", mailRepliesAfter="PT1S")
    assert refused["errors"][0]["path"] == ["input", "mailRepliesAfter"]
    chat = await waiting(channels)
    await chat.reply()
    await pass_time(baton, timedelta(seconds=9))
    assert await texts_of(channels) == []
    await pass_time(baton, timedelta(seconds=1))
    assert len(await texts_of(channels)) == 1


async def test_a_proved_address_gets_the_usual_subject(channels: Channels, baton: Program, shop: Shop) -> None:
    chat = await waiting(channels)
    token = await identity_token(baton, shop, "42", email=ADDRESS)
    await baton.done(chat.started.token, "identifyVisitor", conversationId=chat.id, identityToken=token)
    baton.clock.move(MINUTE)
    await chat.reply()
    await pass_time(baton)
    await channels.deliver()
    [mail] = channels.sink.mails
    assert mail.message["Subject"] == "Where is my order?"
    assert CAUTION not in mail.text


async def test_another_conversation_redirects_nothing(channels: Channels, baton: Program, shop: Shop) -> None:
    """A stranger who claims the same in a chat of their own does not get what is said in the shopper's."""
    chat = await waiting(channels)
    await baton.start(shop, "Hi", email=ADDRESS, name="Mallory", phone="+15005550101")
    await baton.start(shop, "Hi", email="mallory@evil.example", phone="+15005550101")
    await chat.reply(text="Your card ends with 4421.")
    await pass_time(baton)
    await channels.deliver()
    assert [mail.recipients for mail in channels.sink.mails] == [(ADDRESS,)]


async def test_the_latest_address_of_the_conversation_counts(channels: Channels, baton: Program) -> None:
    chat = await waiting(channels)
    await chat.reply(text="One")
    await pass_time(baton)
    await channels.deliver()
    await chat.identify(email="ann@elsewhere.example")
    baton.clock.move(MINUTE)
    await chat.reply(text="Two")
    await pass_time(baton)
    await channels.deliver()
    assert [mail.recipients[0] for mail in channels.sink.mails] == [ADDRESS, "ann@elsewhere.example"]


async def test_a_mail_that_is_refused_leaves_one_note(channels: Channels, baton: Program, sink: Sink) -> None:
    chat = await waiting(channels)
    await chat.reply(text="One")
    await chat.reply(text="Two")
    await pass_time(baton)
    sink.on["RCPT"] = ["550 5.1.1 no such user"]
    await channels.deliver()
    shown = (await channels.only_conversation())["messages"]["nodes"]
    numbers = [m["sequence"] for m in shown if m["text"] in ("One", "Two")]
    notes = [m["text"] for m in shown if m["kind"] == "NOTE"]
    assert notes == [f"Messages {numbers[0]} and {numbers[1]} were not delivered by e-mail: 550 5.1.1 no such user"]


async def test_an_interrupted_send_repeats_the_same_mail(
    channels: Channels, baton: Program, shop: Shop, sink: Sink
) -> None:
    chat = await waiting(channels)
    await chat.reply()
    sink.cut = ["ACCEPTED"]
    await pass_time(baton)
    await channels.deliver(times=2)
    assert len({mail.raw for mail in sink.mails}) == 1
    assert [row.state.value for row in await rows(baton, shop)] == ["DELIVERED"]


async def test_two_processes_make_one_mail(channels: Channels, baton: Program, tmp_path: Any) -> None:
    chat = await waiting(channels)
    await chat.reply()
    baton.clock.move(5 * MINUTE)
    async with baton.twin(tmp_path / "twin") as twin:
        for program in (baton, twin, baton):
            await program.baton.workers.timers.fire_due()
    assert len(await texts_of(channels)) == 1


async def test_the_visit_reaches_the_process_that_mails(channels: Channels, baton: Program, tmp_path: Any) -> None:
    chat = await waiting(channels)
    await chat.reply()
    baton.clock.move(MINUTE)
    async with baton.twin(tmp_path / "twin") as twin:
        await twin.data(chat.started.token, READ, id=chat.id)
        await twin.baton.visits.write()
    await pass_time(baton)
    assert await texts_of(channels) == []


async def _forget_address(chat: Chat) -> None:
    """As if the shopper had left none: the handoff to staff asks for one in a web chat."""

    async def change(uow: UnitOfWork) -> None:
        forgetting = Change(uow, await load_conversation(uow, ConversationId(chat.started.key)))
        visitor = replace(forgetting.conversation.visitor, email=None)
        forgetting.conversation = replace(forgetting.conversation, visitor=visitor)
        await forgetting.commit()

    await chat.program.baton.services.storage.write(chat.shop.id, change)
