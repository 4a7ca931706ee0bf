"""Words that are being removed: while a job does that, the search index is behind what is stored.

A redaction, the retention of an account and an erasure take the words from the records first, and from the index in a
later step. Which conversations that concerns is read in the snapshot in which they are compared.
"""

from __future__ import annotations

from domain.erasure.model import Erasure, ErasureStage
from domain.retention.model import Redaction
from domain.retention.policy import RetentionPolicy
from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Session
from integrations.mongo.records.readable import entities


class Removals(Record):
    """The jobs of an account that are under way."""

    conversations: frozenset[str] = frozenset()  # that lose words
    profiles: frozenset[str] = frozenset()  # whose conversations do
    misses_words: bool = False  # whether the vocabulary may lack words that were used again since


async def removals_in(session: Session, database: MongoDatabase, account_id: AccountId) -> Removals:
    """Return what is under way in the session's snapshot. Raises PyMongoError."""

    async def found(kind: type, query: dict[str, object]) -> list[object]:
        rows = database.collection(COLLECTIONS[kind]).find(scoped(account_id, query), session=session)
        return list(entities(kind, await rows.to_list(None)))

    policies = await found(RetentionPolicy, {"run": {"$exists": True}})
    redactions = await found(Redaction, {})
    erasures = await found(Erasure, {"stage": {"$ne": ErasureStage.DONE.value}})
    runs = [each.run for each in policies if isinstance(each, RetentionPolicy) and each.run is not None]
    scopes = [each.scope for each in erasures if isinstance(each, Erasure) and each.scope is not None]
    redacted = [each.scope.conversation_id for each in redactions if isinstance(each, Redaction)]
    return Removals(
        conversations=frozenset([*(each for run in runs for each in run.batch), *redacted]),
        profiles=frozenset(each for scope in scopes for each in scope.profile_ids),
        misses_words=bool(redacted or scopes or any(run.log_end is not None for run in runs)),
    )
