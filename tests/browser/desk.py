"""A member of staff at the inbox, in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from playwright.async_api import Locator, Page, Route, expect

from tests.browser.windows import LABELLED, Visitor
from tests.e2e.processes import Json

_PREVIEW = 200  # characters of a message in the list


class Desk:
    def __init__(self, window: Visitor) -> None:
        self.window = window
        self.page: Page = window.page

    async def enter(self, key: str) -> None:
        await self.page.goto(f"{self.window.origin}/inbox")
        field = self.page.get_by_label("Key of a member of staff")
        await field.fill(key)
        await field.press("Enter")
        await expect(self.page.get_by_role("navigation", name="Views")).to_be_visible()

    @asynccontextmanager
    async def met(self, mutation: str, handler: Callable[[Route], Awaitable[None]]) -> AsyncIterator[None]:
        """Let a handler meet the requests of a mutation."""

        async def meet(route: Route) -> None:
            if f"{mutation}(" in (route.request.post_data or ""):
                await handler(route)
            else:
                await route.fallback()  # to the handler of another mutation

        await self.page.route("**/graphql", meet)
        yield
        await self.page.unroute("**/graphql", meet)

    def ticket(self, name: str) -> Locator:
        return self.page.get_by_role("region", name="Tickets").get_by_role("button", name=name)

    async def open(self, name: str) -> None:
        await self.ticket(name).click()
        await expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()

    async def press(self, name: str, *, force: bool = False) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click(force=force)

    async def reply(self, text: str) -> None:
        field = self.page.get_by_label("Reply", exact=True)
        await field.fill(text)
        await self.press("Send")
        await expect(field).to_have_value("")

    async def note(self, text: str) -> None:
        """Write a note. It may take until later, when there is a server."""
        switch = self.page.get_by_label("Note, which shoppers never see")
        await switch.check()
        await self.page.get_by_label("Note", exact=True).fill(text)
        await self.press("Add the note")
        await switch.uncheck()

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def messages(self) -> Locator:
        return self.thread.locator("[data-sequence]")

    async def shows(self, messages: list[Json]) -> None:
        """Wait until the thread shows exactly these messages, in this order."""
        await expect(self.messages).to_have_count(len(messages))
        for number, message in enumerate(messages):
            await expect(self.messages.nth(number)).to_have_attribute("data-sequence", str(message["sequence"]))
            await expect(self.messages.nth(number).locator(".text")).to_have_text(LABELLED.sub(r"\1", message["text"]))

    async def lists(self, tickets: list[Json]) -> None:
        """Wait until the list has exactly these tickets, in this order, with what was said last."""
        rows = self.page.get_by_role("region", name="Tickets").get_by_role("listitem")
        await expect(rows).to_have_count(len(tickets))
        for number, ticket in enumerate(tickets):
            conversation = ticket["conversation"]
            await expect(rows.nth(number)).to_contain_text(conversation["displayName"])
            await expect(rows.nth(number)).to_contain_text(conversation["lastMessage"]["text"][:_PREVIEW])
