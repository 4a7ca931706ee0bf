"""Reads entities of any kind of one account: all that match, or page by page by keyset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from domain.storage import E
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import APART, COLLECTIONS, is_apart, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import find_readable, first_readable

T = TypeVar("T")


class PageReader:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId) -> None:
        self._database = database
        self._account_id = account_id

    async def page(
        self,
        kind: type[E],
        query: Mapping[str, Any],
        fields: tuple[str, ...],
        descending: bool,
        page: Slice,
        *,
        apart: bool = False,
    ) -> Page[E]:
        """Return a page in the order of the fields; `apart`: of test conversations. One row more than it takes tells
        whether there are more.

        Raises `Unavailable`.
        """
        bounds = [keyset_filter(fields, page.after, descending)] if page.after else []
        bounds += [keyset_filter(fields, page.before, not descending)] if page.before else []
        direction = -1 if descending != page.from_end else 1
        rows = await self.find(
            kind,
            {"$and": [query, *bounds]} if bounds else query,
            sort=[(field, direction) for field in fields],
            limit=page.limit + 1,
            apart=apart,
        )
        return page_of(rows, page)

    async def find(
        self,
        kind: type[E],
        query: Mapping[str, Any],
        *,
        sort: list[tuple[str, int]] | None = None,
        limit: int = 0,
        apart: bool = False,
    ) -> list[E]:
        """Return the entities that match; `apart`: of test conversations. Raises `Unavailable`."""
        collection = (APART if apart else COLLECTIONS)[kind]

        async def read(wanted: Mapping[str, Any]) -> list[Document]:
            return await self._database.find(collection, dict(wanted), sort=sort, limit=limit)

        with driver_errors():
            wanted = scoped(self._account_id, query)
            if limit:
                found = await first_readable(read, kind, wanted, limit=limit)
            else:
                found = await find_readable(self._database.collection(collection), kind, wanted, sort=sort)
        return [entity for _, entity in found]

    async def get_many(self, kind: type[E], ids: Iterable[str]) -> list[E]:
        """Return the entities that exist. Raises `Unavailable`."""
        places: dict[bool, list[str]] = {}
        for each in ids:
            places.setdefault(is_apart(kind, each), []).append(each)
        found: list[E] = []
        for apart, some in places.items():
            found += await self.find(kind, {"_id": {"$in": some}}, limit=len(some), apart=apart)
        return found


def page_of(rows: list[T], page: Slice) -> Page[T]:
    """Return the page of rows that were read with one more than the page takes."""
    more, rows = len(rows) > page.limit, rows[: page.limit]
    if page.from_end:
        return Page(items=rows[::-1], has_next=page.before is not None, has_previous=more)
    return Page(items=rows, has_next=more, has_previous=page.after is not None)


def keyset_filter(fields: tuple[str, ...], key: tuple[object, ...], descending: bool) -> dict[str, Any]:
    """Return the query of the rows strictly after the key, in the order of the fields: a > x, or a = x and b > y."""
    operator = "$lt" if descending else "$gt"
    if len(fields) == 1:
        return {fields[0]: {operator: key[0]}}
    (first, last), (value, tie) = fields, key
    return {"$or": [{first: {operator: value}}, {first: value, last: {operator: tie}}]}
