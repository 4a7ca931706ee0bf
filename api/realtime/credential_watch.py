"""Notices in the log that a credential of an open connection may not be used any more, or has other rights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto

from domain.events import (
    ConversationChanged,
    CredentialRevoked,
    HandoffChanged,
    LoggedEvent,
    MessageAdded,
    MessageDeliveryChanged,
    MessageRedacted,
    RevocationReason,
    StaffChanged,
    conversation_topic,
    credential_topic,
    staff_topic,
)
from domain.model.conversation import Conversation
from domain.principal import Principal
from domain.signals import Typing
from resolvers.subscriptions import StreamResetReason


class AccessEnd(Enum):
    """Why a connection must end."""

    REVOKED = auto()
    ROTATED = auto()
    KEY_CHANGED = auto()
    ROLE_CHANGED = auto()
    SUSPENDED = auto()


_ENDS = {
    RevocationReason.REVOKED: AccessEnd.REVOKED,
    RevocationReason.ROTATED: AccessEnd.ROTATED,
    RevocationReason.CHANGED: AccessEnd.KEY_CHANGED,
}


class CredentialWatcher:
    """Listens to the feed of an account for one connection."""

    def __init__(
        self,
        principal: Principal,
        ended: Callable[[AccessEnd], None],
        expires: Callable[[datetime], None] | None = None,
    ) -> None:
        issuer = principal.issuer
        roles = {principal.staff_id: principal.role, **({issuer.staff_id: issuer.role} if issuer else {})}
        self._roles = {staff_id: role for staff_id, role in roles.items() if staff_id is not None}
        self._credentials = {principal.credential_id, *({issuer.credential_id} if issuer else ())}
        own = {conversation_topic(principal.conversation_id)} if principal.conversation_id and expires else set()
        self.topics = frozenset(
            {*map(credential_topic, self._credentials), *map(staff_topic, self._roles), *own},
        )
        self._last_end = None if issuer is None else issuer.expires_at
        self._ended = ended
        self._expires = expires
        self._until = principal.expires_at

    def on_event(self, event: LoggedEvent) -> None:
        match event.body:
            case CredentialRevoked(credential_id=credential_id, reason=reason) if credential_id in self._credentials:
                self._ended(_ENDS.get(reason, AccessEnd.REVOKED))  # a newer build may know more reasons
            case StaffChanged(staff=staff) if staff.id in self._roles:
                if staff.suspended_at is not None:
                    self._ended(AccessEnd.SUSPENDED)
                elif staff.role is not self._roles[staff.id]:
                    self._ended(AccessEnd.ROLE_CHANGED)
            case (
                MessageAdded() | MessageRedacted() | ConversationChanged() | HandoffChanged() | MessageDeliveryChanged()
            ):
                self._note_close(event.body.conversation)

    def _note_close(self, conversation: Conversation) -> None:
        """The close of a conversation sets the end of its visitor tokens, but for one that ends earlier with a key."""
        until = conversation.shopper_reads_until
        if until is not None and self._last_end is not None:
            until = min(until, self._last_end)
        if until is not None and until != self._until and self._expires is not None:
            self._until = until
            self._expires(until)

    def on_signal(self, signal: Typing) -> None:
        """Signals are not about credentials."""

    def on_reset(self, reason: StreamResetReason) -> None:
        self._ended(AccessEnd.REVOKED)  # the events in between are unknown
