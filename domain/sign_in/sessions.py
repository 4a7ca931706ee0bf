"""Commands of sessions: renewing the access token, signing out, and revoking.

A refresh token works once. It works again for a short time after its use, since the response may be lost or two tabs
may renew at once, and then gives the same next token. Used later, it was copied: the whole session ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from domain.account.sessions import drop_oldest, end_session
from domain.audit.changes import values
from domain.audit.recording import record, staff_target
from domain.model.account import Staff
from domain.model.audit import AuditAction, AuditActor, AuditActorKind, AuditRecord
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.credentials import Credential, new_access_token, token_hash
from domain.model.sign_in import ONE_TIME_LINK, StaffSession
from domain.principal import Permission, Principal, PrincipalKind
from domain.rights import present_rights, require_rights
from domain.sign_in.errors import SessionEnded
from domain.sign_in.model import GRACE, MAX_ACCESS_TOKENS, MAX_SESSIONS, Browser, Renewal
from domain.sign_in.sealing import ENDED, RefreshContent, RefreshTokens
from domain.storage import Storage, UnitOfWork
from domain.values.clock import Clock
from domain.values.errors import Forbidden, Invalid, NotFound
from domain.values.ids import AccountId, CredentialId, SessionId, new_id
from domain.values.paging import Page, Slice
from domain.values.record import replace

_STAFF_ONLY = "Sessions belong to staff: use the credential of a staff member."


class SessionService:
    def __init__(
        self, *, storage: Storage, clock: Clock, secret: bytes, life: timedelta, access_life: timedelta
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._refresh_tokens = RefreshTokens(secret)
        self._life = life
        self._access_life = access_life

    async def open(
        self, uow: UnitOfWork, member: Staff, session_id: SessionId, issuer: str, browser: Browser
    ) -> StaffSession:
        """Open a session, in the transaction of a sign-in, and return it. The oldest end if there are too many."""
        sessions = await uow.sessions(member.id)
        for oldest in sessions[: max(0, len(sessions) - MAX_SESSIONS + 1)]:
            await end_session(uow, oldest)
        session = StaffSession(
            id=session_id,
            staff_id=member.id,
            issuer=issuer,
            created_at=uow.now,
            renewed_at=uow.now,
            expires_at=uow.now + self._life,
            address=browser.address,
            client=browser.client,
        )
        uow.save(session)
        return session

    def refresh_token(self, account_id: AccountId, session: StaffSession) -> str:
        """Return the refresh token of the session's generation."""
        return self._refresh_tokens.token(account_id, session)

    async def renew(self, refresh_token: str | None, browser: Browser) -> Renewal:
        """Return a new access token, and the refresh token for the next one.

        Raises `SessionEnded`, also for a refresh token that was used before, which ends its session; `Unavailable`.
        """
        content = self._refresh_tokens.open(refresh_token)
        session = await self._storage.read(content.account_id).get(StaffSession, content.session_id)
        if session is None or not session.live(self._clock.now()):  # before a write, which costs more
            raise SessionEnded(ENDED)

        async def renew(uow: UnitOfWork) -> Renewal | None:
            return await self._renew(uow, content, browser)

        renewed = await self._storage.write(content.account_id, renew)
        if renewed is None:
            raise SessionEnded(ENDED)
        return renewed

    async def _renew(self, uow: UnitOfWork, content: RefreshContent, browser: Browser) -> Renewal | None:
        """Return `None` if the session ended: its end is to be committed."""
        session = await uow.get(StaffSession, content.session_id)
        if session is None or not session.live(uow.now):
            return None
        is_repeated = content.generation == session.generation - 1 and uow.now - session.renewed_at <= GRACE
        member = await uow.get(Staff, session.staff_id)
        is_copied = content.generation != session.generation and not is_repeated
        is_vouched_for = await _is_vouched_for(uow, session)
        if is_copied or not is_vouched_for or member is None or member.suspended_at is not None:
            await end_session(uow, session)
            if is_copied and member is not None:
                _audit_copy(uow, session, member, browser)
            return None
        token = new_access_token()
        expires_at = min(uow.now + self._access_life, session.expires_at)
        access = Credential(
            id=CredentialId(new_id()),
            kind=PrincipalKind.STAFF,
            token_hash=token_hash(token),
            created_at=uow.now,
            staff_id=session.staff_id,
            session_id=session.id,
            expires_at=expires_at,
        )
        uow.save(access)
        kept = (*await drop_oldest(uow, session, keep=MAX_ACCESS_TOKENS - 1), access.id)
        renewed = replace(session, access_ids=kept, address=browser.address, client=browser.client)
        if not is_repeated:
            renewed = replace(renewed, generation=session.generation + 1, renewed_at=uow.now)
        uow.save(renewed)
        return Renewal(
            access_token=token,
            expires_at=expires_at,
            refresh_token=self._refresh_tokens.token(uow.account_id, renewed),
            session=renewed,
        )

    async def page(self, principal: Principal, *, everybody: bool, page: Slice) -> Page[StaffSession]:
        """Return live sessions, the newest first: the caller's own, or those of all staff. Raises `Forbidden`."""
        if everybody:
            principal.require(Permission.MANAGE_SIGN_IN)
        elif principal.staff_id is None:
            principal.require_known()
            raise Forbidden(_STAFF_ONLY)
        owner = None if everybody else principal.staff_id
        return await self._storage.read(principal.account_id).sessions(owner, self._clock.now(), page)

    async def sign_out(self, principal: Principal, *, everywhere: bool) -> list[StaffSession]:
        """End the caller's session, or all sessions of the caller. Returns them. Raises `Invalid` if the credential is
        a key and `everywhere` is false, `Forbidden`."""
        principal.require_known()
        staff_id, session_id = principal.staff_id, principal.session_id
        if staff_id is None:
            raise Forbidden(_STAFF_ONLY)
        if session_id is None and not everywhere:
            raise Invalid(
                "This credential is a key and not a session. `everywhere: true` ends all your sessions.",
                field="everywhere",
            )

        async def end(uow: UnitOfWork) -> list[StaffSession]:
            await require_rights(uow, principal)
            own = await uow.sessions(staff_id)
            ended = [await end_session(uow, session) for session in own if everywhere or session.id == session_id]
            await _audit_end(uow, principal, ended)
            return ended

        return await self._storage.write(principal.account_id, end)

    async def revoke(self, principal: Principal, session_id: str) -> StaffSession:
        """End a session of the caller, or, for those who manage sign-in, of anybody. Returns it. Ending it again has no
        effect. Raises `NotFound`, also for the session of another member; `Forbidden`."""
        principal.require_known()
        if principal.staff_id is None:
            principal.require(Permission.MANAGE_SIGN_IN)

        async def end(uow: UnitOfWork) -> StaffSession:
            present = await present_rights(uow, principal)
            session = await uow.get(StaffSession, session_id)
            is_own = session is not None and session.staff_id == principal.staff_id
            manages = is_own or present.has(Permission.MANAGE_SIGN_IN)
            if session is None or not manages:
                raise NotFound("No such session.", field="session_id")
            if not session.live(uow.now):
                return session
            ended = await end_session(uow, session)
            await _audit_end(uow, principal, [ended])
            return ended

        return await self._storage.write(principal.account_id, end)


async def _is_vouched_for(uow: UnitOfWork, session: StaffSession) -> bool:
    """Whether the provider that opened the session is still connected, or the session is of a one-time link."""
    provider = await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.OIDC))
    issuer = None if provider is None else provider.settings["issuer"]
    return session.issuer in (issuer, ONE_TIME_LINK)


async def _audit_end(uow: UnitOfWork, principal: Principal, ended: Iterable[StaffSession]) -> None:
    for session in ended:
        member = await uow.get(Staff, session.staff_id)
        if member is not None:
            changes = values(session=session.id, client=session.client)
            await record(uow, principal, AuditAction.SIGNED_OUT, staff_target(member), changes)


def _audit_copy(uow: UnitOfWork, session: StaffSession, member: Staff, browser: Browser) -> None:
    reason = "A refresh token was used a second time, so it was copied. The session was ended."
    uow.audit(
        AuditRecord(
            at=uow.now,
            actor=AuditActor(kind=AuditActorKind.ANONYMOUS, address=browser.address),
            action=AuditAction.SIGN_IN_REFUSED,
            target=staff_target(member),
            changes=values(session=session.id, client=browser.client, reason=reason),
        )
    )
