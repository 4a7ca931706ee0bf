"""Implements `ForwardingStore`: the position of each receiver in the business events, and dead letters.

    forwardings   the records `Forwarding`, one a receiver
    dead_letters  the records `DeadLetter`: events that a receiver did not accept

A command of a user saves a forwarding through the account's unit of work, which changes the document and raises
`generation`. A runner updates it in place, on condition that `fence` and `generation` are those that it knows. So
neither undoes what the other wrote: `fence`, raised with every lease, excludes a runner whose lease has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument

from domain.delivery.model import Attempt, Lease
from domain.events import BusinessEvent
from domain.forwarding.model import ATTEMPTS_KEPT, DeadLetter, Forwarding, UnreadableEvent
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.codec import to_document
from integrations.mongo.collections import COLLECTIONS, entity_document, entity_of, scoped
from integrations.mongo.driver import Document, Session
from integrations.mongo.event_log.log import head_in
from integrations.mongo.records.readable import entities, readable
from integrations.mongo.storage.pages import PageReader

FORWARDINGS = COLLECTIONS[Forwarding]
DEAD_LETTERS = COLLECTIONS[DeadLetter]

_NUMBERS = ["int", "long"]  # of the log; anything else has no place in it, and `baton doctor` finds the gap

FORWARDING_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    FORWARDINGS: [
        IndexModel([("account", ASCENDING)]),  # the forwardings of an account
        IndexModel([("due_at", ASCENDING)]),  # the due forwardings of all accounts
    ],
    DEAD_LETTERS: [
        # The dead letters of a forwarding, the newest first.
        IndexModel([("account", ASCENDING), ("forwarding_id", ASCENDING), ("seq", DESCENDING), ("_id", DESCENDING)]),
        # All of an account, in which an erasure searches for its shopper.
        IndexModel([("account", ASCENDING), ("_id", ASCENDING)]),
    ],
}


class MongoForwardings:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._forwardings = database.collection(FORWARDINGS)
        self._letters = database.collection(DEAD_LETTERS)
        self._token = uuid4().hex  # names this process in its leases

    async def waiting(self, now: datetime) -> list[tuple[AccountId, Forwarding]]:
        with driver_errors():
            documents = await self._forwardings.find(
                {"due_at": {"$lte": now}, **_unleased(now)}, projection={"attempts": False}, sort=[("due_at", 1)]
            ).to_list(None)
        return readable(Forwarding, documents)

    async def lease(
        self, account_id: AccountId, forwarding_id: str, now: datetime, until: datetime
    ) -> MongoLeasedForwarding | None:
        with driver_errors():
            document = await self._forwardings.find_one_and_update(
                {**scoped(account_id, {"_id": forwarding_id, "due_at": {"$lte": now}}), **_unleased(now)},
                {"$set": {"lease": to_document(Lease(token=self._token, until=until))}, "$inc": {"fence": 1}},
                return_document=ReturnDocument.AFTER,
            )
        if document is None:
            return None
        return MongoLeasedForwarding(
            database=self._database, account_id=account_id, forwarding=entity_of(Forwarding, document)
        )

    async def dead_letters(self, account_id: AccountId, forwarding_id: str, page: Slice) -> Page[DeadLetter]:
        pages = PageReader(database=self._database, account_id=account_id)
        return await pages.page(DeadLetter, {"forwarding_id": forwarding_id}, ("seq", "_id"), True, page)

    async def count_dead_letters(self, account_id: AccountId, forwarding_id: str) -> int:
        with driver_errors():
            return int(await self._letters.count_documents(scoped(account_id, {"forwarding_id": forwarding_id})))

    async def mark_delivered_late(self, account_id: AccountId, letter_id: str) -> None:
        with driver_errors():
            await self._letters.delete_one(scoped(account_id, {"_id": letter_id}))

    async def forget_dead_letters(self, account_id: AccountId, forwarding_id: str, *, after: int) -> None:
        with driver_errors():
            await self._letters.delete_many(scoped(account_id, {"forwarding_id": forwarding_id, "seq": {"$gt": after}}))


class MongoLeasedForwarding:
    """Implements `LeasedForwarding`: every update applies only while the lease is held."""

    def __init__(self, *, database: MongoDatabase, account_id: AccountId, forwarding: Forwarding) -> None:
        self._database = database
        self._forwardings = database.collection(FORWARDINGS)
        self._account_id = account_id
        self.forwarding = forwarding

    async def events(self, limit: int) -> Sequence[BusinessEvent | UnreadableEvent]:
        """Return events up to the log head, which is read first.

        All events up to the head are committed, and a causally consistent session sees them even after a fail-over. So
        no event can appear before the last one that was returned.
        """
        with driver_errors():
            async with self._database.start_session() as session:
                head = await head_in(session, self._database, self._account_id)
                after = {"$gt": self.forwarding.position, "$lte": head, "$type": _NUMBERS}
                cursor = self._database.collection(COLLECTIONS[BusinessEvent]).find(
                    scoped(self._account_id, {"seq": after}),
                    sort=[("seq", ASCENDING)],
                    limit=limit,
                    session=session,
                )
                return [_event(document) for document in await cursor.to_list(None)]

    async def current(self, event: BusinessEvent) -> BusinessEvent | None:
        with driver_errors():
            found = await self._database.collection(COLLECTIONS[BusinessEvent]).find_one(
                scoped(self._account_id, {"_id": event.id})
            )
        return None if found is None else entity_of(BusinessEvent, found)

    async def mark_delivered(self, event: BusinessEvent, attempt: Attempt, until: datetime) -> bool:
        changes = {"position": event.seq, "failures": 0, "lease.until": until}
        unset = {"failing_since": "", "trying_since": ""}
        return await self._record({"$set": changes, "$unset": unset, "$push": _push_of(attempt)})

    async def skip(self, event: BusinessEvent | UnreadableEvent) -> bool:
        if self.forwarding.position >= event.seq:
            return True
        return await self._record({"$set": {"position": event.seq}, "$unset": {"trying_since": ""}})

    async def dead_letter(self, letter: DeadLetter, attempt: Attempt, due_at: datetime) -> bool:
        """Advance the position and write the dead letter in one transaction."""
        changes = {"position": letter.seq, "due_at": due_at, **self._failing(attempt)}
        update = {"$set": changes, "$unset": {"trying_since": ""}, "$push": _push_of(attempt)}
        with driver_errors():
            async with self._database.start_session() as session:
                await session.start_transaction()
                if not await self._record(update, session):
                    await session.abort_transaction()
                    return False
                await self._database.collection(DEAD_LETTERS).replace_one(
                    scoped(self._account_id, {"_id": letter.id}),
                    entity_document(self._account_id, letter),
                    upsert=True,
                    session=session,
                )
                await session.commit_transaction()
        return True

    async def mark_failed(self, attempt: Attempt, due_at: datetime | None) -> bool:
        trying_since = self.forwarding.trying_since or attempt.at
        changes = {"due_at": due_at, "trying_since": trying_since, **self._failing(attempt)}
        return await self._record({"$set": changes, "$unset": {"lease": ""}, "$push": _push_of(attempt)})

    async def pause(self) -> None:
        await self._record({"$set": {"due_at": None}, "$unset": {"lease": ""}})

    async def release(self) -> None:
        await self._record({"$unset": {"lease": ""}})

    def _failing(self, attempt: Attempt) -> Document:
        since = self.forwarding.failing_since or attempt.at
        return {"failures": self.forwarding.failures + 1, "failing_since": since}

    async def _record(self, update: Document, session: Session | None = None) -> bool:
        held = {"_id": self.forwarding.id, "fence": self.forwarding.fence, "generation": self.forwarding.generation}
        with driver_errors():
            document = await self._forwardings.find_one_and_update(
                scoped(self._account_id, held), update, return_document=ReturnDocument.AFTER, session=session
            )
        if document is None:
            return False
        self.forwarding = entity_of(Forwarding, document)
        return True


def _event(document: Document) -> BusinessEvent | UnreadableEvent:
    for event in entities(BusinessEvent, [document]):
        return event
    return UnreadableEvent(id=str(document["_id"]), seq=int(document["seq"]))


def _unleased(now: datetime) -> dict[str, Any]:
    return {"$or": [{"lease": None}, {"lease.until": {"$lte": now}}]}


def _push_of(attempt: Attempt) -> Document:
    return {"attempts": {"$each": [to_document(attempt)], "$slice": -ATTEMPTS_KEPT}}
