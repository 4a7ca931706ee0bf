"""Sign-in by an OpenID provider: the identity of a staff member there, and the sessions that it opened."""

from __future__ import annotations

from datetime import datetime

from domain.values.ids import CredentialId, SessionId, StaffId
from domain.values.record import Record

ONE_TIME_LINK = "one-time link"  # the issuer of sessions that a link opened, in place of a provider's


class SignInIdentity(Record):
    """The account of a staff member at an OpenID provider. A subject is never given to another person there, while an
    e-mail address may be."""

    issuer: str
    subject: str
    linked_at: datetime


class StaffSession(Record):
    """A signed-in browser. Its refresh token carries `generation`, which each renewal increments; the token itself is
    not stored."""

    id: SessionId
    staff_id: StaffId
    issuer: str  # the provider's, or `ONE_TIME_LINK`
    created_at: datetime
    renewed_at: datetime
    expires_at: datetime  # renewals do not move it
    generation: int = 1
    access_ids: tuple[CredentialId, ...] = ()  # the credentials of its latest access tokens, the oldest first
    address: str | None = None  # the client's, at the last renewal
    client: str | None = None  # what the browser calls itself (User-Agent)
    ended_at: datetime | None = None  # signed out or revoked

    def live(self, now: datetime) -> bool:
        """Whether the session can be renewed."""
        return self.ended_at is None and now < self.expires_at
