"""A pass over one collection, in the order of `_id`, beside running servers.

Each document is changed on condition that what the change was computed from is still there, so that a command of a
server in between costs another look and nothing else. Servers save only the fields that they change
(`records/changed_fields.py`), and so do not put an old value back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pymongo
from pymongo import UpdateOne

from domain.values.record import Record
from domain.versions.ports import Advance
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.driver import Document

_PAGE = 100  # documents: some milliseconds, for which a command of a server may wait for one of them
_MAX_LOOKS = 20  # at a page whose documents change meanwhile; the pass begins again where documents remain


class Sweep(Record):
    """`pending` finds the documents that are to be changed, and none that was. `change` returns the update of one,
    which it computes from the fields `reads`."""

    name: str
    collection: str
    pending: Mapping[str, Any]
    change: Callable[[Mapping[str, Any]], Document]
    reads: Sequence[str] = ()


class SweepPass:
    def __init__(self, *, database: MongoDatabase, sweep: Sweep, page: int = _PAGE) -> None:
        self._documents = database.collection(sweep.collection)
        self._sweep = sweep
        self._page = page

    @property
    def name(self) -> str:
        return self._sweep.name

    async def remaining(self) -> int:
        with driver_errors(), pymongo.timeout(None):  # without an index, it looks at every document
            return int(await self._documents.count_documents(self._sweep.pending))

    async def advance(self, after: str) -> Advance | None:
        with driver_errors():
            page = await self._find({"_id": {"$gt": after}}, limit=self._page)
            if not page:
                return None
            last, seen = str(page[-1]["_id"]), len(page)
            for _ in range(_MAX_LOOKS):
                if await self._change(page) == len(page):
                    break
                page = await self._find({"_id": {"$in": [each["_id"] for each in page]}})
        return Advance(after=last, seen=seen)

    async def _find(self, among: Document, limit: int = 0) -> list[Document]:
        query = {"$and": [among, self._sweep.pending]}
        found: list[Document] = await self._documents.find(query, sort=[("_id", 1)], limit=limit).to_list(None)
        return found

    async def _change(self, page: Sequence[Document]) -> int:
        """Return the number of documents that were as they were read."""
        if not page:
            return 0
        writes = [
            UpdateOne({**self._unchanged(each), **self._sweep.pending}, self._sweep.change(each)) for each in page
        ]
        return int((await self._documents.bulk_write(writes, ordered=False)).matched_count)

    def _unchanged(self, document: Document) -> Document:
        read = {name: document.get(name) for name in self._sweep.reads}
        return {"$and": [{"_id": document["_id"]}, read, self._sweep.pending]}
