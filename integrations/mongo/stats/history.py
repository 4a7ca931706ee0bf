"""What conversations were: for as long as the log is kept, every state that another one took the place of.

    past_conversations  {account, conversation, since, until, at, started_at, was, left, entered}

`was` is the document of a state that was the conversation's from event `since` of the account's log up to, and not
with, event `until`, which was committed at `at`; it is missing where the conversation was new. So the account as it
stood behind event P is: the conversations with `seq` <= P, and the rows with `since` <= P < `until`.

Where the change moved the conversation to another class, `left` and `entered` say from which to which: what counters
were P is what they are now without the moves with `until` > P.

    counting  {_id: account, zone, generation, hours, days, reaches, repairs}

`reaches` is the instant behind which no row is missing; it moves on before rows are deleted. The others are said of in
`counter_writer.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from bson import Decimal128
from pymongo import ASCENDING, IndexModel

from domain.metrics.model import ReportingFacts, Sold
from domain.model.conversation import Conversation
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.codec import to_document
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import CHANNEL_LETTERS, CHANNELS, STATUS_LETTERS, STATUSES
from integrations.mongo.stats.tag_dictionary import TagSet

PAST = "past_conversations"
COUNTING = "counting"

PAST_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    # Whose counters are to be made, and whose past is to be forgotten.
    COUNTING: [
        IndexModel([("days", ASCENDING), ("hours", ASCENDING)]),
        IndexModel([("reaches", ASCENDING)]),
    ],
    PAST: [
        IndexModel([("account", ASCENDING), ("at", ASCENDING), ("until", ASCENDING)]),  # where the log stood when
        IndexModel([("account", ASCENDING), ("until", ASCENDING), ("since", ASCENDING)]),  # what was, behind an event
        # What has moved since.
        IndexModel(
            [("account", ASCENDING), ("until", ASCENDING), ("started_at", ASCENDING)],
            name="moves",
            partialFilterExpression={"moved": True},
        ),
    ],
}


def past_row(
    account_id: AccountId,
    before: Conversation | None,
    after: Conversation,
    at: datetime,
    *,
    left: Document | None,
    entered: Document | None,
) -> Document:
    row: Document = {
        "account": account_id,
        "conversation": after.id,
        "since": -1 if before is None else before.seq,
        "until": after.seq,
        "at": at,
        "started_at": after.started_at,
    }
    if before is not None:
        was = to_document(before)
        row["was"] = {"_id": was.pop("id"), **was}
    if entered is not None:
        row |= {"moved": True, "entered": entered, **({} if left is None else {"left": left})}
    return row


def written(standing: ReportingFacts, kind: TagSet) -> Document:
    """A standing as a row has it."""
    place = CHANNEL_LETTERS[standing.channel] + STATUS_LETTERS[standing.status]
    sold = [[part.currency, Decimal128(part.amount), part.orders] for part in standing.sold]
    return {"place": place, "class": kind.name, **({"sold": sold} if sold else {})}


def read(row: Mapping[str, Any], started_at: datetime, kind: TagSet) -> ReportingFacts:
    sold = tuple(Sold(currency, _decimal(amount), orders) for currency, amount, orders in row.get("sold", ()))
    return ReportingFacts(
        started_at=started_at,
        channel=CHANNELS[row["place"][0]],
        status=STATUSES[row["place"][1]],
        tags=kind.tags,
        skill=kind.skill,
        sold=sold,
    )


def _decimal(amount: Decimal128) -> Decimal:
    return amount.to_decimal()


class MongoHistory:
    """Letting go of what is too old to be asked for."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def forget(self, older_than: datetime) -> int:
        """Answers how many states went."""
        forgotten = 0
        with driver_errors():
            counting = self._database.collection(COUNTING)
            late = await counting.find({"reaches": {"$lt": older_than}}, projection={"_id": True}).to_list(None)
            for state in late:
                await counting.update_one({"_id": state["_id"]}, {"$max": {"reaches": older_than}})
                forgotten += await self._delete(AccountId(state["_id"]), older_than)
        return forgotten

    async def _delete(self, account_id: AccountId, older_than: datetime) -> int:
        past, deleted = self._database.collection(PAST), 0
        query = {"account": account_id, "at": {"$lte": older_than}}
        while rows := await past.find(query, projection={"_id": True}, limit=_STEP).to_list(None):
            deleted += (await past.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})).deleted_count
        return deleted


_STEP = 2_000  # rows deleted by one command: some tens of milliseconds
