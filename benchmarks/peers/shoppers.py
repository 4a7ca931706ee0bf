"""Shoppers of the measurements: conversations with their visitor tokens, and requests made beforehand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.load.engine import HttpConnection, request
from benchmarks.peers.operations import ACCEPT_HANDOFF, REQUEST_HANDOFF, SEND, START
from benchmarks.peers.world import Keys

_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    conversation: str
    token: str

    def message(self, text: str) -> bytes:
        """Return the request that sends a message."""
        return request(send_body(self.conversation, text), key=self.token)

    def messages(self) -> Iterator[bytes]:
        """Yield requests that send a message each."""
        body = self.message("And when?")
        return itertools.repeat(body)


def body(query: str, name: str | None = None, **variables: object) -> bytes:
    named = {} if name is None else {"operationName": name}
    return orjson.dumps({"query": query, **named, "variables": variables})


def send_body(conversation: str, text: str) -> bytes:
    return body(SEND, "Send", input={"conversationId": conversation, "text": text})


def ask(connection: HttpConnection, key: str, query: str, **variables: object) -> dict[str, Any]:
    answer = orjson.loads(connection.ask(request(body(query, None, **variables), key=key)))
    data: dict[str, Any] = answer["data"]
    return data


def started(connection: HttpConnection, shop: Keys) -> Shopper:
    visitor = {"email": f"shopper{next(_NUMBERS)}@example.com", "name": "Ann"}
    given = {"channel": "WEB_CHAT", "text": "A human, please", "visitor": visitor}
    data = ask(connection, shop.widget, START, input=given)["startConversation"]
    return Shopper(conversation=data["conversation"]["id"], token=data["visitorToken"])


def in_inbox(connection: HttpConnection, shop: Keys) -> Shopper:
    """Start a conversation and hand it over: its messages then reach the inbox."""
    shopper = started(connection, shop)
    wish = {"conversationId": shopper.conversation, "epoch": 1, "reason": "EXPLICIT_ASK"}
    handoff = ask(connection, shop.agent, REQUEST_HANDOFF, input=wish)["requestHandoff"]["handoff"]["id"]
    ask(connection, shopper.token, ACCEPT_HANDOFF, input={"handoffId": handoff, "accept": True})
    return shopper
