"""The words of a shopper in the search index: the rows of the conversations, and the words that no other row has.

A process takes a word that it has met for one that the vocabulary has (`VocabularyCache`). So, once the words are
removed, an event makes every process forget what it has met, and the rows that were written meanwhile get their words
back (VOCABULARY).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.erasure.model import Erasure, ErasureScope
from domain.erasure.ports import Cleared
from domain.model.conversation import Conversation, Visitor
from domain.search.terms import identity
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.search.reindex import Reindex
from integrations.mongo.search.search_index import BY_SEQ, BY_START, TERMS, VOCABULARY, vocabulary_writes, words_in

_CONVERSATIONS = 5  # in one step: each has some hundred words, and each word is looked up
_ROWS = 200  # in one step


class WordEraser:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._reindex = Reindex(database=database)

    async def clear_search(self, account_id: AccountId, erasure: Erasure, scope: ErasureScope) -> Cleared:
        """Rebuild the rows of the next conversations from what is left of them, after the words that only they have
        are deleted. Raises PyMongoError."""
        which = {"$gt": erasure.position, "$nin": list(scope.held)}
        query = scoped(account_id, {"profile_id": {"$in": list(scope.profile_ids)}, "_id": which})
        found = self._database.collection(COLLECTIONS[Conversation]).find(
            query, projection=["_id"], sort=[("_id", 1)], limit=_CONVERSATIONS
        )
        ids = [each["_id"] for each in await found.to_list(None)]
        # The rows have lost the terms of the shopper's identity already, with the conversations and profiles.
        known: set[str] = set() if erasure.position else _identity_terms(scope)
        removed = {TERMS: len(ids), VOCABULARY: await self.forget(account_id, ids, also=known)}
        return Cleared(removed=removed, position=ids[-1] if ids else None)

    async def forget(self, account_id: AccountId, ids: Sequence[str], *, also: Iterable[str] = ()) -> int:
        """Rebuild the rows of conversations from what is left of them, after the words that only they have, and those
        of `also` that no row has, are deleted. Returns how many words were deleted. Raises PyMongoError."""
        words = await self._words_of(account_id, ids, also=also)
        lonely = await self._not_elsewhere(account_id, words, ids)
        count = await self._delete_words(account_id, lonely)
        if not ids:
            return count
        await self._reindex.make(account_id, ids)
        # Another job may have done the same with the only other row that had a word: each then saw that of the other.
        shared = sorted(set(words).difference(lonely))
        return count + await self._delete_words(account_id, await self._not_elsewhere(account_id, shared, ()))

    async def _delete_words(self, account_id: AccountId, words: Sequence[str]) -> int:
        deleted = await self._database.collection(VOCABULARY).delete_many(
            scoped(account_id, {"_id": {"$in": [f"{account_id}:{word}" for word in words]}})
        )
        return deleted.deleted_count

    async def mend_vocabulary(self, account_id: AccountId, erasure: Erasure, scope: ErasureScope) -> Cleared:
        """Give the next rows that were written since the words were removed all of their words. Raises PyMongoError."""
        position = await self.mend(account_id, int(erasure.position or scope.log_end))
        # Rows that are written from now on bring their words themselves.
        return Cleared(removed={}, position=None if position is None else str(position))

    async def mend(self, account_id: AccountId, after: int) -> int | None:
        """Give the next rows that were written after this `seq` all of their words. Returns the `seq` after which to
        continue, `None` if no row is left. Raises PyMongoError."""
        found = self._database.collection(TERMS).find(
            scoped(account_id, {"seq": {"$gt": after}}),
            projection=["terms", "seq"],
            sort=[("seq", 1)],
            limit=_ROWS,
            hint=BY_SEQ,
        )
        rows = await found.to_list(None)
        words = sorted({f"{account_id}:{word}" for row in rows for word in words_in(row["terms"])})
        if words:
            await self._database.collection(VOCABULARY).bulk_write(vocabulary_writes(account_id, words), ordered=False)
        return int(rows[-1]["seq"]) if len(rows) == _ROWS else None

    async def _words_of(self, account_id: AccountId, ids: Sequence[str], *, also: Iterable[str]) -> list[str]:
        """Return the words that these rows have, and those of `also`."""
        terms = self._database.collection(TERMS)
        rows = await terms.find(scoped(account_id, {"_id": {"$in": list(ids)}}), projection=["terms"]).to_list(None)
        return sorted({*also, *(word for row in rows for word in words_in(row["terms"]))})

    async def _not_elsewhere(self, account_id: AccountId, words: Iterable[str], ids: Sequence[str]) -> list[str]:
        """Return the words that no row has but these."""
        terms = self._database.collection(TERMS)
        lonely = []
        for word in words:
            elsewhere = {"terms": word, "_id": {"$nin": list(ids)}}
            if await terms.find_one(scoped(account_id, elsewhere), projection=["_id"], hint=BY_START) is None:
                lonely.append(word)
        return lonely


def _identity_terms(scope: ErasureScope) -> set[str]:
    """Return the terms by which the shopper was found, whatever the text is: an address, a number, an id or a name."""
    known = (
        Visitor(name=text, email=text if "@" in text else None, phone=text if text.startswith("+") else None)
        for text in (*scope.identifiers, *scope.names)
    )
    return {term for each in known for term in identity(each)}
