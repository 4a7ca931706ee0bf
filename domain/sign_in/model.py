"""The values of a sign-in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from domain.model.sign_in import StaffSession
from domain.values.ids import AccountId, SessionId, StaffId
from domain.values.record import Record, SecretRecord

ATTEMPT = timedelta(minutes=10)  # from the start of a sign-in to its end: time for a second factor
LINK_LIFE = timedelta(minutes=15)  # from the making of a one-time link to its use
GRACE = timedelta(seconds=30)  # in which a refresh token works again, because the response to its use may be lost
MAX_SESSIONS = 20  # of a staff member at once; a new one ends the oldest
MAX_ACCESS_TOKENS = 10  # of a session that are stored; a new one ends the oldest


class SignInSettings(SecretRecord):
    """The account's OpenID provider, as connected."""

    hidden: ClassVar[tuple[str, ...]] = ("client_secret",)

    issuer: str
    client_id: str
    client_secret: str | None = None  # None: a public client, which PKCE alone protects
    allowed_domains: tuple[str, ...] = ()  # of e-mail addresses; empty: all
    version: int = 1  # of the connection


class ConnectSignIn(SecretRecord):
    """A provider to be connected."""

    hidden: ClassVar[tuple[str, ...]] = ("client_secret",)

    issuer: str
    client_id: str
    client_secret: str | None = None
    allowed_domains: tuple[str, ...] = ()


class DisconnectSignIn(Record):
    issuer: str  # of the connected provider


class SignInAttempt(SecretRecord):
    """A sign-in that has begun. The browser keeps it, sealed, until it comes back from the provider."""

    hidden: ClassVar[tuple[str, ...]] = ("state", "nonce", "verifier")

    account_id: AccountId
    session_id: SessionId  # of the session to be opened, so that the attempt opens one only
    version: int  # of the connection
    state: str
    nonce: str
    verifier: str  # of PKCE
    return_to: str
    expires_at: datetime


class SignInLink(Record, array_like=True):  # a short text, since people see the link
    """The content of a one-time link. It names the session that it will open, so that it opens one only."""

    account_id: AccountId
    staff_id: StaffId
    session_id: SessionId
    expires_at: datetime


class ProviderIdentity(Record):
    """The person, as the provider's ID token identifies them."""

    issuer: str
    subject: str
    email: str | None = None
    email_verified: bool = False


class Callback(SecretRecord):
    """The parameters with which the provider sends the browser back, and what the browser keeps."""

    hidden: ClassVar[tuple[str, ...]] = ("attempt", "code", "state")

    attempt: str | None  # sealed
    state: str | None = None
    code: str | None = None
    error: str | None = None
    issuer: str | None = None  # RFC 9207


class Browser(Record):
    """The client of a session."""

    address: str | None = None
    client: str | None = None  # User-Agent


class StartedSignIn(SecretRecord):
    hidden: ClassVar[tuple[str, ...]] = ("url", "attempt")

    url: str  # the provider's, to send the browser to
    attempt: str  # sealed, for the browser to keep


class OpenedSession(SecretRecord):
    hidden: ClassVar[tuple[str, ...]] = ("refresh_token",)

    session: StaffSession
    refresh_token: str
    return_to: str


class Renewal(SecretRecord):
    """An access token, and the refresh token for the next one."""

    hidden: ClassVar[tuple[str, ...]] = ("access_token", "refresh_token")

    access_token: str
    expires_at: datetime
    refresh_token: str
    session: StaffSession
