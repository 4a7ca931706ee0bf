"""Rebuilds rows of the search index from what is stored: for conversations older than the index, and for rows that
`baton doctor` finds wrong.

A placeholder row is inserted first, and replaced in a transaction. So a command that changes the conversation meanwhile
conflicts with the transaction in the row, and one of the two is run again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import pymongo
from pymongo import InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError, PyMongoError

from domain.model.conversation import Conversation, Message
from domain.model.profile import Profile
from domain.storage import Entity
from domain.values.ids import AccountId
from domain.values.record import Record, replace
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document, Session
from integrations.mongo.records.readable import UNREADABLE, entities
from integrations.mongo.search.removals import Removals, removals_in
from integrations.mongo.search.search_index import (
    MAX_TERMS,
    TERMS,
    VOCABULARY,
    row_of,
    slot_of,
    vocabulary_writes,
    words_in,
)

T = TypeVar("T", bound=Entity)

UPGRADES = "upgrades"
_DONE = "conversation_terms"
_PAGE = 100  # conversations, with some thousand messages
_MAX_ATTEMPTS = 100  # for a page; each but the last may lose to a command
_DUPLICATE_KEY = 11000  # MongoDB's error code
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COMPARED = ("visitor_terms", "profile_terms", "started_at", "last_message_at", "last_message_slot", "seq")
_IS_REAL = {"$match": {"created_seq": {"$gte": 0}}}  # and no placeholder
_PAUSE = 0.02  # seconds between two attempts


class Comparison(Record):
    """The rows of a page of conversations: as they should be, and as they are stored."""

    last: str  # id of the page's last conversation
    expected: Mapping[str, Document]
    stored: Mapping[str, Document]
    vocabulary: set[str]  # ids of the words of `expected` that the vocabulary has
    profiles: Mapping[str, str]  # of the conversations
    removals: Removals = Removals()  # what is under way; looked up only if a row differs

    @property
    def wrong(self) -> list[str]:
        """The ids of the conversations whose row is missing or differs, and that no job is at work on."""
        differing = [key for key, row in self.expected.items() if self._differs(row, self.stored.get(key))]
        removals = self.removals
        return [
            key
            for key in differing
            if key not in removals.conversations and self.profiles[key] not in removals.profiles
        ]

    def _differs(self, expected: Document, stored: Document | None) -> bool:
        try:
            return not self._is_equal(expected, stored)
        except UNREADABLE:  # the stored row is damaged
            return True

    def _is_equal(self, expected: Document, stored: Document | None) -> bool:
        if stored is None or any(expected[field] != stored.get(field) for field in _COMPARED):
            return False
        if expected["last_message_positions"][-1]["at"] != stored["last_message_positions"][-1]["at"]:
            return False
        is_full = max(len(stored["terms"]), len(expected["terms"])) >= MAX_TERMS  # which words it has is then chance
        words = {f"{expected['account']}:{word}" for word in words_in(expected["terms"])}
        has_words = self.removals.misses_words or words <= self.vocabulary
        return is_full or (set(expected["terms"]) == set(stored["terms"]) and has_words)


async def fill_search_index(database: MongoDatabase) -> None:
    """Give every conversation without a row one: once in the life of a database from before versions. If interrupted,
    it continues next time."""
    upgrades = database.collection(UPGRADES)
    if await upgrades.find_one({"_id": _DONE}) is not None:
        return
    after, rebuild = "", Reindex(database=database)
    with pymongo.timeout(None):
        while page := await next_without_row(database, after):
            after = page[-1][1]
            for account_id in sorted({account for account, _ in page}):
                await rebuild.make(account_id, [key for account, key in page if account == account_id])
        await upgrades.update_one({"_id": _DONE}, {"$set": {}}, upsert=True)


async def next_without_row(database: MongoDatabase, after: str) -> list[tuple[AccountId, str]]:
    """Return the next conversations that have no row, with their accounts."""
    while True:
        cursor = database.collection(COLLECTIONS[Conversation]).find(
            {"_id": {"$gt": after}}, projection=["account"], sort=[("_id", 1)], limit=10 * _PAGE
        )
        page = {document["_id"]: AccountId(document["account"]) for document in await cursor.to_list(None)}
        rows = database.collection(TERMS).find(
            {"_id": {"$in": list(page)}, "created_seq": {"$gte": 0}}, projection=["_id"]
        )
        there = {document["_id"] for document in await rows.to_list(None)}
        missing = [(account, key) for key, account in page.items() if key not in there]
        if missing or not page:
            return missing
        after = max(page)


async def count_without_row(database: MongoDatabase) -> int:
    """Return the number of conversations that have no row. Raises PyMongoError."""
    row = {"from": TERMS, "localField": "_id", "foreignField": "_id", "pipeline": [_IS_REAL], "as": "rows"}
    pipeline: list[Document] = [
        {"$project": {"_id": 1}},
        {"$lookup": row},
        {"$match": {"rows": []}},
        {"$count": "missing"},
    ]
    with pymongo.timeout(None):
        found = await (await database.collection(COLLECTIONS[Conversation]).aggregate(pipeline)).to_list()
    return int(found[0]["missing"]) if found else 0


class Reindex:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def make(self, account_id: AccountId, ids: Sequence[str]) -> None:
        """Rebuild the rows of these conversations; delete those of conversations that do not exist.

        Raises PyMongoError.
        """
        for at in range(0, len(ids), _PAGE):
            page = ids[at : at + _PAGE]
            places = [InsertOne(_placeholder(account_id, key)) for key in page]
            try:
                await self._database.collection(TERMS).bulk_write(places, ordered=False)
            except BulkWriteError as error:
                if {each["code"] for each in error.details["writeErrors"]} != {_DUPLICATE_KEY}:
                    raise
            await self._make_with_retries(account_id, page)

    async def _make_with_retries(self, account_id: AccountId, ids: Sequence[str]) -> None:
        for attempts_left in reversed(range(_MAX_ATTEMPTS)):
            try:
                await self._make(account_id, ids)
                return  # noqa: TRY300 - the loop is for what failed
            except PyMongoError as error:
                if not attempts_left or not error.has_error_label("TransientTransactionError"):
                    raise
            await asyncio.sleep(_PAUSE)

    async def _make(self, account_id: AccountId, ids: Sequence[str]) -> None:
        rows = self._database.collection(TERMS)
        async with self._database.start_session() as session:
            await session.start_transaction()
            conversations = await self._find(Conversation, account_id, {"_id": {"$in": [*ids]}}, session)
            expected = await self._expected(account_id, conversations, session)
            if expected:
                await rows.bulk_write([ReplaceOne({"_id": k}, row) for k, row in expected.items()], session=session)
                words = sorted({word for row in expected.values() for word in words_in(row["terms"])})
                new = vocabulary_writes(account_id, [f"{account_id}:{word}" for word in words])
                if new:
                    await self._database.collection(VOCABULARY).bulk_write(new, session=session, ordered=False)
            gone = [key for key in ids if key not in expected]
            if gone:
                await rows.delete_many(scoped(account_id, {"_id": {"$in": gone}}), session=session)
            await session.commit_transaction()

    async def compare(self, account_id: AccountId, after: str) -> Comparison | None:
        """Compare the next page of an account's conversations in one snapshot. Returns None after the last page.

        Raises PyMongoError.
        """
        async with self._database.start_session() as session:
            await session.start_transaction()
            found = self._database.collection(COLLECTIONS[Conversation]).find(
                scoped(account_id, {"_id": {"$gt": after}}), sort=[("_id", 1)], limit=_PAGE, session=session
            )
            documents = await found.to_list(None)
            page = entities(Conversation, documents)
            expected = await self._expected(account_id, page, session)
            rows = self._database.collection(TERMS).find({"_id": {"$in": list(expected)}}, session=session)
            stored = {document["_id"]: document for document in await rows.to_list(None)}
            words = sorted({f"{account_id}:{word}" for row in expected.values() for word in words_in(row["terms"])})
            known = self._database.collection(VOCABULARY).find({"_id": {"$in": words}}, session=session)
            vocabulary = {document["_id"] for document in await known.to_list(None)}
            comparison = Comparison(
                last=documents[-1]["_id"] if documents else after,
                expected=expected,
                stored=stored,
                vocabulary=vocabulary,
                profiles={each.id: each.profile_id for each in page},
            )
            if comparison.wrong:
                removals = await removals_in(session, self._database, account_id)
                comparison = replace(comparison, removals=removals)
            await session.abort_transaction()
        return comparison if documents else None

    async def _expected(
        self, account_id: AccountId, conversations: Sequence[Conversation], session: Session
    ) -> dict[str, Document]:
        ids = [conversation.id for conversation in conversations]
        messages: dict[str, list[Message]] = {}
        for message in await self._find(Message, account_id, {"conversation_id": {"$in": ids}}, session):
            messages.setdefault(message.conversation_id, []).append(message)
        profiles = await self._profiles(account_id, {c.profile_id for c in conversations}, session)
        return {
            c.id: {**row_of(account_id, c, messages.get(c.id, ()), profiles.get(c.profile_id))} for c in conversations
        }

    async def _profiles(self, account_id: AccountId, ids: set[str], session: Session) -> dict[str, Profile]:
        """Return profiles by the ids asked for: each, or the one that it was merged into."""
        found: dict[str, Profile] = {}
        wanted = set(ids)
        while wanted:
            each = await self._find(Profile, account_id, {"_id": {"$in": sorted(wanted)}}, session)
            found |= {profile.id: profile for profile in each}
            wanted = {str(p.merged_into) for p in each if p.merged_into} - found.keys()
        roots = {}
        for key in ids & found.keys():
            profile: Profile | None = found[key]
            while profile is not None and profile.merged_into is not None:
                profile = found.get(profile.merged_into)
            if profile is not None:
                roots[key] = profile
        return roots

    async def _find(self, kind: type[T], account_id: AccountId, query: Document, session: Session) -> list[T]:
        cursor = self._database.collection(COLLECTIONS[kind]).find(
            scoped(account_id, query), sort=[("_id", 1)], session=session
        )
        return entities(kind, await cursor.to_list(None))


def _placeholder(account_id: AccountId, key: str) -> Document:
    """Return a row that no list finds, and that a change of its conversation writes to.

    Its negative `created_seq` tells it from a real one.
    """
    return {
        "_id": key,
        "account": account_id,
        **{field: [] for field in ("terms", "visitor_terms", "profile_terms", "last_message_positions")},
        **dict.fromkeys(("started_at", "last_message_at"), _EPOCH),
        "last_message_slot": slot_of(_EPOCH),
        "seq": -1,
        "created_seq": -1,
    }
