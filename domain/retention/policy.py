"""How long an account keeps words, and the run that removes what is older. A run goes through the stages in order.

due ──▶ TRANSCRIPTS ─▶ LOG ─▶ VOCABULARY ─▶ ATTACHMENTS ─▶ EVENTS ──▶ due again a day later

Each stage goes once through what it clears, and remembers where it was. Records that cannot be read are left and named.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.retention.model import RemovedWords
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record, StoredEnum


class RetentionStage(StoredEnum):
    """The steps of a run, in order."""

    TRANSCRIPTS = "TRANSCRIPTS"  # words and files of closed conversations
    LOG = "LOG"  # the same in the log, with the history of conversations
    VOCABULARY = "VOCABULARY"  # words of the search that were used again meanwhile
    ATTACHMENTS = "ATTACHMENTS"  # files of closed conversations
    EVENTS = "EVENTS"  # the shopper, and words, in business events


MOST_UNREADABLE = 100  # records that a run names


class RetentionRun(Record):
    """A run, while it lasts."""

    started_at: datetime
    stage: RetentionStage = RetentionStage.TRANSCRIPTS
    position: str = ""  # where the stage continues
    reached: str = ""  # the last conversation that the stage TRANSCRIPTS has looked at
    has_found: bool = False  # whether it has found any since it began with the first: then it looks once more
    batch: tuple[ConversationId, ...] = ()  # conversations that have lost their words, and whose other places have not
    log_end: int | None = None  # `seq` of the log when the first words of the search were removed
    removed: tuple[RemovedWords, ...] = ()
    unreadable: tuple[str, ...] = ()  # records that were left, because they cannot be read


class RetentionPolicy(Record):
    """The settings of an account, with its run. A time of `None` removes nothing."""

    id: AccountId
    transcripts: timedelta | None = None
    attachments: timedelta | None = None
    events: timedelta | None = None
    version: int = 1  # number of changes of the settings and steps of runs
    run: RetentionRun | None = None
    events_until: datetime | None = None  # business events up to this instant have lost their words

    @property
    def is_on(self) -> bool:
        """Whether anything is removed."""
        return any(each is not None for each in (self.transcripts, self.attachments, self.events))
