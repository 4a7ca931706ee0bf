"""The history of conversations: every state that another one replaced, for as long as the event log is kept.

`conversation_history` has one document a change of a conversation:

    account, conversation  ids
    from_seq, until_seq    the state held from event `from_seq` of the account's log until event `until_seq`;
                           `from_seq` is -1 for a new conversation
    replaced_at            the instant at which event `until_seq` was committed
    started_at             the conversation's start
    state                  the conversation's document before the change; missing where the conversation was new
    facts_changed          true where the change moved the conversation in the counters; otherwise missing
    facts_before, facts_after   {channel, status, tag_set, sold: [{currency, amount, orders}]}: what it counted as

So the conversations of an account as of event P are those with `seq` <= P, and the `state` of the rows with `from_seq`
<= P < `until_seq`. The counters as of event P are today's without the moves with `until_seq` > P.

`counter_state` has one document an account (written by `counter_writer.py` and `maintenance.py`):

    _id              the account's id
    time_zone        the zone of its `counter_days`
    hours_complete   whether `counter_hours` holds every conversation
    days_complete    whether `counter_days` does, for `time_zone`
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
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.codec import to_document
from integrations.mongo.driver import Document
from integrations.mongo.stats.decimals import decimal_of
from integrations.mongo.stats.tag_dictionary import TagSet

HISTORY = "conversation_history"
COUNTER_STATE = "counter_state"
FACTS_CHANGED_INDEX = "facts_changed"

HISTORY_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    COUNTER_STATE: [
        # The accounts whose counters are incomplete.
        IndexModel([("days_complete", ASCENDING), ("hours_complete", ASCENDING)]),
        # The accounts whose history is older than it is kept.
        IndexModel([("history_since", ASCENDING)]),
    ],
    HISTORY: [
        # The log position at an instant.
        IndexModel([("account", ASCENDING), ("replaced_at", ASCENDING), ("until_seq", ASCENDING)]),
        # The states that held at a log position.
        IndexModel([("account", ASCENDING), ("until_seq", ASCENDING), ("from_seq", ASCENDING)]),
        # The changes of counters since a log position.
        IndexModel(
            [("account", ASCENDING), ("until_seq", ASCENDING), ("started_at", ASCENDING)],
            name=FACTS_CHANGED_INDEX,
            partialFilterExpression={"facts_changed": True},
        ),
    ],
}


def counter_state_document(time_zone: str, *, complete: bool, history_since: datetime) -> Document:
    """Return the first counter state of an account, without its `_id`."""
    return {
        "time_zone": time_zone,
        "days_generation": 1,
        "hours_complete": complete,
        "days_complete": complete,
        "history_since": history_since,
    }


def history_document(
    account_id: AccountId,
    before: Conversation | None,
    after: Conversation,
    at: datetime,
    *,
    facts_before: Document | None,
    facts_after: Document | None,
) -> Document:
    """Return the row of one change. The facts are given only where the change moved the conversation in the
    counters."""
    row: Document = {
        "account": account_id,
        "conversation": after.id,
        "from_seq": -1 if before is None else before.seq,
        "until_seq": after.seq,
        "replaced_at": at,
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
        channel=Channel(document["channel"]),
        status=ConversationStatus(document["status"]),
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

    async def trim(self, older_than: datetime) -> int:
        deleted = 0
        with driver_errors():
            states = self._database.collection(COUNTER_STATE)
            query = {"history_since": {"$lt": older_than}}
            for state in await states.find(query, projection={"_id": True}).to_list(None):
                await states.update_one({"_id": state["_id"]}, {"$max": {"history_since": older_than}})
                deleted += await self._delete(AccountId(state["_id"]), older_than)
        return deleted

    async def _delete(self, account_id: AccountId, older_than: datetime) -> int:
        history, deleted = self._database.collection(HISTORY), 0
        query = {"account": account_id, "replaced_at": {"$lte": older_than}}
        while rows := await history.find(query, projection={"_id": True}, limit=_DELETED_AT_ONCE).to_list(None):
            deleted += (await history.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})).deleted_count
        return deleted


_DELETED_AT_ONCE = 2_000  # rows deleted by one command: some tens of milliseconds
