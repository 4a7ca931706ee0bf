"""A kept result equals a fresh execution at every instant, in every process."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_leaf_type

from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor, Operation, OperationResult
from api.graphql.limits import Limits
from api.graphql.request import GraphQLRequest
from api.graphql.result_cache.cache import ResultCache
from api.graphql.result_cache.cacheable import CACHEABLE, CacheableOperations
from api.graphql.result_cache.revisions import Revisions
from domain.inbox.staff import UpdateStaff
from domain.principal import Scope, StaffRole
from resolvers.context import Context
from resolvers.schema import schema
from tests.harness.chat import Chat
from tests.harness.operations import bare_mutation
from tests.harness.program import Json, Program, Shop, Started

CONTACT = "contact { name { value verified } email { value verified } }"
MESSAGE = "id sequence kind text sentAt author { kind name staff { name role availability } } delivery { progress }"
ROW = f"id version status displayName identityVerified tags messageCount lastMessageAt closedAt firstQuestion {CONTACT}"
DOCUMENTS = (
    f"{{ conversations(first: 3) {{ edges {{ cursor node {{ {ROW} }} }} pageInfo {{ hasNextPage endCursor }} }} }}",
    f"{{ conversations(last: 2) {{ nodes {{ {ROW} profile {{ id displayName email verified }} }} }} }}",
    "{ conversations { nodes { controller { kind staff { name } } handoffs { state summary } drafts { text } } } }",
    '{ conversations(filter: {status: [OPEN, CLOSED], tag: ["t3", "t4"]}) { totalCount nodes { id tags } } }',
    "{ conversations(filter: {channel: [WEB_CHAT]}, last: 2) { totalCount totalCountIsExact nodes { id status } } }",
    "{ inbox { nodes { id state unread waitingSince assignee { name } conversation { id version } } streamCursor } }",
    "{ inbox(view: UNASSIGNED, state: [OPEN, CLOSED, SNOOZED], first: 2) { totalCount edges { cursor } } }",
    "{ metrics(range: {preset: TODAY}) { range { start } totalVolume { count rate conversations { nodes { id } } } } }",
    "{ metrics(range: {preset: LAST_7_DAYS}) { skills { skill count } series(groupBy: TAG) { key total } } }",
    f"query ($id: ID!) {{ conversation(id: $id) {{ {ROW} lastMessage {{ {MESSAGE} }} }} }}",
    f"query ($id: ID!) {{ conversation(id: $id) {{ messages(last: 5) {{ nodes {{ {MESSAGE} }} totalCount }} }} }}",
)
STEPS = 40
JUNE = '{start: "2026-06-01", end: "2026-06-30"}'


class Fresh:
    """Executes without the cache."""

    def __init__(self, program: Program) -> None:
        self._services = program.baton.services
        self._executor = GraphQLExecutor(schema=schema, limits=Limits(), errors=ErrorFormatter())

    async def ask(self, key: str, document: str, variables: Json) -> bytes:
        return (await self.run(key, document, variables)).encode()

    async def run(self, key: str, document: str, variables: Json) -> OperationResult:
        principal = await self._services.accounts.principal_of(key)
        operation = await self.prepared(key, document, variables)
        return await self._executor.execute(operation, Context(services=self._services, principal=principal))

    async def prepared(self, key: str, document: str, variables: Json) -> Operation:
        principal = await self._services.accounts.principal_of(key)
        prepared = await self._executor.prepare(GraphQLRequest(query=document, variables=variables), principal)
        assert isinstance(prepared, Operation)
        return prepared


class History:
    """An account with random changes, each by one of two processes."""

    def __init__(self, rng: random.Random, programs: tuple[Program, Program], shop: Shop) -> None:
        self.rng = rng
        self.shop = shop
        self.started: list[Started] = []
        self._programs = programs
        self._number = 0

    async def step(self) -> None:
        self._number += 1
        program, steps = self.rng.choice(self._programs), self._steps()
        program.clock.move(timedelta(seconds=self.rng.choice((0, 1, 3_600))))
        await self.rng.choice(steps)(program)

    def _steps(self) -> list[Callable[[Program], Awaitable[object]]]:
        some = (self._say, self._post, self._identify, self._request, self._close, self._end_access, self._take)
        return [self._start, self._available, self._rename, *(some if self.started else ())]

    async def _start(self, program: Program) -> None:
        payload = await program.mutate(
            self.shop.widget, "startConversation", channel="WEB_CHAT", text=f"Question {self._number}"
        )
        assert payload["errors"] == []
        self.started.append(
            Started(
                shop=self.shop,
                id=payload["conversation"]["id"],
                token=payload["visitorToken"],
                conversation=payload["conversation"],
                message=payload["message"],
            )
        )

    async def _do(self, program: Program, key: str, name: str, /, **given: object) -> None:
        answer = await program.ask(key, bare_mutation(name), input=given)
        assert answer.status in (200, 401), answer  # some steps are refused, and some visitor tokens have ended
        assert answer.status == 401 or not answer.errors, answer

    async def _say(self, program: Program) -> None:
        at = self.rng.choice(self.started)
        await self._do(program, at.token, "sendMessage", conversationId=at.id, text=f"Message {self._number}")

    async def _post(self, program: Program) -> None:
        at, epoch = self.rng.choice(self.started), self.rng.choice((1, 1, 2))
        given = {"conversationId": at.id, "epoch": epoch, "text": f"Post {self._number}", "tags": [f"t{self._number}"]}
        await self._do(program, self.shop.agent, "postAgentMessage", **given)

    async def _identify(self, program: Program) -> None:
        at = self.rng.choice(self.started)
        given = {"name": f"Name {self._number}", "email": f"a{self.rng.randrange(2)}@example.com"}
        await self._do(program, at.token, "identifyVisitor", conversationId=at.id, **given)

    async def _request(self, program: Program) -> None:
        at = self.rng.choice(self.started)
        given = {"conversationId": at.id, "epoch": 1, "reason": "EXPLICIT_ASK", "summary": f"Summary {self._number}"}
        await self._do(program, self.shop.agent, "requestHandoff", **given)

    async def _close(self, program: Program) -> None:
        at = self.rng.choice(self.started)
        await self._do(program, self.shop.owner, "closeConversation", conversationId=at.id)

    async def _end_access(self, program: Program) -> None:
        at = self.rng.choice(self.started)
        if self.rng.random() < 0.2:
            await self._do(program, self.shop.owner, "endVisitorAccess", conversationId=at.id)

    async def _take(self, program: Program) -> None:
        inbox = await program.data(self.shop.support, "{ inbox { nodes { id } } }")
        tickets = [node["id"] for node in inbox["inbox"]["nodes"]]
        if tickets:
            name = self.rng.choice(("takeTicket", "releaseTicket", "closeTicket"))
            await self._do(program, self.shop.support, name, ticketId=self.rng.choice(tickets))

    async def _available(self, program: Program) -> None:
        state = self.rng.choice(("ONLINE", "AWAY"))
        await self._do(program, self.shop.support, "setAvailability", availability=state)

    async def _rename(self, program: Program) -> None:
        wish = UpdateStaff(staff_id=self.shop.staff[StaffRole.SUPPORT], name=f"Colleague {self._number}")
        await program.baton.services.staff.update(None, self.shop.id, wish)


@pytest.mark.parametrize("seed", range(3))
async def test_kept_results_equal_fresh_ones(baton: Program, tmp_path: Path, seed: int) -> None:
    shop = await baton.open_shop("Acme")
    async with baton.twin(tmp_path / "second") as twin:
        history = History(random.Random(seed), (baton, twin), shop)
        fresh = Fresh(baton)
        await history.step()
        for _ in range(STEPS):
            await history.step()
            for document in DOCUMENTS:
                at = history.rng.choice(history.started[-3:]) if history.started else None
                if at is None and "$id" in document:
                    continue
                variables = {"id": at.id} if at is not None and "$id" in document else {}
                key = history.rng.choice((shop.owner, shop.support, shop.agent))
                expected = await fresh.ask(key, document, variables)
                for program in (baton, twin, baton):
                    found = await program.post(key, {"query": document, "variables": variables})
                    assert found.content == expected, (document, variables)


async def test_a_shopper_sees_its_own_conversation_and_no_other(baton: Program, shop: Shop) -> None:
    one, other = [await baton.start(shop, f"Question {number}") for number in range(2)]
    document = "query ($id: ID!) { conversation(id: $id) { firstQuestion messages { nodes { text } } } }"
    for _ in range(3):
        assert (await baton.data(one.token, document, id=one.id))["conversation"]["firstQuestion"] == "Question 0"
        assert (await baton.ask(one.token, document, id=other.id)).codes == ["NOT_FOUND"]
        assert (await baton.data(shop.owner, document, id=other.id))["conversation"]["firstQuestion"] == "Question 1"


_ARGUMENTS = {"Metrics.series": "(groupBy: TAG) "}


def selection(kind: GraphQLObjectType | GraphQLInterfaceType, depth: int, path: tuple[str, ...] = ()) -> str:
    """All cacheable fields of a type, nested, but no type within itself."""
    parts = ["__typename"]
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if f"{kind.name}.{name}" not in CACHEABLE:
            continue
        if is_leaf_type(inner):
            parts.append(name)
        elif depth and isinstance(inner, GraphQLObjectType) and inner.name not in path:
            given = _ARGUMENTS.get(f"{kind.name}.{name}", "")
            parts.append(f"{name} {given}{selection(inner, depth - 1, (*path, inner.name))}")
    return "{ " + " ".join(parts) + " }"


def everything() -> list[str]:
    """Documents that select every cacheable field."""
    # How deep each type is selected.
    kinds = {"Conversation": 5, "ConversationConnection": 2, "TicketConnection": 2, "Metrics": 3}
    conversation, page, inbox, metrics = (
        selection(cast("GraphQLObjectType", schema._schema.type_map[name]), depth, (name,))
        for name, depth in kinds.items()
    )
    return [
        f"query ($id: ID!) {{ conversation(id: $id) {conversation} }}",
        f"{{ conversations(first: 2) {page} }}",
        f"{{ inbox {inbox} }}",
        f"{{ metrics(range: {{between: {JUNE}}}) {metrics[:-1]} previous {{ range {{ start }} }} }} }}",
    ]


async def long_chat(baton: Program, shop: Shop) -> Chat:
    """A conversation with a product, a suppressed draft, a handoff, and a delivery."""
    chat = await Chat.of(baton, shop, channel="SMS", name="Ann", email="ann@example.com", phone="+393331234567")
    card = {"productId": "p1", "title": "Shoe", "price": {"amount": "9.90", "currency": "EUR"}}
    await baton.reply(chat.started, "This one", tags=["shoes"], skill="catalogue", products=[card])
    await chat.request()
    await baton.ask(shop.agent, bare_mutation("postAgentMessage"), input={
        "conversationId": chat.id, "epoch": 7, "text": "Too late",
    })  # fmt: skip
    return chat


def test_the_documents_select_every_cacheable_field() -> None:
    text = " ".join(everything())
    missing = {name for name in CACHEABLE if f" {name.partition('.')[2]} " not in text}
    assert missing == {"Query.metrics"}  # the others have a name that a field below has as well


async def test_time_changes_no_kept_result(baton: Program, shop: Shop) -> None:
    chat, fresh = await long_chat(baton, shop), Fresh(baton)
    documents = [document for document in (*DOCUMENTS, *everything()) if "preset" not in document]
    asked = [(document, {"id": chat.id} if "$id" in document else {}) for document in documents]
    for key in (shop.owner, shop.agent, chat.started.token):
        own = asked if key != chat.started.token else [each for each in asked if each[1]]
        before = [await fresh.ask(key, *each) for each in own]
        baton.clock.move(timedelta(days=20))
        assert [await fresh.ask(key, *each) for each in own] == before


VOLUME = "{ metrics(range: {preset: TODAY}) { totalVolume { count } series(groupBy: STATUS) { points { date } } } }"


@pytest.mark.parametrize("zone", ["Europe/Rome", "Asia/Kolkata", "Australia/Eucla", "America/St_Johns"])
async def test_a_report_moves_on_at_midnight_of_the_account(baton: Program, shop: Shop, zone: str) -> None:
    """Without any change of the account; a clock that is set back is followed too."""
    fresh = Fresh(baton)
    await baton.done(shop.owner, "updateAccount", timeZone=zone)
    await baton.start(shop, "Where is it?")
    local = baton.clock.now().astimezone(ZoneInfo(zone))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = []
    for milliseconds in (-1, 0, -1, 86_400_000 - 1):
        baton.clock.set(midnight.astimezone(UTC) + timedelta(milliseconds=milliseconds))
        for _ in range(2):
            found = await baton.post(shop.owner, {"query": VOLUME})
            assert found.content == await fresh.ask(shop.owner, VOLUME, {})
        counts.append(found.json()["data"]["metrics"]["totalVolume"]["count"])
    assert counts == [1, 0, 1, 0]


async def test_a_report_that_ran_over_midnight_is_not_kept(baton: Program, shop: Shop) -> None:
    ports, fresh = baton.baton.ports, Fresh(baton)
    cache = ResultCache(
        revisions=Revisions(log=ports.log), operations=CacheableOperations(schema=schema._schema), clock=baton.clock
    )
    principal = await baton.baton.services.accounts.principal_of(shop.owner)
    baton.clock.set(datetime(2026, 6, 9, 23, 59, 59, 999_000, tzinfo=UTC))
    await baton.start(shop, "Where is it?")
    ran: list[bytes] = []

    async def ask(moves: timedelta) -> bytes:
        async def run() -> OperationResult:
            baton.clock.move(moves)
            result = await fresh.run(shop.owner, VOLUME, {})
            ran.append(result.encode())
            return result

        operation = await fresh.prepared(shop.owner, VOLUME, {})
        return (await cache.execute(operation, principal, run)).encode()

    day, still = timedelta(milliseconds=1), timedelta()
    over = await ask(day)
    baton.clock.move(-day)
    today = await ask(still)
    assert today != over
    assert [await ask(still), await ask(still)] == [today, today]
    assert ran == [over, today]


async def test_callers_of_one_audience_get_the_same(baton: Program, shop: Shop) -> None:
    chat, fresh, accounts = await long_chat(baton, shop), Fresh(baton), baton.baton.services.accounts
    colleague = await baton.add_member(shop, "Sue", "sue@example.com", StaffRole.SUPPORT)
    pairs = [
        (shop.support, (await accounts.create_staff_key(shop.id, colleague.id)).token),
        (shop.agent, (await accounts.create_scoped_key(shop.id, [Scope.AGENT])).token),
    ]
    for one, other in pairs:
        assert (await accounts.principal_of(one)).audience == (await accounts.principal_of(other)).audience
        for document in everything():
            variables = {"id": chat.id} if "$id" in document else {}
            assert await fresh.ask(one, document, variables) == await fresh.ask(other, document, variables)
