"""Changes data that cannot be restored as they were, because the world has gone on since the backup.

    account_state     every log gets the restore's id as its epoch, so that cursors from before are known as such
    outgoing          what waits is looked for at its destination before it is sent (`deliveries.py`)
    forwardings       webhooks go on after the events of the backup: those that may have left are dead letters
    webhook_endpoints those that were deleted since stay deleted (`receivers.py`)
    timers            those that mail, and were due meanwhile, are over
    credentials, staff, opt_outs, erasures, identity_keys, connected_services, retention_policies, trusted_documents,
    handoff_settings, agent_settings
                      what was decided since then about access and protection stays (`protection.py`)
    staff_sessions    staff sign in anew

The database in use, if it has data, says what has left since the backup. Without it, all that waited may have left.
Of an account that only the backup has, it knows nothing, whatever other accounts it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo import ReplaceOne

from domain.backup.restores import Restore
from domain.delivery.model import Attempt, AttemptOutcome
from domain.events import BusinessEvent
from domain.forwarding.model import DeadLetter, DeadLetterReason, Forwarding, ReceiverKind, dead_letter_id
from domain.model.messaging import UnseenReplies
from domain.model.outbox import Destination, Outgoing, OutgoingState
from domain.model.sign_in import StaffSession
from domain.storage import Timer, TimerKind
from domain.values.ids import AccountId
from domain.webhooks.model import WebhookEndpoint
from integrations.mongo.backup.loading import Change, staged
from integrations.mongo.backup.protection import Protection
from integrations.mongo.backup.receivers import EndedReceivers
from integrations.mongo.client import MongoDatabase
from integrations.mongo.codec import to_document
from integrations.mongo.collections import ACCOUNT_STATE, COLLECTIONS, entity_document
from integrations.mongo.driver import Document

LOOKED_UP = frozenset({Destination.ZENDESK, Destination.GORGIAS, Destination.TWILIO})
"""Destinations whose senders look for the effect of a call whose outcome is unknown before they send again."""

_MAILING = frozenset({TimerKind.MAIL_REPLIES.value, TimerKind.TELL_STAFF.value, TimerKind.TICKET_DIGEST.value})
_MAYBE_SENT = "A backup was restored. The event was waiting in it, and may have been delivered since."
_BATCH = 1_000  # documents of one write


class BackupRenewal:
    """Changes documents of the backup."""

    NAMES = (
        ACCOUNT_STATE,
        *(COLLECTIONS[kind] for kind in (Timer, UnseenReplies, Outgoing, WebhookEndpoint, Forwarding, DeadLetter)),
        COLLECTIONS[StaffSession],
        *Protection.NAMES,
    )
    """The collections that are not restored as they were, in the order in which they have to be loaded."""

    def __init__(self, *, database: MongoDatabase, restore: Restore, since: datetime) -> None:
        """`since`: the instant of the backup."""
        self._database = database
        self._restore = restore
        self._receivers = EndedReceivers(database=database, since=since)
        self._protection = Protection(database=database, since=since, receivers=self._receivers)
        self._present: dict[str, dict[str, Any]] = {}  # of the database in use: a value for each id, by collection
        self._heads: dict[str, int] = {}
        self._seen_replies = set[str]()  # conversations whose timer was dropped
        self._skipped: list[tuple[AccountId, str, int, int]] = []  # account, forwarding, after, up to
        self.pending: list[str] = []  # ids of outbox rows that wait
        self.held_events = 0  # business events that are dead letters now

    @property
    def changes(self) -> Mapping[str, Change]:
        """What is made of the documents of each of these collections, in that order."""
        changes: tuple[Change, ...] = (
            self._state,
            self._timer,
            lambda row: None if row["_id"] in self._seen_replies else row,
            self._outgoing,
            self._receivers.endpoint,
            self._forwarding,
            self._receivers.letter,
            lambda _: None,
            *self._protection.changes,
        )
        return dict(zip(self.NAMES, changes, strict=True))

    async def look(self) -> None:
        """Read what the database in use knows. Nothing else writes to it any more. Raises PyMongoError."""
        await self._receivers.look()
        await self._protection.look()
        self._present = {
            COLLECTIONS[Timer]: await self._values(COLLECTIONS[Timer], "due_at", {"kind": {"$in": sorted(_MAILING)}}),
            COLLECTIONS[Forwarding]: await self._values(COLLECTIONS[Forwarding], "position", {}),
        }

    async def complete(self) -> None:
        """Add to the loaded collections what does not come from the backup. Raises PyMongoError."""
        await self._hold_events()
        await self._protection.complete()

    async def _values(self, name: str, field: str, query: Document) -> dict[str, Any]:
        found = self._database.collection(name).find(query, {field: 1})
        return {each["_id"]: each.get(field) async for each in found}

    def _state(self, document: Document) -> Document:
        if "epoch" in document:  # the head of a log
            document["epoch"] = self._restore.id
            document.pop("claimed", None)
            self._heads[document["_id"]] = document["seq"]
        return document

    def _timer(self, document: Document) -> Document | None:
        is_over = document["kind"] in _MAILING and document["due_at"] <= datetime.now(UTC)
        if not is_over or self._present[COLLECTIONS[Timer]].get(document["_id"]) == document["due_at"]:
            return document
        if document["kind"] == TimerKind.MAIL_REPLIES:
            self._seen_replies.add(document["subject"])
        return None

    def _outgoing(self, document: Document) -> Document:
        if document["state"] != OutgoingState.PENDING:
            return document
        self.pending.append(document["_id"])
        document.pop("lease", None)
        document.pop("call", None)
        if document["destination"] in LOOKED_UP:
            document.setdefault("frozen_at", document["created_at"])  # since when its effect is looked for
            attempt = Attempt(at=self._restore.began_at, outcome=AttemptOutcome.INTERRUPTED, outcome_unknown=True)
            document["attempts"] = [*document.get("attempts", ()), to_document(attempt)]
        return document

    def _forwarding(self, found: Document) -> Document | None:
        document = self._receivers.forwarding(found)
        if document is None:
            return None
        document.pop("lease", None)
        document["fence"] = document.get("fence", 0) + 1  # a runner of before writes nothing any more
        document["generation"] = document.get("generation", 1) + 1
        if document["kind"] == ReceiverKind.WEBHOOK:  # Klaviyo keeps the first of two events with the same id
            account_id, position = AccountId(document["account"]), document["position"]
            head = self._heads.get(account_id, 0)
            known = self._present[COLLECTIONS[Forwarding]].get(document["_id"])
            after = head if known is None else min(max(known, position), head)
            if known is None:
                self._skipped.append((account_id, document["_id"], position, head))
            if after != position:
                document["position"] = after
                document.pop("trying_since", None)
        return document

    async def _hold_events(self) -> None:
        """Make dead letters of the events that each webhook skips, so that people can have them sent."""
        endpoints = self._database.collection(staged(COLLECTIONS[WebhookEndpoint]))
        letters = self._database.collection(staged(COLLECTIONS[DeadLetter]))
        for account_id, forwarding_id, after, upto in self._skipped:
            endpoint = await endpoints.find_one({"_id": forwarding_id}) or {"topics": []}
            query = {
                "account": account_id,
                "seq": {"$gt": after, "$lte": upto},
                "type": {"$in": endpoint["topics"]},
                "imported": {"$ne": True},
            }
            found = self._database.collection(staged(COLLECTIONS[BusinessEvent])).find(query, sort=[("seq", 1)])
            writes: list[ReplaceOne[Document]] = []
            async for document in found:
                letter = self._letter(forwarding_id, str(document["_id"]), document["seq"])
                writes.append(ReplaceOne({"_id": letter.id}, entity_document(account_id, letter), upsert=True))
            for start in range(0, len(writes), _BATCH):
                await letters.bulk_write(writes[start : start + _BATCH])
            self.held_events += len(writes)

    def _letter(self, forwarding_id: str, event_id: str, seq: int) -> DeadLetter:
        return DeadLetter(
            id=dead_letter_id(forwarding_id, event_id),
            forwarding_id=forwarding_id,
            event_id=event_id,
            seq=seq,
            at=self._restore.began_at,
            error=_MAYBE_SENT,
            reason=DeadLetterReason.RESTORED,
        )
