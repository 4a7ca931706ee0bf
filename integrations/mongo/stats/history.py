"""The history of conversations: every state that another one replaced, for as long as the event log is kept.

Each change of a conversation is a row of the history. It is stored in the document of the change's last event, in
`history.rows`, since a collection of its own would cost every command one more round trip to MongoDB. The event of an
import has a row for each conversation, every other event has one or none. `history.replaced_at` is the instant at which
the event was committed. A row has:

    conversation  its id
    from_seq      the state held from this event of the account's log until the event that the row is stored in;
                  -1 for a new conversation
    started_at    the conversation's start
    state         the conversation's document before the change; missing where the conversation was new
    facts_changed true where the change moved the conversation in the counters; otherwise missing
    facts_before, facts_after   {channel, status, tag_set, sold: [{currency, amount, orders}]}: what it counted as

So the conversations of an account as of event P are those with `seq` <= P, and the `state` of the rows with `from_seq`
<= P in the events after P. The counters as of event P are today's without the moves of the events after P.

Readers of the log and the change stream leave the field out. A trim of the log deletes the rows with their events,
those of which `history.replaced_at` is older than what is kept, after `history_since` was raised.

`counter_state` has one document an account (written by `counter_writer.py` and `maintenance.py`):

    _id              the account's id
    time_zone        the zone of its counters of days
    hours_complete   whether its counters of hours hold every conversation
    days_complete    whether those of days do, for `time_zone`
    days_generation  raised by a change of the time zone: day counters of an older generation are void
    repairs          the number of recounts that changed a counter
    history_since    the earliest instant for which the history is complete; raised before rows are deleted
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import Decimal128
from pymongo import ASCENDING, IndexModel

from domain.metrics.model import ReportingFacts, Sold
from domain.model.conversation import Conversation, ConversationStatus
from domain.values.channel import Channel
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.codec import to_document
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import HISTORY
from integrations.mongo.stats.decimals import decimal_of
from integrations.mongo.stats.tag_dictionary import TagSet

ROWS = f"{HISTORY}.rows"
COUNTER_STATE = "counter_state"
FACTS_CHANGED_INDEX = "facts_changed"

COUNTER_STATE_INDEXES: Sequence[IndexModel] = [
    # The accounts whose counters are incomplete.
    IndexModel([("days_complete", ASCENDING), ("hours_complete", ASCENDING)]),
    # The accounts whose history is older than it is kept.
    IndexModel([("history_since", ASCENDING)]),
]

HISTORY_INDEXES: Sequence[IndexModel] = [
    # The log position at an instant.
    IndexModel(
        [("account", ASCENDING), (f"{HISTORY}.replaced_at", ASCENDING), ("seq", ASCENDING)],
        partialFilterExpression={f"{HISTORY}.replaced_at": {"$exists": True}},
    ),
    # The states that held at a log position.
    IndexModel(
        [("account", ASCENDING), ("seq", ASCENDING), (f"{ROWS}.from_seq", ASCENDING)],
        partialFilterExpression={f"{ROWS}.from_seq": {"$exists": True}},
    ),
    # The changes of counters since a log position.
    IndexModel(
        [("account", ASCENDING), ("seq", ASCENDING), (f"{ROWS}.started_at", ASCENDING)],
        name=FACTS_CHANGED_INDEX,
        partialFilterExpression={f"{ROWS}.facts_changed": True},
    ),
]
"""Indexes of `events`."""


def counter_state_document(time_zone: str, *, complete: bool, history_since: datetime) -> Document:
    """Return the first counter state of an account, without its `_id`."""
    return {
        "time_zone": time_zone,
        "days_generation": 1,
        "hours_complete": complete,
        "days_complete": complete,
        "history_since": history_since,
    }


def history_row(
    before: Conversation | None,
    after: Conversation,
    *,
    facts_before: Document | None,
    facts_after: Document | None,
) -> Document:
    """Return the row of one change, which belongs to event `after.seq`. The facts are given only where the change moved
    the conversation in the counters."""
    row: Document = {
        "conversation": after.id,
        "from_seq": -1 if before is None else before.seq,
        "started_at": after.started_at,
    }
    if before is not None:
        state = to_document(before)
        row["state"] = {"_id": state.pop("id"), **state}
    if facts_after is not None:
        row |= {"facts_changed": True, "facts_after": facts_after}
        row |= {} if facts_before is None else {"facts_before": facts_before}
    return row


def facts_document(facts: ReportingFacts, tag_set: TagSet) -> Document:
    """Return the facts as a row keeps them."""
    sold = [{"currency": s.currency, "amount": Decimal128(s.amount), "orders": s.orders} for s in facts.sold]
    document: Document = {"channel": facts.channel.value, "status": facts.status.value, "tag_set": tag_set.code}
    return {**document, "sold": sold} if sold else document


def facts_from(document: Mapping[str, Any], started_at: datetime, tag_set: TagSet) -> ReportingFacts:
    """Return the facts that `facts_document` made the document of."""
    return ReportingFacts(
        started_at=started_at,
        channel=Channel.stored(document["channel"]),
        status=ConversationStatus.stored(document["status"]),
        tags=tag_set.tags,
        skill=tag_set.skill,
        sold=tuple(
            Sold(sold["currency"], decimal_of(sold["amount"]), sold["orders"]) for sold in document.get("sold", ())
        ),
    )


class MongoHistory:
    """Implements `HistoryRetention`."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def begin_at(self, earliest: datetime) -> int:
        with driver_errors():
            result = await self._database.collection(COUNTER_STATE).update_many(
                {"history_since": {"$lt": earliest}}, {"$set": {"history_since": earliest}}
            )
        return result.modified_count
