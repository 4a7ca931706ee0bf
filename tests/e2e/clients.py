"""Callers that retry with the same idempotency key until they get a response."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.processes import PATIENCE, Json

_PAUSE = 0.1  # seconds before the next attempt
_ATTEMPT = 30.0  # seconds for one attempt: longer than any response takes

_ERRORS = "errors { __typename code message path }"
START = f"""mutation($input: StartConversationInput!) {{ startConversation(input: $input) {{
  conversation {{ id streamCursor }} message {{ id sequence text }} visitorToken {_ERRORS} }} }}"""
SEND = f"""mutation($input: SendMessageInput!) {{ sendMessage(input: $input) {{
  message {{ id sequence text }} {_ERRORS} }} }}"""
POST = f"""mutation($input: PostAgentMessageInput!) {{ postAgentMessage(input: $input) {{
  message {{ id sequence text }} {_ERRORS} }} }}"""
CLOSE = f"""mutation($input: CloseConversationInput!) {{ closeConversation(input: $input) {{
  conversation {{ id status closedAt }} {_ERRORS} }} }}"""
MESSAGES = """query($id: ID!, $after: String) { conversation(id: $id) { streamCursor status closedAt
  messages(first: 100, after: $after) { nodes { id sequence text } pageInfo { hasNextPage endCursor } } } }"""


def _passes(error: Json) -> bool:
    """Whether the same question may be answered in a moment. A search's time goes by while a server is paused."""
    return error["extensions"]["code"] in ("UNAVAILABLE", "TIMEOUT") or "takes too long" in error["message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation, with the shopper's token."""

    id: str
    token: str
    cursor: str


class Caller:
    """Calls any of the servers over HTTP, with retries under the same idempotency key until there is a response."""

    def __init__(self, urls: Sequence[str], rng: random.Random | None = None) -> None:
        self._urls = urls
        self._rng = rng or random.Random(0)
        self._http = httpx.AsyncClient(timeout=_ATTEMPT)

    async def close(self) -> None:
        await self._http.aclose()

    async def once(self, key: str | None, document: str, variables: Json) -> httpx.Response:
        headers = {"accept": "application/graphql-response+json"}
        if key is not None:
            headers["authorization"] = f"Bearer {key}"
        body = {"query": document, "variables": variables}
        return await self._http.post(self._rng.choice(self._urls), json=body, headers=headers)

    async def ask(self, key: str | None, document: str, **variables: Any) -> Json:
        repeats = Counter[str]()
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    data = await self._attempt(key, document, variables, repeats)
                    if data is not None:
                        return data
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            raise AssertionError(f"no answer within {PATIENCE} s; {repeats}: {variables}") from None

    async def _attempt(self, key: str | None, document: str, variables: Json, repeats: Counter[str]) -> Json | None:
        try:
            response = await self.once(key, document, variables)
        except httpx.TransportError as error:
            repeats[type(error).__name__] += 1
            return None
        answer: Json = response.json()
        errors = answer.get("errors", [])
        if response.status_code == 200 and not errors:
            data: Json = answer["data"]
            return data
        assert all(_passes(error) for error in errors), answer
        if response.status_code != 200:  # which it is where only nullable fields could not be read
            assert response.status_code == 503, answer
            assert response.headers["retry-after"] == "1"
        repeats.update(error["message"] for error in errors)
        return None

    async def command(self, key: str, document: str, **given: Any) -> Json:
        """A mutation's payload, without errors."""
        data = await self.ask(key, document, input={**given, "idempotencyKey": str(uuid4())})
        (payload,) = data.values()
        assert payload["errors"] == [], payload
        answer: Json = payload
        return answer

    async def start(self, widget: str, text: str = "Hello") -> Talk:
        visitor = {"anonymousId": str(uuid4())}
        payload = await self.command(widget, START, channel="WEB_CHAT", text=text, visitor=visitor)
        conversation = payload["conversation"]
        return Talk(id=conversation["id"], token=payload["visitorToken"], cursor=conversation["streamCursor"])

    async def say(self, talk: Talk, text: str) -> Json:
        message: Json = (await self.command(talk.token, SEND, conversationId=talk.id, text=text))["message"]
        return message

    async def reply(self, agent: str, talk: Talk, text: str) -> Json:
        payload = await self.command(agent, POST, conversationId=talk.id, epoch=1, text=text)
        message: Json = payload["message"]
        return message

    async def messages(self, key: str, conversation_id: str) -> list[Json]:
        """All messages of a conversation."""
        found: list[Json] = []
        after = None
        while True:
            page = (await self.ask(key, MESSAGES, id=conversation_id, after=after))["conversation"]["messages"]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]


@asynccontextmanager
async def calling(*urls: str, rng: random.Random | None = None) -> AsyncIterator[Caller]:
    caller = Caller(urls, rng)
    try:
        yield caller
    finally:
        await caller.close()
