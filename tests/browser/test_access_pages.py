"""Dashboard, settings, help and API page for everybody: nothing severe for axe-core, and no mouse needed."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.browser import board, office
from tests.browser.axe import severe_problems
from tests.browser.keys import Keys
from tests.browser.windows import Shop
from tests.e2e.clients import calling

_SECTIONS = ("Handoff", "Wording", "Business hours", "Agent", "Attribution", "Staff", "Keys", "Webhooks", "Retention")


async def test_nothing_severe_in_any_section_of_the_settings(shop: Shop) -> None:
    """Each with what it can show: a guide, a refusal, a question, an editor, a secret."""
    visitor = await shop.visitor()
    page = visitor.page
    await page.goto(f"{shop.origin}/settings")
    await expect(page.get_by_label("Key of a member of staff")).to_be_visible()
    assert await severe_problems(page) == []
    visitor = await office.enter(shop)
    page = visitor.page
    for section in _SECTIONS:
        await office.go_to(page, section)
        await expect(page.locator(".section:not([hidden]) .bones")).to_have_count(0)
        assert await severe_problems(page) == [], section
        for state in await _states_of(page, section):
            assert await severe_problems(page) == [], f"{section}: {state}"
    await visitor.is_clean()


async def _states_of(page: Page, section: str) -> list[str]:
    """Bring a section into the state in which it has most to show."""
    if section == "Handoff":
        panel = office.card(page, "When the agent cannot finish a conversation")
        await office.choice(panel, "Zendesk").check()
        await expect(panel.get_by_label("Subdomain")).to_be_visible()
        return ["the guide to Zendesk"]
    if section == "Wording":
        panel = office.card(page, "The agent")
        await panel.get_by_label("Greeting").fill("x" * 2_001)
        await office.button(panel).click()
        await expect(panel.get_by_label("Greeting")).to_have_attribute("aria-invalid", "true")
        return ["a refusal"]
    if section == "Staff":
        await page.get_by_role("button", name="Edit Sam Support").click()
        await page.get_by_role("button", name="Deactivate Sam Support").click()
        await expect(page.get_by_role("button", name="Deactivate", exact=True)).to_be_focused()
        return ["an editor and a question"]
    if section == "Keys":
        panel = office.card(page, "New key")
        await panel.get_by_label("Name", exact=True).fill("Warehouse")
        await panel.get_by_label("Read reports").check()
        await office.button(panel, "Make the key").click()
        await expect(page.get_by_label("Key", exact=True)).to_be_visible()
        return ["a secret"]
    if section == "Webhooks":
        panel = office.card(page, "New endpoint")
        await panel.get_by_label("Address").fill("https://partner.example/hooks")
        await panel.get_by_label("Conversation started").check()
        await office.button(panel, "Create the endpoint").click()
        await page.get_by_role("button", name="I have stored it").click()
        await page.get_by_role("button", name="Edit https://partner.example/hooks").click()
        return ["an endpoint and its editor"]
    if section == "Retention":
        await office.card(page, "Retention").get_by_label("Transcripts", exact=True).fill("365")
        await expect(page.get_by_label("I am sure")).to_be_visible()
        return ["a question"]
    return []


async def test_nothing_severe_in_any_part_of_the_dashboard(shop: Shop) -> None:
    async with calling(shop.server.url) as caller:
        sample = board.Sample(shop, caller)
        await sample.make()
        visitor = await board.enter(shop)
        page = visitor.page
        assert await severe_problems(page) == []
        await page.locator("summary", has_text="The numbers as a table").click()
        await page.locator("summary", has_text="Export").click()
        assert await severe_problems(page) == [], "the table of the bars, and the export"
        await page.locator("summary", has_text="Custom").click()
        assert await severe_problems(page) == [], "the days"
        await page.locator("table.rows").get_by_role("link", name="A kettle, please").press("Enter")
        await expect(page.get_by_role("dialog").locator("[data-sequence]").first).to_be_visible()
        assert await severe_problems(page) == [], "the drawer"
        await page.keyboard.press("Escape")
        asked = await sample.metrics()
        for view in (
            "group=TAG&list=sales",
            f"group=CHANNEL&at={asked['asOf']}",
            "range=YESTERDAY&tag=a%20tag&status=OPEN",
        ):
            await page.goto(f"{shop.origin}/dashboard#{view}")
            await expect(page.locator("main")).to_have_attribute("aria-busy", "false")
            assert await severe_problems(page) == [], view
        await visitor.is_clean()


async def test_nothing_severe_on_the_help_and_the_api_page(shop: Shop) -> None:
    visitor = await shop.visitor()
    page = visitor.page
    await page.goto(f"{shop.origin}/help")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await severe_problems(page) == []
    await page.goto(f"{shop.origin}/graphql")
    await expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    assert await severe_problems(page) == []
    tabs = page.locator("#tabs").get_by_role("tab")
    before = await tabs.count()
    await page.get_by_role("button", name="New tab").click()
    await expect(tabs).to_have_count(before + 1)
    assert await severe_problems(page) == [], "several tabs"
    await tabs.last.focus()
    await page.keyboard.press("Delete")
    await expect(tabs).to_have_count(before)


async def test_the_dashboard_without_a_mouse(shop: Shop) -> None:
    """Every action by Tab, Enter, Space and arrows, and the focus is seen at each."""
    async with calling(shop.server.url) as caller:
        await board.Sample(shop, caller).make()
    visitor = await shop.visitor(viewport={"width": 1440, "height": 900})
    page, keys = visitor.page, Keys(visitor.page)
    await page.goto(f"{shop.origin}/dashboard")
    await keys.to(page.get_by_label("Key of a member of staff"))
    await keys.write(shop.server.keys["ownerKey"])
    await keys.press("Enter")
    await expect(page.locator("#list")).to_contain_text("Conversations 4")
    await keys.use(page.get_by_role("link", name="Skip to the content"))
    await keys.to(page.get_by_role("button", name="SMS"))
    await keys.press("Space")
    await board.lists(page, "Conversations 0")
    await keys.press("Space")
    await expect(page.locator("#list")).to_contain_text("Conversations 4")
    await keys.to(page.get_by_label("Tag", exact=True))
    await keys.write("sizes")
    await keys.press("Enter")
    await board.lists(page, "Conversations 1", "A kettle, please")
    await keys.use(page.get_by_role("button", name="Remove the tag sizes"), back=True)
    await expect(page.locator("#list")).to_contain_text("Conversations 4")
    await keys.use(page.get_by_role("navigation", name="Days").get_by_role("link", name="Today"))
    await keys.use(page.locator("summary", has_text="Custom"))
    await keys.to(page.get_by_role("button", name="Show these days"))
    await keys.press("Escape")
    await keys.at(page.locator("summary", has_text="Custom"))
    await keys.to(page.get_by_label("As of"))
    await keys.press("PageDown")
    await expect(page.get_by_role("status").first).to_have_text("The past")
    await keys.use(page.get_by_role("button", name="Now"))
    await expect(page.get_by_role("status").first).to_have_text("Live")
    await keys.use(board.card(page, "Not resolved by AI").locator(".number"))
    await board.lists(page, "Not resolved by AI 1", "I want to complain")
    await expect(page.locator("#list")).to_be_focused()
    await _table_of_the_bars(page, keys)
    await _list_and_drawer(page, keys)
    await visitor.is_clean()


async def _table_of_the_bars(page: Page, keys: Keys) -> None:
    await keys.use(page.locator("summary", has_text="The numbers as a table"), back=True)
    await keys.use(page.locator("table.numbers").get_by_role("link").last)
    await expect(page.locator("#list")).to_be_focused()
    await expect(page.locator(".narrowed .chip")).to_have_count(1)
    await keys.use(page.locator(".narrowed .chip"))
    await expect(page.locator(".narrowed .chip")).to_have_count(0)


async def _list_and_drawer(page: Page, keys: Keys) -> None:
    await keys.to(page.get_by_label("Search"))
    await keys.write("kettle")
    await board.lists(page, "Conversations 1", "A kettle, please")
    question = page.locator("table.rows").get_by_role("link", name="A kettle, please")
    await keys.use(question)
    drawer = page.get_by_role("dialog")
    await expect(drawer.locator("[data-sequence]")).to_have_count(2)
    await keys.to(drawer.get_by_role("log"))
    await keys.use(drawer.get_by_role("button", name="Close the conversation"), back=True)
    await keys.at(question)
    await keys.use(page.locator("summary", has_text="Export"), back=True)
    async with page.expect_download() as saving:
        await keys.use(page.get_by_role("button", name="Save the file"))
    assert "kettle" in (await (await saving.value).path()).read_text("utf-8-sig")
    await keys.at(page.get_by_role("button", name="Save the file"))
    await keys.press("Escape")
    await keys.at(page.locator("summary", has_text="Export"))
    await keys.to(page.get_by_label("Type of events"), back=True)
    await keys.press("ArrowDown")
    await keys.use(page.locator(".feed").get_by_role("link").first)
    await expect(drawer).to_be_visible()
    await keys.press("Escape")
    await keys.use(page.get_by_role("button", name="Sign out"), back=True)
    await expect(page.get_by_label("Key of a member of staff")).to_be_visible()


async def test_the_settings_without_a_mouse(shop: Shop) -> None:
    visitor = await shop.visitor(viewport={"width": 1200, "height": 900})
    page, keys = visitor.page, Keys(visitor.page)
    await page.goto(f"{shop.origin}/settings")
    await keys.to(page.get_by_label("Key of a member of staff"))
    await keys.write(shop.server.keys["ownerKey"])
    await keys.press("Enter")

    def section(name: str) -> Locator:
        return page.get_by_role("navigation", name="Settings").get_by_role("link", name=name)

    handoff = office.card(page, "When the agent cannot finish a conversation")
    await keys.use(page.get_by_role("link", name="Skip to the content"))
    await keys.to(office.choice(handoff, "Send a ticket"))
    await keys.press("ArrowDown")
    await keys.to(handoff.get_by_label("Your message"))
    await keys.write("Write to us.")
    await keys.use(office.button(handoff))
    await expect(handoff.get_by_text("Saved", exact=True)).to_be_visible()

    await keys.use(section("Business hours"), back=True)
    await expect(page.get_by_role("heading", level=1, name="Business hours")).to_be_focused()
    hours = office.card(page, "Business hours")
    await keys.to(hours.get_by_role("switch", name="Sunday"))
    await keys.press("Space")
    await keys.to(hours.get_by_label("Time zone"))
    await keys.press("Control+a")
    await keys.write("Europe/Rome")
    await keys.press("Escape")
    await keys.use(office.button(hours))
    await expect(hours.get_by_text("Saved", exact=True)).to_be_visible()

    await keys.use(section("Staff"), back=True)
    await keys.use(page.get_by_role("button", name="Deactivate Sam Support"))
    await keys.at(page.get_by_role("button", name="Deactivate", exact=True))
    await keys.press("Escape")
    await keys.at(page.get_by_role("button", name="Deactivate Sam Support"))

    await keys.use(section("Keys"), back=True)
    panel = office.card(page, "New key")
    await keys.to(panel.get_by_label("Name", exact=True))
    await keys.write("Warehouse")
    await keys.to(panel.get_by_label("Read reports"))
    await keys.press("Space")
    await keys.use(office.button(panel, "Make the key"))
    await expect(page.get_by_label("Key", exact=True)).to_be_visible()
    await keys.use(page.get_by_role("button", name="I have stored it"))
    await expect(page.get_by_label("Key", exact=True)).to_have_count(0)
    await keys.use(page.get_by_role("button", name="Revoke Warehouse"))
    await keys.at(page.get_by_role("button", name="Revoke", exact=True))
    await keys.press("Enter")
    await expect(page.get_by_role("button", name="Show 1 that no longer works")).to_be_visible()
    await keys.use(page.get_by_role("button", name="Sign out"), back=True)
    await expect(page.get_by_label("Key of a member of staff")).to_be_visible()
    await visitor.is_clean()
