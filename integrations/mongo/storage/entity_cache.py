"""A process-wide LRU cache of entities that committed transactions read or wrote, so that the next need not read them.

It holds only kinds whose every change is carried by an event (`LOGGED`). So an entity that was read while the account's
log stood at some position is current as long as the log stands there; and where the log has moved on, its events carry
the new state, or its part (`excerpt.py`): then the entity is removed, and read when it is next needed.
"""

from __future__ import annotations

from cachetools import LRUCache

from domain.events import (
    AccountChanged,
    ConversationChanged,
    EventBody,
    GuidanceChanged,
    HandoffChanged,
    HandoffSettingsChanged,
    MessageAdded,
    MessageDeliveryChanged,
    MessageRedacted,
    TicketChanged,
)
from domain.model.account import Account
from domain.model.agent.guidance import Guidance
from domain.model.conversation import Conversation
from domain.model.handoff import HandoffSettings
from domain.storage import Entity
from domain.values.ids import AccountId
from integrations.mongo.collections import is_apart

Key = tuple[type[Entity], str]

LOGGED = (Account, Conversation, HandoffSettings, Guidance)
_SIZE = 10_000  # entities of all accounts of the process: about 20 MB


def key_of(entity: Entity) -> Key:
    return type(entity), entity.id


def is_cached(key: Key) -> bool:
    """Whether the cache holds such an entity. A test conversation is erased without an event, so it is read anew."""
    return issubclass(key[0], LOGGED) and not is_apart(*key)


def carried_entity(body: EventBody) -> Entity | None:
    """Return the entity whose new state the event carries, in whole or in part (`is_whole`), or None."""
    match body:
        case (
            MessageAdded()
            | MessageRedacted()
            | MessageDeliveryChanged()
            | ConversationChanged()
            | HandoffChanged()
            | TicketChanged()
        ):
            return body.conversation
        case AccountChanged():
            return body.account
        case HandoffSettingsChanged():
            return body.settings
        case GuidanceChanged():
            return body.guidance
        case _:
            return None


def is_whole(entity: Entity) -> bool:
    """Return whether an entity that an event carries has all of its fields."""
    return not (isinstance(entity, Conversation) and entity.left_out)


class EntityCache:
    """Shared by all accounts of the process. Entities are stored with their account's generation (`AccountCache`)."""

    def __init__(self, size: int = _SIZE) -> None:
        self._entities: LRUCache[tuple[AccountId, Key], tuple[object, Entity]] = LRUCache(size)

    def __len__(self) -> int:
        return len(self._entities)

    def get(self, account_id: AccountId, generation: object, key: Key) -> Entity | None:
        found = self._entities.get((account_id, key))
        if found is None or found[0] is not generation:
            return None
        return found[1]

    def remove(self, account_id: AccountId, key: Key) -> None:
        self._entities.pop((account_id, key), None)

    def forget(self, account_id: AccountId) -> None:
        """Drop the entities of an account, also those that no `AccountCache` finds any more."""
        for key in [key for key in self._entities if key[0] == account_id]:
            self._entities.pop(key, None)

    def put(self, account_id: AccountId, generation: object, entity: Entity) -> None:
        self._entities[account_id, key_of(entity)] = generation, entity


class AccountCache:
    """One account's part of the cache. `clear` begins a new generation; entries of an older one are not found."""

    def __init__(self, *, shared: EntityCache, account_id: AccountId) -> None:
        self._shared = shared
        self._account_id = account_id
        self._generation = object()

    def get(self, key: Key) -> Entity | None:
        return self._shared.get(self._account_id, self._generation, key)

    def remove(self, key: Key) -> None:
        self._shared.remove(self._account_id, key)

    def put(self, entity: Entity) -> None:
        """Store the entity, if its kind can be cached at all."""
        if is_cached(key_of(entity)):
            self._shared.put(self._account_id, self._generation, entity)

    def clear(self) -> None:
        self._generation = object()
