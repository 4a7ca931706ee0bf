"""Ends sessions of staff, inside the transaction of a command.

Each access token of a session is a credential. Their revocation ends the sockets that are open under them, in every
process; the session itself can no longer be renewed.
"""

from __future__ import annotations

from domain.events import CredentialRevoked
from domain.model.credentials import Credential
from domain.model.sign_in import ONE_TIME_LINK, StaffSession
from domain.storage import UnitOfWork
from domain.values.ids import CredentialId, StaffId
from domain.values.record import replace


async def end_session(uow: UnitOfWork, session: StaffSession) -> StaffSession:
    """End a session and revoke its access tokens that are still valid. Returns the session as it is now."""
    for credential_id in session.access_ids:
        credential = await uow.get(Credential, credential_id)
        if credential is not None and credential.usable(uow.now):
            uow.save(replace(credential, revoked_at=uow.now))
            uow.emit(CredentialRevoked(credential_id=credential_id))
    ended = session if session.ended_at is not None else replace(session, ended_at=uow.now)
    uow.save(ended)
    return ended


async def end_sessions(uow: UnitOfWork, staff_id: StaffId | None = None) -> list[StaffSession]:
    """End the live sessions of a staff member, or of all, and return them."""
    return [await end_session(uow, session) for session in await uow.sessions(staff_id)]


async def end_sessions_of_providers(uow: UnitOfWork, *, but: str | None = None) -> None:
    """End the live sessions that providers opened, but those of one issuer. Sessions of one-time links go on: no
    provider vouches for them."""
    for session in await uow.sessions():
        if session.issuer not in (but, ONE_TIME_LINK):
            await end_session(uow, session)


async def drop_oldest(uow: UnitOfWork, session: StaffSession, *, keep: int) -> tuple[CredentialId, ...]:
    """Delete the credentials of a session's oldest access tokens, and return those of the latest ones."""
    excess = max(0, len(session.access_ids) - keep)
    for credential_id in session.access_ids[:excess]:
        credential = await uow.get(Credential, credential_id)
        if credential is not None:
            uow.delete(Credential, credential_id)
            if credential.usable(uow.now):
                uow.emit(CredentialRevoked(credential_id=credential_id))
    return session.access_ids[excess:]
