"""Implements `Signals`: transient events (typing), in a collection that the change stream reads.

    signals  {_id, account, at, type, body}      deleted by a TTL index after a minute

An insert waits for neither the journal nor a majority: nobody needs a signal after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.write_concern import WriteConcern

from domain.signals import Typing
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.codec import from_document, to_document

SIGNALS = "signals"

_TIME_TO_LIVE = 60  # seconds; MongoDB deletes once a minute

SIGNAL_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    SIGNALS: [IndexModel([("at", ASCENDING)], expireAfterSeconds=_TIME_TO_LIVE)],
}

_TYPING = "typing"
_UNJOURNALED = WriteConcern(w=1, j=False)


class MongoSignals:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._signals = database.collection(SIGNALS).with_options(write_concern=_UNJOURNALED)

    async def publish(self, account_id: AccountId, signal: Typing) -> None:
        document = {"account": account_id, "at": datetime.now(UTC), "type": _TYPING, "body": to_document(signal)}
        with driver_errors():
            await self._signals.insert_one(document)


def signal_of(document: Mapping[str, Any]) -> tuple[AccountId, Typing] | None:
    """Return the signal of a document; None for a kind or version that this server does not know."""
    try:
        if document["type"] != _TYPING:
            return None
        return AccountId(document["account"]), from_document(Typing, document["body"])
    except (KeyError, TypeError, ValueError):
        return None
