"""Subscriptions that share an execution would each get the same bytes alone: random documents over the schema, for all
roles and scopes, on the events of a history with every kind of item."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor, LiveSubscription, Operation
from api.graphql.limits import Limits
from api.graphql.request import GraphQLRequest
from domain.events import LoggedEvent
from domain.principal import Principal
from domain.values.ids import AccountId, CredentialId, SessionId, StaffId
from domain.values.record import replace
from resolvers.context import Context
from resolvers.schema import schema
from tests.harness.chat import Chat
from tests.harness.program import Program, Shop
from tests.harness.random_documents import subscriptions

_DOCUMENTS = 220
_CARD = {"productId": "p1", "title": "Shoe"}


class _Alone(Context):
    """The context of a subscription that shares with nobody: it executes as the caller."""

    def for_audience(self) -> _Alone:
        return self

    def fresh(self, seq: int | None = None) -> _Alone:
        return _Alone(services=self.services, principal=self.principal)


@pytest.mark.timeout(300)  # minutes on a busy machine
async def test_those_who_share_get_what_each_would_get_alone(baton: Program, shop: Shop) -> None:
    chat = await _history(baton, shop)
    executor = GraphQLExecutor(schema=schema, limits=Limits(), errors=ErrorFormatter())
    services = baton.baton.services
    events = await services.log.read(shop.id, after=0, upto=1_000, topics=None, limit=1_000)
    tokens = [*shop.tokens.values(), chat.started.token]
    callers = [caller for token in tokens for caller in _two_of(await services.accounts.principal_of(token), shop)]
    compared = Counter[str]()
    for document in _drawn():
        request = GraphQLRequest(query=document.replace("$CONVERSATION", f'"{chat.id}"'))
        # By an account of its own: an account rests after reading a long document.
        operation = await executor.prepare(request, replace(callers[0], account_id=AccountId(document)))
        if not isinstance(operation, Operation):
            continue  # beyond a limit, for each caller
        frames: dict[object, list[str]] = {}
        for caller, context in product(callers, (Context, _Alone)):
            live = await executor.subscribe(operation, context(services=services, principal=caller))
            if isinstance(live, LiveSubscription):
                key = (caller.audience, live.shared_key)
                alone = await _frames(live, events)
                assert frames.setdefault(key, alone) == alone, f"{caller} {document}"
                compared[caller.kind] += len(alone)
    assert all(compared[kind] > 100 for kind in ("STAFF", "AGENT", "PARTNER", "SHOPPER")), compared


async def test_a_list_of_one_s_own_is_shared_with_oneself_only(baton: Program, shop: Shop) -> None:
    executor = GraphQLExecutor(schema=schema, limits=Limits(), errors=ErrorFormatter())
    one, other = _two_of(await baton.baton.services.accounts.principal_of(shop.support), shop)
    keys = {}
    for view, caller in product(("ALL", "MINE"), (one, other)):
        request = GraphQLRequest(
            query="subscription($view: InboxView!, $at: Cursor) { inbox(view: $view, after: $at) { __typename } }",
            variables={"view": view, "at": caller.credential_id},
        )
        operation = await executor.prepare(request, caller)
        assert isinstance(operation, Operation)
        live = await executor.subscribe(operation, Context(services=baton.baton.services, principal=caller))
        assert isinstance(live, LiveSubscription)
        keys[view, caller] = live.shared_key
    assert keys["ALL", one] == keys["ALL", other]  # whatever the position to resume at
    assert keys["MINE", one] != keys["MINE", other]


def _two_of(caller: Principal, shop: Shop) -> tuple[Principal, Principal]:
    """Return the caller, and another one of the same audience."""
    others = [StaffId(member) for member in shop.staff.values() if member != caller.staff_id]
    other = replace(
        caller,
        credential_id=CredentialId("another"),
        staff_id=others[0] if caller.staff_id else None,
        session_id=SessionId("another") if caller.staff_id else None,
        address="192.0.2.7",
    )
    assert other.audience == caller.audience
    return caller, other


async def _history(baton: Program, shop: Shop) -> Chat:
    """Return a conversation that staff have taken and that was closed after items of every kind."""
    chat = await Chat.of(baton, shop, email="ann@example.com")
    await baton.reply(chat.started, "These", tags=["shoes"], skill="catalogue", products=[_CARD])
    await chat.request()
    await chat.accept()
    await chat.take(shop.support)
    await chat.say()
    await chat.note()
    await chat.reply()
    await chat.leave()
    return chat


async def _frames(live: LiveSubscription, events: Sequence[LoggedEvent]) -> list[str]:
    items = [live.source.item(event, f"cursor {event.seq}") for event in events if live.source.topics & {*event.topics}]
    return list(await asyncio.gather(*(live.render(item, {}) for item in items if item is not None)))


def _drawn() -> list[str]:
    """Return the same random documents at every run."""
    found: list[str] = []

    @settings(
        max_examples=_DOCUMENTS,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(subscriptions())
    def collect(document: str) -> None:
        found.append(document)

    collect()
    return found
