"""The texts that a browser keeps for us: an attempt to sign in, a session's refresh token, and a one-time link. All are
sealed with the server's secret, so nothing of them is stored, and no process needs another's memory."""

from __future__ import annotations

import msgspec

from domain.model.sign_in import StaffSession
from domain.sign_in.errors import SessionEnded, SignInExpired
from domain.sign_in.model import SignInAttempt, SignInLink
from domain.values.ids import AccountId, SessionId
from domain.values.record import Record
from domain.values.sealed_token import ForeignToken, MalformedToken, SealedTokens

START_AGAIN = "This sign-in is over, or was started in another browser. Start again."
UNKNOWN_LINK = "This sign-in link is not whole, or is of another server. Copy it again, or get a new one."
ENDED = "This session has ended: sign in again."


class AttemptTokens:
    def __init__(self, secret: bytes) -> None:
        self._tokens = SealedTokens(secret, purpose="sign-in attempt")

    def seal(self, attempt: SignInAttempt) -> str:
        """Return the text of an attempt."""
        return self._tokens.seal(msgspec.json.encode(attempt))

    def open(self, text: str | None) -> SignInAttempt:
        """Return the attempt. Raises `SignInExpired` if this server did not seal it."""
        try:
            return msgspec.json.decode(self._tokens.open(text or ""), type=SignInAttempt)
        except (MalformedToken, ForeignToken, msgspec.MsgspecError):
            raise SignInExpired(START_AGAIN) from None


class LinkTokens:
    def __init__(self, secret: bytes) -> None:
        self._tokens = SealedTokens(secret, purpose="sign-in link")

    def seal(self, link: SignInLink) -> str:
        """Return the text of a link."""
        return self._tokens.seal(msgspec.json.encode(link))

    def open(self, text: str) -> SignInLink:
        """Return the content of a link. Raises `SignInExpired` if this server did not seal it."""
        try:
            return msgspec.json.decode(self._tokens.open(text), type=SignInLink)
        except (MalformedToken, ForeignToken, msgspec.MsgspecError):
            raise SignInExpired(UNKNOWN_LINK) from None


class RefreshContent(Record):
    """The content of a refresh token."""

    account_id: AccountId
    session_id: SessionId
    generation: int


class RefreshTokens:
    def __init__(self, secret: bytes) -> None:
        self._tokens = SealedTokens(secret, purpose="refresh token")

    def token(self, account_id: AccountId, session: StaffSession) -> str:
        """Return the refresh token of the session's generation: the same text each time."""
        content = RefreshContent(account_id=account_id, session_id=session.id, generation=session.generation)
        return self._tokens.seal(msgspec.json.encode(content))

    def open(self, token: str | None) -> RefreshContent:
        """Return the content of a token. Raises `SessionEnded` if this server did not make it."""
        try:
            return msgspec.json.decode(self._tokens.open(token or ""), type=RefreshContent)
        except (MalformedToken, ForeignToken, msgspec.MsgspecError):
            raise SessionEnded(ENDED) from None
