"""The token of the link: sealed with the server's secret, so that nobody can make one or read what is in it.

It names the account and the confirmation, whose stored record has the conversation, the address, the end of the link,
and whether it was used. Nothing of the token is stored, except in the mail that waits in the outbox.
"""

from __future__ import annotations

from domain.values.ids import AccountId
from domain.values.record import Record
from domain.values.sealed_token import ForeignToken, MalformedToken, SealedTokens

CONFIRM_PATH = "/confirm-email/"  # of the page; the token follows


class NamedConfirmation(Record):
    """The content of a token."""

    account_id: AccountId
    confirmation_id: str


class ConfirmationTokens:
    def __init__(self, secret: bytes) -> None:
        self._tokens = SealedTokens(secret, purpose="email confirmation")

    def token(self, account_id: AccountId, confirmation_id: str) -> str:
        """Return the token of a confirmation: the same text each time."""
        return self._tokens.seal(f"{account_id}:{confirmation_id}".encode())

    def open(self, token: str) -> NamedConfirmation | None:
        """Return the content of a token; `None` if this server did not make it."""
        try:
            account_id, _, confirmation_id = self._tokens.open(token).decode().partition(":")
        except (MalformedToken, ForeignToken):
            return None
        return NamedConfirmation(account_id=AccountId(account_id), confirmation_id=confirmation_id)
