"""The removal of words from places where they are not looked up: the log, business events, the index of the search.

A redaction is a job of these stages. Its message has lost its words when the job begins.

    redactMessage ──▶ OUTBOX ─▶ EVENTS ─▶ SEARCH ─▶ VOCABULARY ─▶ the job is deleted
"""

from __future__ import annotations

from datetime import datetime

from domain.values.ids import AccountId, ConversationId, HandoffId, MessageId
from domain.values.record import Record, StoredEnum


class RedactionStage(StoredEnum):
    """The steps of a redaction, in order."""

    OUTBOX = "OUTBOX"  # calls to vendors that were under way
    EVENTS = "EVENTS"  # business events, and the log with the history of conversations
    SEARCH = "SEARCH"  # the row of the search index, and words that no other row has
    VOCABULARY = "VOCABULARY"  # words that were used again meanwhile


class WordScope(Record):
    """The words of a conversation that are removed."""

    conversation_id: ConversationId
    at: datetime  # when they were removed
    message_ids: tuple[MessageId, ...] | None = None  # None: of all messages
    question: bool = True  # whether the first question is among them
    handoff_ids: tuple[HandoffId, ...] | None = None  # handoffs whose summary quotes the words; None: all
    subject: bool = False  # whether the subject of mails is among them; it is if the first question is
    transfer: bool = False  # whether the summary of an imported transfer is among them, if not all are


class Redaction(Record):
    """The job that follows `redactMessage`. It has the id of its message."""

    id: MessageId
    requested_at: datetime
    sequence: int  # number of the message in its conversation
    scope: WordScope
    stage: RedactionStage = RedactionStage.OUTBOX
    position: str = ""  # where the stage continues
    version: int = 1  # number of steps: a step that was overtaken by another process is dropped
    log_end: int = 0  # `seq` of the log when the words of the search began to be removed


class RedactedMessage(Record):
    """A message that was redacted since a backup which was restored."""

    account_id: AccountId
    id: MessageId


class RemovedWords(Record):
    """How many records of a collection lost their words."""

    place: str  # name of the collection
    count: int
