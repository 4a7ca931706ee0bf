"""One-time links, which sign a member of the demo account in without a provider.

A link is made with the server's secret, so by a person who can start the server or read its data folder. It is sealed,
valid for a short time, and names the session that it opens: a second use finds that session and is refused.
"""

from __future__ import annotations

from domain.account.lookup import account_of
from domain.audit.changes import values
from domain.audit.recording import staff_target
from domain.model.account import Staff
from domain.model.audit import AuditAction, AuditActor, AuditActorKind, AuditRecord
from domain.model.sign_in import ONE_TIME_LINK, StaffSession
from domain.sign_in.errors import SignInExpired, SignInRefused
from domain.sign_in.model import LINK_LIFE, Browser, OpenedSession, SignInLink
from domain.sign_in.sealing import LinkTokens
from domain.sign_in.sessions import SessionService
from domain.storage import Storage, UnitOfWork
from domain.values.clock import Clock
from domain.values.ids import AccountId, SessionId, StaffId, new_id


class SignInLinks:
    def __init__(self, *, storage: Storage, clock: Clock, secret: bytes, sessions: SessionService) -> None:
        self._storage = storage
        self._clock = clock
        self._tokens = LinkTokens(secret)
        self._sessions = sessions

    def make(self, account_id: AccountId, staff_id: StaffId) -> str:
        """Return the secret part of a new link, for a member of the demo account."""
        link = SignInLink(
            account_id=account_id,
            staff_id=staff_id,
            session_id=SessionId(new_id()),
            expires_at=self._clock.now() + LINK_LIFE,
        )
        return self._tokens.seal(link)

    async def redeem(self, secret: str, browser: Browser) -> OpenedSession:
        """Open the session of a link, and return it.

        Raises `SignInExpired` if the link is too old, was used, or is not of this server; `SignInRefused` if its
        account is not the demo or its member may not sign in; `NotFound` if the account is gone; `Unavailable`.
        """
        link = self._tokens.open(secret)
        if self._clock.now() >= link.expires_at:
            raise SignInExpired("This sign-in link is too old. Get a new one.")

        async def admit(uow: UnitOfWork) -> StaffSession:
            if await uow.get(StaffSession, link.session_id) is not None:
                raise SignInExpired("This sign-in link was used before, and works once. Get a new one.")
            member = await uow.get(Staff, link.staff_id)
            if not (await account_of(uow)).demo or member is None or member.suspended_at is not None:
                raise SignInRefused("This sign-in link is of nobody who may sign in by a link.")
            actor = AuditActor(kind=AuditActorKind.STAFF, name=member.name, staff_id=member.id, address=browser.address)
            changes = values(issuer=ONE_TIME_LINK)
            uow.audit(
                AuditRecord(
                    at=uow.now,
                    actor=actor,
                    action=AuditAction.SIGNED_IN,
                    target=staff_target(member),
                    changes=changes,
                )
            )
            return await self._sessions.open(uow, member, link.session_id, ONE_TIME_LINK, browser)

        session = await self._storage.write(link.account_id, admit)
        refresh_token = self._sessions.refresh_token(link.account_id, session)
        return OpenedSession(session=session, refresh_token=refresh_token, return_to="")
