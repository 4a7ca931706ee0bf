"""The rows by which conversations are found (`search_index.py`), made from what is stored: for conversations of
before there were any, and where the doctor finds one wrong.

A row is put there first and made right then, in a transaction of its own: so a command that changes the conversation
meanwhile meets it in the row, and one of the two begins again.
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
from domain.values.record import Record
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document, Session
from integrations.mongo.search.search_index import MOST_TERMS, TERMS, VOCABULARY, coined, row_of, slot_of, words_in

T = TypeVar("T", bound=Entity)

UPGRADES = "upgrades"
_DONE = "conversation_terms"
_PAGE = 100  # conversations: some thousand messages
_TRIES = 100  # to have a page to oneself
_DUPLICATE = 11000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COMPARED = ("visitor", "profile", "started_at", "last_message_at", "slot", "seq")


class Compared(Record):
    """Rows of some conversations: as they must be, and as they are."""

    last: str  # conversation of the page
    right: Mapping[str, Document]
    present: Mapping[str, Document]
    vocabulary: set[str]  # ids of those words of `right` that it has

    @property
    def wrong(self) -> list[str]:
        return [key for key, row in self.right.items() if not self._holds(row, self.present.get(key))]

    def _holds(self, right: Document, present: Document | None) -> bool:
        if present is None or any(right[field] != present.get(field) for field in _COMPARED):
            return False
        if right["positions"][-1]["at"] != present["positions"][-1]["at"]:
            return False
        full = max(len(present["terms"]), len(right["terms"])) >= MOST_TERMS
        words = {f"{right['account']}:{word}" for word in words_in(right["terms"])}
        return full or (set(right["terms"]) == set(present["terms"]) and words <= self.vocabulary)


async def fill_terms(database: MongoDatabase) -> None:
    """Once in a database's life: every conversation that has no row gets one. Broken off, it goes on where it was."""
    upgrades = database.collection(UPGRADES)
    if await upgrades.find_one({"_id": _DONE}) is not None:
        return
    after, rebuild = "", Reindex(database=database)
    with pymongo.timeout(None):
        while page := await _without_row(database, after):
            after = page[-1][1]
            for account_id in sorted({account for account, _ in page}):
                await rebuild.make(account_id, [key for account, key in page if account == account_id])
        await upgrades.update_one({"_id": _DONE}, {"$set": {}}, upsert=True)


async def _without_row(database: MongoDatabase, after: str) -> list[tuple[AccountId, str]]:
    """The next conversations that have none, with their accounts."""
    while True:
        cursor = database.collection(COLLECTIONS[Conversation]).find(
            {"_id": {"$gt": after}}, projection=["account"], sort=[("_id", 1)], limit=10 * _PAGE
        )
        page = {document["_id"]: AccountId(document["account"]) for document in await cursor.to_list(None)}
        rows = database.collection(TERMS).find({"_id": {"$in": list(page)}, "born": {"$gte": 0}}, projection=["_id"])
        there = {document["_id"] for document in await rows.to_list(None)}
        missing = [(account, key) for key, account in page.items() if key not in there]
        if missing or not page:
            return missing
        after = max(page)


class Reindex:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def make(self, account_id: AccountId, ids: Sequence[str]) -> None:
        """Their rows, as they must be. Those of conversations that are not there are taken away."""
        for at in range(0, len(ids), _PAGE):
            page = ids[at : at + _PAGE]
            places = [InsertOne(_placeholder(account_id, key)) for key in page]
            try:
                await self._database.collection(TERMS).bulk_write(places, ordered=False)
            except BulkWriteError as error:
                if {each["code"] for each in error.details["writeErrors"]} != {_DUPLICATE}:
                    raise
            await self._make_patiently(account_id, page)

    async def _make_patiently(self, account_id: AccountId, ids: Sequence[str]) -> None:
        for left in reversed(range(_TRIES)):
            try:
                await self._make(account_id, ids)
                return  # noqa: TRY300 - the loop is for what failed
            except PyMongoError as error:
                if not left or not error.has_error_label("TransientTransactionError"):
                    raise
            await asyncio.sleep(0.02)

    async def _make(self, account_id: AccountId, ids: Sequence[str]) -> None:
        rows = self._database.collection(TERMS)
        async with self._database.start_session() as session:
            await session.start_transaction()
            conversations = await self._find(Conversation, account_id, {"_id": {"$in": [*ids]}}, session)
            right = await self._right(account_id, conversations, session)
            if right:
                await rows.bulk_write([ReplaceOne({"_id": k}, row) for k, row in right.items()], session=session)
                words = sorted({word for row in right.values() for word in words_in(row["terms"])})
                new = coined(account_id, [f"{account_id}:{word}" for word in words])
                if new:
                    await self._database.collection(VOCABULARY).bulk_write(new, session=session, ordered=False)
            gone = [key for key in ids if key not in right]
            if gone:
                await rows.delete_many(scoped(account_id, {"_id": {"$in": gone}}), session=session)
            await session.commit_transaction()

    async def compare(self, account_id: AccountId, after: str) -> Compared | None:
        """The next page of an account's conversations, all of one moment; None behind the last."""
        async with self._database.start_session() as session:
            await session.start_transaction()
            page = await self._find(Conversation, account_id, {"_id": {"$gt": after}}, session, limit=_PAGE)
            right = await self._right(account_id, page, session)
            rows = self._database.collection(TERMS).find({"_id": {"$in": list(right)}}, session=session)
            present = {document["_id"]: document for document in await rows.to_list(None)}
            words = sorted({f"{account_id}:{word}" for row in right.values() for word in words_in(row["terms"])})
            known = self._database.collection(VOCABULARY).find({"_id": {"$in": words}}, session=session)
            vocabulary = {document["_id"] for document in await known.to_list(None)}
            await session.abort_transaction()
        return Compared(last=page[-1].id, right=right, present=present, vocabulary=vocabulary) if page else None

    async def _right(
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
        """By the id under which they are asked for: each, or the one it was merged into."""
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

    async def _find(
        self, kind: type[T], account_id: AccountId, query: Document, session: Session, limit: int = 0
    ) -> list[T]:
        cursor = self._database.collection(COLLECTIONS[kind]).find(
            scoped(account_id, query), sort=[("_id", 1)], limit=limit, session=session
        )
        return [entity_of(kind, document) for document in await cursor.to_list(None)]


def _placeholder(account_id: AccountId, key: str) -> Document:
    """Found by nothing; but a change of its conversation writes to it. Its `born` says that it is no more than that."""
    return {
        "_id": key,
        "account": account_id,
        **{field: [] for field in ("terms", "visitor", "profile", "positions")},
        **dict.fromkeys(("started_at", "last_message_at"), _EPOCH),
        "slot": slot_of(_EPOCH),
        "seq": -1,
        "born": -1,
    }
