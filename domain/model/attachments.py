"""Attachments: files of messages, from the first byte to the message that has them.

    createUpload ──▶ AWAITED ──▶ RECEIVING ──┬─ whole ──────▶ STORED ──▶ ATTACHED  (to a message, for good)
    a channel  ─────────────────▶            ├─ broken off ─▶ AWAITED again, until it expires
                                             └─ infected ───▶ REFUSED ─▶ ATTACHED, without its bytes, if a channel
                                                                         brought it

What no message has is deleted when it expires.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.model.connected_services import Service
from domain.values.ids import AttachmentId, ConversationId, MessageId
from domain.values.record import Record, StoredEnum

LARGEST_FILE = 25 << 20  # bytes of one file: what mail servers and carriers take at most
MOST_FILES = 10  # of one message
LARGEST_SUM = 50 << 20  # bytes of the files of one message

UPLOAD_LIFE = timedelta(minutes=30)  # from createUpload to the message; a slow phone sends 25 MB in 10 minutes
INCOMING_LIFE = timedelta(hours=24)  # of what a channel brought: its message is appended in the same moment, or retried
ATTEMPT_LIFE = timedelta(minutes=1)  # of the lease of an attempt to receive a file, from its last renewal
RENEWAL = timedelta(seconds=15)  # between the renewals of a lease


class AttachmentState(StoredEnum):
    AWAITED = "AWAITED"
    RECEIVING = "RECEIVING"
    STORED = "STORED"
    ATTACHED = "ATTACHED"
    REFUSED = "REFUSED"


class RemoteFile(Record):
    """The address of a file that a channel named, until a worker has fetched it."""

    service: Service  # whose credentials its host gets
    url: str
    author: str | None = None  # name of the member of staff who sent it in the helpdesk; None: the shopper did


class AttachedFile(Record):
    """A file as its message shows it. It never changes."""

    id: AttachmentId
    name: str
    content_type: str  # by its content
    size: int  # bytes
    problem: str | None = None  # why it cannot be downloaded


class Attachment(Record):
    """A file, and how far it is."""

    id: AttachmentId
    owner: str  # the subject of the caller who may attach it (`Principal.subject`), or the channel that brought it
    name: str
    content_type: str  # as declared until it is stored, then by its content
    state: AttachmentState
    created_at: datetime
    size: int | None = None  # bytes; None until a file of unknown size is stored
    blob: str | None = None  # the attempt that wrote its bytes, is writing them, or was the last to break off
    lease_renewed_at: datetime | None = None  # while an attempt to receive it is under way
    expires_at: datetime | None = None  # None once it is attached
    conversation_id: ConversationId | None = None
    message_id: MessageId | None = None
    problem: str | None = None  # why it was refused
    remote: RemoteFile | None = None  # where to fetch it

    @property
    def file(self) -> AttachedFile:
        """The file as a message shows it."""
        return AttachedFile(
            id=self.id,
            name=self.name,
            content_type=self.content_type,
            size=self.size or 0,
            problem=self.problem,
        )

    @property
    def is_whole(self) -> bool:
        """Whether its bytes can be read."""
        return self.state in (AttachmentState.STORED, AttachmentState.ATTACHED) and self.problem is None

    def is_received(self, now: datetime) -> bool:
        """Whether an attempt to receive it is under way."""
        if self.state is not AttachmentState.RECEIVING or self.lease_renewed_at is None:
            return False
        return now < self.lease_renewed_at + ATTEMPT_LIFE
