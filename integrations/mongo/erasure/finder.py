"""Looks for a shopper in the whole database: the bytes of every record of the account, in every collection.

It knows nothing of what the collections mean, so it also finds the shopper where nobody has thought of. A step reads
some records in the order of their ids, encodes them as BSON, and looks for the identifiers in the bytes.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import bson

from domain.erasure.model import MOST_MENTIONS, Erasure, ErasureScope, Mention
from domain.erasure.ports import RecordTexts, Searched
from domain.model.conversation import Visitor
from domain.model.outbox import OutgoingKind
from domain.model.profile import Profile, identity_keys
from domain.values.ids import AccountId, ConversationId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.erasure.places import PlaceReader
from integrations.mongo.search.search_index import TERMS, VOCABULARY, words_in

Records = Sequence[Mapping[str, Any]]

_SHORTEST = 5  # characters of an identifier: a shorter one is in the bytes by chance
_LONGEST = 320  # characters of an identifier: the longest e-mail address
_SEPARATORS = re.compile(r"[\s,;:|<>()]+")


class ShopperFinder:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._places = PlaceReader(database=database)

    async def search(self, account_id: AccountId, erasure: Erasure, scope: ErasureScope) -> Searched:
        """Look at the next records. Raises PyMongoError."""
        wanted = await self._own(account_id, scope)
        page = await self._places.page(account_id, erasure.position or None)
        records = [each for each in page.records if not _tells_vendor(each)]
        named = _with_any(records, wanted)
        if scope.held and named:
            named = await self._not_held(account_id, page.place, named, scope.held)
        mentions = tuple(Mention(place=page.place, id=_shown(each["_id"], wanted)) for each in named[:MOST_MENTIONS])
        return Searched(records=len(page.records), mentions=mentions, position=page.position)

    async def texts(self, account_id: AccountId) -> AsyncIterator[RecordTexts]:
        """Yield every record. Raises `Unavailable`."""
        position: str | None = None
        while True:
            with driver_errors():
                page = await self._places.page(account_id, position)
            for each in page.records:
                texts = frozenset(part for text in _strings(each) for part in _parts(text))
                yield RecordTexts(place=page.place, id=str(each["_id"]), texts=texts)
            position = page.position
            if position is None:
                return

    async def _not_held(
        self, account_id: AccountId, place: str, records: Records, held: Sequence[ConversationId]
    ) -> list[Mapping[str, Any]]:
        """Return the records without those of conversations under a legal hold, which wait for its end: what names one
        of them, and words by which they are found."""
        if place == VOCABULARY:
            query = scoped(account_id, {"_id": {"$in": list(held)}})
            rows = await self._database.collection(TERMS).find(query, projection=["terms"]).to_list(None)
            words = {f"{account_id}:{word}" for row in rows for word in words_in(row["terms"])}
            return [each for each in records if each["_id"] not in words]
        waiting = [each["_id"] for each in _with_any(records, held)]
        return [each for each in records if each["_id"] not in waiting]

    async def _own(self, account_id: AccountId, scope: ErasureScope) -> list[str]:
        """Return the identifiers that are the shopper's alone: others may have given the same, or a later shopper."""
        texts = [each for each in scope.identifiers if len(each) >= _SHORTEST]
        keys = {text: _keys_of(text) for text in texts}
        every = sorted({key for own in keys.values() for key in own})
        query = {
            "$or": [{"keys": {"$in": every}}, {"claims": {"$in": every}}],
            "_id": {"$nin": list(scope.profile_ids)},
        }
        rows = self._database.collection(COLLECTIONS[Profile]).find(scoped(account_id, query), ["keys", "claims"])
        taken = {key for row in await rows.to_list(None) for key in (*row.get("keys", ()), *row.get("claims", ()))}
        return [text for text in texts if taken.isdisjoint(keys[text])]


def _with_any(records: Records, texts: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the records in whose bytes any of the texts is."""
    # No regular expression, which Python would keep in its cache.
    wanted = [each.encode() for each in texts]
    return [each for each in records if (written := bson.encode(each)) and any(text in written for text in wanted)]


def _tells_vendor(record: Mapping[str, Any]) -> bool:
    """Whether the record is a call that tells a vendor whom to delete. It loses that once the vendor has accepted it,
    and the erasure's record names those that it has not."""
    return "erasure_id" in record and record.get("kind") == OutgoingKind.ERASURE


def _keys_of(text: str) -> tuple[str, ...]:
    """Return the identity keys that a profile with this text may have."""
    return (*identity_keys(Visitor(external_id=text, email=text, phone=text)), f"b:{text}")


def _strings(value: Any) -> Iterator[str]:
    """Yield every text in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, bytes):
        yield value.decode(errors="replace")


def _parts(text: str) -> Iterator[str]:
    """Yield what may be an identifier in a text: all of it, and its words without the signs around them."""
    if _SHORTEST <= len(text) <= _LONGEST:
        yield text
    for word in _SEPARATORS.split(text):
        word = word.strip(".!?'\"[]{}&")
        if _SHORTEST <= len(word) <= _LONGEST:
            yield word


def _shown(record_id: Any, wanted: Sequence[str]) -> str:
    """The id of a record for people; without the identifier, which some ids are made of."""
    text = str(record_id)
    for each in wanted:
        text = text.replace(each, "…")
    return text
