"""What a process forgets when a shopper is erased: at once of the account, and a moment later of all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from api import erased_memory
from api.erased_memory import ErasedMemory
from api.graphql.documents.store import Documents
from api.graphql.limits import Limits
from domain.events import EventBody, KnowledgeChanged, LoggedEvent, ShopperErased
from domain.values.ids import AccountId
from integrations.mongo.search.search_index import VocabularyCache
from resolvers.schema import schema

NAMED = '{ conversations(first: 1, filter: {search: "Lena Quuxington"}) { totalCount } }'
COMMENTED = "{ account { name } } # for Lena Quuxington"
PLAIN = "query($search: String) { conversations(first: 1, filter: {search: $search}) { totalCount } }"


def event(account: str, body: EventBody) -> LoggedEvent:
    return LoggedEvent(account_id=AccountId(account), seq=1, at=datetime.now(UTC), topics=(), body=body)


async def test_the_account_forgets_at_once_and_the_rest_is_swept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erased_memory, "SWEEP_SECONDS", 0.05)
    forgotten: list[str] = []
    swept = asyncio.Event()
    memory = ErasedMemory([forgotten.append], [swept.set])
    memory.on_event(event("one", KnowledgeChanged(revision=1)))
    assert forgotten == []
    for _ in range(50):  # a flood of redactions
        memory.on_event(event("one", ShopperErased()))
    memory.on_event(event("two", ShopperErased()))
    assert forgotten == ["one"] * 50 + ["two"]
    assert memory.sweeps == 0
    async with asyncio.timeout(10):
        await swept.wait()
    assert memory.sweeps == 1
    await asyncio.sleep(0.1)
    assert memory.sweeps == 1
    memory.on_event(event("one", ShopperErased()))
    await asyncio.sleep(0.2)
    assert memory.sweeps == 2


async def test_documents_without_texts_stay() -> None:
    documents = Documents(schema=schema._schema, limits=Limits(), hide_suggestions=False)
    kept = documents.get(PLAIN)
    for text in (NAMED, COMMENTED):
        documents.get(text)
    documents.forget_literals()
    assert len(documents) == 1
    assert documents.get(PLAIN) is kept


def test_the_words_of_other_accounts_stay() -> None:
    words = VocabularyCache()
    words.put(["one:kettle", "one:spoon", "two:kettle"])
    words.forget(AccountId("one"))
    assert words.unknown(AccountId("one"), ["kettle"]) == ["one:kettle"]
    assert words.unknown(AccountId("two"), ["kettle"]) == []
