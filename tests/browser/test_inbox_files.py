"""Files of members in the inbox: stopped, over a network that died, refused, and sent again."""

from __future__ import annotations

import asyncio

from playwright.async_api import FilePayload, Route, expect

from tests.browser.desk import Desk
from tests.browser.windows import Shop

_FILE: FilePayload = {"name": "prices.txt", "mimeType": "text/plain", "buffer": b"We pay 12"}
_LONGER_THAN_ANY = 40_000  # milliseconds, for a file of a few bytes


async def test_a_file_is_stopped_or_sent_again(shop: Shop) -> None:
    await shop.ticket("+393331234501")
    desk = Desk(await shop.browser())
    page = desk.page
    await page.clock.install()
    await desk.enter(shop.server.keys["ownerKey"])
    await desk.open("+393331234501")
    await desk.press("Take")
    await page.get_by_label("Reply", exact=True).fill("Here it is")
    send, field, items = (
        page.get_by_role("button", name="Send", exact=True),
        page.locator("input[type=file]"),
        page.locator(".files li"),
    )
    came: asyncio.Queue[Route] = asyncio.Queue()
    await page.route("**/uploads/*", came.put)

    await field.set_input_files([_FILE])
    held = await came.get()
    await expect(items).to_contain_text("Sending")
    await expect(send).to_be_disabled()
    await page.get_by_role("button", name="Stop sending prices.txt").click()
    await expect(items).to_have_count(0)
    await expect(send).to_be_enabled()
    await expect(page.get_by_label("Reply", exact=True)).to_be_focused()
    await held.abort()

    await field.set_input_files([_FILE])
    await came.get()  # and the network dies without a word
    await page.clock.fast_forward(_LONGER_THAN_ANY)
    again = await came.get()
    await expect(send).to_be_disabled()
    await again.fulfill(status=415)
    await expect(items).to_contain_text("Not sent")
    await expect(send).to_be_enabled()
    await page.get_by_role("button", name="Send prices.txt again").click()
    await (await came.get()).continue_()
    await expect(page.get_by_role("button", name="Remove prices.txt")).to_be_visible()
    await send.click()
    await expect(desk.messages.last.get_by_role("link", name="prices.txt")).to_be_visible()
    assert came.empty()
