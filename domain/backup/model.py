"""The description of a backup: the content of its file `baton.json`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.values.errors import DomainError
from domain.values.ids import AccountId, ConversationId, ProfileId
from domain.values.record import Record

FORMAT = 1  # of the folder; a restore refuses a newer one


class BackupRefused(DomainError):
    """A backup cannot be made or used; the text says why, and what to do."""


class ConversationOnHold(Record):
    """A conversation under a legal hold of which a restore would lose something."""

    account_id: AccountId
    id: ConversationId
    profile_id: ProfileId


class LegalHoldsLost(BackupRefused):
    """A restore would lose conversations under a legal hold, or what was said in them since the backup."""

    def __init__(self, conversations: Sequence[ConversationOnHold]) -> None:
        super().__init__(
            f"{len(conversations)} conversations under a legal hold have begun, or gone on, since the backup, and what "
            "was said in them would be lost. Nothing was changed."
        )
        self.conversations = tuple(conversations)


class BackupWish(Record):
    """How a backup is to be made."""

    compressed: bool = False  # gzip the files
    window: timedelta | None = None  # for which MongoDB is to keep its snapshot; None: as it is configured
    has_files: bool = True  # whether attachments are in the database


class RestoreWish(Record):
    """How a backup is to be restored."""

    replaces: bool = False  # also if the database has data
    wait: timedelta = timedelta(minutes=1)  # for servers to leave the database
    loses_held: bool = False  # also if it loses what was said under a legal hold since the backup: see `LegalHoldsLost`


class CopiedCollection(Record):
    """One collection in a backup."""

    name: str
    documents: int
    size: int  # bytes of its documents, uncompressed
    sha256: str  # of its documents, uncompressed


class Backup(Record):
    """The content of a backup: the state of a database at one instant."""

    format: int
    program: str  # version of Baton that made it
    mongodb: str  # version of MongoDB that it was read from
    database: str  # name of the database, and of the folder with its collections
    taken_at: datetime  # the instant whose state it has
    cluster_time: str  # the same by MongoDB's clock: seconds and number
    compressed: bool  # whether its files are gzipped
    has_files: bool  # whether the bytes of attachments are in it; if not, they are in a store of their own
    collections: tuple[CopiedCollection, ...]

    @property
    def documents(self) -> int:
        """The number of all documents."""
        return sum(each.documents for each in self.collections)

    @property
    def size(self) -> int:
        """The bytes of all documents."""
        return sum(each.size for each in self.collections)


class Restored(Record):
    """The outcome of a restore."""

    backup: Backup
    held_messages: int = 0  # outgoing messages that may have left since the backup, for people to decide on
    held_events: int = 0  # business events that webhooks may have got since the backup, also
    erasures: int = 0  # that were applied again
    redactions: int = 0  # likewise
    unfinished: tuple[str, ...] = ()  # erasures that are still under way, with their stages
