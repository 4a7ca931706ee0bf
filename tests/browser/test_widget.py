"""The widget in a page of a shop: a signed-in customer, several tabs, files and their refusals, twelve languages."""

from __future__ import annotations

from base64 import b64decode

import httpx
from playwright.async_api import FilePayload, Page, expect

from tests.browser.snippets import ShopServer, give
from tests.browser.texts import LANGUAGES, words_of
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import Json

_PICTURE = b64decode(  # 4 x 4 pixels
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR42mOQj3GDIwbiOAA3cwwROQJ1xAAAAABJRU5ErkJggg=="
)
_CUSTOMER = "query($id: ID!) { conversation(id: $id) { identityVerified profile { externalId } controller { kind } } }"


async def _customer_of(shop: Shop, conversation_id: str) -> Json:
    found: Json = (await shop.ask("ownerKey", _CUSTOMER, id=conversation_id))["conversation"]
    return found


async def test_a_customer_in_several_tabs_and_on_another_device(shop: Shop) -> None:
    """All of them show the same, to the end and beyond. The shop's tokens prove the customer: no address is asked."""
    await shop.team("updateHandoffSettings", "handoffSettings { version }", identityPolicy="SIGNED_IN")
    first = await shop.visitor()
    conversation_id = await shop.asked(first, "Where is my parcel?")
    second = await first.window()
    await expect(second.page.get_by_role("button", name="Open the chat")).to_be_visible()
    await first.page.keyboard.press("Escape")
    reply = {"conversationId": conversation_id, "epoch": 1, "text": "On its way."}
    await shop.agent("postAgentMessage", "message { id }", **reply)
    for tab in (first, second):
        await expect(tab.page.get_by_role("button", name="Open the chat. New messages: 1")).to_be_visible()
    await second.open()
    await expect(first.page.get_by_role("button", name="Open the chat", exact=True)).to_be_visible()
    await first.open()

    await shop.agent_asks_for_a_human(conversation_id)
    await first.page.get_by_role("button", name="No, thanks").click()
    await expect(second.page.get_by_role("button", name="No, thanks")).to_have_count(0)
    assert (await shop.conversation(conversation_id))["handoff"]["state"] == "DECLINED"
    await shop.agent_asks_for_a_human(conversation_id)
    await second.page.get_by_role("button", name="Yes, connect me with an agent").click()
    for tab in (first, second):
        await expect(tab.page.get_by_text("Please sign in to your account")).to_be_visible()
        await expect(tab.page.get_by_label("Your e-mail address")).to_have_count(0)
    token = (await ShopServer.of(shop)).token("customer-7")
    await first.page.evaluate(f"baton.identify('{token}')")
    for tab in (first, second):
        await expect(tab.page.get_by_text("Waiting for our team")).to_be_visible()
    customer = await _customer_of(shop, conversation_id)
    assert (customer["identityVerified"], customer["profile"]["externalId"]) == (True, "customer-7")

    phone = await shop.browser(viewport={"width": 390, "height": 844})
    await give(phone.context, shop.origin, f'data-locale="en" data-identity-token="{token}"')
    await phone.come()
    await phone.open()
    await phone.write("I am on the train now")
    await expect(second.page.get_by_text("I am on the train now")).to_be_visible()
    await first.page.reload()
    await first.open()
    shown = await shop.seen_by_shopper(conversation_id)
    for window in (first, second, phone):
        await window.shows(shown)

    await second.page.get_by_role("button", name="End the chat").click()
    await second.page.get_by_role("button", name="End the chat").click()
    for window in (first, second, phone):
        await expect(window.page.get_by_text("This chat has ended.")).to_be_visible()
    await first.write("One more thing")
    for tab in (first, second):
        await expect(tab.messages).to_have_count(1)
    assert len(await shop.conversations()) == 2
    await first.page.evaluate("baton.signOut()")
    for tab in (first, second):
        await expect(tab.messages).to_have_count(0)


async def test_files_of_both_sides(shop: Shop, visitor: Visitor) -> None:
    """Pictures are shown, other files are links; files that the account does not take are refused with a word."""
    await shop.team("updateAccount", "account { id }", largestAttachment=1_000, attachmentTypes=["image/*"])
    page = visitor.page
    field = page.locator("input[type=file]")
    picture: FilePayload = {"name": "tent.png", "mimeType": "image/png", "buffer": _PICTURE}
    await visitor.open()
    await expect(page.get_by_text("Hi! How can I help you?")).to_be_visible()
    await field.set_input_files([picture])
    await expect(page.get_by_role("alert")).to_have_text("Write a message first. Then you can send files.")
    await visitor.write("My tent")
    await expect(visitor.messages).to_have_count(1)
    [conversation_id] = await shop.conversations()
    await field.set_input_files([{**picture, "buffer": b"x" * 1_001}])
    await expect(page.get_by_role("alert")).to_have_text("tent.png is too large.")
    await field.set_input_files([{**picture, "name": "a.exe", "mimeType": "application/x-msdownload"}])
    await expect(page.get_by_role("alert")).to_have_text("a.exe is of a type that cannot be sent here.")
    await field.set_input_files([picture])
    await expect(page.get_by_role("alert")).to_have_count(0)
    await page.get_by_role("button", name="Remove tent.png").click()
    await expect(page.get_by_role("button", name="Remove tent.png")).to_have_count(0)
    await field.set_input_files([picture])
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    await visitor.write("Like this")
    await _shown(page, 1)

    await shop.agent_asks_for_a_human(conversation_id)
    await visitor.accept("vic@example.com")
    given = {"name": "new.png", "contentType": "image/png", "bytes": len(_PICTURE)}
    created = await shop.team("createUpload", "attachmentId url", **given)
    async with httpx.AsyncClient() as http:
        assert (await http.put(created["url"], content=_PICTURE)).is_success
    reply = {"conversationId": conversation_id, "text": "", "attachments": [created["attachmentId"]]}
    await shop.team("replyToConversation", "message { id }", **reply)
    await _shown(page, 2)


async def _shown(page: Page, count: int) -> None:
    """So many pictures are drawn."""
    pictures = page.locator("[data-sequence] .file img")
    await expect(pictures).to_have_count(count)
    for picture in await pictures.all():
        await picture.scroll_into_view_if_needed()
        await expect(picture).to_have_js_property("naturalWidth", 4)


async def test_twelve_languages_on_a_small_phone(shop: Shop) -> None:
    """Every word is of the language and has its place at 320 px; the question of a handoff is Baton's own, too."""
    visitor = await shop.browser(viewport={"width": 320, "height": 568})
    page = visitor.page
    await visitor.come()
    conversation_id = await shop.asked(visitor, "Bonjour")
    await shop.agent_asks_for_a_human(conversation_id)
    await page.get_by_role("button", name="Yes, connect me with an agent").click()
    await expect(page.get_by_label("Your e-mail address")).to_be_visible()
    for language in LANGUAGES:
        words = words_of(language)
        await give(page.context, shop.origin, f'data-locale="{language}"')
        await visitor.come()
        await page.get_by_role("button", name=words["open"]).click()
        await expect(page.get_by_role("dialog", name=words["chatWith"].format(shop="Demo shop"))).to_be_visible()
        await page.get_by_label(words["email"]).fill("nobody")
        await page.get_by_role("button", name=words["emailSend"]).click()
        await expect(page.get_by_text(words["emailWrong"])).to_be_visible()
        await page.get_by_role("button", name=words["end"]).click()
        await expect(page.get_by_role("group", name=words["endQuestion"])).to_be_visible()
        await expect(page.get_by_role("button", name=words["cancel"])).to_be_in_viewport(ratio=1)
        for place in (".panel", ".head", ".thread", ".composer"):
            fits = "element => element.scrollWidth <= element.clientWidth"
            assert await page.locator(place).evaluate(fits), (language, place)
