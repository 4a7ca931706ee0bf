"""The dictionary of codes under which counters keep tags, skills and tag sets (a set of tags with a skill).

    tag_dictionary  {_id: "<account>:<code>", account, kind: "tag",     text, overflow}
                    {…,                               kind: "skill",   text}
                    {…,                               kind: "tag_set", tags, overflow_tags, skill}

A tag may be any text, with dots, dollar signs or a NUL in it, so it cannot be a key of a document. Its code is a digest
of what it stands for, and therefore the same in every process. An entry is written once, in the transaction of the
first conversation that needs it, and never changed; so entries can be cached without expiry.

The first `MAX_COUNTED_TAGS` tags of an account are counted one by one. A shop that tags every conversation with its
order number would otherwise outgrow the 16 MB of a day's document. The tags beyond are overflow tags: exact where a
filter names them, and one common series where all tags are listed.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from functools import lru_cache

from cachetools import LRUCache
from pymongo import ASCENDING, IndexModel, InsertOne

from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Document, Session

TAG_DICTIONARY = "tag_dictionary"
TAG_DICTIONARY_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    TAG_DICTIONARY: [IndexModel([("account", ASCENDING), ("kind", ASCENDING)])],  # the number of an account's tags
}
MAX_COUNTED_TAGS = 5_000  # per account: their series take at most 3 of the 16 MB that a document may have
_MAX_FILED_TAGS = 32  # a tag set with more tags is filed under `overflow` alone
_DIGEST_BYTES = 9  # with a million texts, two share a code once in ten thousand million accounts
_CACHED_CODES = 20_000  # digests of each kind
_CACHED_ENTRIES = 100_000  # of all accounts together: about 30 MB


class TagSet(Record):
    """A set of tags with a skill."""

    code: str
    tags: tuple[str, ...]  # sorted
    skill: str | None
    overflow_tags: frozenset[str]  # a subset of `tags`

    @property
    def counted_tags(self) -> list[str]:
        """The tags that have a series of their own."""
        return [tag for tag in self.tags if tag not in self.overflow_tags]

    @property
    def is_filed_by_tag(self) -> bool:
        """Whether day counters file it under each of its tags, and not under `overflow`."""
        return not self.overflow_tags and len(self.tags) <= _MAX_FILED_TAGS


TagSetKey = tuple[tuple[str, ...], str | None]  # (tags, sorted; skill)


@lru_cache(_CACHED_CODES)
def tag_code(tag: str) -> str:
    return _digest(["tag", tag])


@lru_cache(_CACHED_CODES)
def skill_code(skill: str) -> str:
    return _digest(["skill", skill])


@lru_cache(_CACHED_CODES)
def tag_set_code(key: TagSetKey) -> str:
    return _digest(["tag_set", key[0], key[1]])


def entry_id(account_id: AccountId, code: str) -> str:
    return f"{account_id}:{code}"


def tag_entry(account_id: AccountId, tag: str, *, overflow: bool) -> Document:
    return {
        "_id": entry_id(account_id, tag_code(tag)),
        "account": account_id,
        "kind": "tag",
        "text": tag,
        **({"overflow": True} if overflow else {}),
    }


def skill_entry(account_id: AccountId, skill: str) -> Document:
    return {"_id": entry_id(account_id, skill_code(skill)), "account": account_id, "kind": "skill", "text": skill}


def tag_set_entry(account_id: AccountId, key: TagSetKey, overflow_tags: Sequence[str]) -> Document:
    return {
        "_id": entry_id(account_id, tag_set_code(key)),
        "account": account_id,
        "kind": "tag_set",
        "tags": list(key[0]),
        "overflow_tags": list(overflow_tags),
        **({} if key[1] is None else {"skill": key[1]}),
    }


class TagCache:
    """A process-wide LRU cache of committed dictionary entries."""

    def __init__(self, size: int = _CACHED_ENTRIES, max_counted_tags: int = MAX_COUNTED_TAGS) -> None:
        self._size = size
        self._entries: LRUCache[str, Document] = LRUCache(size)
        self._tag_sets: dict[str, TagSet] = {}  # decoded entries, by entry id
        self.max_counted_tags = max_counted_tags

    def get(self, key: str) -> Document | None:
        return self._entries.get(key)

    def put(self, entries: Iterable[Document]) -> None:
        for entry in entries:
            self._entries[entry["_id"]] = entry

    async def texts(self, database: MongoDatabase, account_id: AccountId, codes: Collection[str]) -> dict[str, str]:
        """Return the texts of tags or skills by their codes."""
        return {code: entry["text"] for code, entry in (await self._find(database, account_id, codes)).items()}

    async def tag_sets(self, database: MongoDatabase, account_id: AccountId, codes: Set[str]) -> dict[str, TagSet]:
        """Return the tag sets of these codes."""
        found = {code: known for code in codes if (known := self._tag_sets.get(entry_id(account_id, code))) is not None}
        entries = await self._find(database, account_id, codes - found.keys())
        if len(self._tag_sets) + len(entries) > self._size:
            self._tag_sets.clear()
        for code, entry in entries.items():
            found[code] = self._tag_sets[entry_id(account_id, code)] = _tag_set(code, entry)
        return found

    async def overflow_tags(
        self, database: MongoDatabase, account_id: AccountId, tags: Iterable[str]
    ) -> frozenset[str]:
        """Return those of the tags that have no series of their own. A tag that no conversation has is not among
        them."""
        tags_by_code = {tag_code(tag): tag for tag in tags}
        entries = await self._find(database, account_id, tags_by_code)
        return frozenset(tags_by_code[code] for code, entry in entries.items() if entry.get("overflow"))

    async def _find(
        self, database: MongoDatabase, account_id: AccountId, codes: Collection[str]
    ) -> dict[str, Document]:
        found, missing = {}, []
        for code in codes:
            entry = self.get(entry_id(account_id, code))
            if entry is None:
                missing.append(entry_id(account_id, code))
            else:
                found[code] = entry
        if missing:
            entries = await database.collection(TAG_DICTIONARY).find({"_id": {"$in": missing}}).to_list(None)
            self.put(entries)
            found |= {entry["_id"].partition(":")[2]: entry for entry in entries}
        return found


class TagEncoder:
    """Encodes the tag sets of one transaction's conversations, and collects the entries that it must insert."""

    def __init__(self, *, database: MongoDatabase, session: Session, account_id: AccountId, cache: TagCache) -> None:
        self._collection = database.collection(TAG_DICTIONARY)
        self._session = session
        self._account_id = account_id
        self._cache = cache
        self._seen: dict[str, Document] = {}
        self.new_entries: list[Document] = []

    async def encode(self, keys: Collection[TagSetKey]) -> Mapping[TagSetKey, TagSet]:
        """Return the tag set of each key; assign codes to what is new."""
        codes = {key: tag_set_code(key) for key in keys}
        await self._look_up(codes.values())
        new = [key for key, code in codes.items() if self._entry(code) is None]
        if new:
            await self._assign_codes(new)
        return {key: _tag_set(code, self._entry(code) or {}) for key, code in codes.items()}

    @property
    def writes(self) -> list[InsertOne[Document]]:
        """The inserts of the new entries, for the same transaction."""
        return [InsertOne(entry) for entry in self.new_entries]

    def after_commit(self) -> None:
        """Put the entries that the transaction read or wrote into the cache."""
        self._cache.put(self._seen.values())

    def _entry(self, code: str) -> Document | None:
        key = entry_id(self._account_id, code)
        return self._seen.get(key) or self._cache.get(key)

    async def _look_up(self, codes: Iterable[str]) -> None:
        missing = [entry_id(self._account_id, code) for code in codes if self._entry(code) is None]
        if missing:
            cursor = self._collection.find({"_id": {"$in": missing}}, session=self._session)
            self._seen |= {entry["_id"]: entry for entry in await cursor.to_list(None)}

    async def _assign_codes(self, keys: Collection[TagSetKey]) -> None:
        tags = {tag: tag_code(tag) for key in keys for tag in key[0]}
        skills = {key[1]: skill_code(key[1]) for key in keys if key[1] is not None}
        await self._look_up([*tags.values(), *skills.values()])
        new = [tag for tag, code in tags.items() if self._entry(code) is None]
        room = self._cache.max_counted_tags - await self._number_of_tags() if new else 0
        for position, tag in enumerate(new):
            self._add(tag_entry(self._account_id, tag, overflow=position >= room))
        for skill, code in skills.items():
            if self._entry(code) is None:
                self._add(skill_entry(self._account_id, skill))
        for key in keys:
            overflow = [tag for tag in key[0] if (self._entry(tags[tag]) or {}).get("overflow")]
            self._add(tag_set_entry(self._account_id, key, overflow))

    async def _number_of_tags(self) -> int:
        query = {"account": self._account_id, "kind": "tag"}
        limit = self._cache.max_counted_tags
        return int(await self._collection.count_documents(query, limit=limit, session=self._session))

    def _add(self, entry: Document) -> None:
        self._seen[entry["_id"]] = entry
        self.new_entries.append(entry)


def _tag_set(code: str, entry: Mapping[str, object]) -> TagSet:
    tags, overflow_tags, skill = entry["tags"], entry["overflow_tags"], entry.get("skill")
    assert isinstance(tags, list)
    assert isinstance(overflow_tags, list)
    return TagSet(
        code=code,
        tags=tuple(tags),
        skill=None if skill is None else str(skill),
        overflow_tags=frozenset(overflow_tags),
    )


def _digest(value: list[object]) -> str:
    text = json.dumps(value, ensure_ascii=True).encode()
    return urlsafe_b64encode(hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest()).decode()
