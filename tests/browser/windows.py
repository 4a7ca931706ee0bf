"""A shopper's window, and the people at the other end, who use the API."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from graphql import get_named_type
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from resolvers.schema import schema
from tests.browser.watch import Watch
from tests.e2e.clients import Caller
from tests.e2e.processes import PATIENCE, Json, Server

expect.set_options(timeout=PATIENCE * 1000)
_CONVERSATION = """query($id: ID!) { conversation(id: $id) { id status controller { kind epoch } handoff { id state }
  ticket { id } contact { email { value } }
  messages(last: 100) { nodes { sequence kind text author { kind name } } } } }"""
LABELLED = re.compile(r"\[(.+?)\]\(http.+?\)")
_INBOX = "{ inbox(first: 100) { nodes { id conversation { id displayName lastMessage: lastSpoken { text } } } } }"
_POST = "mutation($input: PostAgentMessageInput!) { postAgentMessage(input: $input) { errors { code } } }"
_TYPE = "mutation($input: SetTypingInput!) { setTyping(input: $input) { errors { code } } }"
_WRITE = "mutation($input: StreamAgentMessageInput!) { streamAgentMessage(input: $input) { errors { code } } }"


class Visitor:
    """A browser of a shopper; its windows share what it keeps."""

    def __init__(self, *, context: BrowserContext, page: Page, origin: str, watch: Watch) -> None:
        self.context = context
        self.page = page
        self.origin = origin
        self.watch = watch

    async def window(self) -> Visitor:
        """Open another window of the same browser."""
        page = await self.context.new_page()
        other = Visitor(context=self.context, page=page, origin=self.origin, watch=self.watch)
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

    async def accept(self, email: str) -> None:
        """Say yes to the offer, and leave an address."""
        await self.page.get_by_role("button", name="Yes, connect me with an agent").click()
        field = self.page.get_by_label("Your e-mail address")
        await field.fill(email)
        await self.page.get_by_role("button", name="Continue").click()
        await expect(field).to_have_count(0)

    @property
    def messages(self) -> Locator:
        return self.page.locator("[data-sequence]")

    async def shows(self, messages: list[Json]) -> None:
        """Wait until the window shows exactly these messages, in this order."""
        await expect(self.messages).to_have_count(len(messages))
        for number, message in enumerate(messages):
            await expect(self.messages.nth(number)).to_have_attribute("data-sequence", str(message["sequence"]))
            shown = LABELLED.sub(r"\1", message["text"])
            await expect(self.messages.nth(number).locator(".text")).to_have_text(shown)
        await expect(self.page.locator(".unsent")).to_have_count(0)

    async def is_clean(self) -> None:
        """Nothing but the server was asked, no script failed, and the policy was kept; the fixture checks that too."""
        await self.page.evaluate("0")  # what the page reported before has arrived then
        self.watch.check()


class Shop:
    """The demo's server, with visitors at its shop and the callers of its API."""

    def __init__(self, *, server: Server, browser: Browser) -> None:
        self.server = server
        self.origin = server.url.removesuffix("/graphql")
        self.socket_origin = self.origin.replace("http", "ws")
        self._browser = browser
        self._api = Caller([server.url])
        self._watches: list[Watch] = []

    async def close(self) -> None:
        await self._api.close()

    def check(self) -> None:
        """Nothing but the server was asked, no script failed, and the policy was kept, in all windows."""
        for watch in self._watches:
            watch.check()

    async def visitor(self, **options: Any) -> Visitor:
        visitor = await self.browser(**options)
        await visitor.come()
        return visitor

    async def browser(self, **options: Any) -> Visitor:
        """Return a new browser, whose window is still empty."""
        context = await self._browser.new_context(**{"locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE * 1000)
        watch = Watch(origins={self.origin})
        self._watches.append(watch)
        await watch.begin(context)
        return Visitor(context=context, page=await context.new_page(), origin=self.origin, watch=watch)

    async def asked(self, visitor: Visitor, text: str) -> str:
        """The visitor opens the chat and asks; returns the id of the conversation."""
        known = await self.conversations()
        await visitor.open()
        await visitor.write(text)
        await expect(visitor.messages).to_have_count(1)
        [conversation_id] = set(await self.conversations()) - set(known)
        return conversation_id

    async def text_message(self, phone: str, text: str) -> str:
        """A shopper writes an SMS; returns the id of the conversation."""
        given = {"channel": "SMS", "text": text, "visitor": {"phone": phone}}
        started = await self._command("publishableKey", "startConversation", "conversation { id }", given)
        conversation_id: str = started["conversation"]["id"]
        return conversation_id

    async def ticket(self, phone: str) -> str:
        """A shopper writes an SMS, and the agent asks for a human; returns the id of the conversation."""
        conversation_id = await self.text_message(phone, f"Hello from {phone}")
        await self.agent_asks_for_a_human(conversation_id)
        return conversation_id

    async def agent(self, mutation: str, returned: str, /, **given: Any) -> Json:
        return await self._command("agentKey", mutation, returned, given)

    async def agent_asks_for_a_human(self, conversation_id: str, **more: str) -> None:
        given = {"conversationId": conversation_id, "epoch": 1, "reason": "EXPLICIT_ASK", **more}
        await self.agent("requestHandoff", "handoff { id }", **given)

    async def agent_writes(self, conversation_id: str, text: str) -> None:
        """Show the agent's reply so far."""
        given = {"conversationId": conversation_id, "epoch": 1, "text": text}
        written = await self.ask("agentKey", _WRITE, input=given)
        assert written["streamAgentMessage"]["errors"] == []

    async def team(self, mutation: str, returned: str, /, **given: Any) -> Json:
        return await self._command("ownerKey", mutation, returned, given)

    async def types_as(self, token: str, conversation_id: str) -> None:
        """A member of staff, by a key of theirs, begins to write a reply."""
        given = {"conversationId": conversation_id, "typing": True}
        typed = await self._api.ask(token, _TYPE, input=given)
        assert typed["setTyping"]["errors"] == []

    async def ask(self, key: str, document: str, /, **variables: Any) -> Json:
        """Run any document with one of the demo's keys."""
        return await self._api.ask(self.server.keys[key], document, **variables)

    async def ask_as(self, token: str, document: str, /, **variables: Any) -> Json:
        """Run any document with a token."""
        return await self._api.ask(token, document, **variables)

    async def status_of(self, token: str) -> int:
        """The HTTP status of a request with a key."""
        return (await self._api.once(token, "{ account { name } }", {})).status_code

    async def late_agent(self, conversation_id: str, text: str) -> str:
        """The agent writes under the epoch that it read at first. Returns the code of the refusal."""
        given = {"conversationId": conversation_id, "epoch": 1, "text": text}
        refused = await self.ask("agentKey", _POST, input=given)
        code: str = refused["postAgentMessage"]["errors"][0]["code"]
        return code

    async def key_of(self, name: str) -> str:
        """Return a new key of a member of staff."""
        staff = (await self.ask("ownerKey", "{ account { staff { id name } } }"))["account"]["staff"]
        [member] = [each["id"] for each in staff if each["name"] == name]
        token: str = (await self.team("createKey", "token", staffId=member))["token"]
        return token

    async def inbox(self) -> list[Json]:
        """The open tickets in the database."""
        found: list[Json] = (await self.ask("ownerKey", _INBOX))["inbox"]["nodes"]
        return found

    async def conversations(self) -> list[str]:
        listed = await self.ask("ownerKey", "{ conversations { nodes { id } } }")
        return [node["id"] for node in listed["conversations"]["nodes"]]

    async def conversation(self, conversation_id: str) -> Json:
        found: Json = (await self.ask("ownerKey", _CONVERSATION, id=conversation_id))["conversation"]
        return found

    async def seen_by_shopper(self, conversation_id: str) -> list[Json]:
        """The messages in the database that the shopper may see."""
        messages = (await self.conversation(conversation_id))["messages"]["nodes"]
        return [message for message in messages if message["kind"] != "NOTE"]

    async def _command(self, key: str, mutation: str, returned: str, given: Json) -> Json:
        mutations = schema._schema.mutation_type
        assert mutations is not None
        type_ = get_named_type(mutations.fields[mutation].args["input"].type)
        returned = f"{returned} errors {{ code message }}"
        document = f"mutation($input: {type_.name}!) {{ {mutation}(input: $input) {{ {returned} }} }}"
        repeated = {"idempotencyKey": str(uuid4())} if "idempotencyKey" in type_.fields else {}
        payload: Json = (await self.ask(key, document, input={**given, **repeated}))[mutation]
        assert payload["errors"] == [], payload
        return payload
