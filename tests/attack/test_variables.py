"""Requests that cost the processor before anything runs: large variables, and documents that are new each time."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_introspection_query

from tests.attack import wire
from tests.attack.conftest import Attacked
from tests.attack.stage import Target
from tests.e2e.clients import POST

SECONDS = 10.0
PRODUCTS = [{"productId": str(number), "title": "Shoe"} for number in range(30_000)]
VARIABLES: dict[str, Callable[[], dict[str, Any]]] = {
    "products": lambda: {"products": PRODUCTS},
    "unknown fields": lambda: {f"unknown{number}": 1 for number in range(60_000)},
    "the most unknown fields": lambda: {f"product{number}": 1 for number in range(1_900)},
    "tags": lambda: {"tags": ["tag"] * 250_000},
    "the most that is allowed": lambda: {"products": PRODUCTS[:490], "tags": [f"t{n}" for n in range(500)]},
}


async def variables(at: Target, kind: str, key: str, callers: int) -> Counter[str]:
    """Strangers send a mutation with a megabyte of variables."""
    given = {"conversationId": "Q29udmVyc2F0aW9uOjE", "epoch": 1, "text": "Look", **VARIABLES[kind]()}
    async with wire.http() as client:
        keys = {"anonymous": None, "publishable": at.publishable, "agent": at.agent}

        async def ask() -> str:
            return await wire.post(client, at, keys[key], POST, input=given)

        return await wire.repeated(ask, callers=callers, seconds=SECONDS)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("products", "anonymous"),
        ("products", "publishable"),
        ("unknown fields", "publishable"),
        ("the most unknown fields", "publishable"),
        ("tags", "publishable"),
        ("the most that is allowed", "agent"),
    ],
)
async def test_variables(attacked: Attacked, kind: str, key: str) -> None:
    report = await attacked(variables, kind, key, 3)
    assert report.outcomes["200"] == 0


def salted(number: int, levels: int, copies: int) -> str:
    """A document that is new each time: validation compares all pairs of fields that have one place in the response."""
    selection = "id"
    for _ in range(levels):
        selection = " ".join([f"lastMessage {{ conversation {{ {selection} }} }}"] * copies)
    return f'query Q{number} {{ conversation(id: "x") {{ {selection} }} }}'


async def documents(at: Target, key: str, callers: int) -> Counter[str]:
    """Strangers send documents that the server has not seen."""
    async with wire.http() as client:
        keys = {"anonymous": None, "publishable": at.publishable}

        async def ask() -> str:
            number = time.monotonic_ns()
            levels, copies = ((6, 2), (3, 5), (2, 12))[number % 3]  # 3.6 to 4.7 KB, and 0.1 to 0.2 s each
            return await wire.post(client, at, keys[key], salted(number, levels, copies))

        return await wire.repeated(ask, callers=callers, seconds=SECONDS)


@pytest.mark.parametrize(("key", "callers"), [("anonymous", 4), ("anonymous", 40), ("publishable", 8)])
async def test_documents(attacked: Attacked, key: str, callers: int) -> None:
    await attacked(documents, key, callers)


async def introspection(at: Target) -> Counter[str]:
    """Strangers read the schema again and again, whole."""
    document = get_introspection_query()
    async with wire.http() as client:
        return await wire.repeated(lambda: wire.post(client, at, None, document), callers=4, seconds=SECONDS)


async def test_introspection(attacked: Attacked) -> None:
    await attacked(introspection)


async def deep_json(at: Target) -> Counter[str]:
    """Bodies of nothing but brackets."""
    body = b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 30_000 + b"]" * 30_000 + b"}}"
    async with wire.http() as client:

        async def ask() -> str:
            response = await client.post(at.url, content=body, headers={"content-type": "application/json"})
            return wire.outcome_of(response)

        outcomes = await wire.repeated(ask, callers=8, seconds=SECONDS)
        await asyncio.sleep(0)
        return outcomes


async def test_deep_json(attacked: Attacked) -> None:
    report = await attacked(deep_json)
    assert report.outcomes["INTERNAL"] == report.outcomes["500"] == 0
