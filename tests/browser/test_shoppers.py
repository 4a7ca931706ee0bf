"""Customers who share a browser: nobody sees, sends or continues what the last one wrote, also without a sign-out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from playwright.async_api import Route, expect

from tests.browser.requests import Held, Lost
from tests.browser.snippets import ShopServer, give
from tests.browser.windows import Shop, Visitor
from tests.docs.pages import blocks_of
from tests.e2e.processes import PATIENCE, Json

_CUSTOMER = "query($id: ID!) { conversation(id: $id) { identityVerified profile { externalId } } }"
_STORED = "Object.fromEntries(Object.entries(localStorage).map(([key, text]) => [key.split(':')[2], JSON.parse(text)]))"
_HEARD = "void (window.heard = new Promise((heard) => addEventListener('baton:identity-token-refused', heard)))"
_IDENTIFY = "mutation($input: IdentifyVisitorInput!) { identifyVisitor(input: $input) { errors { code } } }"
_REPLACED = """() => {
  const prefix = Object.keys(localStorage).find((name) => name.endsWith(":conversation")).replace("conversation", "");
  for (const name of Object.keys(localStorage)) localStorage.removeItem(name);
  localStorage.setItem(`${prefix}shopper`, JSON.stringify({session: "another", person: "bob"}));
}"""


def _gives(text: str) -> Callable[[Route], Awaitable[None]]:
    async def fulfill(route: Route) -> None:
        await route.fulfill(body=text)

    return fulfill


async def _customer(shop: Shop, conversation_id: str) -> tuple[bool, str | None]:
    found = (await shop.ask("ownerKey", _CUSTOMER, id=conversation_id))["conversation"]
    return found["identityVerified"], found["profile"]["externalId"]


async def _stored(visitor: Visitor) -> Json:
    found: Json = await visitor.page.evaluate(_STORED)
    return found


async def _become(visitor: Visitor, person: str) -> None:
    """Return when the browser knows whose chat it keeps."""
    async with asyncio.timeout(PATIENCE):
        while (await _stored(visitor)).get("conversation", {}).get("person") != person:  # noqa: ASYNC110 - the server is asked
            await asyncio.sleep(0.05)


async def _is_empty(visitor: Visitor) -> None:
    await expect(visitor.messages).to_have_count(0)
    await expect(visitor.page.locator(".unsent")).to_have_count(0)
    await expect(visitor.page.get_by_label("Write a message")).to_have_value("")


async def test_another_customer_begins_clean_in_every_tab(shop: Shop) -> None:
    """The shop says nothing of a sign-out: its page has another customer's token."""
    server = await ShopServer.of(shop)
    first = await shop.browser()
    await give(first.context, shop.origin, server.attributes("ann"))
    await first.come()
    anns = await shop.asked(first, "Where is my ring?")
    assert await _customer(shop, anns) == (True, "ann")
    second = await first.window()
    await second.open()
    await second.page.get_by_label("Write a message").fill("It is a surprise for")
    token = (await _stored(first))["conversation"]["token"]
    sending = Held("SendMessage")
    await sending.begin(first.context)
    await first.write("Written by Ann, and not sent")
    await sending.came.wait()

    await give(first.context, shop.origin, server.attributes("bob"))
    third = await first.window()
    await third.open()
    for window in (first, second, third):
        await _is_empty(window)
    assert set(await _stored(third)) == {"shopper"}
    sending.release()
    await third.write("Do you have boots?")
    for window in (first, second, third):
        await expect(window.messages).to_have_count(1)
    (bobs,) = set(await shop.conversations()) - {anns}
    assert await _customer(shop, bobs) == (True, "bob")  # no tab without his token has begun it
    assert token not in str(await _stored(third))
    assert await shop.status_of(token) == 401

    await give(first.context, shop.origin, server.attributes("ann"))
    await third.page.reload()
    await third.open()
    await expect(third.page.get_by_text("Hi! How can I help you?")).to_be_visible()
    await _is_empty(third)


async def test_a_sign_in_or_a_sign_out_that_only_the_page_tells(shop: Shop) -> None:
    """A token of the same customer, and a page that says nothing, change nothing; an empty token is a sign-out."""
    server = await ShopServer.of(shop)
    visitor = await shop.browser()
    await give(visitor.context, shop.origin, 'data-identity-token=""')
    await visitor.come()
    conversation_id = await shop.asked(visitor, "Do you have boots?")
    for attributes in ('data-identity-token=""', "", server.attributes("ann"), server.attributes("ann"), ""):
        await give(visitor.context, shop.origin, attributes)
        await visitor.come()
        await visitor.open()
        await expect(visitor.messages).to_have_count(1)
    assert await _customer(shop, conversation_id) == (True, "ann")
    await give(visitor.context, shop.origin, 'data-locale="en" data-identity-token=""')
    await visitor.come()
    await visitor.open()
    await expect(visitor.page.get_by_text("Hi! How can I help you?")).to_be_visible()
    await _is_empty(visitor)


async def test_a_token_that_nobody_can_read(shop: Shop) -> None:
    """It is somebody's: a customer's chat ends, and that of a shopper whom no token has named goes on."""
    server = await ShopServer.of(shop)
    visitor = await shop.visitor()
    conversation_id = await shop.asked(visitor, "Where is my ring?")
    await visitor.page.evaluate("baton.identify('no token')")
    await expect(visitor.messages).to_have_count(1)
    await visitor.page.evaluate(f"baton.identify('{server.token('ann')}')")
    await _become(visitor, "ann")
    assert await _customer(shop, conversation_id) == (True, "ann")
    token = (await _stored(visitor))["conversation"]["token"]
    await visitor.page.evaluate("baton.identify('no token')")
    await _is_empty(visitor)
    assert set(await _stored(visitor)) == {"shopper"}
    await visitor.page.reload()
    await visitor.open()
    await expect(visitor.page.get_by_text("Hi! How can I help you?")).to_be_visible()
    await _is_empty(visitor)
    assert await shop.status_of(token) == 401


async def test_a_draft_after_the_shop_has_emptied_the_storage(shop: Shop) -> None:
    """Some shops do so at a sign-out. What the tab keeps of a draft, nobody else sees, whoever comes."""
    server = await ShopServer.of(shop)
    visitor = await shop.visitor()
    await visitor.open()
    await visitor.page.get_by_label("Write a message").fill("It is a surprise for")
    await visitor.page.reload()
    await visitor.open()
    await expect(visitor.page.get_by_label("Write a message")).to_have_value("It is a surprise for")
    for attributes in ('data-locale="en"', server.attributes("bob")):
        await visitor.page.get_by_label("Write a message").fill("It is a surprise for")
        await visitor.page.evaluate("localStorage.clear()")
        await give(visitor.context, shop.origin, attributes)
        await visitor.page.reload()
        await visitor.open()
        await expect(visitor.page.get_by_text("Hi! How can I help you?")).to_be_visible()
        await _is_empty(visitor)


async def test_a_chat_is_not_shown_before_it_is_known_whose_it_is(shop: Shop) -> None:
    """The browser does not know the customer of a chat that was proved elsewhere, such as by a click in a mail."""
    server = await ShopServer.of(shop)
    visitor = await shop.visitor()
    anns = await shop.asked(visitor, "Where is my ring?")
    given = {"conversationId": anns, "identityToken": server.token("ann")}
    token = (await _stored(visitor))["conversation"]["token"]
    assert (await shop.ask_as(token, _IDENTIFY, input=given))["identifyVisitor"]["errors"] == []
    proving = Held("Identify")
    await proving.begin(visitor.context)
    await give(visitor.context, shop.origin, server.attributes("bob"))
    await visitor.come()
    await visitor.open()
    await proving.came.wait()
    await _is_empty(visitor)
    await visitor.write("Do you have boots?")
    field = visitor.page.get_by_label("Write a message")
    await field.fill("In size 42")
    proving.release()
    await expect(visitor.page.locator(".unsent")).to_have_count(0)
    await expect(visitor.messages.locator(".text")).to_have_text(["Do you have boots?"])
    await expect(field).to_have_value("In size 42")
    (bobs,) = set(await shop.conversations()) - {anns}
    assert await _customer(shop, bobs) == (True, "bob")


async def test_a_proof_of_which_the_page_has_not_heard(shop: Shop) -> None:
    """What another customer writes until the server has said whose the chat is goes into a chat of their own."""
    server = await ShopServer.of(shop)
    visitor = await shop.browser()
    await visitor.context.route_web_socket("**/graphql", lambda _: None)  # to which nobody answers
    await visitor.come()
    anns = await shop.asked(visitor, "Where is my ring?")
    given = {"conversationId": anns, "identityToken": server.token("ann")}
    token = (await _stored(visitor))["conversation"]["token"]
    assert (await shop.ask_as(token, _IDENTIFY, input=given))["identifyVisitor"]["errors"] == []
    other = await visitor.window()
    await other.open()
    await expect(other.messages).to_have_count(1)
    proving = Held("Identify")
    await proving.begin(visitor.context)
    await visitor.page.evaluate(f"baton.identify('{server.token('bob')}')")
    await proving.came.wait()
    await visitor.write("Do you have boots?")
    await expect(visitor.page.locator(".unsent")).to_contain_text("Sending")
    await expect(other.page.locator(".unsent")).to_contain_text("Sending")
    await asyncio.sleep(0.3)  # in which either tab would send it
    proving.release()
    await expect(visitor.messages.locator(".text")).to_have_text(["Do you have boots?"])
    await expect(visitor.page.locator(".unsent")).to_have_count(0)
    assert [message["text"] for message in await shop.seen_by_shopper(anns)] == ["Where is my ring?"]
    (bobs,) = set(await shop.conversations()) - {anns}
    assert await _customer(shop, bobs) == (True, "bob")


async def test_a_page_that_comes_back_from_the_browsers_cache(shop: Shop) -> None:
    """It was frozen while another tab got another customer, and nothing told it: its storage is not what it was."""
    visitor = await shop.visitor()
    await shop.asked(visitor, "Where is my ring?")
    await visitor.page.get_by_label("Write a message").fill("It is a surprise for")
    await visitor.page.evaluate(_REPLACED)  # a page hears no event of its own changes, as a frozen one hears none
    await expect(visitor.messages).to_have_count(1)
    await visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await _is_empty(visitor)


async def test_a_start_whose_customer_has_gone_meanwhile(shop: Shop) -> None:
    """The response of the call belongs to nobody who is still there."""
    server = await ShopServer.of(shop)
    visitor = await shop.browser()
    await give(visitor.context, shop.origin, server.attributes("ann"))
    await visitor.come()
    starting = Held("StartConversation", response=True)
    await starting.begin(visitor.context)
    await visitor.open()
    await visitor.write("Where is my ring?")
    await starting.came.wait()
    await visitor.page.evaluate(f"baton.identify('{server.token('bob')}')")
    starting.release()
    await _is_empty(visitor)
    await visitor.write("Do you have boots?")
    await expect(visitor.messages).to_have_count(1)
    assert len(await shop.conversations()) == 2
    found = [await _customer(shop, each) for each in await shop.conversations()]
    assert sorted(found) == [(True, "ann"), (True, "bob")]
    shown = await shop.seen_by_shopper((await _stored(visitor))["conversation"]["id"])
    assert [message["text"] for message in shown] == ["Do you have boots?"]


async def test_a_token_that_has_expired_is_renewed_by_the_page(shop: Shop) -> None:
    """The message goes with the new token, and without one as a stranger's; it is never stuck."""
    server = await ShopServer.of(shop)
    _, renewal = blocks_of("docs/guides/chat-widget.md", "js")
    for renewed, customer in ((True, (True, "ann")), (False, (False, None))):
        visitor = await shop.browser()
        if renewed:
            await visitor.context.route(f"{shop.origin}/my-identity-token", _gives(server.token("ann")))
            await visitor.context.add_init_script(renewal)
        await give(visitor.context, shop.origin, server.attributes("ann", seconds=-3600))
        await visitor.come()
        conversation_id = await shop.asked(visitor, "Where is my ring?")
        await expect(visitor.page.locator(".unsent")).to_have_count(0)
        assert await _customer(shop, conversation_id) == customer


async def test_what_waits_for_a_proof_is_sent_or_given_back(shop: Shop) -> None:
    """The chat was proved elsewhere: it has ended by then, or the proof is refused, or no tab has one."""
    server = await ShopServer.of(shop)
    visitor = await shop.browser()
    await visitor.context.clock.install()
    await visitor.come()
    unsent = visitor.page.locator(".unsent")

    async def prove(conversation_id: str, token: str) -> None:
        given = {"conversationId": conversation_id, "identityToken": server.token("ann")}
        assert (await shop.ask_as(token, _IDENTIFY, input=given))["identifyVisitor"]["errors"] == []
        await shop.agent(
            "postAgentMessage", "message { id }", conversationId=conversation_id, epoch=1, text="One moment"
        )
        await expect(visitor.messages).to_have_count(2)  # the page knows of the proof, which came before

    async def proved_elsewhere(text: str) -> None:
        conversation_id = await shop.asked(visitor, text)
        await prove(conversation_id, (await _stored(visitor))["conversation"]["token"])

    await proved_elsewhere("Where is my ring?")
    await visitor.page.get_by_role("button", name="End the chat").click()
    await visitor.page.get_by_role("button", name="End the chat").click()
    await expect(visitor.page.get_by_text("This chat has ended.")).to_be_visible()
    await visitor.page.evaluate(f"baton.identify('{server.token('ann')}')")
    await visitor.write("And my other ring?")
    await expect(unsent).to_have_count(0)
    await expect(visitor.messages.locator(".text")).to_have_text(["And my other ring?"])
    await visitor.page.evaluate("baton.signOut()")
    await _is_empty(visitor)
    await visitor.page.keyboard.press("Escape")

    await proved_elsewhere("Do you have boots?")
    proving = Held("Identify")
    await proving.begin(visitor.context)
    await visitor.page.evaluate(_HEARD)
    await visitor.page.evaluate(f"baton.identify('{server.token('ann', seconds=-3600)}')")
    await proving.came.wait()
    await visitor.write("In size 42")
    await expect(unsent).to_contain_text("Sending")
    proving.release()
    await visitor.page.evaluate("window.heard.then(() => 0)")
    await visitor.context.clock.fast_forward(6_000)  # for which the page might have given another token
    await expect(unsent).to_have_count(0)
    await expect(visitor.messages.locator(".text")).to_have_text(["In size 42"])

    kept = (await _stored(visitor))["conversation"]
    await prove(kept["id"], kept["token"])
    lost = Lost("Identify")
    await lost.begin(visitor.context)
    lost.delivered.set()  # no proof arrives
    await visitor.page.evaluate(f"baton.identify('{server.token('ann')}')")
    await visitor.write("In red")
    await expect(unsent).to_contain_text("Sending")
    await visitor.page.reload()  # as a page that says nothing of the customer
    await visitor.open()
    await expect(visitor.messages).to_have_count(2)
    await visitor.context.clock.fast_forward(21_000)
    await expect(unsent).to_contain_text("Not sent")
    await visitor.page.get_by_role("button", name="Try again").click()
    await expect(unsent).to_have_count(0)
    await expect(visitor.messages.locator(".text")).to_have_text(["In size 42", "One moment", "In red"])
