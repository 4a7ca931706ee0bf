"""Where receivers stand in the business events: `forwardings`, one document a receiver, and `dead_letters`.

    forwardings   {_id, account, kind, position, due_at, generation, fence, lease, failures, …}
    dead_letters  {_id, account, forwarding_id, event_id, seq, at, error}

People's changes come through the account's unit of work, which replaces the document and raises `generation`. A runner
changes it in place, on condition that lease and generation are those it knows; so the two never undo each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument

from domain.delivery.model import Attempt, Lease
from domain.events import BusinessEvent
from domain.forwarding.model import ATTEMPTS_KEPT, DeadLetter, Forwarding
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.codec import to_document
from integrations.mongo.collections import COLLECTIONS, entity_document, entity_of, scoped
from integrations.mongo.driver import Document, Session
from integrations.mongo.event_log.log import head_in
from integrations.mongo.storage.pages import PageReader

FORWARDINGS = COLLECTIONS[Forwarding]
DEAD_LETTERS = COLLECTIONS[DeadLetter]

FORWARDING_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    FORWARDINGS: [
        IndexModel([("account", ASCENDING)]),  # the account's own
        IndexModel([("due_at", ASCENDING)]),  # what is due, of all accounts
    ],
    DEAD_LETTERS: [
        IndexModel([("account", ASCENDING), ("forwarding_id", ASCENDING), ("seq", DESCENDING), ("_id", DESCENDING)])
    ],
}


class MongoForwardings:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._forwardings = database.collection(FORWARDINGS)
        self._letters = database.collection(DEAD_LETTERS)
        self._token = uuid4().hex

    async def waiting(self, now: datetime) -> list[tuple[AccountId, Forwarding]]:
        with driver_errors():
            documents = await self._forwardings.find(
                {"due_at": {"$lte": now}, **_free(now)}, projection={"attempts": False}, sort=[("due_at", 1)]
            ).to_list(None)
        return [(AccountId(document["account"]), entity_of(Forwarding, document)) for document in documents]

    async def lease(
        self, account_id: AccountId, forwarding_id: str, now: datetime, until: datetime
    ) -> MongoLeasedForwarding | None:
        with driver_errors():
            document = await self._forwardings.find_one_and_update(
                {**scoped(account_id, {"_id": forwarding_id, "due_at": {"$lte": now}}), **_free(now)},
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
    """A lease. What it records is on condition that it still holds."""

    def __init__(self, *, database: MongoDatabase, account_id: AccountId, forwarding: Forwarding) -> None:
        self._database = database
        self._forwardings = database.collection(FORWARDINGS)
        self._account_id = account_id
        self.forwarding = forwarding

    async def events(self, limit: int) -> Sequence[BusinessEvent]:
        """Up to the head, which is read first: all up to there are committed, and one session sees at least what it
        saw before, also after a change of the primary. So no event can come in behind what was read."""
        with driver_errors():
            async with self._database.start_session() as session:
                head = await head_in(session, self._database, self._account_id)
                cursor = self._database.collection(COLLECTIONS[BusinessEvent]).find(
                    scoped(self._account_id, {"seq": {"$gt": self.forwarding.position, "$lte": head}}),
                    sort=[("seq", ASCENDING)],
                    limit=limit,
                    session=session,
                )
                return [entity_of(BusinessEvent, document) for document in await cursor.to_list(None)]

    async def mark_delivered(self, event: BusinessEvent, attempt: Attempt, until: datetime) -> bool:
        quiet = {"position": event.seq, "failures": 0, "lease.until": until}
        unset = {"failing_since": "", "trying_since": ""}
        return await self._record({"$set": quiet, "$unset": unset, "$push": _pushed(attempt)})

    async def skip(self, event: BusinessEvent) -> bool:
        if self.forwarding.position >= event.seq:
            return True
        return await self._record({"$set": {"position": event.seq}, "$unset": {"trying_since": ""}})

    async def dead_letter(self, letter: DeadLetter, attempt: Attempt, due_at: datetime) -> bool:
        """Both or neither: no letter for an event that is sent again, and no event left out without one."""
        changes = {"position": letter.seq, "due_at": due_at, **self._failing(attempt)}
        update = {"$set": changes, "$unset": {"trying_since": ""}, "$push": _pushed(attempt)}
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
        return await self._record({"$set": changes, "$unset": {"lease": ""}, "$push": _pushed(attempt)})

    async def pause(self) -> None:
        await self._record({"$set": {"due_at": None}, "$unset": {"lease": ""}})

    async def release(self) -> None:
        await self._record({"$unset": {"lease": ""}})

    def _failing(self, attempt: Attempt) -> Document:
        since = self.forwarding.failing_since or attempt.at
        return {"failures": self.forwarding.failures + 1, "failing_since": since}

    async def _record(self, update: Document, session: Session | None = None) -> bool:
        ours = {"_id": self.forwarding.id, "fence": self.forwarding.fence, "generation": self.forwarding.generation}
        with driver_errors():
            document = await self._forwardings.find_one_and_update(
                scoped(self._account_id, ours), update, return_document=ReturnDocument.AFTER, session=session
            )
        if document is None:
            return False
        self.forwarding = entity_of(Forwarding, document)
        return True


def _free(now: datetime) -> dict[str, Any]:
    return {"$or": [{"lease": None}, {"lease.until": {"$lte": now}}]}


def _pushed(attempt: Attempt) -> Document:
    return {"attempts": {"$each": [to_document(attempt)], "$slice": -ATTEMPTS_KEPT}}
