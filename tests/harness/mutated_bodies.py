"""Valid bodies of webhooks with some parts changed: another type, too deep, too long, missing, twice, odd characters.

    for body in drawn(mutated_json(zendesk_event), 40): ...

The same bodies at every run, unless `BATON_LONG` is set, which also draws more of them.
"""

from __future__ import annotations

import asyncio
import copy
import json
import math
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.harness.program import Program

T = TypeVar("T")
LONG = "BATON_LONG" in os.environ
UNIQUE = "$UNIQUE"  # in a valid body: `uniquely` puts the number of the body here
_MORE = 20  # times as many bodies with BATON_LONG
_WORDS = ("", " ", "\0", "\u202e", "💥" * 500, "é\u0301" * 50, "\ufeff", "x" * 200_000, "../..", "STOP", "null", "[")
_TIMES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-01", "1e9", "2026-06-07T12:00:00")
_NUMBERS = (0, -1, 2**31, 2**63, 2**64, 10**30, -(10**30), 1.5, 1e308)


class Raw(str):
    """JSON text that no encoder writes."""


_NESTED = ("[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900)
_RAW = tuple(Raw(text) for text in ("1e999", "-0", "NaN", "Infinity", "9" * 5_000, '"\\ud800"', *_NESTED))
ODD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, True, False, [], {}, [[]], {"": None}, [None] * 1_000]),
    st.sampled_from(_WORDS + _TIMES),
    st.sampled_from(_NUMBERS),
    st.sampled_from(_RAW),
    st.text(max_size=20),
)


class Twice(dict[str, Any]):
    """An object whose text has every name twice, the second time with null."""


@st.composite
def mutated_json(draw: st.DrawFn, valid: Any) -> bytes:
    """The text of a valid body with up to four changes, perhaps cut off."""
    body = copy.deepcopy(valid)
    for _ in range(draw(st.integers(0, 4))):
        body = _mutated(draw, body)
    text = _text(body).encode("utf-8", "surrogatepass")
    return text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 11)) == 0 else text


def _mutated(draw: st.DrawFn, body: Any) -> Any:
    places = list(_places(body))
    if not places:
        return copy.deepcopy(draw(ODD))
    parent, key = draw(st.sampled_from(places))
    change = draw(st.sampled_from(["odd", "odd", "odd", "missing", "wrapped", "deep", "copied", "twice"]))
    if change == "missing":
        del parent[key]
    elif change == "wrapped":
        parent[key] = [parent[key]]
    elif change == "deep":
        parent[key] = Raw('{"a":[' * 200 + _text(parent[key]) + "]}" * 200)
    elif change == "copied" and isinstance(parent[key], list):
        parent[key] = parent[key] * 50
    elif change == "twice" and isinstance(parent[key], dict):
        parent[key] = Twice(parent[key])
    else:
        parent[key] = copy.deepcopy(draw(ODD))
    return body


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a body, as its container and its key there."""
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(inner)


def _text(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        members = [f"{json.dumps(name)}:{_text(inner)}" for name, inner in value.items()]
        members += [f"{json.dumps(name)}:null" for name in value] if isinstance(value, Twice) else []
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def uniquely(body: bytes, number: int) -> bytes:
    """Put a number in the place of `UNIQUE`, so that bodies are not taken for repetitions."""
    return body.replace(UNIQUE.encode(), str(number).encode())


def drawn(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """Return examples of a strategy."""
    found: list[T] = []

    @settings(
        max_examples=count * (_MORE if LONG else 1),
        phases=[Phase.generate],
        derandomize=not LONG,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found


@asynccontextmanager
async def bystander(program: Program, key: str) -> AsyncIterator[None]:
    """Ask the server all the time, as somebody else. Each response must be right; their p99 is printed."""
    seconds: list[float] = []
    over = asyncio.Event()

    async def ask() -> None:
        while not over.is_set():
            began = time.monotonic()
            await program.data(key, "{ account { name } }")
            seconds.append(time.monotonic() - began)
            await asyncio.sleep(0.02)

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        over.set()
        await asking
    seconds.sort()
    p99 = seconds[math.ceil(len(seconds) * 0.99) - 1]
    sys.stdout.write(f"A bystander's {len(seconds)} requests: p99 {p99 * 1_000:.0f} ms\n")
