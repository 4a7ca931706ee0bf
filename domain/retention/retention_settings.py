"""`updateRetention`: how long an account keeps transcripts, files, and the words of business events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from domain.audit.changes import changes_between
from domain.audit.recording import record
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.principal import Permission, Principal
from domain.retention.policy import RetentionPolicy
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.record import Record, replace

LEAST = timedelta(days=1)
LEAST_OF_EVENTS = timedelta(days=7)  # a receiver that is down is tried again for 3 days
MOST = timedelta(days=3_650)


class RetentionKind(StrEnum):
    """The kinds of data with a time of their own: fields of `RetentionPolicy`."""

    TRANSCRIPTS = "transcripts"
    ATTACHMENTS = "attachments"
    EVENTS = "events"


class UpdateRetention(Record):
    """The kinds whose time changes, with the new times; `None` keeps them for good."""

    times: Mapping[RetentionKind, timedelta | None]


class RetentionService:
    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def policy_of(self, principal: Principal) -> RetentionPolicy:
        """Return the account's settings. Raises `Forbidden`, `Unavailable`."""
        principal.require(Permission.READ_SETTINGS)
        account_id = principal.account_id
        found = await self._storage.read(account_id).get(RetentionPolicy, account_id)
        return found or RetentionPolicy(id=account_id)

    async def update(self, principal: Principal, command: UpdateRetention) -> RetentionPolicy:
        """Change the times of these kinds, and return all settings. A worker begins at once to remove what is older.
        Raises `Invalid`, `Forbidden`, `Unavailable`."""
        principal.require(Permission.CHANGE_RETENTION)
        for kind, given in command.times.items():
            _check(kind, given)

        async def change(uow: UnitOfWork) -> RetentionPolicy:
            known = await uow.get(RetentionPolicy, uow.account_id)
            before = known or RetentionPolicy(id=uow.account_id)
            after = replace(
                before,
                transcripts=command.times.get(RetentionKind.TRANSCRIPTS, before.transcripts),
                attachments=command.times.get(RetentionKind.ATTACHMENTS, before.attachments),
                events=command.times.get(RetentionKind.EVENTS, before.events),
                version=before.version + 1,
                events_until=None,  # what was held then may not be held now
            )
            changes = changes_between(before, after, RetentionKind)
            if not changes:
                return before
            uow.save(after)
            uow.save(retention_timer(uow.account_id, uow.now))
            target = AuditTarget(kind=AuditTargetKind.ACCOUNT, id=uow.account_id)
            await record(uow, principal, AuditAction.RETENTION_UPDATED, target, changes)
            return after

        return await self._storage.write(principal.account_id, change)


async def look_again(uow: UnitOfWork) -> None:
    """Let the next run begin at once, and look at all business events: a legal hold has ended."""
    policy = await uow.get(RetentionPolicy, uow.account_id)
    if policy is not None and policy.is_on:
        uow.save(replace(policy, version=policy.version + 1, events_until=None))
        uow.save(retention_timer(uow.account_id, uow.now))


def retention_timer(account_id: AccountId, due_at: datetime) -> Timer:
    """Return the timer of the next step of an account's retention."""
    return Timer(id=f"retention:{account_id}", kind=TimerKind.APPLY_RETENTION, subject=account_id, due_at=due_at)


def _check(kind: RetentionKind, given: timedelta | None) -> None:
    least = LEAST_OF_EVENTS if kind is RetentionKind.EVENTS else LEAST
    if given is not None and not least <= given <= MOST:
        raise Invalid(f"Give a time from {least.days} to {MOST.days:,} days, or null to keep them.", field=kind.value)
