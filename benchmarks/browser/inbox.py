"""The inbox with 10,000 open tickets: the work of the page for one change, and for another view."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
from playwright.async_api import Browser, Page

from benchmarks.browser.page import Spent, clicked, middle
from benchmarks.browser.tickets import Desk
from benchmarks.report import Table
from benchmarks.server import ask

_ROUNDS = 21
_VIEWS = ("Unassigned", "All open")
_LIST = "document.querySelector('section[aria-label=Tickets]')"
_VIEW_LINKS = "nav[aria-label=Views]"
_OPEN_TICKETS = "{ inbox(first: 50) { totalCount nodes { id } } }"
_ASSIGN = "mutation ($input: TicketInput!) { takeTicket(input: $input) { errors { message } } }"
_RELEASE = "mutation ($input: TicketInput!) { releaseTicket(input: $input) { errors { message } } }"
# Resolves when the list shows so many rows of a colleague, and the frame is drawn.
_SHOWN = f"""([name, count]) => new Promise((resolve) => {{
  const rows = () => [...{_LIST}.querySelectorAll("li")].filter((row) => row.textContent.includes(name)).length;
  const seen = () => {{
    if (rows() !== count) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(resolve));
  }};
  const observer = new MutationObserver(seen);
  observer.observe({_LIST}, {{ subtree: true, childList: true, characterData: true }});
  seen();
}})"""


async def measure(browser: Browser, desk: Desk) -> Table:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.goto(f"{desk.running.http.removesuffix('/graphql')}/inbox")
    await page.get_by_label("Key of a member of staff").fill(desk.key)
    await page.keyboard.press("Enter")
    await page.get_by_role("region", name="Tickets").get_by_role("listitem").first.wait_for()
    spent = await Spent.of(page)
    async with httpx.AsyncClient() as client:
        inbox = (await ask(client, desk.running, desk.key, _OPEN_TICKETS))["inbox"]
        tickets = [node["id"] for node in inbox["nodes"]]

        async def change(number: int) -> None:
            document = _RELEASE if number % 2 else _ASSIGN
            await ask(client, desk.running, desk.colleague, document, input={"ticketId": tickets[number // 2]})
            await page.evaluate(_SHOWN, ["Sam Support", 1 - number % 2])

        deltas = await _measured(spent, change)
    views = await _measured(spent, lambda number: _view(page, _VIEWS[number % 2]))
    await context.close()
    return Table(
        title="The inbox",
        note=f"With {inbox['totalCount']:,} open tickets: milliseconds of the page's scripts, and of its layout and "
        f"styles, for one change of a ticket that comes through the stream, and for a change of the view, {_ROUNDS} "
        "each; and from the click on a view to the frame that shows its first tickets, the server's response included. "
        "Median, least and greatest.",
        head=("what", "script", "from", "to", "layout", "from", "to", "click to drawn", "from", "to"),
        rows=[["a change", *deltas[:6], "", "", ""], ["a view", *views]],
    )


async def _view(page: Page, name: str) -> float:
    names = await page.locator(f"{_VIEW_LINKS} > *").all_text_contents()
    place = 1 + next(number for number, shown in enumerate(names) if shown.startswith(name))
    selector = f"{_VIEW_LINKS} > :nth-child({place})"
    chosen = f"document.querySelector('{selector}').ariaCurrent === 'page'"
    return await clicked(page, selector, f"{chosen} && {_LIST}.querySelectorAll('li').length > 0")


async def _measured(spent: Spent, act: Callable[[int], Awaitable[float | None]]) -> list[str]:
    """Return the milliseconds of scripts and of layout, and those that the act itself measured."""
    kinds: dict[str, list[float]] = {"script": [], "layout": []}
    took = []
    for number in range(_ROUNDS):
        before = await spent.now()
        took.append(await act(number))
        after = await spent.now()
        for kind, values in kinds.items():
            values.append(after[kind] - before[kind])
    measured = [milliseconds for milliseconds in took if milliseconds is not None]
    return [*middle(kinds["script"]), *middle(kinds["layout"]), *(middle(measured) if measured else ())]
