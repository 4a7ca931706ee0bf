"""Sealed secrets of stored records, across accounts: reseal them, and find secrets that cannot be opened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Generic, Protocol, TypeVar

from domain.audit.recording import record as audit
from domain.connected_services.ports import CannotOpen, Vault
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.principal import Actor
from domain.storage import Storage, UnitOfWork
from domain.values.ids import AccountId

_PAGE = 100


class Sealed(Protocol):
    """A record with secrets."""

    @property
    def id(self) -> str:
        """The record's id, unique in its account."""

    @property
    def sealed(self) -> str:
        """The secrets, as the vault encrypted them."""


R = TypeVar("R", bound=Sealed)
R_co = TypeVar("R_co", bound=Sealed, covariant=True)


class PageOf(Protocol[R_co]):
    async def __call__(self, *, after: str, limit: int) -> Sequence[tuple[AccountId, R_co]]:
        """Return records of all accounts in the order of their ids, after the id `after`."""


class SealedRecords(Generic[R]):
    """`place` returns what a record's secrets are bound to; `save` stores the record with newly sealed secrets."""

    def __init__(
        self,
        record_type: type[R],
        *,
        storage: Storage,
        vault: Vault,
        page: PageOf[R],
        target: AuditTargetKind,
        place: Callable[[AccountId, str], str],
        save: Callable[[UnitOfWork, R, str], None],
    ) -> None:
        self._record_type = record_type
        self._storage = storage
        self._vault = vault
        self._page = page
        self._target = target
        self._place = place
        self._save = save

    async def reseal(self, by: Actor) -> AsyncIterator[tuple[AccountId, R, str | None]]:
        """Seal the secrets of each record under the newest key, and yield it; with the reason if that is impossible.

        Records under the newest key are skipped, so an interrupted run continues where it stopped. Raises
        `Unavailable` if the database does not respond.
        """
        async for account_id, record in self._all():
            if not self._vault.is_current(record.sealed):
                problem = None
                try:
                    await self._storage.write(account_id, partial(self._reseal, record.id, by))
                except CannotOpen as error:
                    problem = str(error)
                yield account_id, record, problem

    async def unopenable(self) -> AsyncIterator[tuple[AccountId, R, str]]:
        """Yield the records that no key opens, with the reason. Raises `Unavailable`."""
        async for account_id, record in self._all():
            try:
                self._vault.open(record.sealed, place=self._place(account_id, record.id))
            except CannotOpen as error:
                yield account_id, record, str(error)

    async def _all(self) -> AsyncIterator[tuple[AccountId, R]]:
        last = ""
        while page := await self._page(after=last, limit=_PAGE):
            for row in page:
                yield row
            last = page[-1][1].id

    async def _reseal(self, record_id: str, by: Actor, uow: UnitOfWork) -> None:
        """Works on the current record, which may have been replaced or deleted since it was read."""
        record = await uow.get(self._record_type, record_id)
        if record is not None and not self._vault.is_current(record.sealed):
            place = self._place(uow.account_id, record_id)
            secrets = self._vault.open(record.sealed, place=place)
            self._save(uow, record, self._vault.seal(secrets, place=place))
            target = AuditTarget(kind=self._target, id=record_id)
            await audit(uow, by, AuditAction.SECRETS_REENCRYPTED, target)
