"""What an examination of the database finds: what must hold and does not, where, and what to do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from enum import StrEnum
from typing import Protocol

from domain.values.record import Record

Progress = Callable[[str], None]  # told what is looked at now, for people who wait


class Severity(StrEnum):
    ERROR = "ERROR"  # what is promised does not hold
    WARNING = "WARNING"  # it holds, and will be late, slow or lost if nobody sees to it


class Check(StrEnum):
    """What must hold; the value is the sentence."""

    DATABASE = "MongoDB is a replica set, and new enough"
    CLOCK = "the clocks of the server and of MongoDB agree"
    INDEXES = "every index is there"
    LOG = "the event log has no gap, from its floor to its head"
    NUMBERING = "messages are numbered 1, 2, 3 … and as many as their conversation counts"
    POSITION = "conversations stand within the event log"
    STATUS = "a conversation is closed if its status says so, and then nothing new can come of it"
    TIMER = "what is open closes by itself"
    PROFILE = "every conversation has a profile, and an identity belongs to one"
    SEARCH = "every conversation is found by its words, and by nothing else"
    ACTIVITY = "what is kept of shoppers' activity follows from their events and orders"
    SALES = "an order is credited to the conversation of its buyer's last touch, and to no other"
    FORWARDING = "business events reach who asked for them"
    WORKER = "what is due is done"
    CONNECTION = "the secrets of every connection can be opened"
    COUNTERS = "counters are what a recount of the conversations makes"
    OUTBOX = "what leaves is on its way, and a ticket says how far it is"
    INBOX = "no ticket waits with nobody able to take it"


class Finding(Record):
    severity: Severity
    check: Check
    where: str
    problem: str
    advice: str


class Doctor(Protocol):
    def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        """Everything, in one pass, beside traffic. Findings come as they are found; none means that all holds."""


class IntegrityCheck(Protocol):
    """What is made from other data: looked at whether it is right, and made again where it is not."""

    def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        """As a doctor does."""

    async def repair(self, progress: Progress) -> int:
        """Put right what is wrong; how much it was. Beside traffic, and again at will. Raises Unavailable."""
