"""The erasure of a shopper, which is at once the job that removes and the record of what was removed.

    requested ──▶ ORDERS ─▶ CONVERSATIONS ─▶ PROFILES ─▶ RECORDS ─▶ LOOSE ─▶ BUSINESS ─▶ EVENTS ─▶ SEARCH ─▶ VOCABULARY
                    ▲                                                                                            │
                    └──────────────── the search found the shopper once more ◀── CHECK ◀─────────────────────────┘
                                                                                   └─▶ done

While it runs, `scope` has what is to be removed. The last step drops it: from then on the record names the shopper by
keyed hashes alone, by which a restored backup is recognized.
"""

from __future__ import annotations

from datetime import datetime

from domain.model.audit import AuditActor
from domain.model.outbox import Destination, OutgoingState
from domain.values.ids import ConversationId, ProfileId
from domain.values.record import Record, StoredEnum

MOST_IDENTIFIERS = 1_000  # texts of one shopper that are searched for
MOST_MENTIONS = 100  # named in the record
MOST_VENDOR_CALLS = 500  # listed in the record of an erasure; all are counted, and all are in the outbox


class ErasureStage(StoredEnum):
    """The steps of an erasure, in order."""

    ORDERS = "ORDERS"  # the buyer of orders
    CONVERSATIONS = "CONVERSATIONS"  # closed, without their shopper; they stay, since reports count them
    PROFILES = "PROFILES"  # without identities and names
    RECORDS = "RECORDS"  # what belongs to a conversation: messages, drafts, files, mails, deliveries
    LOOSE = "LOOSE"  # what names a conversation or an address and has no index for it
    BUSINESS = "BUSINESS"  # business events and their dead letters
    EVENTS = "EVENTS"  # the log, with the history of conversations
    SEARCH = "SEARCH"  # rows of the search index, and words that nobody else has used
    VOCABULARY = "VOCABULARY"  # words that were used again meanwhile
    CHECK = "CHECK"  # the search for what is left
    DONE = "DONE"


FIRST_STAGE = ErasureStage.ORDERS


class ErasureScope(Record):
    """What belongs to the shopper, while the erasure runs."""

    profile_ids: tuple[ProfileId, ...]
    keys: tuple[str, ...] = ()  # identity keys of proved identities and browsers: see `domain/model/profile.py`
    addresses: tuple[str, ...] = ()  # e-mail addresses and numbers that the shopper has written from, or proved
    identifiers: tuple[str, ...] = ()  # texts that identify the shopper: addresses, numbers, ids, also mere claims
    names: tuple[str, ...] = ()  # removed with the records; not searched for, because others have them as well
    held: tuple[ConversationId, ...] = ()  # under a legal hold: they are left
    told: tuple[str, ...] = ()  # addresses, numbers and keys that Klaviyo is told already
    log_end: int = 0  # `seq` of the log when the words of the search began to be removed
    has_grown: bool = False  # whether keys or addresses were found after the stage that looks for them: it comes again


class RemovedRecords(Record):
    """How many records of a collection were removed, or lost what they had of the shopper."""

    place: str  # name of the collection
    count: int


class Mention(Record):
    """A record in which an identifier of the shopper was found after the removal."""

    place: str  # name of the collection
    id: str


class VendorErasure(Record):
    """A call by which a vendor is told to delete what it has of the shopper."""

    id: str  # of its row in the outbox
    destination: Destination
    state: OutgoingState
    at: datetime  # of the last attempt, or of the request
    error: str | None = None  # without the vendor's own words, which may name the shopper


class Erasure(Record):
    id: str
    profile_id: ProfileId
    requested_at: datetime
    by: AuditActor
    stage: ErasureStage = ErasureStage.ORDERS
    position: str = ""  # where the stage continues
    rounds: int = 1  # number of passes through all stages
    version: int = 1  # number of steps: a step that was overtaken by another process is dropped
    scope: ErasureScope | None = None  # None: it is done
    removed: tuple[RemovedRecords, ...] = ()
    searched: int = 0  # records that the last search looked at
    mentions: tuple[Mention, ...] = ()  # what the last search found
    profile_hashes: tuple[str, ...] = ()  # keyed hashes of `profile_ids`
    identifier_hashes: tuple[str, ...] = ()  # keyed hashes of `identifiers`
    key_hashes: tuple[str, ...] = ()  # keyed hashes of the keys of proved identities: see `domain/erased.py`
    finished_at: datetime | None = None
    held: tuple[ConversationId, ...] = ()  # conversations that were left, because they are under a legal hold
    vendors: tuple[VendorErasure, ...] = ()  # calls to connected helpdesks and Klaviyo, which may end later: the first
    calls: int = 0  # number of calls; records of earlier builds have none, and list all

    @property
    def is_done(self) -> bool:
        return self.stage is ErasureStage.DONE

    @property
    def vendor_calls(self) -> int:
        """Number of all calls to vendors, listed or not."""
        return max(self.calls, len(self.vendors))
