"""What a shopper writes reaches the team once: over lost requests and responses, reloads, tabs, and a full browser."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.browser.interruptions import Line
from tests.browser.requests import BadNetwork, Held, Lost
from tests.browser.snippets import ShopServer, give
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import PATIENCE

_FULL = """() => {
  let piece = "x".repeat(2 ** 20);
  for (let n = 0; piece; n++) {
    try { localStorage.setItem(`shop-${n}`, piece); } catch { piece = piece.slice(piece.length / 2 + 1); }
  }
}"""
_TOKEN = "JSON.parse(Object.entries(localStorage).find(([name]) => name.endsWith(':conversation'))[1]).token"
_UNSENT = "Object.entries(localStorage).find(([name]) => name.includes(':unsent:'))"
_WITHDRAW = "mutation($input: WithdrawHandoffInput!) { withdrawHandoff(input: $input) { errors { code } } }"
_BOTH = "([yes, no]) => { for (const button of [yes, yes, no]) button.click(); }"


async def _written(shop: Shop, conversation_id: str) -> list[str]:
    """What the shopper said, as the database has it."""
    shown = await shop.seen_by_shopper(conversation_id)
    return [message["text"] for message in shown if message["author"]["kind"] == "SHOPPER"]


async def _has_none_unsent(visitor: Visitor) -> None:
    async with asyncio.timeout(PATIENCE):
        while await visitor.page.evaluate(f"{_UNSENT} !== undefined"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_start_whose_response_is_lost(shop: Shop) -> None:
    """The page is loaded again in another language, by a customer who has signed in meanwhile."""
    server = await ShopServer.of(shop)
    visitor = await shop.visitor()
    lost = Lost("StartConversation")
    await lost.begin(visitor.context)
    await visitor.open()
    await visitor.write("Do you have boots?")
    await lost.delivered.wait()
    token = server.token("ann")
    await give(visitor.context, shop.origin, f'data-locale="de" data-identity-token="{token}"')
    await visitor.come()
    lost.over = True
    await visitor.page.get_by_role("button", name="Chat öffnen").click()
    await expect(visitor.messages).to_have_count(1)
    await expect(visitor.page.locator(".unsent")).to_have_count(0)
    (conversation_id,) = await shop.conversations()
    assert await _written(shop, conversation_id) == ["Do you have boots?"]


async def test_a_tab_that_hears_late_of_a_start(shop: Shop) -> None:
    """It sees what has begun the conversation as unsent: a tab hears of another's changes after a moment."""
    first = await shop.visitor()
    await first.open()
    second = await first.window()
    await second.open()
    starting = Held("StartConversation")
    await starting.begin(first.context)
    await first.write("Do you have boots?")
    await starting.came.wait()
    unsent = await first.page.evaluate(_UNSENT)
    starting.release()
    for window in (first, second):
        await expect(window.messages).to_have_count(1)
    await _has_none_unsent(first)
    await first.page.evaluate("([name, text]) => localStorage.setItem(name, text)", unsent)
    await _has_none_unsent(second)
    (conversation_id,) = await shop.conversations()
    assert await _written(shop, conversation_id) == ["Do you have boots?"]
    await expect(second.messages).to_have_count(1)


async def test_two_tabs_on_a_bad_network(shop: Shop) -> None:
    """Every message arrives once, those of a tab in their order, and both tabs show the same."""
    first = await shop.visitor()
    conversation_id = await shop.asked(first, "Hello")
    second = await first.window()
    await second.open()
    network = BadNetwork(seed=20)
    await network.begin(first.context)
    texts = [[f"{name} {number}" for number in range(6)] for name in ("one", "two")]

    async def write(tab: Visitor, lines: list[str]) -> None:
        for line in lines:
            await tab.write(line)

    await asyncio.gather(write(first, texts[0]), write(second, texts[1]))
    await second.page.reload()
    await second.open()
    network.over = True
    for tab in (first, second):
        await expect(tab.messages).to_have_count(13)
        await expect(tab.page.locator(".unsent")).to_have_count(0)
    written = await _written(shop, conversation_id)
    assert sorted(written) == sorted(["Hello", *texts[0], *texts[1]])
    for lines in texts:
        assert [text for text in written if text in lines] == lines
    for tab in (first, second):
        await tab.shows(await shop.seen_by_shopper(conversation_id))


async def test_a_tab_without_a_network_holds_up_no_other(shop: Shop) -> None:
    first = await shop.visitor()
    conversation_id = await shop.asked(first, "Hello")
    second = await first.window()
    lost = Lost("SendMessage")
    await lost.begin(first.page)
    lost.delivered.set()  # not even the first one
    await first.write("Is anybody there?")
    await expect(second.page.get_by_role("button", name="Open the chat")).to_be_visible()
    await expect(first.page.locator(".unsent")).to_have_count(0)
    await second.open()
    await second.write("Yes, me")
    await expect(second.messages).to_have_count(3)
    assert await _written(shop, conversation_id) == ["Hello", "Is anybody there?", "Yes, me"]


async def test_a_draft_outlives_the_window_and_a_full_browser(shop: Shop) -> None:
    visitor = await shop.visitor()
    conversation_id = await shop.asked(visitor, "Hello")
    field = visitor.page.get_by_label("Write a message")
    await field.fill("My number is")
    await visitor.page.keyboard.press("Escape")
    await visitor.open()
    await expect(field).to_have_value("My number is")
    await visitor.page.reload()
    await visitor.open()
    await expect(field).to_have_value("My number is")
    await visitor.page.evaluate(_FULL)
    await visitor.write("My number is 1001")
    await expect(visitor.messages).to_have_count(2)
    await expect(field).to_have_value("")
    assert await _written(shop, conversation_id) == ["Hello", "My number is 1001"]
    await visitor.page.reload()
    await visitor.open()
    await expect(field).to_have_value("")


async def test_the_shop_opens_while_the_page_stays(shop: Shop) -> None:
    """A message of the closed hours is not lost; the field is there again when the window is opened."""
    visitor = await shop.visitor()
    await visitor.open()
    await expect(visitor.page.get_by_text("Hi! How can I help you?")).to_be_visible()
    await shop.team("updateAccount", "account { id }", agentLive=False)
    await visitor.write("Do you have boots?")
    await expect(visitor.page.get_by_text("Not sent")).to_be_visible()
    await expect(visitor.page.get_by_text("The chat is not available at the moment.")).to_be_visible()
    await shop.team("updateAccount", "account { id }", agentLive=True)
    await visitor.page.keyboard.press("Escape")
    await visitor.open()
    await expect(visitor.page.get_by_label("Write a message")).to_be_enabled()
    await visitor.page.get_by_role("button", name="Try again").click()
    await expect(visitor.messages).to_have_count(1)


async def test_an_offer_has_one_answer(shop: Shop) -> None:
    """The first click counts, of a double one and of two tabs; the reply that the agent was writing vanishes."""
    first = await shop.visitor()
    conversation_id = await shop.asked(first, "My tent leaks")
    second = await first.window()
    await second.open()
    await shop.agent_asks_for_a_human(conversation_id)
    await shop.agent_writes(conversation_id, "Tents of this kind")
    await expect(first.page.get_by_text("Tents of this kind")).to_be_visible()
    answers = Held("AnswerOffer")
    await answers.begin(first.context)
    yes, no = (first.page.get_by_role("button", name=name) for name in ("Yes, connect me with an agent", "No, thanks"))
    await expect(no).to_be_visible()
    await first.page.evaluate(_BOTH, [await yes.element_handle(), await no.element_handle()])
    await answers.arrived(1)
    await second.page.get_by_role("button", name="No, thanks").click()
    await answers.arrived(2)
    answers.release_first()
    await expect(first.page.get_by_label("Your e-mail address")).to_be_visible()
    answers.release()
    for tab in (first, second):
        await expect(tab.page.get_by_role("button", name="No, thanks")).to_have_count(0)
        await expect(tab.page.get_by_label("Your e-mail address")).to_be_visible()
        await expect(tab.page.get_by_text("That did not work.")).to_have_count(0)
    assert answers.count == 2
    assert (await shop.conversation(conversation_id))["handoff"]["state"] == "AWAITING_IDENTITY"

    for address in ("nobody", "nobody@", "@example.com", "a b@example.com"):
        await second.page.get_by_label("Your e-mail address").fill(address)
        await second.page.keyboard.press("Enter")
        await expect(second.page.get_by_text("Enter a valid e-mail address.")).to_be_visible()
    identities = Held("Identify")
    await identities.begin(first.context)
    for tab in (first, second):
        await tab.page.get_by_label("Your e-mail address").fill("vic@example.com")
        await tab.page.keyboard.press("Enter")
        await tab.page.keyboard.press("Enter")
    await identities.arrived(2)
    identities.release()
    for tab in (first, second):
        await expect(tab.page.get_by_text("Waiting for our team")).to_be_visible()
        await expect(tab.page.get_by_label("Your e-mail address")).to_have_count(0)
        await expect(tab.page.get_by_text("Tents of this kind")).to_have_count(0)
    assert identities.count == 2
    assert len(await shop.inbox()) == 1


async def test_an_offer_that_is_withdrawn(shop: Shop, visitor: Visitor) -> None:
    """A tab that has not heard of it yet may still answer: nothing happens then."""
    conversation_id = await shop.asked(visitor, "My tent leaks")
    await shop.agent_asks_for_a_human(conversation_id)
    stale = await visitor.page.get_by_role("button", name="Yes, connect me with an agent").element_handle()
    answers = Held("AnswerOffer")
    await answers.begin(visitor.context)
    await visitor.page.evaluate("button => button.click()", stale)
    await answers.came.wait()
    handoff_id = (await shop.conversation(conversation_id))["handoff"]["id"]
    token = await visitor.page.evaluate(_TOKEN)
    withdrawn = (await shop.ask_as(token, _WITHDRAW, input={"handoffId": handoff_id}))["withdrawHandoff"]
    assert withdrawn["errors"] == []
    answers.release()
    await expect(visitor.page.get_by_role("button", name="No, thanks")).to_have_count(0)
    await expect(visitor.page.get_by_label("Your e-mail address")).to_have_count(0)
    await expect(visitor.page.get_by_text("That did not work.")).to_have_count(0)
    await visitor.write("Never mind")
    await expect(visitor.page.locator(".unsent")).to_have_count(0)
    assert (await shop.conversation(conversation_id))["controller"]["kind"] == "AI_AGENT"


async def test_the_end_waits_for_what_was_written(shop: Shop, visitor: Visitor) -> None:
    """Else the words would begin another chat, which nobody wanted."""
    conversation_id = await shop.asked(visitor, "My lamp is dark")
    held = Held("SendMessage")
    await held.begin(visitor.page)
    await visitor.write("Never mind, it works")
    await held.arrived(1)
    await visitor.page.get_by_role("button", name="End the chat").click()
    await visitor.page.get_by_role("group").get_by_role("button", name="End the chat").click()
    held.release()
    await expect(visitor.page.get_by_text("This chat has ended.")).to_be_visible()
    assert await shop.conversations() == [conversation_id]
    assert await _written(shop, conversation_id) == ["My lamp is dark", "Never mind, it works"]


async def test_an_access_that_the_team_has_ended(shop: Shop) -> None:
    """The chat is gone from every tab, what is being written is not, and begins the next chat."""
    first = await shop.visitor()
    conversation_id = await shop.asked(first, "Do you have boots?")
    second = await first.window()
    await second.open()
    await first.page.get_by_label("Write a message").fill("In size 42")
    await shop.team("endVisitorAccess", "conversation { id }", conversationId=conversation_id)
    for tab in (first, second):
        await expect(tab.messages).to_have_count(0)
    await expect(first.page.get_by_label("Write a message")).to_have_value("In size 42")
    await first.page.get_by_label("Write a message").press("Enter")
    for tab in (first, second):
        await expect(tab.messages).to_have_count(1)
    (other,) = set(await shop.conversations()) - {conversation_id}
    assert await _written(shop, other) == ["In size 42"]


async def test_what_was_sent_is_always_shown(shop: Shop) -> None:
    """After a start until the new chat is read, and after another tab sent it until the tab's own stream is back."""
    first = await shop.browser()
    line = Line()
    await line.begin(first.page)
    await first.come()
    reading = Held("Conversation")
    await reading.begin(first.page)
    await first.open()
    await first.write("Hello")
    await reading.came.wait()
    unsent = first.page.locator(".unsent")
    await expect(unsent.locator(".text")).to_have_text(["Hello"])
    await expect(unsent.locator("footer")).to_have_text("")  # it is sent
    reading.release()
    await expect(first.messages).to_have_count(1)
    await expect(unsent).to_have_count(0)

    (conversation_id,) = await shop.conversations()
    second = await first.window()
    await second.open()
    await expect(second.messages).to_have_count(1)
    line.held = True
    lost = Lost("SendMessage")
    await lost.begin(first.page)
    lost.delivered.set()  # not even the first one
    await first.write("Is anybody there?")
    await expect(second.messages).to_have_count(2)
    await expect(unsent.locator("footer")).to_have_text("")
    await expect(unsent.locator(".text")).to_have_text(["Is anybody there?"])
    await expect(first.messages).to_have_count(1)
    line.release()
    await expect(first.messages).to_have_count(2)
    await expect(unsent).to_have_count(0)
    assert await _written(shop, conversation_id) == ["Hello", "Is anybody there?"]
