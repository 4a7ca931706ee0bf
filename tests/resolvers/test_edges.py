"""Edges in mutation payloads equal those of the list, so that clients can add them to their cache."""

from __future__ import annotations

from typing import Any

from tests.harness.chat import Chat
from tests.harness.program import Json, Program, Shop
from tests.resolvers.commerce.shop_backend import ShopBackend

MESSAGES = "query($id: ID!) { conversation(id: $id) { messages(first: 100) { edges { cursor node { id } } } } }"
EDGE = "{ cursor node { id } }"


async def edge(baton: Program, key: str, name: str, selected: str, **given: Any) -> Json:
    """Run a mutation with the selection `selected`, and return its payload."""
    document = f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {selected} }} }}"
    payload: Json = (await baton.data(key, document, input=given))[name]
    return payload


async def on_ticket(baton: Program, key: str, name: str, ticket_id: str) -> Json:
    document = f"mutation($input: TicketInput!) {{ {name}(input: $input) {{ ticketEdge {EDGE} }} }}"
    found: Json = (await baton.data(key, document, input={"ticketId": ticket_id}))[name]["ticketEdge"]
    return found


async def test_messages(baton: Program, shop: Shop) -> None:
    opened = {"channel": "WEB_CHAT", "text": "Hello?"}
    selected = f"conversation {{ id }} visitorToken messageEdge {EDGE} conversationEdge {EDGE}"
    started = await edge(baton, shop.widget, "startConversation", selected, **opened)
    where = {"conversationId": started["conversation"]["id"]}
    said = await edge(baton, started["visitorToken"], "sendMessage", f"messageEdge {EDGE}", **where, text="And?")
    posted = await edge(baton, shop.agent, "postAgentMessage", f"messageEdge {EDGE}", **where, text="Yes.", epoch=1)
    noted = await edge(baton, shop.owner, "addNote", f"messageEdge {EDGE}", **where, text="A note")
    kept = [payload["messageEdge"] for payload in (started, said, posted, noted)]
    listed = (await baton.data(shop.owner, MESSAGES, id=where["conversationId"]))["conversation"]["messages"]
    assert kept == listed["edges"]
    conversations = await baton.data(shop.owner, f"{{ conversations(first: 1) {{ edges {EDGE} }} }}")
    assert conversations["conversations"]["edges"] == [started["conversationEdge"]]


async def test_reply_of_a_human(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request()
    await chat.take()
    given = {"conversationId": chat.id, "text": "I am here."}
    replied = await edge(baton, shop.support, "replyToConversation", f"messageEdge {EDGE}", **given)
    listed = (await baton.data(shop.owner, MESSAGES, id=chat.id))["conversation"]["messages"]
    assert listed["edges"][-1] == replied["messageEdge"]


async def test_cursor_of_a_ticket_is_the_same_in_every_view(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, channel="SMS")
    asked = {"conversationId": chat.id, "epoch": 1, "reason": "OTHER"}
    requested = await edge(baton, shop.agent, "requestHandoff", f"ticketEdge {EDGE}", **asked)
    taken = await on_ticket(baton, shop.support, "takeTicket", await chat.ticket_id())
    document = f"query($view: InboxView!) {{ inbox(view: $view) {{ edges {EDGE} }} }}"
    for view in ("ALL", "MINE"):
        listed = (await baton.data(shop.support, document, view=view))["inbox"]["edges"]
        assert listed == [requested["ticketEdge"]] == [taken]
    after = f"query($after: String) {{ inbox(view: MINE, after: $after) {{ edges {EDGE} }} }}"
    assert (await baton.data(shop.support, after, after=taken["cursor"]))["inbox"]["edges"] == []


async def test_ticket_of_an_accepted_offer_is_not_for_the_shopper(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop)
    offered = await chat.request()
    given = {"handoffId": offered["handoff"]["id"], "accept": True}
    accepted = await edge(baton, chat.started.token, "answerHandoffOffer", f"ticketEdge {EDGE}", **given)
    assert accepted["ticketEdge"] is None


async def test_sales(baton: Program, shop: Shop) -> None:
    backend = ShopBackend(baton, shop, shop.owner)
    started, message = await backend.show_product(email="ann@example.com")
    await backend.click((started, message))
    given = backend.order_input(email="ann@example.com")
    sold = await edge(baton, shop.owner, "recordOrder", f"saleEdges {EDGE}", **given)
    document = f"{{ metrics(range: {{ preset: TODAY }}) {{ sales {{ edges {EDGE} }} }} }}"
    assert (await baton.data(shop.owner, document))["metrics"]["sales"]["edges"] == sold["saleEdges"] != []


async def test_nothing_to_add_when_refused(baton: Program, shop: Shop) -> None:
    selected = f"errors {{ code }} messageEdge {EDGE} conversationEdge {EDGE}"
    refused = await edge(baton, shop.widget, "startConversation", selected, channel="WEB_CHAT", text="")
    assert refused == {"errors": [{"code": "INVALID"}], "messageEdge": None, "conversationEdge": None}
