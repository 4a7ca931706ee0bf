"""Errors of a sign-in. Their texts are shown to the person in the browser."""

from __future__ import annotations

from domain.values.errors import CredentialEnded, DomainError


class SignInExpired(DomainError):
    """The attempt is over, was never begun in this browser, or was finished before. Starting again helps."""


class SignInRefused(DomainError):
    """The provider, or the account, does not let the person in. Starting again does not help by itself."""


class SessionEnded(CredentialEnded):
    """The session has expired, was revoked, or its refresh token was used before. The person signs in again."""
