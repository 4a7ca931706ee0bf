"""Checks after every command of the tests that old snapshot + events = new snapshot.

A client queries a conversation with its `streamCursor`. After a command, it applies the events of the stream after
that cursor. The result must equal a fresh query. The events are read from the log through the subscription's own
filter, and executed as the realtime layer does it.

    async with ConsistencyChecker(program).watching(key, conversation_id):
        ...  # any number of commands
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor, LiveSubscription, Operation, OperationResult
from api.graphql.limits import Limits
from api.graphql.request import GraphQLRequest
from api.realtime.cursor import CursorCodec, Position
from domain.principal import ANONYMOUS, PrincipalKind
from domain.values.ids import AccountId
from resolvers.context import Context
from resolvers.schema import schema
from tests.harness.operations import FOLLOW, SNAPSHOT

if TYPE_CHECKING:
    from tests.harness.program import Program

_ALL = 1_000_000  # exceeds the log of any test


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A client's copy of a conversation."""

    conversation: dict[str, Any] | None = None
    messages: tuple[dict[str, Any], ...] = ()

    def after(self, item: Mapping[str, Any]) -> View:
        """The client's reducer: messages are appended, the conversation is replaced by a newer one."""
        newer = self.conversation is None or item["conversation"]["version"] > self.conversation["version"]
        view = replace(self, conversation=item["conversation"]) if newer else self
        if newer and item["conversation"]["transcriptRemovedAt"] is not None:
            at = item["conversation"]["transcriptRemovedAt"]
            view = replace(view, messages=tuple(_without_words(message, at) for message in view.messages))
        if item["__typename"] == "MessageAdded":
            return replace(view, messages=(*view.messages, item["message"]))
        if item["__typename"] == "MessageRedacted":
            left = (item["message"] if m["id"] == item["message"]["id"] else m for m in view.messages)
            return replace(view, messages=tuple(left))
        if item["__typename"] == "MessageDeliveryChanged":
            known = (m | {"delivery": item["delivery"]} if m["id"] == item["messageId"] else m for m in view.messages)
            return replace(view, messages=tuple(known))
        assert item["__typename"] in ("ConversationChanged", "HandoffChanged"), item
        return view


def _without_words(message: dict[str, Any], at: str) -> dict[str, Any]:
    """The message as it is once retention has removed its words."""
    words = {"text": "", "products": [], "actions": [], "attachments": [], "templateSid": None, "originalMail": None}
    left = message | {name: empty for name, empty in words.items() if name in message}
    return left | {"redactedAt": message["redactedAt"] or at}


@dataclass(slots=True)
class Watched:
    """The conversation of a command, which is known once it returned."""

    conversation_id: str | None = None
    token: str | None = None  # a shopper's token, if the command issued one

    def record(self, payload: Mapping[str, Any]) -> None:
        """Read the conversation and token from a command's payload."""
        self.token = payload.get("visitorToken")
        if payload.get("conversation"):
            self.conversation_id = payload["conversation"]["id"]


@cache
def _executor() -> GraphQLExecutor:
    """One for all tests, because validating a document takes longer than executing it."""
    return GraphQLExecutor(schema=schema, limits=Limits(fields=2_000), errors=ErrorFormatter())  # it selects everything


class ConsistencyChecker:
    def __init__(self, program: Program) -> None:
        self._ask = program.ask
        self._services = program.baton.services
        self._executor = _executor()
        secret = program.baton.settings.secret
        assert secret is not None
        self._cursors = CursorCodec(secret.get_secret_value().encode())
        self._owners = {shop.id: shop.owner for shop in program.shops}

    @asynccontextmanager
    async def watching(self, key: str, conversation_id: str | None) -> AsyncIterator[Watched]:
        """Check the commands in the block, as seen by staff, and by the shopper if `key` is the shopper's."""
        caller = await self._services.accounts.principal_of(key)
        head = await self._services.log.head(caller.account_id)
        watchers = [self._owners[caller.account_id], *([key] if caller.kind is PrincipalKind.SHOPPER else [])]
        views: dict[str, View] = {}
        if conversation_id is not None:
            views = {watcher: await self.snapshot(watcher, conversation_id) for watcher in watchers}
        watched = Watched(conversation_id)
        yield watched
        await self._check_numbers(caller.account_id, head.seq)
        if watched.conversation_id is None:
            return
        for watcher in [*watchers, *([watched.token] if watched.token else [])]:
            await self.check(watcher, watched.conversation_id, views.get(watcher, View()))

    async def check(self, watcher: str, conversation_id: str, view: View) -> None:
        """Check that the view with the later events equals a fresh query. An empty view starts at the beginning."""
        fresh = await self.snapshot(watcher, conversation_id)
        if fresh.conversation is None:
            assert view == fresh, "a visible conversation became invisible"
            return
        account_id = (await self._services.accounts.principal_of(watcher)).account_id
        after = self.position(account_id, view.conversation["streamCursor"]).seq if view.conversation else 0
        before = -1
        for item in await self.follow(watcher, FOLLOW, {"id": conversation_id}, after=after):
            old, view = view, view.after(item)
            assert view.conversation is not None
            # One change may have several events. The first has the new state, with the cursor of the last.
            end = self.position(account_id, view.conversation["streamCursor"]).seq
            assert view != old or before == end, "an event without effect"
            assert self.position(account_id, item["cursor"]).seq <= end
            before = end
        assert view == fresh

    async def snapshot(self, watcher: str, conversation_id: str) -> View:
        """Query the whole conversation. Returns an empty view if the watcher may not see it."""
        messages: list[dict[str, Any]] = []
        after = None
        while True:
            answer = await self._ask(watcher, SNAPSHOT, id=conversation_id, after=after)
            conversation = answer.data.get("conversation")
            if conversation is None:
                assert set(answer.codes) <= {"NOT_FOUND", "INVALID"}, answer
                return View()
            assert answer.errors == []
            page = conversation.pop("messages")
            messages += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                assert page["totalCount"] == len(messages)
                return View(conversation=conversation, messages=tuple(messages))

    async def subscribe(self, watcher: str | None, document: str, variables: Mapping[str, Any]) -> Any:
        """Return a `LiveSubscription`, or the `OperationResult` that refuses it."""
        principal = ANONYMOUS if watcher is None else await self._services.accounts.principal_of(watcher)
        operation = await self._executor.prepare(GraphQLRequest(query=document, variables=dict(variables)), principal)
        if watcher is None and isinstance(operation, OperationResult):
            return operation
        assert isinstance(operation, Operation), operation
        return await self._executor.subscribe(operation, Context(services=self._services, principal=principal))

    async def follow(
        self, watcher: str, document: str, variables: Mapping[str, Any], *, after: int = 0
    ) -> list[dict[str, Any]]:
        """Return the executed payloads of a subscription for the events after a position in the log."""
        live = await self.subscribe(watcher, document, variables)
        assert isinstance(live, LiveSubscription), live
        account_id = live.principal.account_id
        head = await self._services.log.head(account_id)
        items = []
        for event in await self._services.log.read(
            account_id, after=after, upto=_ALL, topics=live.source.topics, limit=_ALL
        ):
            cursor = self._cursors.encode(account_id, Position(epoch=head.epoch, seq=event.seq))
            item = live.source.item(event, cursor)
            if item is not None:
                payload = json.loads(await live.render(item, {}))
                assert "errors" not in payload, payload
                items += payload["data"].values()
        return items

    def position(self, account_id: AccountId, cursor: str) -> Position:
        return self._cursors.decode(cursor, account_id)

    async def _check_numbers(self, account_id: AccountId, before: int) -> None:
        """Check that the log's sequence numbers have no gap."""
        head = await self._services.log.head(account_id)
        events = await self._services.log.read(account_id, after=before, upto=head.seq, topics=None, limit=_ALL)
        assert [event.seq for event in events] == list(range(before + 1, head.seq + 1))
