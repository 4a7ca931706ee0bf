"""The commands of trusted documents: register and remove them. An account has at most 1,000, of 2 MB together."""

from __future__ import annotations

from collections.abc import Mapping

from domain.account.authority import authority_of
from domain.account.lookup import account_of
from domain.audit.changes import values
from domain.audit.recording import account_target, record
from domain.events import TrustedDocumentsChanged
from domain.model.audit import AuditAction
from domain.model.credentials import TrustedDocument, TrustedDocuments
from domain.principal import Actor, Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.record import Record

MOST_DOCUMENTS = 1_000
MOST_BYTES = 2_000_000  # of all texts of an account: they are one record, and in the memory of the processes
LONGEST_ID = 128  # characters; a SHA-512 in hexadecimal digits


class RegisteredDocuments(Record):
    """The result of a command."""

    changed: int  # documents that were registered or removed
    total: int  # of the account


class TrustedDocumentService:
    """Registers and removes documents. `by` is the caller; every command raises `Forbidden` for a caller that may not
    manage staff and keys, and for a key that is limited to trusted documents."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    def require(self, by: Actor) -> None:
        """Raises `Forbidden` for a caller that may register nothing, before its documents are looked at."""
        _require_permission(by)

    async def register(self, by: Actor, account_id: AccountId, texts: Mapping[str, str]) -> RegisteredDocuments:
        """Register documents, which are valid, by their ids. A known document is left as it is. Returns how many are
        new. Raises `Invalid` for an id that is too long or has another text already, or if these are too many; and
        `Forbidden`."""
        _require_permission(by)
        if any(not 1 <= len(name) <= LONGEST_ID for name in texts):
            raise Invalid(f"The id of a document has 1 to {LONGEST_ID} characters.", field="documents")

        async def change(uow: UnitOfWork) -> RegisteredDocuments:
            before = await _documents(uow, by)
            known = {each.id: each.text for each in before.documents}
            new = {name: text for name, text in texts.items() if name not in known}
            if other := [name for name, text in texts.items() if known.get(name, text) != text]:
                raise Invalid(f"The id “{other[0]}” has another document: remove it first.", field="documents")
            added = tuple(TrustedDocument(id=name, text=text, registered_at=uow.now) for name, text in new.items())
            after = before.with_documents(added)
            _check_room(after)
            if new:
                uow.save(after)
                uow.emit(TrustedDocumentsChanged(registered=len(new)))
                await _record(uow, by, AuditAction.DOCUMENTS_REGISTERED, tuple(new))
            return RegisteredDocuments(changed=len(new), total=len(after.documents))

        return await self._storage.write(account_id, change)

    async def remove(self, by: Actor, account_id: AccountId, ids: frozenset[str]) -> RegisteredDocuments:
        """Remove documents; unknown ids are ignored. Returns how many were removed. Raises `Forbidden`."""
        _require_permission(by)

        async def change(uow: UnitOfWork) -> RegisteredDocuments:
            before = await _documents(uow, by)
            after = before.without(ids)
            removed = len(before.documents) - len(after.documents)
            if removed:
                uow.save(after)
                uow.emit(TrustedDocumentsChanged(removed=removed))
                await _record(uow, by, AuditAction.DOCUMENTS_REMOVED, tuple(sorted(ids)))
            return RegisteredDocuments(changed=removed, total=len(after.documents))

        return await self._storage.write(account_id, change)


def _require_permission(by: Actor) -> None:
    """Refuse before anything is read."""
    if isinstance(by, Principal):
        by.require(Permission.MANAGE_STAFF)


async def _documents(uow: UnitOfWork, by: Actor) -> TrustedDocuments:
    """Return the account's documents. Raises `Forbidden`."""
    authority = await authority_of(uow, by)
    authority.require_any_document()
    found = await uow.get(TrustedDocuments, uow.account_id)
    return found or TrustedDocuments(id=uow.account_id)


def _check_room(after: TrustedDocuments) -> None:
    """Raises `Invalid` if the account has too many documents."""
    if len(after.documents) > MOST_DOCUMENTS:
        raise Invalid(f"An account may have {MOST_DOCUMENTS:,} trusted documents: remove some.", field="documents")
    if sum(len(each.text.encode()) for each in after.documents) > MOST_BYTES:
        raise Invalid(f"The trusted documents of an account may have {MOST_BYTES:,} bytes.", field="documents")


async def _record(uow: UnitOfWork, by: Actor, action: AuditAction, ids: tuple[str, ...]) -> None:
    account = await account_of(uow)
    await record(uow, by, action, account_target(account), values(documents=ids))
