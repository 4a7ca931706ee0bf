"""Conversations of the past, brought in from a file: the shape every importer answers with."""

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
    """The agent passed the conversation to a human here: it becomes a handoff, with its ticket."""

    summary: str | None
    after_sequence: int  # the last message before it


class ImportedConversation(Record):
    source: str  # e.g. "tau-bench"
    key: str  # unique within the source: the same key is imported once, however often the file is read
    messages: tuple[ImportedMessage, ...]  # at least one, in order
    channel: Channel = Channel.WEB_CHAT
    visitor: Visitor = field(default_factory=Visitor)
    tags: tuple[str, ...] = ()
    started_at: datetime | None = None  # where the file gives a time for the whole but none for each message
    transfer: ImportedTransfer | None = None


class RecordLeftOut(Record):
    """A record of the file that became no conversation. The records around it are imported all the same."""

    position: int  # 1, 2, 3 … in the file
    malformed: bool  # True: broken, so the import ends with an error. False: sound, but no shopper ever spoke
    reason: str  # written for whoever imports; quotes nothing of the conversation


ImportedRecord = ImportedConversation | RecordLeftOut
