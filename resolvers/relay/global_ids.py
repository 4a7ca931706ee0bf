"""Global ids: the type and the key of a node, base64url-encoded, so that `node(id:)` finds it."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

import strawberry

from domain.values.errors import Field, Invalid, NotFound


@strawberry.interface(description="An object with a global ID. `node(id:)` returns it again.")
class Node:
    id: strawberry.ID = strawberry.field(description="A globally unique, opaque and stable ID. `node(id:)` takes it.")


def to_global_id(type_name: str, key: str) -> strawberry.ID:
    return strawberry.ID(urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("="))


def parse_global_id(global_id: str) -> tuple[str, str] | None:
    """Return (type name, key), or `None` if the text is not a global ID."""
    try:
        text = urlsafe_b64decode(global_id + "=" * (-len(global_id) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    type_name, colon, key = text.partition(":")
    return (
        (type_name, key) if colon and key.isalnum() and to_global_id(type_name, key) == global_id.rstrip("=") else None
    )


def key_of(global_id: str, type_name: str, *, field: Field) -> str:
    """Return the key in a global ID. Raises `Invalid` if it is not a global ID, `NotFound` if its type differs."""
    parsed = parse_global_id(global_id)
    if parsed is None:
        raise Invalid("This is not an ID of this server. Pass IDs exactly as they were returned.", field=field)
    if parsed[0] != type_name:
        raise NotFound(f"This is an ID of type {parsed[0]}: pass one of type {type_name}.", field=field)
    return parsed[1]
