"""Short names for what counters are kept by: tags, skills, and classes (a set of tags with a skill).

    metric_labels  {_id: "account:name", account, kind: tag,   text, rare}
                   {…,                            kind: skill, text}
                   {…,                            kind: class, tags, rare, skill}

A tag may be any text, with dots, dollars or a NUL in it, so none is ever a key of a document: a name is a digest of
what it stands for, the same in every process. A row is written once, with the first conversation that needs it, and
never changed; so what was read of it can be kept.

The first tags of an account are counted one by one, up to `MOST_TAGS`. A shop that makes a tag of every order number
would otherwise make days that no document can hold. Tags beyond are rare: exact where they are asked for, and together
where all tags are listed.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from functools import lru_cache

from pymongo import ASCENDING, IndexModel, InsertOne

from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Document, Session

LABELS = "metric_labels"
LABEL_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    LABELS: [IndexModel([("account", ASCENDING), ("kind", ASCENDING)])],  # how many tags there are
}
MOST_TAGS = 5_000  # of an account that are counted one by one: half a megabyte of a day's document
_MOST_TOGETHER = 32  # tags of one conversation under each of which it is filed
_DIGEST = 9  # bytes: two of a million texts alike, once in ten thousand million accounts
_NAMES = 20_000  # digests of each kind that are remembered
_KEPT = 100_000  # rows in memory: some 30 MB


class TagSet(Record):
    """A set of tags with a skill."""

    name: str
    tags: tuple[str, ...]  # sorted
    skill: str | None
    rare: frozenset[str]  # of the tags

    @property
    def counted(self) -> list[str]:
        return [tag for tag in self.tags if tag not in self.rare]

    @property
    def plain(self) -> bool:
        """It is filed under each of its tags; what is not plain, in one place apart."""
        return not self.rare and len(self.tags) <= _MOST_TOGETHER


Kind = tuple[tuple[str, ...], str | None]  # of a class: its tags, sorted, and its skill


@lru_cache(_NAMES)
def tag_name(tag: str) -> str:
    return _name(["tag", tag])


@lru_cache(_NAMES)
def skill_name(skill: str) -> str:
    return _name(["skill", skill])


@lru_cache(_NAMES)
def tag_set_name(kind: Kind) -> str:
    return _name(["class", kind[0], kind[1]])


def row_id(account_id: AccountId, name: str) -> str:
    return f"{account_id}:{name}"


class TagCache:
    """The process's memory of committed rows, of all accounts; what was not asked for longest goes first."""

    def __init__(self, size: int = _KEPT, most_tags: int = MOST_TAGS) -> None:
        self._size = size
        self._rows: OrderedDict[str, Document] = OrderedDict()
        self._classes: dict[str, TagSet] = {}  # of rows, as far as they were asked for
        self.most_tags = most_tags

    def get(self, key: str) -> Document | None:
        row = self._rows.get(key)
        if row is not None:
            self._rows.move_to_end(key)
        return row

    def keep(self, rows: Iterable[Document]) -> None:
        for row in rows:
            self._rows[row["_id"]] = row
        while len(self._rows) > self._size:
            self._rows.popitem(last=False)

    async def texts(self, database: MongoDatabase, account_id: AccountId, names: Collection[str]) -> dict[str, str]:
        """Of tags or skills, by their names."""
        return {name: row["text"] for name, row in (await self._rows_of(database, account_id, names)).items()}

    async def classes(self, database: MongoDatabase, account_id: AccountId, names: Set[str]) -> dict[str, TagSet]:
        found = {name: kind for name in names if (kind := self._classes.get(row_id(account_id, name))) is not None}
        rows = await self._rows_of(database, account_id, names - found.keys())
        if len(self._classes) + len(rows) > self._size:
            self._classes.clear()
        for name, row in rows.items():
            found[name] = self._classes[row_id(account_id, name)] = _class(name, row)
        return found

    async def rare(self, database: MongoDatabase, account_id: AccountId, tags: Iterable[str]) -> frozenset[str]:
        """Those of the tags that are not counted by themselves. One that no conversation has is not rare."""
        names = {tag_name(tag): tag for tag in tags}
        rows = await self._rows_of(database, account_id, names)
        return frozenset(names[name] for name, row in rows.items() if row.get("rare"))

    async def _rows_of(
        self, database: MongoDatabase, account_id: AccountId, names: Collection[str]
    ) -> dict[str, Document]:
        found, missing = {}, []
        for name in names:
            row = self.get(row_id(account_id, name))
            if row is None:
                missing.append(row_id(account_id, name))
            else:
                found[name] = row
        if missing:
            rows = await database.collection(LABELS).find({"_id": {"$in": missing}}).to_list(None)
            self.keep(rows)
            found |= {row["_id"].partition(":")[2]: row for row in rows}
        return found


class TagEncoder:
    """The classes of one transaction's conversations. What is new of them is in `rows`, to be written in it."""

    def __init__(self, *, database: MongoDatabase, session: Session, account_id: AccountId, known: TagCache) -> None:
        self._labels = database.collection(LABELS)
        self._session = session
        self._account_id = account_id
        self._known = known
        self._seen: dict[str, Document] = {}
        self.rows: list[Document] = []  # new ones

    async def classes(self, kinds: Collection[Kind]) -> Mapping[Kind, TagSet]:
        names = {kind: tag_set_name(kind) for kind in kinds}
        await self._look_up(names.values())
        new = [kind for kind, name in names.items() if self._row(name) is None]
        if new:
            await self._coin(new)
        return {kind: _class(name, self._row(name) or {}) for kind, name in names.items()}

    @property
    def writes(self) -> list[InsertOne[Document]]:
        return [InsertOne(row) for row in self.rows]

    def remember(self) -> None:
        """Once it is committed."""
        self._known.keep(self._seen.values())

    def _row(self, name: str) -> Document | None:
        key = row_id(self._account_id, name)
        return self._seen.get(key) or self._known.get(key)

    async def _look_up(self, names: Iterable[str]) -> None:
        missing = [row_id(self._account_id, name) for name in names if self._row(name) is None]
        if missing:
            cursor = self._labels.find({"_id": {"$in": missing}}, session=self._session)
            self._seen |= {row["_id"]: row for row in await cursor.to_list(None)}

    async def _coin(self, kinds: Collection[Kind]) -> None:
        tags = {tag: tag_name(tag) for kind in kinds for tag in kind[0]}
        skills = {kind[1]: skill_name(kind[1]) for kind in kinds if kind[1] is not None}
        await self._look_up([*tags.values(), *skills.values()])
        new = [tag for tag, name in tags.items() if self._row(name) is None]
        room = self._known.most_tags - await self._counted() if new else 0
        for place, tag in enumerate(new):
            self._add(tags[tag], kind="tag", text=tag, **({"rare": True} if place >= room else {}))
        for skill, name in skills.items():
            if self._row(name) is None:
                self._add(name, kind="skill", text=skill)
        for kind in kinds:
            rare = [tag for tag in kind[0] if (self._row(tags[tag]) or {}).get("rare")]
            skill_part = {} if kind[1] is None else {"skill": kind[1]}
            self._add(tag_set_name(kind), kind="class", tags=list(kind[0]), rare=rare, **skill_part)

    async def _counted(self) -> int:
        query = {"account": self._account_id, "kind": "tag"}
        return int(await self._labels.count_documents(query, limit=self._known.most_tags, session=self._session))

    def _add(self, name: str, **row: object) -> None:
        key = row_id(self._account_id, name)
        document: Document = {"_id": key, "account": self._account_id, **row}
        self._seen[key] = document
        self.rows.append(document)


def _class(name: str, row: Mapping[str, object]) -> TagSet:
    tags, rare = row["tags"], row["rare"]
    assert isinstance(tags, list)
    assert isinstance(rare, list)
    skill = row.get("skill")
    return TagSet(name=name, tags=tuple(tags), skill=None if skill is None else str(skill), rare=frozenset(rare))


def _name(what: list[object]) -> str:
    text = json.dumps(what, ensure_ascii=True).encode()
    return urlsafe_b64encode(hashlib.blake2b(text, digest_size=_DIGEST).digest()).decode()
