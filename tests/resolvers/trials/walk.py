"""A conversation from its start to its close, as a test or a real one, and everything in which it may show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.storage import UnitOfWork
from tests.harness.chat import Chat
from tests.harness.event_consistency import ConsistencyChecker, View
from tests.harness.files import upload
from tests.harness.program import Json, Program, Shop, Started

ANN = {"email": "ann@example.com", "name": "Ann"}
CARD = {"productId": "p1", "title": "Kettle"}
RULE = {"title": "Anything", "conditions": {"shopperMessages": 1}}
SECRET = "zibibbo"  # a word of every text

_LISTS = {
    "metrics": "{ metrics(range: {preset: LAST_30_DAYS}) { asOf totalVolume { count } notResolvedByAi { count } "
    "resolvedByAi { count } skills { skill count } aiGeneratedSales { amount } sales { totalCount } "
    "series(groupBy: TAG) { label total } previous { totalVolume { count } } } }",
    "past": "{ metrics(range: {preset: LAST_30_DAYS}) { totalVolume { conversations { totalCount nodes { id } } } } }",
    "conversations": "{ conversations { totalCount nodes { id } } }",
    "by last message": "{ conversations(orderBy: {field: LAST_MESSAGE_AT, direction: DESC}) { nodes { id } } }",
    "by tag": '{ conversations(filter: {tag: ["wine"]}) { totalCount nodes { id } } }',
    "by status": "{ conversations(filter: {status: [NOT_RESOLVED_BY_AI]}) { totalCount nodes { id } } }",
    "search": f'{{ conversations(filter: {{search: "{SECRET}"}}) {{ totalCount nodes {{ id }} }} }}',
    "events": "{ events { totalCount nodes { id } } }",
    "event counts": "{ eventMetrics { name count lastAt } }",
    "segment": "{ segment(input: {all: [{did: {event: CONVERSATION_ESCALATED, withinDays: 9}}]}) "
    "{ totalCount nodes { id } } }",
    "outgoing": "{ outgoing(state: PENDING) { totalCount nodes { id } } }",
    "gaps": "{ knowledgeGaps { totalCount nodes { id count conversations { id } } } }",
}
_INBOX = "query($view: InboxView!) { inbox(view: $view) { totalCount nodes { id } } }"
_PROFILE = "query($id: ID!) { node(id: $id) { ... on Profile { name email conversations { totalCount } events "
_PROFILE += "{ totalCount } merges { at } } } }"
_REPLAY = "query($rules: [EscalationRuleInput!]!) { ruleReplay(input: {range: {preset: LAST_30_DAYS}, rules: $rules}) "
_REPLAY += "{ total { conversations { count } } } }"
_STREAMS = {
    "events": "subscription { events { __typename } }",
    "inbox": "subscription { inbox(view: ALL) { __typename } }",
    "agentTurns": "subscription { agentTurns { ... on AgentTurnChanged { state turn { conversation { isTest } } } } }",
}


async def seen(baton: Program, shop: Shop, profile: str) -> Json:
    """Return every list, count and report in which a conversation may show, by name. `profile` is Ann's."""
    shown = {name: await baton.data(shop.owner, document) for name, document in _LISTS.items()}
    shown["inbox"] = {view: await baton.data(shop.support, _INBOX, view=view) for view in ("ALL", "MINE", "UNASSIGNED")}
    shown["profile"] = await baton.data(shop.owner, _PROFILE, id=profile)
    shown["replay"] = await baton.data(shop.owner, _REPLAY, rules=[RULE])
    export = await baton.call("GET", "/export", headers={"authorization": f"Bearer {shop.owner}"})
    assert export.status_code == 200
    shown["export"] = export.text
    return shown


async def streamed(baton: Program, shop: Shop, after: int) -> dict[str, list[Json]]:
    """Return the items of the account's streams after a position in the log."""
    follow = ConsistencyChecker(baton).follow
    return {name: await follow(shop.owner, document, {}, after=after) for name, document in _STREAMS.items()}


async def connect_email(baton: Program, shop: Shop) -> None:
    """Let staff be told of waiting tickets by mail. No mail server is called."""
    ports, place = baton.baton.ports, connected_service_id(shop.id, Service.EMAIL)

    async def change(uow: UnitOfWork) -> None:
        uow.save(
            ConnectedService(
                id=place,
                service=Service.EMAIL,
                settings={"address": "help@shop.example"},
                sealed=ports.vault.seal({"password": "p" * 20}, place=place),
                connected_at=uow.now,
                checked_at=uow.now,
            )
        )

    await ports.storage.write(shop.id, change)


async def start(baton: Program, shop: Shop, *, key: str | None = None, **given: Any) -> Chat:
    """Start a conversation with a secret key."""
    arguments = {"channel": "WEB_CHAT", "text": f"Do you sell {SECRET}?", **given}
    payload = await baton.mutate(key or shop.owner, "startConversation", **arguments)
    assert payload["errors"] == []
    started = Started(
        shop=shop,
        id=payload["conversation"]["id"],
        token=payload["visitorToken"],
        conversation=payload["conversation"],
        message=payload["message"],
    )
    return Chat(baton, started, watched=False)


async def walk(baton: Program, shop: Shop, *, test: bool, look: Callable[[], Awaitable[None]]) -> Chat:
    """Have a conversation of Ann, from the first message to the close. `look` is called while its ticket waits. Every
    step has to succeed."""
    chat = await start(baton, shop, visitor=ANN, idempotencyKey=f"start {test}", **({"test": True} if test else {}))
    on_it, token = {"conversationId": chat.id}, chat.started.token
    turn = {**on_it, "turn": 1, "epoch": 1}
    assert (await chat.do(shop.agent, "claimAgentTurn", **on_it))["errors"] == []
    assert (await chat.do(shop.agent, "streamAgentMessage", **turn, text=f"We sell {SECRET}"))["errors"] == []
    labels = {"skill": "advice", "tags": ["wine"], "products": [CARD]}
    shown = await baton.mutate(shop.agent, "postAgentMessage", **turn, text=f"We sell {SECRET}.", **labels)
    click = {"messageId": shown["message"]["id"], "productId": "p1"}
    assert (await chat.do(token, "recordProductClick", **click))["errors"] == []
    assert (await chat.do(token, "setTyping", **on_it, typing=True))["errors"] == []
    file = await upload(baton, token, name=f"{SECRET}.png")
    assert (await chat.do(token, "sendMessage", **on_it, text=f"This {SECRET}?", attachments=[file]))["errors"] == []
    await _hand_over(chat)
    await look()
    await _work_on(chat)
    assert (await chat.do(token, "closeConversation", **on_it, idempotencyKey=f"close {test}"))["errors"] == []
    await ConsistencyChecker(baton).check(token, chat.id, View())  # its stream tells everything that it is now
    assert (await chat.do(shop.owner, "endVisitorAccess", **on_it))["errors"] == []
    await ConsistencyChecker(baton).check(shop.owner, chat.id, View())
    return chat


async def _hand_over(chat: Chat) -> None:
    """The shopper declines a human, and accepts one later."""
    assert (await chat.request(summary=f"Wants {SECRET}"))["errors"] == []
    assert (await chat.decline())["errors"] == []
    assert (await chat.say(f"Which {SECRET}?"))["errors"] == []
    assert (await chat.request(idempotencyKey=f"request {chat.id}"))["errors"] == []
    assert (await chat.accept())["errors"] == []
    assert await chat.standing() == "DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI"
    await chat.program.baton.workers.timers.fire_due()  # tells staff of a ticket that waits
    late = {"conversationId": chat.id, "epoch": 1, "text": f"The sweet {SECRET}."}
    refused = await chat.do(chat.shop.agent, "postAgentMessage", **late)  # is kept as a draft
    assert [error["code"] for error in refused["errors"]] == ["NOT_IN_CONTROL"]


async def _work_on(chat: Chat) -> None:
    """Staff take the ticket, reply and close it."""
    steps = (
        lambda: chat.take(),
        lambda: chat.note(text=f"Sells {SECRET}?"),
        lambda: chat.reply(text=f"The {SECRET} is sold out."),
        lambda: chat.say("Thank you."),
        lambda: chat.release(),
        lambda: chat.take(),
        lambda: chat.close(),
    )
    for step in steps:
        assert (await step())["errors"] == []
