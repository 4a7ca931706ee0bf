"""Records refused sign-ins in the audit log.

At a public provider, everybody can have an account, so strangers cause refusals at will, and the log only grows. For
this reason an entry concerns a member of the team, and a member has at most one in an hour.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from domain.audit.changes import values
from domain.audit.recording import staff_target
from domain.model.account import Staff
from domain.model.audit import AuditAction, AuditActor, AuditActorKind, AuditRecord
from domain.sign_in.errors import SignInRefused
from domain.sign_in.members import concerned_member
from domain.sign_in.model import Browser, ProviderIdentity
from domain.storage import AuditQuery, Storage, UnitOfWork
from domain.values.clock import Clock
from domain.values.ids import AccountId
from domain.values.paging import Slice

_INTERVAL = timedelta(hours=1)  # between two entries about the same member

logger = logging.getLogger("baton.sign_in")


class Refusals:
    def __init__(self, *, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def note(
        self, account_id: AccountId, identity: ProviderIdentity, browser: Browser, refusal: SignInRefused
    ) -> None:
        """Add an entry about the member whose subject or e-mail address the identity has. Without such a member, or
        within an hour of the member's previous entry, only the server's log has the refusal. Raises `Unavailable`."""
        member = concerned_member(await self._storage.read(account_id).staff(), identity)
        if member is None:
            logger.info("A sign-in to account %s was refused: the person is not on its team.", account_id)
            return
        if await self._is_recent(account_id, member):
            logger.info("A sign-in to account %s as member %s was refused again.", account_id, member.id)
            return

        async def record(uow: UnitOfWork) -> None:
            uow.audit(
                AuditRecord(
                    at=uow.now,
                    actor=AuditActor(kind=AuditActorKind.ANONYMOUS, address=browser.address),
                    action=AuditAction.SIGN_IN_REFUSED,
                    target=staff_target(member),
                    changes=values(email=identity.email, subject=identity.subject, reason=str(refusal)),
                )
            )

        await self._storage.write(account_id, record)

    async def _is_recent(self, account_id: AccountId, member: Staff) -> bool:
        query = AuditQuery(
            actions=(AuditAction.SIGN_IN_REFUSED,), target_id=member.id, since=self._clock.now() - _INTERVAL
        )
        return bool((await self._storage.read(account_id).audit_log(query, Slice(limit=1))).items)
