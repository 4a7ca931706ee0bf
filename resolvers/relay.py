"""Global ids and pages, as Relay has them (relay.dev/docs/guides/graphql-server-specification)."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import strawberry

from domain.values.errors import Invalid, NotFound
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from resolvers.context import Context

DEFAULT_PAGE = 25
LARGEST_PAGE = 100


@strawberry.interface(description="Anything with a global id: ask for it again with `node`.")
class Node:
    id: strawberry.ID = strawberry.field(description="Global, opaque, and the same for ever.")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there is more behind the last edge.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before the first edge.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge; null on an empty page.")


def to_global_id(type_name: str, key: str) -> strawberry.ID:
    return strawberry.ID(urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("="))


def parse_global_id(global_id: str) -> tuple[str, str] | None:
    """(type name, key); None where it is no id of ours."""
    try:
        text = urlsafe_b64decode(global_id + "=" * (-len(global_id) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    type_name, colon, key = text.partition(":")
    return (
        (type_name, key) if colon and key.isalnum() and to_global_id(type_name, key) == global_id.rstrip("=") else None
    )


def key_of(global_id: str, type_name: str, *, path: tuple[str, ...]) -> str:
    """The key in an id of this type. Raises Invalid for what is no id, NotFound for one of another type."""
    parsed = parse_global_id(global_id)
    if parsed is None:
        raise Invalid("This is no id of this server: give it back as you got it.", path=path)
    if parsed[0] != type_name:
        raise NotFound(f"This is the id of a {parsed[0]}, not of a {type_name}.", path=path)
    return parsed[1]


class Listing:
    """One list of one account: turns the arguments of a connection into a slice, and its keys into cursors."""

    def __init__(self, context: Context, name: str, key_types: tuple[type, ...]) -> None:
        self._cursors = context.services.page_cursors
        self._account_id: AccountId = context.principal.account_id
        self._name = name
        self._key_types = key_types

    def slice(self, first: int | None, after: str | None, last: int | None, before: str | None) -> Slice:
        if first is not None and last is not None:
            raise Invalid("Give `first` or `last`, not both.", path=("last",))
        for name, size in (("first", first), ("last", last)):
            if size is not None and not 1 <= size <= LARGEST_PAGE:
                raise Invalid(f"A page has 1 to {LARGEST_PAGE} rows.", path=(name,))
        return Slice(
            limit=first or last or DEFAULT_PAGE,
            after=self._key(after, "after"),
            before=self._key(before, "before"),
            from_end=last is not None,
        )

    def cursor(self, key: tuple[object, ...]) -> str:
        return self._cursors.encode(self._account_id, self._name, key)

    def _key(self, cursor: str | None, name: str) -> tuple[object, ...] | None:
        if cursor is None:
            return None
        key = self._cursors.decode(self._account_id, self._name, cursor)
        if key is None or tuple(type(part) for part in key) != self._key_types:
            raise Invalid(f"`{name}` is no cursor of this list: take it from an edge or pageInfo.", path=(name,))
        return key


def page_info(page: Page[Any], cursors: list[str]) -> PageInfo:
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
