"""Words that are removed in the inbox, by whom, and the legal hold that keeps a conversation from it."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.desk import Desk
from tests.browser.windows import Shop

_PHONE = "+393331234501"
_HELD = "query($id: ID!) { conversation(id: $id) { legalHold { reason } messages(first: 5) { nodes { text } } } }"


async def test_an_owner_removes_words_and_holds_a_conversation(shop: Shop) -> None:
    conversation_id = await shop.ticket(_PHONE)
    await shop.team("addNote", "message { id }", conversationId=conversation_id, text="His card is 4111")
    desk, sam = Desk(await shop.browser(viewport={"width": 1400, "height": 900})), Desk(await shop.browser())
    page = desk.page
    await desk.enter(shop.server.keys["ownerKey"])
    await desk.open(_PHONE)
    note = desk.messages.filter(has_text="His card is 4111")

    async def ask_to_remove() -> None:
        await note.hover()
        await note.get_by_role("button", name="Remove the words").click()
        await expect(dialog).to_contain_text("It cannot be undone.")
        await dialog.get_by_role("button", name="Remove the words").click()

    dialog = page.get_by_role("dialog")
    details = page.get_by_role("complementary", name="Details")
    await details.get_by_role("button", name="Hold…").click()
    await dialog.get_by_label("Reason").fill("Case 17/2026")
    await dialog.get_by_role("button", name="Hold it").click()
    await expect(details).to_contain_text("Case 17/2026")
    await expect(details).to_contain_text("Olivia Owner")
    await ask_to_remove()
    await expect(dialog.get_by_role("alert")).to_contain_text("under a legal hold")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(note).to_be_visible()

    await sam.enter(await shop.key_of("Sam Support"))
    await sam.open(_PHONE)
    await expect(sam.page.get_by_text("Legal hold").first).to_be_visible()
    await expect(sam.messages.filter(has_text="His card is 4111")).to_be_visible()
    await expect(sam.page.get_by_role("button", name="Remove the words")).to_have_count(0)
    await expect(sam.page.get_by_role("button", name="End the hold…")).to_have_count(0)

    await details.get_by_role("button", name="End the hold…").click()
    await dialog.get_by_role("button", name="End the hold").click()
    await expect(details).not_to_contain_text("Case 17/2026")
    await ask_to_remove()
    for window in (desk, sam):
        await expect(window.messages.get_by_text("Removed")).to_be_visible()
        await expect(window.page.get_by_text("His card is 4111")).to_have_count(0)
    found = (await shop.ask("ownerKey", _HELD, id=conversation_id))["conversation"]
    assert found["legalHold"] is None
    assert "His card is 4111" not in [each["text"] for each in found["messages"]["nodes"]]
    await expect(page.locator(":focus")).to_have_count(1)


async def test_an_erased_shopper_goes_from_an_open_window(shop: Shop) -> None:
    conversation_id = await shop.ticket(_PHONE)
    await shop.team("addNote", "message { id }", conversationId=conversation_id, text="Her card is 4111")
    desk = Desk(await shop.browser(viewport={"width": 1400, "height": 900}))
    await desk.enter(shop.server.keys["ownerKey"])
    await desk.open(_PHONE)
    await expect(desk.messages.filter(has_text="Her card is 4111")).to_be_visible()
    profile = "query($id: ID!) { conversation(id: $id) { profile { id } } }"
    found = (await shop.ask("ownerKey", profile, id=conversation_id))["conversation"]["profile"]["id"]
    erase = "mutation($id: ID!) { eraseProfile(input: {profileId: $id}) { errors { code } } }"
    assert (await shop.ask("ownerKey", erase, id=found))["eraseProfile"]["errors"] == []
    await expect(desk.messages.get_by_text("Removed").first).to_be_visible()
    await expect(desk.page.get_by_text("Her card is 4111")).to_have_count(0)
    await expect(desk.page.get_by_text(_PHONE)).to_have_count(0)
