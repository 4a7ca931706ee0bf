"""Inputs and results of the commands of attachments."""

from __future__ import annotations

from datetime import datetime

from domain.model.attachments import Attachment
from domain.values.ids import AttachmentId
from domain.values.record import Record


class CreateUpload(Record):
    name: str
    content_type: str
    size: int  # bytes, exact


class CreatedUpload(Record):
    attachment_id: AttachmentId
    url: str  # takes the bytes, once
    expires_at: datetime  # of the address, and of a file that no message has then


class IncomingFile(Record):
    """A file that a channel brought."""

    name: str
    content_type: str  # as the sender declared it
    source: str  # names the file for good, such as "twilio:MM123:0": the same source is the same file
    size: int | None = None  # bytes, if they are known before they are read


class Reception(Record):
    """An attempt to receive a file, to which its record is reserved until the attempt ends."""

    row: Attachment
    allowed: tuple[str, ...]  # content types; empty: every one
    most: int  # bytes
    is_repeated: bool  # whether an earlier attempt broke off and perhaps left bytes
    is_scanned: bool = True
