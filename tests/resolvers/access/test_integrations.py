"""Partners without an owner's key: an inbox (`inbox:write`), or a channel (`conversations:write`), of one's own."""

from __future__ import annotations

from typing import Any

from domain.principal import Scope, StaffRole
from tests.harness.chat import Chat
from tests.harness.program import Program, Shop, identity_token
from tests.resolvers.access.test_keys import codes, create, member


async def waiting(baton: Program, shop: Shop) -> Chat:
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request()
    return chat


async def test_a_ticket_from_the_queue_to_the_agent(baton: Program, shop: Shop) -> None:
    key, chat = shop.partners[Scope.INBOX_WRITE], await waiting(baton, shop)
    support, manager = member(shop, StaffRole.SUPPORT), member(shop, StaffRole.MANAGER)
    for staff_id in (support, manager):  # a ticket of somebody else is assigned as well
        payload = await chat.on_ticket("assignTicket", key, staffId=staff_id)
        assert payload["errors"] == []
        assert payload["ticket"]["assignee"]["id"] == staff_id
    for name, more in (("releaseTicket", {}), ("snoozeTicket", {"until": "2026-06-08T00:00:00Z"})):
        assert (await chat.on_ticket(name, key, **more))["errors"] == []
    for name in ("closeTicket", "reopenTicket", "returnToAgent"):
        assert (await chat.on_ticket(name, key))["errors"] == []
    for name in ("takeTicket", "markTicketRead"):
        assert codes(await chat.on_ticket(name, key)) == [("FORBIDDEN", None)]


async def test_a_reply_in_the_name_of_a_member(baton: Program, shop: Shop) -> None:
    key, chat = shop.partners[Scope.INBOX_WRITE], await waiting(baton, shop)
    support, manager = member(shop, StaffRole.SUPPORT), member(shop, StaffRole.MANAGER)
    given = {"conversationId": chat.id, "text": "Hello"}
    nameless = await baton.command(key, "replyToConversation", **given)
    assert codes(nameless) == [("INVALID", ["input", "staffId"])]
    early = await baton.command(key, "replyToConversation", **given, staffId=support)
    assert codes(early) == [("NOT_IN_CONTROL", ["input", "conversationId"])]  # the limits are those of the member
    await chat.on_ticket("assignTicket", key, staffId=support)
    for staff_id, name in ((support, "Support"), (manager, "Manager")):
        payload = await baton.done(key, "replyToConversation", **given, staffId=staff_id)
        assert payload["message"]["author"]["name"] == name
        assert payload["message"]["author"]["staff"]["id"] == staff_id
    analyst = await baton.command(key, "replyToConversation", **given, staffId=member(shop, StaffRole.ANALYST))
    assert codes(analyst) == [("INVALID", ["input", "staffId"])]
    await baton.done(shop.owner, "suspendStaff", staffId=support)
    suspended = await baton.command(key, "replyToConversation", **given, staffId=support)
    assert codes(suspended) == [("INVALID", ["input", "staffId"])]


async def test_staff_write_in_their_own_name(baton: Program, shop: Shop) -> None:
    chat = await waiting(baton, shop)
    for name in ("replyToConversation", "addNote"):
        given = {"conversationId": chat.id, "text": "Hello", "staffId": member(shop, StaffRole.SUPPORT)}
        assert codes(await baton.command(shop.owner, name, **given)) == [("FORBIDDEN", ["input", "staffId"])]


async def test_notes_of_an_integration(baton: Program, shop: Shop) -> None:
    chat = await waiting(baton, shop)
    labelled = await create(baton, shop.owner, scopes=["INBOX_WRITE"], label="CRM")
    given = {"conversationId": chat.id, "text": "Called back."}
    for key, more, name in (
        (shop.partners[Scope.INBOX_WRITE], {}, "Integration"),
        (labelled["token"], {}, "Integration CRM"),
        (labelled["token"], {"staffId": member(shop, StaffRole.SUPPORT)}, "Support"),
    ):
        payload = await baton.done(key, "addNote", **given, **more)
        assert (payload["message"]["author"]["name"], payload["message"]["kind"]) == (name, "NOTE")


async def test_reading_is_not_writing(baton: Program, shop: Shop) -> None:
    key, chat = shop.partners[Scope.INBOX_READ], await waiting(baton, shop)
    listed = await baton.data(key, "{ inbox { nodes { conversation { messages { totalCount } } } } }")
    assert listed["inbox"]["nodes"][0]["conversation"]["messages"]["totalCount"] > 0
    assert (await baton.ask(key, "{ inbox(view: MINE) { totalCount } }")).codes == ["FORBIDDEN"]
    for name in ("assignTicket", "closeTicket"):
        assert codes(await chat.on_ticket(name, key)) == [("FORBIDDEN", None)]


async def test_a_channel_of_ones_own(baton: Program, shop: Shop) -> None:
    """A carrier that also reads: it brings what the shopper writes, and reads what the agent answers."""
    carrier = await create(baton, shop.owner, scopes=["CONVERSATIONS_WRITE", "CONVERSATIONS_READ"])
    key = carrier["token"]
    started = await baton.start(shop, "Hello", key=key, channel="WHATSAPP", phone="+39 333 123 4567")
    again = await baton.start(shop, "And then?", key=key, channel="WHATSAPP", phone="+39 333 123 4567")
    assert again.id == started.id  # who the carrier vouches for is one shopper
    await baton.reply(started, "Gladly.")
    sent = await baton.done(key, "sendMessage", conversationId=started.id, text="Thanks")
    assert sent["message"]["author"]["kind"] == "SHOPPER"
    await baton.done(key, "identifyVisitor", conversationId=started.id, email="ann@example.com")
    document = "query($id: ID!) { conversation(id: $id) { profile { email } messages { nodes { text } } } }"
    found = (await baton.data(key, document, id=started.id))["conversation"]
    assert found["profile"] == {"email": "ann@example.com"}
    assert [message["text"] for message in found["messages"]["nodes"]] == ["Hello", "And then?", "Gladly.", "Thanks"]
    closed = await baton.done(key, "closeConversation", conversationId=started.id)
    assert closed["conversation"]["status"] == "CLOSED"


async def test_a_carrier_without_reading(baton: Program, shop: Shop) -> None:
    key = shop.partners[Scope.CONVERSATIONS_WRITE]
    document = """mutation($input: StartConversationInput!) { startConversation(input: $input) {
      conversation { id messages { nodes { text } } } errors { code } } }"""
    answer = await baton.ask(key, document, input={"channel": "SMS", "text": "Hi", "visitor": {"phone": "+39333123"}})
    assert answer.codes == ["FORBIDDEN"]
    started = await baton.start(shop, key=shop.owner)
    assert await baton.errors_of(key, "sendMessage", conversationId=started.id, text="Hi") == []


async def test_a_carrier_stays_out_of_a_shoppers_own_chat(baton: Program, shop: Shop) -> None:
    """It names the shopper, but neither writes there nor gets a token, which would outlive its key."""
    own = await baton.start(shop, "Hello", key=shop.owner, profileId="ann-1")
    browser = await baton.start(shop, "private", identityToken=await identity_token(baton, shop, "bea-1"))
    carrier = shop.partners[Scope.CONVERSATIONS_WRITE]
    document = """mutation($input: StartConversationInput!) { startConversation(input: $input) {
      conversation { id } visitorToken errors { code } } }"""

    async def start(key: str, profile_id: str) -> dict[str, Any]:
        given = {"channel": "WEB_CHAT", "text": "Hi", "visitor": {"profileId": profile_id}}
        return dict((await baton.data(key, document, input=given))["startConversation"])

    assert (await start(carrier, "ann-1"))["conversation"]["id"] == own.id
    apart = await start(carrier, "bea-1")
    assert apart["conversation"]["id"] != browser.id
    assert apart["visitorToken"] is not None
    joined = await start(shop.owner, "bea-1")
    assert (joined["conversation"]["id"], joined["visitorToken"]) == (browser.id, None)


async def test_a_browser_that_a_key_names_reads_nothing_of_it(baton: Program, shop: Shop) -> None:
    """Else whoever had a secret key for a moment would read on with a publishable key and a secret of their own."""
    named = {"anonymousId": "a secret of the holder of the key"}
    bea, ann = {"profileId": "bea-1"}, {"phone": "+393331234567"}
    begun = [
        await baton.start(shop, "private", key=shop.owner, **bea, **named),
        await baton.start(shop, "private", key=shop.owner, channel="SMS", **ann, **named),
    ]
    assert (await baton.start(shop, "Again", key=shop.owner, **named)).id == begun[0].id  # another server of the shop
    for started, channel in zip(begun, ("WEB_CHAT", "SMS"), strict=True):
        first = await baton.start(shop, "Hello", channel=channel, **named)
        assert first.id != started.id
        assert (await baton.start(shop, "And?", channel=channel, **named)).id == first.id
        assert (await baton.start(shop, "private", key=shop.owner, channel=channel, **named)).id == started.id
    assert await baton.errors_of(begun[0].token, "endVisitorAccess", conversationId=begun[0].id) == []
    assert (await baton.start(shop, "Again", key=shop.owner, **named)).id != begun[0].id


async def test_what_others_carry(baton: Program, shop: Shop, rival: Shop) -> None:
    """The shopper of a chat widget writes without a carrier, and so does one whom Baton reaches."""
    ours, theirs = await baton.start(shop), await baton.start(rival, key=rival.owner)
    writes = (("sendMessage", {"text": "Hi"}), ("identifyVisitor", {"name": "Ann"}))
    for key in (shop.partners[Scope.CONVERSATIONS_WRITE], shop.owner):
        for name, given in writes:
            refused = await baton.errors_of(key, name, conversationId=ours.id, **given)
            assert [error["code"] for error in refused] == ["FORBIDDEN"]
            refused = await baton.errors_of(key, name, conversationId=theirs.id, **given)
            assert [error["code"] for error in refused] == ["NOT_FOUND"]
    key = shop.partners[Scope.CONVERSATIONS_WRITE]
    refused = await baton.errors_of(key, "closeConversation", conversationId=ours.id)
    assert [error["code"] for error in refused] == ["FORBIDDEN"]
    assert await baton.errors_of(shop.owner, "closeConversation", conversationId=ours.id) == []
