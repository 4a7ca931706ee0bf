"""A shopper's window, and the people at the other end, who use the API."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from graphql import get_named_type
from playwright.async_api import Browser, BrowserContext, Locator, Page, Request, expect

from resolvers.schema import schema
from tests.e2e.clients import Caller
from tests.e2e.processes import PATIENCE, Json, Server

expect.set_options(timeout=PATIENCE * 1000)
_VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI}) => {
  window.violations.push(`${violatedDirective} ${blockedURI}`);
});
"""
_CONVERSATION = """query($id: ID!) { conversation(id: $id) { id status controller { kind epoch } handoff { id state }
  ticket { id } contact { email { value } }
  messages(last: 100) { nodes { sequence kind text author { kind name } } } } }"""
_LABELLED = re.compile(r"\[(.+?)\]\(http.+?\)")
_WRITE = "mutation($input: StreamAgentMessageInput!) { streamAgentMessage(input: $input) { errors { code } } }"


class Visitor:
    """A browser of a shopper; its windows share what it keeps."""

    def __init__(self, *, context: BrowserContext, page: Page, origin: str) -> None:
        self.context = context
        self.page = page
        self.origin = origin
        self.elsewhere: list[str] = []
        self.errors: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def window(self) -> Visitor:
        """Open another window of the same browser."""
        page = await self.context.new_page()
        other = Visitor(context=self.context, page=page, origin=self.origin)
        other.watch(page)
        await other.come()
        return other

    async def come(self) -> None:
        await self.page.goto(self.origin)

    async def open(self) -> None:
        await self.page.get_by_role("button", name="Open the chat").click()
        await expect(self.page.get_by_role("dialog")).to_be_visible()

    async def write(self, text: str) -> None:
        field = self.page.get_by_label("Write a message")
        await field.fill(text)
        await field.press("Enter")

    @property
    def messages(self) -> Locator:
        return self.page.locator("[data-sequence]")

    async def shows(self, messages: list[Json]) -> None:
        """Wait until the window shows exactly these messages, in this order."""
        await expect(self.messages).to_have_count(len(messages))
        for number, message in enumerate(messages):
            await expect(self.messages.nth(number)).to_have_attribute("data-sequence", str(message["sequence"]))
            shown = _LABELLED.sub(r"\1", message["text"])
            await expect(self.messages.nth(number).locator(".text")).to_have_text(shown)
        await expect(self.page.locator(".unsent")).to_have_count(0)

    async def is_clean(self) -> None:
        """Nothing but the server was asked, no script failed, and the policy was kept."""
        assert self.elsewhere == []
        assert self.errors == []
        assert await self.page.evaluate("window.violations") == []

    def _note(self, request: Request) -> None:
        address = urlsplit(request.url)
        if f"{address.scheme}://{address.netloc}".replace("ws://", "http://") != self.origin:
            self.elsewhere.append(request.url)


class Shop:
    """The demo's server, with visitors at its shop and the callers of its API."""

    def __init__(self, *, server: Server, browser: Browser) -> None:
        self.server = server
        self.origin = server.url.removesuffix("/graphql")
        self.socket_origin = self.origin.replace("http", "ws")
        self._browser = browser
        self._api = Caller([server.url])

    async def close(self) -> None:
        await self._api.close()

    async def visitor(self, **options: Any) -> Visitor:
        context = await self._browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(PATIENCE * 1000)
        await context.add_init_script(_VIOLATIONS)
        page = await context.new_page()
        visitor = Visitor(context=context, page=page, origin=self.origin)
        visitor.watch(page)
        await visitor.come()
        return visitor

    async def agent(self, mutation: str, returned: str, /, **given: Any) -> Json:
        return await self._command("agentKey", mutation, returned, given)

    async def agent_writes(self, conversation_id: str, text: str) -> None:
        """Show the agent's reply so far."""
        given = {"conversationId": conversation_id, "epoch": 1, "text": text}
        written = await self._api.ask(self.server.keys["agentKey"], _WRITE, input=given)
        assert written["streamAgentMessage"]["errors"] == []

    async def team(self, mutation: str, returned: str, /, **given: Any) -> Json:
        return await self._command("ownerKey", mutation, returned, given)

    async def ask(self, key: str, document: str, /, **variables: Any) -> Json:
        """Run any document with one of the demo's keys."""
        return await self._api.ask(self.server.keys[key], document, **variables)

    async def status_of(self, token: str) -> int:
        """The HTTP status of a request with a key."""
        return (await self._api.once(token, "{ account { name } }", {})).status_code

    async def conversations(self) -> list[str]:
        listed = await self.ask("ownerKey", "{ conversations { nodes { id } } }")
        return [node["id"] for node in listed["conversations"]["nodes"]]

    async def conversation(self, conversation_id: str) -> Json:
        read = await self._api.ask(self.server.keys["ownerKey"], _CONVERSATION, id=conversation_id)
        found: Json = read["conversation"]
        return found

    async def seen_by_shopper(self, conversation_id: str) -> list[Json]:
        """The messages in the database that the shopper may see."""
        messages = (await self.conversation(conversation_id))["messages"]["nodes"]
        return [message for message in messages if message["kind"] != "NOTE"]

    async def _command(self, key: str, mutation: str, returned: str, given: Json) -> Json:
        mutations = schema._schema.mutation_type
        assert mutations is not None
        name = get_named_type(mutations.fields[mutation].args["input"].type).name
        document = (
            f"mutation($input: {name}!) {{ {mutation}(input: $input) {{ {returned} errors {{ code message }} }} }}"
        )
        return await self._api.command(self.server.keys[key], document, **given)
