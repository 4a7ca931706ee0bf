"""A stand-in for a language model that thinks: it quotes the source with the most words of the question, looks up
orders and products, and asks for a human if nothing fits.

    ChatModel(think=quote)
"""

from __future__ import annotations

import json
import re
from typing import Any

from dev.fakes.chat_completions import Reply, answering, calling
from dev.fakes.faults import Received

_HUMAN = frozenset(("human", "person", "somebody", "mensch", "persona", "personne"))
_ORDER = frozenset(("order", "parcel", "package", "bestellung", "paket", "pedido", "commande", "ordine"))
_SHORTEST = 4  # letters of a word that says what a question is about


def quote(received: Received) -> Reply:
    """Return the reply to a request of the model agent."""
    messages: list[dict[str, Any]] = received.json["messages"]
    last = str(messages[-1]["content"])
    if messages[-1]["role"] == "tool":
        return _after_lookup(json.loads(last))
    words = _words(last)
    if words & _HUMAN:
        return _hand_over("explicit_ask", "The shopper asks for a human.", last)
    sources, orders = _data(messages)
    number = next((order for order in orders if order.casefold() in last.casefold()), None)
    if number is None and words & _ORDER and orders:
        number = orders[0]
    if number is not None:
        return calling("track_order", order_id=number)
    best = max(sources, key=lambda source: len(words & _words(f"{source['title']} {source['text']}")), default=None)
    if best is None or not words & _words(f"{best['title']} {best['text']}"):
        return _hand_over("no_answer", "The sources do not contain the answer.", last)
    if "product_id" in best:
        return calling("recommend_products", query=last[:500])
    return answering(best["text"], source_ids=[best["id"]])


def _after_lookup(result: dict[str, Any]) -> Reply:
    if result.get("products"):
        products = [product["id"] for product in result["products"][:2]]
        return answering("This may be what you are looking for:", product_ids=products)
    if result.get("order"):
        order = json.loads(result["order"])
        return answering(f"Order {order['number']} of {order['placed']}, {order['total']}: {order['state'].lower()}.")
    return _hand_over("no_answer", "The lookup found nothing.", "The lookup found nothing.")


def _hand_over(reason: str, detail: str, summary: str) -> Reply:
    return calling("handoff", reason=reason, detail=detail, summary=summary[:2_000])


def _data(messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    for message in messages:
        if message["role"] == "user" and str(message["content"]).startswith("SOURCES-"):
            data = json.loads(str(message["content"]).partition("\n")[2])
            return data["sources"], data["shopper"]["orders"]
    return [], []


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) >= _SHORTEST}
