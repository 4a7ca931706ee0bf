"""Credentials: publishable keys, secret keys, visitor tokens, access tokens of sessions. The token is shown once; its
SHA-256 is what is stored.

Which GraphQL documents a credential may run is a policy of its own; an account has one record of the documents that it
has registered, so that a process reads them at once and then needs no other look-up.

A token carries 256 random bits, so that a plain hash is as good as a slow one. Its first letters say what it is.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from domain.principal import DocumentPolicy, PrincipalKind, Scope
from domain.values.ids import AccountId, ConversationId, CredentialId, SessionId, StaffId, named_id
from domain.values.record import Record, SecretRecord, replace

_PREFIXES = {
    PrincipalKind.WIDGET: "bpk_",
    PrincipalKind.SHOPPER: "bvt_",
    PrincipalKind.AGENT: "bsk_",
    PrincipalKind.STAFF: "bsk_",
    PrincipalKind.PARTNER: "bsk_",
}


ACCESS_TOKEN_PREFIX = "bat_"  # noqa: S105 - of the access tokens of sessions


class Credential(Record):
    id: CredentialId
    kind: PrincipalKind
    token_hash: str
    created_at: datetime
    label: str | None = None
    scopes: tuple[Scope, ...] = ()
    staff_id: StaffId | None = None
    session_id: SessionId | None = None  # of an access token
    conversation_id: ConversationId | None = None
    issued_by: CredentialId | None = None  # the secret key that got this visitor token, with which it ends
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    networks: tuple[str, ...] = ()  # CIDR blocks from which it may be used; empty: from everywhere
    replaced_by: CredentialId | None = None  # the key to which it was rotated
    first_id: CredentialId | None = None  # of the key that rotations replaced by this one; None: it is the first
    last_used_at: datetime | None = None  # of a key, to five minutes (`domain/account/key_uses.py`)
    documents: DocumentPolicy = DocumentPolicy.AUTO  # of a visitor token: as of its key when the conversation started
    created_by: StaffId | None = None  # the member of staff who created the key, also by a scoped key of their own

    @property
    def is_key(self) -> bool:
        """Whether people created it: visitor tokens and the access tokens of sessions are no keys."""
        return self.kind is not PrincipalKind.SHOPPER and self.session_id is None

    def usable(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(kind: PrincipalKind) -> str:
    return _PREFIXES[kind] + secrets.token_urlsafe(32)


def new_access_token() -> str:
    return ACCESS_TOKEN_PREFIX + secrets.token_urlsafe(32)


class VisitorTokens(SecretRecord, kw_only=False):
    """Derives visitor tokens from the server's secret and the credential's id, so that a repeated `startConversation`
    returns the same token although only its hash is stored."""

    hidden: ClassVar[tuple[str, ...]] = ("secret",)

    secret: bytes

    def token(self, account_id: AccountId, credential_id: CredentialId) -> str:
        digest = hmac.digest(self.secret, f"visitor:{account_id}:{credential_id}".encode(), hashlib.sha256)
        return _PREFIXES[PrincipalKind.SHOPPER] + urlsafe_b64encode(digest).decode().rstrip("=")


_BROWSER_PREFIX = "bbt_"
_BROWSER_ID = 26  # characters
LEAST_SECRET = 20  # characters of a secret that a caller chooses: at 6 bits each, about 128 bits


def browser_id_of(secret: str) -> str | None:
    """Return the id of the browser that chose this secret, a hash of it. `None` if it is too short for a secret, or
    looks like a browser token, whose id counts only after `BrowserTokens.browser` has verified it."""
    if len(secret) < LEAST_SECRET or is_browser_token(secret):
        return None
    return named_id("browser", secret)


def is_browser_token(text: str) -> bool:
    """Whether a text looks like a browser token, in any case and with white space around it."""
    return text.strip().lower().startswith(_BROWSER_PREFIX)


def browser_named_by(secret: str) -> str:
    """Return the name of the browser that sends this secret, in whichever form: as a browser token or as a secret of
    its own, with or without white space around it. Nothing is verified, so the name is for limits alone."""
    secret = secret.strip()
    if is_browser_token(secret):
        return secret[len(_BROWSER_PREFIX) :][:_BROWSER_ID]
    return browser_id_of(secret) or named_id("label", secret)


class BrowserTokens(SecretRecord, kw_only=False):
    """Makes and checks browser tokens: `bbt_`, the browser's id, and 256 bits of an HMAC of the account's and the
    browser's id. So nothing of a token is stored, and a repeated start returns the same one."""

    hidden: ClassVar[tuple[str, ...]] = ("secret",)

    secret: bytes

    def token(self, account_id: AccountId, browser_id: str) -> str:
        """Return the token of a browser."""
        digest = hmac.digest(self.secret, f"browser:{account_id}:{browser_id}".encode(), hashlib.sha256)
        return f"{_BROWSER_PREFIX}{browser_id}{urlsafe_b64encode(digest).decode().rstrip('=')}"

    def browser(self, account_id: AccountId, token: str) -> str | None:
        """Return the id of the browser with this token, which may have white space around it; `None` if the token was
        not made here for this account."""
        token = token.strip()
        browser_id = token[len(_BROWSER_PREFIX) :][:_BROWSER_ID]
        genuine = hmac.compare_digest(self.token(account_id, browser_id).encode(), token.encode())
        return browser_id if genuine else None


class TrustedDocument(Record):
    id: str  # that clients send; build tools use a hash of the text
    text: str
    registered_at: datetime


class TrustedDocuments(Record):
    id: AccountId
    documents: tuple[TrustedDocument, ...] = ()  # in the order of their ids

    def with_documents(self, added: tuple[TrustedDocument, ...]) -> TrustedDocuments:
        by_id = {each.id: each for each in (*self.documents, *added)}
        return replace(self, documents=tuple(by_id[name] for name in sorted(by_id)))

    def without(self, ids: frozenset[str]) -> TrustedDocuments:
        return replace(self, documents=tuple(each for each in self.documents if each.id not in ids))


class DocumentIndex:
    """The texts of trusted documents, by their ids and by their SHA-256."""

    def __init__(self, documents: Iterable[TrustedDocument] = ()) -> None:
        self.by_id = {each.id: each.text for each in documents}
        self.by_hash = {hashlib.sha256(text.encode()).digest(): text for text in self.by_id.values()}
        self.bytes = sum(map(len, self.by_id.values()))
