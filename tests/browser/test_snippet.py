"""The lines of docs/guides/chat-widget.md, pasted into a page of another origin with the policy of the guide."""

from __future__ import annotations

from playwright.async_api import Route, expect

from tests.browser.windows import Shop
from tests.docs.pages import blocks_of

PAGE = "docs/guides/chat-widget.md"


async def test_the_snippet_works_on_a_page_of_another_origin(shop: Shop) -> None:
    (snippet,) = blocks_of(PAGE, "html")
    calls, _ = blocks_of(PAGE, "js")  # the other one is run by test_shoppers.py
    (policy,) = blocks_of(PAGE, "text")
    snippet = snippet.replace("https://baton.example.com", shop.origin)
    snippet = snippet.replace("bpk_…", shop.server.keys["publishableKey"])
    policy = policy.replace("https://baton.example.com", shop.origin)
    policy = policy.replace("wss://baton.example.com", shop.socket_origin)
    policy = policy.replace("and the hosts of your product pictures", "").replace("\n", "; ")

    async def page_of_a_shop(route: Route) -> None:
        strict = f"default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; {policy}"
        body = f'<!doctype html><html lang="de" dir="rtl"><body>{snippet}</body></html>'
        await route.fulfill(body=body, content_type="text/html", headers={"content-security-policy": strict})

    visitor = await shop.visitor()
    elsewhere = shop.origin.replace("127.0.0.1", "localhost")
    visitor.watch.origins.add(elsewhere)
    await visitor.page.route(f"{elsewhere}/goods", page_of_a_shop)
    await visitor.page.goto(f"{elsewhere}/goods")
    await visitor.page.get_by_role("button", name="Chat öffnen").click()
    await expect(visitor.page.get_by_label("Nachricht schreiben")).to_have_css("direction", "ltr")
    await visitor.page.get_by_label("Nachricht schreiben").fill("Guten Tag")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.messages).to_have_count(1)
    await expect(visitor.page.locator(".unsent")).to_have_count(0)

    opened, identified, left = calls.splitlines()
    await visitor.page.evaluate("baton.close()")
    await visitor.page.evaluate(opened)
    await expect(visitor.page.get_by_role("dialog")).to_be_visible()
    await visitor.page.evaluate(f"identityToken = 'no token'; {identified}")
    await visitor.page.evaluate(left)
    await expect(visitor.messages).to_have_count(0)
    await visitor.page.reload()
    await visitor.page.get_by_role("button", name="Chat öffnen").click()
    await expect(visitor.page.get_by_label("Nachricht schreiben")).to_be_focused()
    await expect(visitor.messages).to_have_count(0)
