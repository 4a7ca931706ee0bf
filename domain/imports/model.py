"""Conversations of the past, from a file: the records that every importer returns."""

from __future__ import annotations

from datetime import datetime

from domain.model.conversation import AuthorKind, Visitor
from domain.values.channel import Channel
from domain.values.record import Record, field


class ImportedMessage(Record):
    author: AuthorKind  # SHOPPER, AI_AGENT or HUMAN_AGENT
    text: str
    sent_at: datetime | None = None  # None where the file gives no time


class ImportedTransfer(Record):
    """The point where the agent passed the conversation to a human. It becomes a handoff with a ticket."""

    summary: str | None
    after_sequence: int  # number of the last message before it


class ImportedConversation(Record):
    source: str  # e.g. "tau-bench"
    key: str  # unique within the source; it is imported once, however often the file is read
    messages: tuple[ImportedMessage, ...]  # at least one, in order
    channel: Channel = Channel.WEB_CHAT
    visitor: Visitor = field(default_factory=Visitor)
    tags: tuple[str, ...] = ()
    started_at: datetime | None = None  # if the file gives a time for the conversation and none for each message
    transfer: ImportedTransfer | None = None


class RecordLeftOut(Record):
    """A record of the file that is not imported. The others are."""

    position: int  # 1, 2, 3 … in the file
    malformed: bool  # if true, the import ends with an error; if false, the record has no message of a shopper
    reason: str  # for the operator; it quotes nothing of the conversation


ImportedRecord = ImportedConversation | RecordLeftOut
