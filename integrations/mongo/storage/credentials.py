"""An LRU cache of credentials by the hash of their token, kept current by the event log, so that a request with a known
token costs no read.

An entry is the credential with the staff member that it acts for, as they are stored. Whether they may be used is
judged at each use, by whoever asks: expiry, suspension, networks.

Every change that takes something from a credential is in the log (`CredentialRevoked`, `StaffChanged`, the close of a
conversation, which sets the end of its visitor tokens); `check_carried` asserts it. Such an event removes the entries
that it concerns:

    own commits        before the caller is told that its command is done
    other processes'   when the change stream delivers the event, usually some milliseconds after the commit

A cache that follows a stream can be behind it. So entries are used only while the stream has proved, `FRESH` seconds
ago at most, that it is alive and not late; otherwise the database is asked, as it is for unknown tokens. The stream is
known to be silent half a second after its last response (`MongoChangeStream.lag`), therefore a revoked credential is
refused after 1.5 s at the latest, in every process, whatever happens to the stream. Each opening of the stream empties
the cache, since events may have been missed before.

A read that began before a change and ends after it must not bring the old state back: it is stored only if nothing was
removed meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from cachetools import LRUCache

from domain.events import (
    ConversationChanged,
    CredentialRevoked,
    EventBody,
    HandoffChanged,
    LoggedEvent,
    MessageAdded,
    MessageDeliveryChanged,
    MessageRedacted,
    StaffChanged,
    TicketChanged,
    TrustedDocumentsChanged,
)
from domain.model.account import Staff
from domain.model.credentials import Credential, DocumentIndex, TrustedDocuments
from domain.storage import Entity
from domain.values.ids import AccountId, StaffId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities

Found = tuple[AccountId, Credential, Staff | None]
Subject = str
"""The ID of what an event is about: of a credential, a staff member, or a conversation."""

FRESH = 1.0  # seconds that the change stream may be late while entries are used
_ENTRIES = 10_000  # about 15 MB
_OWNERS = 10_000  # tokens whose staff member is known: about 3 MB

_DOCUMENT_BYTES = 64 << 20
_LEAST_BYTES = 200  # bytes of an entry: most accounts have no trusted documents


class CredentialCache:
    """`lag` returns the seconds by which the delivery of events may be late; infinite if nobody delivers them."""

    def __init__(self, *, database: MongoDatabase, lag: Callable[[], float]) -> None:
        self._database = database
        self._lag = lag
        self._staff: LRUCache[str, tuple[AccountId, StaffId]] = LRUCache(_OWNERS)  # by the token's hash
        self._entries = _EntriesBySubject(_ENTRIES)
        self._removals = 0

    async def find(self, token_hash: str) -> Found | None:
        """Return the account, the credential and the staff member that it acts as, if any. Raises `Unavailable`."""
        if self._lag() <= FRESH and (entry := self._entries.get(token_hash)) is not None:
            return entry
        removals = self._removals
        found = await self._read(token_hash)
        if found is not None and removals == self._removals:
            self._entries[token_hash] = found
        return found

    def on_gap(self) -> None:
        """Remove all entries: events may have been missed."""
        self._removals += 1
        self._entries.clear()

    def on_event(self, event: LoggedEvent) -> None:
        """Remove the entries that an event of another process concerns."""
        self.on_committed([event.body])

    def on_committed(self, bodies: Iterable[EventBody]) -> None:
        """Remove the entries that these events concern."""
        for body in bodies:
            if (subject := _subject(body)) is not None:
                self._removals += 1
                self._entries.remove(subject)

    async def _read(self, token_hash: str) -> Found | None:
        """Read the credential, and by the same command its staff member, if the ID of the member is known. The ID never
        changes."""
        owner = self._staff.get(token_hash)
        with driver_errors():
            found = await self._documents(token_hash, owner)
        if Credential not in found:
            return None
        account_id = AccountId(found[Credential]["account"])
        credential = next(iter(entities(Credential, [found[Credential]])), None)
        if credential is None:  # whether it may be used cannot be told
            return None
        if credential.staff_id is not None and owner is None:
            self._staff[token_hash] = account_id, credential.staff_id
            return await self._read(token_hash)
        member = entities(Staff, [found[Staff]] if Staff in found else [])
        return account_id, credential, member[0] if member else None

    async def _documents(self, token_hash: str, owner: tuple[AccountId, StaffId] | None) -> dict[type, Document]:
        pipeline: list[Document] = [{"$match": {"token_hash": token_hash}}]
        if owner is not None:
            account_id, staff_id = owner
            member = {"$match": scoped(account_id, {"_id": staff_id})}
            pipeline.append({"$unionWith": {"coll": COLLECTIONS[Staff], "pipeline": [member]}})
        batch = await self._database.aggregate(COLLECTIONS[Credential], pipeline)
        return {Credential if "token_hash" in row else Staff: row for row in batch.rows}


class TrustedDocumentCache:
    """The same for the trusted documents of accounts: entries are used only while the change stream is known not to be
    late, an event removes its account's entry, and a read that overlaps with a removal is not stored."""

    def __init__(self, *, database: MongoDatabase, lag: Callable[[], float]) -> None:
        self._database = database
        self._lag = lag
        self._entries: LRUCache[AccountId, DocumentIndex] = LRUCache(
            _DOCUMENT_BYTES, getsizeof=lambda each: each.bytes + _LEAST_BYTES
        )
        self._removals = 0

    async def find(self, account_id: AccountId) -> DocumentIndex:
        """Return the account's trusted documents. Raises `Unavailable`."""
        if self._lag() <= FRESH and (entry := self._entries.get(account_id)) is not None:
            return entry
        removals = self._removals
        with driver_errors():
            row = await self._database.collection(COLLECTIONS[TrustedDocuments]).find_one({"_id": account_id})
        found = DocumentIndex(() if row is None else entity_of(TrustedDocuments, row).documents)
        if removals == self._removals:
            self._entries[account_id] = found
        return found

    def on_gap(self) -> None:
        """Remove all entries: events may have been missed."""
        self._removals += 1
        self._entries.clear()

    def on_event(self, event: LoggedEvent) -> None:
        """Remove the account's entry if the event of another process concerns it."""
        self.on_committed(event.account_id, [event.body])

    def on_committed(self, account_id: AccountId, bodies: Iterable[EventBody]) -> None:
        """Remove the account's entry if these events concern it."""
        if any(isinstance(body, TrustedDocumentsChanged) for body in bodies):
            self._removals += 1
            self._entries.pop(account_id, None)


class _EntriesBySubject(LRUCache[str, Found]):
    """An LRU cache with an index of its entries by what events about them name."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._tokens: defaultdict[Subject, set[str]] = defaultdict(set)

    def __setitem__(self, token_hash: str, found: Found) -> None:
        super().__setitem__(token_hash, found)
        for subject in _subjects(found[1]):
            self._tokens[subject].add(token_hash)

    def __delitem__(self, token_hash: str) -> None:
        """Remove an entry. `LRUCache` calls this too, for an entry that gives way to another."""
        for subject in _subjects(self[token_hash][1]):
            self._tokens[subject].discard(token_hash)
            if not self._tokens[subject]:
                del self._tokens[subject]
        super().__delitem__(token_hash)

    def clear(self) -> None:
        super().clear()
        self._tokens.clear()

    def remove(self, subject: Subject) -> None:
        for token_hash in tuple(self._tokens.get(subject, ())):
            del self[token_hash]


def check_carried(changed: Sequence[Entity], events: Sequence[EventBody], now: datetime) -> None:
    """Assert that events concern every stored credential and staff member that a command changes or deletes. `changed`
    are their states before the change. A credential that has ended already may go silently."""
    concerned = {_subject(body) for body in events}
    for entity in changed:
        if isinstance(entity, Staff):
            assert entity.id in concerned, "a staff member changed, and no event says so"
        elif isinstance(entity, Credential) and entity.usable(now):
            assert not concerned.isdisjoint(_subjects(entity)), "a credential changed, and no event says so"


def _subjects(credential: Credential) -> list[Subject]:
    return [each for each in (credential.id, credential.staff_id, credential.conversation_id) if each is not None]


def _subject(body: EventBody) -> Subject | None:
    """Return what an event is about, if it may change a credential."""
    match body:
        case CredentialRevoked():
            return body.credential_id
        case StaffChanged():
            return body.staff.id
        case (
            MessageAdded()
            | MessageRedacted()
            | ConversationChanged()
            | HandoffChanged()
            | MessageDeliveryChanged()
            | TicketChanged()
        ):
            closed = body.conversation.shopper_reads_until is not None
            return body.conversation.id if closed else None
        case _:
            return None
