"""What conversations are found by, in MongoDB: `conversation_terms`, one row a conversation, and `vocabulary`.

    conversation_terms  {_id: conversation, account, terms, visitor, profile, started_at, last_message_at, slot,
                         seq, born, positions}
    vocabulary          {_id: "account:term", account}      # every word that any row has, for those that begin so

Rows follow from what a batch saves, in its transaction. They are not part of the conversation, because each of its
messages would then rewrite all its words, in the document and in the events that carry it; here, a message adds those
that are new. In an index by word and instant, every message would also move each word of its conversation to the new
instant: `slot` is the last message's ten minutes, so that most move nothing. `positions` are the last instants of the
last message, with the event that came with each: where the row stood in a list that began before it moved. `visitor`
and `profile` are the terms of what the shopper said of itself here, and of what is known of it elsewhere.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, InsertOne, UpdateMany, UpdateOne

from domain.model.conversation import Conversation, Message
from domain.model.profile import Profile
from domain.search.terms import FACET, IDENTITY, facets, identity, said
from domain.values.ids import AccountId
from integrations.mongo.driver import Document

TERMS = "conversation_terms"
VOCABULARY = "vocabulary"
SLOT = timedelta(minutes=10)  # about as long as a chat: longer, and a page reads more; shorter, and more words move
MOST_TERMS = 10_000  # of a conversation: words that come later are not found, and it stays far from 16 MB
KEPT_POSITIONS = 50  # messages between two pages of one list; beyond it, the log is asked
BY_START = "terms_by_start"
BY_SLOT = "terms_by_slot"
BY_SEQ = "terms_by_seq"

TERM_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    TERMS: [
        IndexModel(
            [("account", ASCENDING), ("terms", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)],
            name=BY_START,
        ),
        IndexModel([("account", ASCENDING), ("terms", ASCENDING), ("slot", DESCENDING)], name=BY_SLOT),
        IndexModel([("account", ASCENDING), ("seq", ASCENDING)], name=BY_SEQ),  # what moved since
    ],
}

TermWrite = InsertOne[Document] | UpdateOne | UpdateMany


def slot_of(instant: datetime) -> datetime:
    return datetime.fromtimestamp(instant.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), instant.tzinfo)


def row_of(
    account_id: AccountId, conversation: Conversation, messages: Iterable[Message], profile: Profile | None
) -> Document:
    """The row of a conversation with all its messages."""
    visitor, known = identity(conversation.visitor), identity(profile)
    at, seq = conversation.last_message_at, conversation.seq
    return {
        "_id": conversation.id,
        "account": account_id,
        "terms": sorted(facets(conversation) | said(messages) | visitor | known),
        "visitor": sorted(visitor),
        "profile": sorted(known),
        "started_at": conversation.started_at,
        "last_message_at": at,
        "slot": slot_of(at),
        "seq": seq,
        "born": seq,
        "positions": [{"seq": seq, "at": at}],
    }


def words_in(terms: Iterable[str]) -> set[str]:
    """Those that people look for; facets are not."""
    return {term for term in terms if not term.startswith(FACET)}


def change_of(
    before: Conversation, after: Conversation, messages: Iterable[Message], profile: Profile | None
) -> UpdateOne:
    """What a change of a conversation does to its row. `profile` is asked for only where the shopper is another."""
    fields: Document = {"seq": after.seq}
    if after.last_message_at != before.last_message_at:
        moved = [{"seq": after.seq, "at": after.last_message_at}]
        kept = {"$slice": ["$positions", 1 - KEPT_POSITIONS]}
        fields |= {
            "last_message_at": after.last_message_at,
            "slot": slot_of(after.last_message_at),
            "positions": {"$concatArrays": [kept, {"$literal": moved}]},
        }
    renamed = identity_moved(before, after)
    if renamed:
        fields["visitor"] = {"$literal": sorted(identity(after.visitor))}
        fields["profile"] = {"$literal": sorted(identity(profile))}
    words, gone, come = said(messages), facets(before) - facets(after), facets(after) - facets(before)
    stages: list[Document] = [{"$set": fields}]
    if words or gone or come or renamed:
        stages.append({"$set": {"terms": _terms(gone=gone, come=come, words=words, renamed=renamed)}})
    return UpdateOne({"_id": after.id}, stages)


def profile_change(account_id: AccountId, profile: Profile) -> UpdateMany:
    """Its shopper is known by other names now, in all its conversations."""
    its = {"$in": [f":profile:{each}" for each in (profile.id, *profile.merged_ids)]}
    return UpdateMany(
        {"account": account_id, "terms": its},
        [
            {"$set": {"profile": {"$literal": sorted(identity(profile))}}},
            {"$set": {"terms": _terms(gone=set(), come=set(), words=set(), renamed=True)}},
        ],
        hint=BY_START,
    )


def identity_moved(before: Conversation, after: Conversation) -> bool:
    return before.visitor != after.visitor or before.profile_id != after.profile_id


def _terms(*, gone: set[str], come: set[str], words: set[str], renamed: bool) -> Document:
    """An expression: the row's terms without those gone, with those that come."""
    kept: Any = "$terms"
    if gone:
        kept = {"$setDifference": [kept, {"$literal": sorted(gone)}]}
    if renamed:
        kept = {"$filter": {"input": kept, "cond": {"$ne": [{"$substrCP": ["$$this", 0, 1]}, IDENTITY]}}}
    parts: list[Any] = [kept, *(["$visitor", "$profile"] if renamed else []), {"$literal": sorted(come)}]
    if words:
        few = {"$lt": [{"$size": "$terms"}, MOST_TERMS]}
        parts.append({"$cond": [few, {"$literal": sorted(words)}, []]})
    return {"$setUnion": parts}


class TermCache:
    """Terms that are in the vocabulary for certain: they never leave it. The process's; what was not met for longest
    is forgotten first, and written once more when it is met again."""

    def __init__(self, size: int = 100_000) -> None:  # about 12 MB
        self._size = size
        self._known: OrderedDict[str, None] = OrderedDict()

    def unknown(self, account_id: AccountId, terms: Iterable[str]) -> list[str]:
        ids = [f"{account_id}:{term}" for term in terms]
        for each in ids:
            if each in self._known:
                self._known.move_to_end(each)
        return sorted(each for each in ids if each not in self._known)

    def add(self, ids: Iterable[str]) -> None:
        self._known.update(dict.fromkeys(ids))
        while len(self._known) > self._size:
            self._known.popitem(last=False)


def coined(account_id: AccountId, ids: Iterable[str]) -> list[UpdateOne]:
    return [UpdateOne({"_id": each}, {"$setOnInsert": {"account": account_id}}, upsert=True) for each in ids]
