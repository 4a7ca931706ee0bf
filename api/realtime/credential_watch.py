"""Notices in the log that a credential of an open connection may not be used any more, or has other rights."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from domain.events import CredentialRevoked, LoggedEvent, RevocationReason, StaffChanged, credential_topic, staff_topic
from domain.principal import Principal
from domain.signals import Typing
from resolvers.subscriptions import StreamResetReason


class AccessEnd(Enum):
    """Why a connection must end."""

    REVOKED = auto()
    ROTATED = auto()
    ROLE_CHANGED = auto()
    SUSPENDED = auto()


class CredentialWatcher:
    """Listens to the feed of an account for one connection."""

    def __init__(self, principal: Principal, ended: Callable[[AccessEnd], None]) -> None:
        member = {staff_topic(principal.staff_id)} if principal.staff_id else set()
        self.topics = frozenset({credential_topic(principal.credential_id), *member})
        self._principal = principal
        self._ended = ended

    def on_event(self, event: LoggedEvent) -> None:
        match event.body:
            case CredentialRevoked(credential_id=self._principal.credential_id, reason=reason):
                self._ended(AccessEnd.ROTATED if reason is RevocationReason.ROTATED else AccessEnd.REVOKED)
            case StaffChanged(staff=staff) if staff.id == self._principal.staff_id:
                if staff.suspended_at is not None:
                    self._ended(AccessEnd.SUSPENDED)
                elif staff.role is not self._principal.role:
                    self._ended(AccessEnd.ROLE_CHANGED)

    def on_signal(self, signal: Typing) -> None:
        """Signals are not about credentials."""

    def on_reset(self, reason: StreamResetReason) -> None:
        self._ended(AccessEnd.REVOKED)  # the events in between are unknown
