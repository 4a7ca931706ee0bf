"""The rows of lists of conversations, and of searches."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.model.conversation import Conversation
from domain.model.profile import Profile
from domain.values.record import Record


class ListedConversation(Protocol):
    """A row of a list of conversations."""

    @property
    def conversation(self) -> Conversation:
        """The conversation."""

    @property
    def profile(self) -> Profile | None:
        """The profile of its shopper, merged or not, if it was read with the row; `None` if it has to be read."""

    @property
    def fingerprint(self) -> bytes | None:
        """A hash of everything that is stored of `conversation` and `profile`: rows with the same fingerprint are
        equal. `None` if it is not known."""

    @property
    def key(self) -> tuple[object, ...]:
        """The keyset that a page starts after."""


class ListedRow(Record):
    """Implements `ListedConversation`.

    In a list by last message, rows move while a client pages. Each row keeps the place that it had when the first page
    was read, at event `pin` of the account's log. In a list by start, rows do not move, and there is no pin.
    """

    conversation: Conversation
    at: datetime
    pin: int | None = None

    @property
    def profile(self) -> Profile | None:
        return None

    @property
    def fingerprint(self) -> bytes | None:
        return None

    @property
    def key(self) -> tuple[object, ...]:
        place = (self.at, self.conversation.id)
        return place if self.pin is None else (*place, self.pin)
