"""Connections: pages of a list by keyset cursors, with their edges."""

from collections.abc import Callable
from typing import Any, Generic, TypedDict, TypeVar

import strawberry

from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from resolvers.context import Context, Info
from resolvers.selection import selected_fields

DEFAULT_PAGE = 25
LARGEST_PAGE = 100
ENDS = frozenset({"startCursor", "endCursor"})  # the fields of `PageInfo` that have a cursor

RowT = TypeVar("RowT")
NodeT = TypeVar("NodeT")


@strawberry.type(
    description="The position of a page in its list, as the Relay Cursor Connections specification defines it."
)
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether the list continues after the last edge of this page.")
    has_previous_page: bool = strawberry.field(
        description="Whether the list has edges before the first edge of this page."
    )
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first edge of this page. `null` on an empty page."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last edge of this page, for `after:`. `null` on an empty page."
    )


@strawberry.type(description="An item of a list, together with its cursor.")
class Edge(Generic[NodeT]):
    cursor: str = strawberry.field(
        description="The position of the item in its list: an opaque string for `after:` and `before:` of the same "
        "list."
    )
    node: NodeT = strawberry.field(description="The item at this position.")


@strawberry.type
class Connection(Generic[NodeT]):
    """Base of every connection: a page of a list."""

    edges: list[Edge[NodeT]] = strawberry.field(description="The items of this page, each with its cursor.")
    nodes: list[NodeT] = strawberry.field(description="The items of this page, without their cursors.")
    page_info: PageInfo = strawberry.field(description="The position of this page, and whether there are more pages.")


class PageParts(TypedDict, Generic[NodeT]):
    edges: list[Edge[NodeT]]
    nodes: list[NodeT]
    page_info: PageInfo


class Listing(Generic[RowT, NodeT]):
    """A list of an account: it reads the arguments of the connection, and builds cursors, edges and pages.

    `key` is the key by which rows are sorted, `key_types` the types of its parts, `node` the GraphQL object of a row.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        key_types: tuple[type, ...],
        *,
        key: Callable[[RowT], tuple[object, ...]],
        node: Callable[[RowT], NodeT],
    ) -> None:
        self._cursors = context.services.page_cursors
        self._account_id: AccountId = context.principal.account_id
        self.name = name
        self._key_types = key_types
        self._key_of = key
        self.node = node

    def slice(self, first: int | None, after: str | None, last: int | None = None, before: str | None = None) -> Slice:
        """Raises `Invalid` for a page that is too large, or a cursor of another list."""
        if first is not None and last is not None:
            raise Invalid("Set `first` or `last`, not both.", field="last")
        for name, size in (("first", first), ("last", last)):
            if size is not None and not 1 <= size <= LARGEST_PAGE:
                raise Invalid(f"`{name}` must be between 1 and {LARGEST_PAGE}.", field=(name,))
        return Slice(
            limit=first or last or DEFAULT_PAGE,
            after=self._key(after, "after"),
            before=self._key(before, "before"),
            from_end=last is not None,
        )

    def cursor(self, row: RowT) -> str:
        return self._cursors.encode(self._account_id, self.name, self._key_of(row))

    def edge(self, row: RowT) -> Edge[NodeT]:
        return Edge(cursor=self.cursor(row), node=self.node(row))

    def parts(self, page: Page[RowT], info: Info | None = None) -> PageParts[NodeT]:
        """Return the fields that every connection has, for its constructor. `info` is that of the field whose value the
        connection is: then cursors are made only where they are selected. To seal one takes as long as to make a
        node."""
        if info is not None and "edges" not in selected_fields(info):
            has_ends = selected_fields(info, "pageInfo") & ENDS
            ends = [self.cursor(row) for row in (*page.items[:1], *page.items[-1:])] if has_ends else []
            return {"edges": [], "nodes": [self.node(row) for row in page.items], "page_info": page_info(page, ends)}
        edges = [self.edge(row) for row in page.items]
        return {
            "edges": edges,
            "nodes": [edge.node for edge in edges],
            "page_info": page_info(page, [edge.cursor for edge in edges]),
        }

    def _key(self, cursor: str | None, name: str) -> tuple[object, ...] | None:
        if cursor is None:
            return None
        key = self._cursors.decode(self._account_id, self.name, cursor)
        if key is None or tuple(type(part) for part in key) != self._key_types:
            raise Invalid(
                f"`{name}` is not a cursor of this list. Take it from an edge or from `pageInfo`.", field=(name,)
            )
        return key


def page_info(page: Page[Any], cursors: list[str]) -> PageInfo:
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
