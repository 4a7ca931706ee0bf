"""The inverted index of conversations: `conversation_terms`, one row a conversation, and `vocabulary`.

    conversation_terms
        _id, account            ids of the conversation and its account
        terms                   everything that it is found by (`domain/search/terms.py`), in one multikey index
        visitor_terms           the terms of the visitor's own name, e-mail and phone
        profile_terms           those of the shopper's profile
        started_at              of the conversation
        last_message_at         of the conversation
        last_message_slot       `last_message_at`, rounded down to ten minutes
        seq, created_seq        event of the row's last change, and of the conversation's first
        last_message_positions  [{seq, at}]: the latest values of `last_message_at`, and the event that set each
    vocabulary
        _id                     "<account>:<term>": every word that any row of the account has, for searches by prefix
        account                 the account's id

Rows follow from what a batch saves, in its transaction. They are not part of the conversation, because then every
message would rewrite all its words, in the document and in the events that carry it; here a message adds the new ones.

An index by term and `last_message_at` would move every term of a conversation with every message. The slot is part of
the index instead, so that most messages move nothing (`by_last_message.py`). `last_message_positions` tells where a row
stood in a list whose reading began before the row moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cachetools import LRUCache
from pymongo import ASCENDING, DESCENDING, IndexModel, InsertOne, UpdateMany, UpdateOne

from domain.model.conversation import Conversation, Message
from domain.model.profile import Profile
from domain.search.terms import FACET, IDENTITY, facets, identity, message_terms
from domain.values.ids import AccountId
from integrations.mongo.driver import Document

TERMS = "conversation_terms"
VOCABULARY = "vocabulary"
SLOT = timedelta(minutes=10)  # about as long as a chat: if longer, a page reads more; if shorter, more terms move
MAX_TERMS = 10_000  # of a conversation: later words are not found, and the row stays far below 16 MB
MAX_POSITIONS = 50  # messages between two pages of one list; older positions are read from the event log
BY_START = "terms_by_start"
BY_SLOT = "terms_by_slot"
BY_SEQ = "terms_by_seq"
BY_LAST_MESSAGE = "terms_by_last_message"

SEARCH_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    TERMS: [
        IndexModel(
            [("account", ASCENDING), ("terms", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)],
            name=BY_START,
        ),
        IndexModel([("account", ASCENDING), ("terms", ASCENDING), ("last_message_slot", DESCENDING)], name=BY_SLOT),
        IndexModel([("account", ASCENDING), ("seq", ASCENDING)], name=BY_SEQ),  # the rows that moved since
        # Lists of the past by last message: the rows that have not moved since.
        IndexModel(
            [("account", ASCENDING), ("last_message_at", DESCENDING), ("_id", DESCENDING), ("seq", ASCENDING)],
            name=BY_LAST_MESSAGE,
        ),
        IndexModel([("account", ASCENDING), ("_id", ASCENDING)]),  # all, in which an erasure searches for its shopper
    ],
}

TermWrite = InsertOne[Document] | UpdateOne | UpdateMany


def slot_of(instant: datetime) -> datetime:
    """Return the instant, rounded down to the slot's length."""
    return datetime.fromtimestamp(instant.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), instant.tzinfo)


def row_of(
    account_id: AccountId, conversation: Conversation, messages: Iterable[Message], profile: Profile | None
) -> Document:
    """Return the row of a conversation with these messages, which are all that it has."""
    visitor, known = identity(conversation.visitor), identity(profile)
    at, seq = conversation.last_message_at, conversation.seq
    return {
        "_id": conversation.id,
        "account": account_id,
        "terms": sorted(facets(conversation) | message_terms(messages) | visitor | known),
        "visitor_terms": sorted(visitor),
        "profile_terms": sorted(known),
        "started_at": conversation.started_at,
        "last_message_at": at,
        "last_message_slot": slot_of(at),
        "seq": seq,
        "created_seq": seq,
        "last_message_positions": [{"seq": seq, "at": at}],
    }


def words_in(terms: Iterable[str]) -> set[str]:
    """Return the terms that a search can find, which facets are not."""
    return {term for term in terms if not term.startswith(FACET)}


def update_of(
    before: Conversation, after: Conversation, messages: Iterable[Message], profile: Profile | None
) -> UpdateOne:
    """Return the update of a conversation's row. `profile` is used only where `identity_moved` is true."""
    fields: Document = {"seq": after.seq}
    if after.last_message_at != before.last_message_at:
        position = [{"seq": after.seq, "at": after.last_message_at}]
        kept = {"$slice": ["$last_message_positions", 1 - MAX_POSITIONS]}
        fields |= {
            "last_message_at": after.last_message_at,
            "last_message_slot": slot_of(after.last_message_at),
            "last_message_positions": {"$concatArrays": [kept, {"$literal": position}]},
        }
    renamed = identity_moved(before, after)
    if renamed:
        fields["visitor_terms"] = {"$literal": sorted(identity(after.visitor))}
        fields["profile_terms"] = {"$literal": sorted(identity(profile))}
    words, removed, added = message_terms(messages), facets(before) - facets(after), facets(after) - facets(before)
    stages: list[Document] = [{"$set": fields}]
    if words or removed or added or renamed:
        stages.append({"$set": {"terms": _terms(removed=removed, added=added, words=words, renamed=renamed)}})
    return UpdateOne({"_id": after.id}, stages)


def profile_update_of(account_id: AccountId, profile: Profile) -> UpdateMany:
    """Return the update of all rows of a profile whose name, e-mail, phone or merged profiles have changed."""
    own = {"$in": [f":profile:{each}" for each in (profile.id, *profile.merged_ids)]}
    return UpdateMany(
        {"account": account_id, "terms": own},
        [
            {"$set": {"profile_terms": {"$literal": sorted(identity(profile))}}},
            {"$set": {"terms": _terms(removed=set(), added=set(), words=set(), renamed=True)}},
        ],
        hint=BY_START,
    )


def identity_moved(before: Conversation, after: Conversation) -> bool:
    """Return whether a change of the conversation changes the terms of its shopper."""
    return before.visitor != after.visitor or before.profile_id != after.profile_id


def _terms(*, removed: set[str], added: set[str], words: set[str], renamed: bool) -> Document:
    """Return an expression of the row's terms after the change; `renamed` replaces those of the shopper."""
    kept: Any = "$terms"
    if removed:
        kept = {"$setDifference": [kept, {"$literal": sorted(removed)}]}
    if renamed:
        kept = {"$filter": {"input": kept, "cond": {"$ne": [{"$substrCP": ["$$this", 0, 1]}, IDENTITY]}}}
    parts: list[Any] = [kept, *(["$visitor_terms", "$profile_terms"] if renamed else []), {"$literal": sorted(added)}]
    if words:
        has_room = {"$lt": [{"$size": "$terms"}, MAX_TERMS]}
        parts.append({"$cond": [has_room, {"$literal": sorted(words)}, []]})
    return {"$setUnion": parts}


class VocabularyCache:
    """A process-wide LRU cache of words that are in the vocabulary, which loses one only when a shopper is erased
    (`integrations/mongo/erasure/words.py`): then it forgets those of the account.

    A word that was evicted is written once more when it is met again.
    """

    def __init__(self, size: int = 100_000) -> None:  # about 12 MB
        self._ids: LRUCache[str, bool] = LRUCache(size)

    def unknown(self, account_id: AccountId, terms: Iterable[str]) -> list[str]:
        """Return the vocabulary ids of the terms that are not cached, sorted."""
        return sorted(each for term in terms if not self._ids.get(each := f"{account_id}:{term}"))

    def put(self, ids: Iterable[str]) -> None:
        self._ids.update(dict.fromkeys(ids, True))

    def forget(self, account_id: AccountId) -> None:
        """Forget the words of an account."""
        prefix = f"{account_id}:"
        for each in [each for each in self._ids if each.startswith(prefix)]:
            self._ids.pop(each, None)

    def clear(self) -> None:
        """Forget all words."""
        self._ids.clear()


def vocabulary_writes(account_id: AccountId, ids: Iterable[str]) -> list[UpdateOne]:
    """Return the upserts of these vocabulary ids."""
    return [UpdateOne({"_id": each}, {"$setOnInsert": {"account": account_id}}, upsert=True) for each in ids]
