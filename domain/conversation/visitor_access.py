"""Visitor tokens: how many a conversation has, when they end, and how they are ended before.

A token of an open conversation does not expire, however long it stays open. The close sets its end: for some hours the
shopper may still identify, and for some weeks read the transcript and click its products, which sales are credited to.
Both periods are settings.

A token that a secret key got also ends with that key, so that nobody keeps the access of a key that was taken from
them. Authentication reads the key, since there is no bound on how many tokens it got.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.audit.recording import record
from domain.conversation.aggregate import Change, load_conversation
from domain.conversation.commands import EndVisitorAccess
from domain.conversation.events import ConversationEnded
from domain.conversation.lifecycle import NAMED_BROWSER
from domain.events import CredentialRevoked
from domain.idempotency import Result, run_once
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.model.conversation import Conversation
from domain.model.credentials import Credential, VisitorTokens, token_hash
from domain.principal import Permission, Principal, PrincipalKind
from domain.rights import require_rights
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Forbidden
from domain.values.ids import CredentialId, new_id
from domain.values.record import Record, replace

MOST_TOKENS = 100  # of a conversation; a browser gets one with each start. The oldest ends when there are more
_BROWSER = ("b:", f"{NAMED_BROWSER}b:")  # kinds of the open keys that are a browser's secret


class VisitorAccess(Record):
    """How long a visitor token is good after the close of its conversation."""

    writing: timedelta = timedelta(hours=24)
    reading: timedelta = timedelta(days=30)


DEFAULT_ACCESS = VisitorAccess()


class VisitorAccessService:
    """Ends the access of shoppers."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def end(self, principal: Principal, command: EndVisitorAccess, key: str | None = None) -> Conversation:
        """Revoke every visitor token of a conversation, and close the sockets that are open under them. The secret of
        the shopper's browser does not open the conversation any more.

        Returns the conversation. Raises `NotFound`, `Conflict`, `Forbidden`.
        """
        principal.require(Permission.END_VISITOR_ACCESS)
        if principal.kind is PrincipalKind.SHOPPER:
            principal.require_conversation(command.conversation_id)

        async def act(uow: UnitOfWork) -> Result:
            await require_rights(uow, principal)
            change = Change(uow, await load_conversation(uow, command.conversation_id))
            for token in await uow.visitor_tokens(change.conversation.id):
                _revoke(uow, token)
            kept = tuple(key for key in change.conversation.open_keys if not is_of_browser(key))
            change.conversation = replace(change.conversation, open_keys=kept)
            conversation = await change.commit()
            if not conversation.is_test:  # the audit log keeps its entries, and nothing of a test is kept
                # Without the shopper's name: an entry stays when the shopper is erased.
                target = AuditTarget(kind=AuditTargetKind.CONVERSATION, id=conversation.id)
                await record(uow, principal, AuditAction.VISITOR_TOKEN_REVOKED, target)
            return {"conversation": conversation.id}

        async def change(uow: UnitOfWork) -> Conversation:
            await run_once(uow, principal, key, command, lambda: act(uow))
            return await load_conversation(uow, command.conversation_id)

        return await self._storage.write(principal.account_id, change)


async def admit(
    uow: UnitOfWork, tokens: VisitorTokens, conversation: Conversation, principal: Principal
) -> CredentialId:
    """Make a visitor token for an open conversation, which ends with the secret key that gets it. Only its hash is
    stored. Returns the credential's id."""
    credential_id = CredentialId(new_id())
    if conversation.version > 1:
        former = await uow.visitor_tokens(conversation.id)
        for token in former[: max(0, len(former) + 1 - MOST_TOKENS)]:
            _revoke(uow, token)
    uow.save(
        Credential(
            id=credential_id,
            kind=PrincipalKind.SHOPPER,
            token_hash=token_hash(tokens.token(uow.account_id, credential_id)),
            created_at=uow.now,
            conversation_id=conversation.id,
            issued_by=principal.credential_id if principal.inside else None,
            documents=principal.documents,  # else a start would lead past the policy of a shop page's key
        )
    )
    return credential_id


async def limit_access(change: Change, event: ConversationEnded, *, access: VisitorAccess) -> None:
    """Set the end of the shopper's access, as of the close."""
    until = event.at + access.reading
    change.conversation = replace(
        change.conversation, shopper_writes_until=event.at + access.writing, shopper_reads_until=until
    )
    for token in await change.uow.visitor_tokens(change.conversation.id):
        change.uow.save(replace(token, expires_at=until))


async def check_admitted(uow: UnitOfWork, credential_id: CredentialId) -> None:
    """Raises `Conflict` if the visitor token of a start, which is repeated by its idempotency key, has ended."""
    credential = await uow.get(Credential, credential_id)
    if credential is None or not credential.usable(uow.now):
        raise Conflict("The visitor token of this call has ended. Start again with a new key.", field="idempotency_key")


def check_may_write(principal: Principal, conversation: Conversation, now: datetime) -> None:
    """Raises `Forbidden` for a shopper whose conversation was closed too long ago."""
    until = conversation.shopper_writes_until
    if principal.kind is PrincipalKind.SHOPPER and until is not None and now >= until:
        raise Forbidden("This conversation was closed some time ago: it can only be read. Start a new one.")


def _revoke(uow: UnitOfWork, token: Credential) -> None:
    ends_at = uow.now if token.expires_at is None else min(token.expires_at, uow.now)
    uow.save(replace(token, revoked_at=uow.now, expires_at=ends_at))  # which deletes it some time later
    uow.emit(CredentialRevoked(credential_id=token.id))


def is_of_browser(open_key: str) -> bool:
    """Whether the open key of a conversation is a browser's secret."""
    return open_key.partition("|")[2].startswith(_BROWSER)
