"""One account asks for as much as it may, and another account must not notice."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.attack import wire
from tests.attack.conftest import Attacked
from tests.attack.stage import Target

SECONDS = 10.0


def aliased(count: int, field: str, first: int) -> str:
    field = field.replace("FIRST", str(first))
    return "{ " + " ".join(f"a{number}: {field}" for number in range(count)) + " }"


TABLE = "conversations(first: FIRST) { nodes { profile { conversations { totalCount } } } }"
SEGMENT = (
    "segment(input: {all: [{did: {event: CONVERSATION_STARTED, withinDays: 365}}]}, first: FIRST) { nodes {"
    " conversations(first: 5) { nodes { id messages(first: 10) { nodes { text } } } } } }"
)
PROFILES = (
    "conversations(first: FIRST) { nodes { profile { conversations(first: 10) { nodes {"
    " profile { conversations { totalCount } } } } } } }"
)
SEARCH = 'conversations(first: FIRST, filter: {search: "order return parcel size"}) { totalCount nodes { id } }'
MESSAGES = "conversations(first: 100) { nodes { messages(first: FIRST) { nodes { text author { name } } } } }"
QUESTIONS = {
    "20 tables": aliased(20, TABLE, 100),
    "tables": aliased(5, TABLE, 100),
    "20 segments": aliased(20, SEGMENT, 25),
    "segments": aliased(10, SEGMENT, 4),
    "profiles": aliased(5, PROFILES, 10),
    "20 searches": aliased(20, SEARCH, 25),
    "messages": aliased(1, MESSAGES, 60),
}


async def questions(at: Target, name: str, callers: int) -> Counter[str]:
    """Callers with the owner's key ask the same, each as soon as it has its response."""
    async with wire.http() as client:
        return await wire.repeated(
            lambda: wire.post(client, at, at.owner, QUESTIONS[name]), callers=callers, seconds=SECONDS
        )


@pytest.mark.parametrize("history", [3_000])
@pytest.mark.parametrize("callers", [4, 50])
@pytest.mark.parametrize("name", QUESTIONS)
async def test_questions_of_one_key(attacked: Attacked, name: str, callers: int) -> None:
    report = await attacked(questions, name, callers)
    if name.startswith("20 "):
        assert set(report.outcomes) == {"QUERY_TOO_COMPLEX"}
    else:
        assert report.outcomes["200"] > 0
