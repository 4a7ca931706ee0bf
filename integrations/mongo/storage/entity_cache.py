"""What the committed transactions left behind, so that the next ones need not read it again.

It holds only kinds that never change without an event that carries their new state. So what was read of them while an
account's log stood at some number is right as long as it stands there; and where the log went on, its events say what
has become of it.
"""

from __future__ import annotations

from collections import OrderedDict

from domain.events import (
    AccountChanged,
    ConversationChanged,
    EventBody,
    HandoffChanged,
    HandoffSettingsChanged,
    MessageAdded,
    MessageDeliveryChanged,
    TicketChanged,
)
from domain.model.account import Account
from domain.model.conversation import Conversation
from domain.model.handoff import HandoffSettings
from domain.storage import Entity
from domain.values.ids import AccountId

Key = tuple[type[Entity], str]

LOGGED = (Account, Conversation, HandoffSettings)
_SIZE = 10_000  # entities of all accounts of the process together: about 20 MB


def key_of(entity: Entity) -> Key:
    return type(entity), entity.id


def carried(body: EventBody) -> Entity | None:
    """Whose new state the event carries."""
    match body:
        case MessageAdded() | MessageDeliveryChanged() | ConversationChanged() | HandoffChanged() | TicketChanged():
            return body.conversation
        case AccountChanged():
            return body.account
        case HandoffSettingsChanged():
            return body.settings
        case _:
            return None


class EntityCache:
    """The process's: what was not asked for longest goes first, whosever it is."""

    def __init__(self, size: int = _SIZE) -> None:
        self._size = size
        self._entities: OrderedDict[tuple[AccountId, Key], tuple[object, Entity]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entities)

    def get(self, account_id: AccountId, age: object, key: Key) -> Entity | None:
        found = self._entities.get((account_id, key))
        if found is None or found[0] is not age:
            return None
        self._entities.move_to_end((account_id, key))
        return found[1]

    def keep(self, account_id: AccountId, age: object, entity: Entity) -> None:
        place = account_id, key_of(entity)
        self._entities[place] = age, entity
        self._entities.move_to_end(place)
        if len(self._entities) > self._size:
            self._entities.popitem(last=False)


class AccountCache:
    """One account's part of it. To clear it is to begin a new age: what is of an older one is not found any more."""

    def __init__(self, *, shared: EntityCache, account_id: AccountId) -> None:
        self._shared = shared
        self._account_id = account_id
        self._age = object()

    def get(self, key: Key) -> Entity | None:
        return self._shared.get(self._account_id, self._age, key)

    def keep(self, entity: Entity) -> None:
        if isinstance(entity, LOGGED):
            self._shared.keep(self._account_id, self._age, entity)

    def clear(self) -> None:
        self._age = object()
