"""Findings of a check of the database: which invariant does not hold, where, and what to do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from enum import StrEnum
from typing import Protocol

from domain.values.record import Record

Progress = Callable[[str], None]  # called with what is being checked, for people who wait


class Severity(StrEnum):
    ERROR = "ERROR"  # an invariant does not hold
    WARNING = "WARNING"  # something will be late, slow or lost unless somebody acts


class Check(StrEnum):
    """An invariant; the value is the sentence that people read."""

    DATABASE = "MongoDB is a replica set, and new enough"
    CLOCK = "the clocks of the server and of MongoDB agree"
    INDEXES = "every index is there"
    RECORDS = "every record can be read"
    LOG = "the event log has no gap, from its floor to its head"
    NUMBERING = "messages are numbered 1, 2, 3 … and as many as their conversation counts"
    POSITION = "conversations stand within the event log"
    STATUS = "a conversation is closed if its status says so, and then nothing new can come of it"
    TIMER = "what is open closes by itself"
    PROFILE = "every conversation has a profile, and an identity belongs to one"
    SEARCH = "every conversation is found by its words, and by nothing else"
    ACTIVITY = "what is kept of shoppers' activity follows from their events and orders"
    SALES = "an order is credited to the conversation of its buyer's last touch, and to no other"
    AUDIT = "the audit log has no gap, and no entry was changed"
    FORWARDING = "business events reach who asked for them"
    WORKER = "what is due is done"
    CONNECTION = "the secrets of every connection can be opened"
    COUNTERS = "counters are what a recount of the conversations makes"
    ATTACHMENTS = "every attachment has its bytes, and no bytes are without one"
    OUTBOX = "what leaves is on its way, and a ticket says how far it is"
    ERASED = "of an erased shopper nothing is left, also after a restore"
    INBOX = "no ticket waits with nobody able to take it"


class Finding(Record):
    severity: Severity
    check: Check
    where: str
    problem: str
    advice: str


class Doctor(Protocol):
    def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        """Check everything in one pass, while the server is in use. Yields findings as they are found; none if all is
        well. Raises `Unavailable`."""

    async def note_repairs(self) -> None:
        """Move the revision of every account, so that no process keeps results from before repairs of derived data,
        which move no revision by themselves. Raises `Unavailable`."""


class IntegrityCheck(Protocol):
    """Check and repair of derived data."""

    def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        """Compare the derived data with its source. Yields findings. Raises `Unavailable`."""

    async def repair(self, progress: Progress) -> int:
        """Repair what is wrong. Returns how many rows were repaired. It can run while the server is in use, and can be
        repeated. Raises `Unavailable`."""
