"""Attaches stored files to the message that a command appends, in its transaction.

files = await claim(uow, command.attachments, owner=principal.subject)
message = change.add_message(author, text, attachments=files)     # which saves them as the message's own
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.model.attachments import LARGEST_SUM, MOST_FILES, Attachment, AttachmentState
from domain.model.conversation import Message
from domain.storage import Timer, TimerKind, UnitOfWork
from domain.values.errors import Field, Invalid, NotFound, within
from domain.values.ids import AttachmentId
from domain.values.record import replace
from domain.values.text import MESSAGE_LIMIT, check_text, is_blank


def check_message(text: str, attachments: Sequence[AttachmentId], *, field: Field) -> str:
    """Return the text of a message unchanged. It may be blank if the message has files. Raises `Invalid`."""
    if attachments and is_blank(text) and len(text) <= MESSAGE_LIMIT:
        return text
    return check_text(text, field=field)


async def claim(
    uow: UnitOfWork, ids: Sequence[AttachmentId], *, owner: str, field: Field = "attachments"
) -> tuple[Attachment, ...]:
    """Return the stored files with these ids, which no message has yet, for the message that is appended next.

    Raises `NotFound` for a file that does not exist, has expired or is of another owner; `Invalid` for one without its
    bytes or that another message has, and for too many of them.
    """
    if len(ids) > MOST_FILES:
        raise Invalid(f"A message has at most {MOST_FILES} attachments.", field=field)
    if len(set(ids)) < len(ids):
        raise Invalid("Name each attachment once.", field=field)
    rows = tuple([await _claimed(uow, each, owner, within(field, str(place))) for place, each in enumerate(ids)])
    if sum(row.size or 0 for row in rows) > LARGEST_SUM:
        raise Invalid(f"The attachments of a message have at most {LARGEST_SUM:,} bytes together.", field=field)
    return rows


async def _claimed(uow: UnitOfWork, attachment_id: AttachmentId, owner: str, field: Field) -> Attachment:
    row = await uow.get(Attachment, attachment_id)
    if row is None or row.owner != owner:
        raise NotFound("No such upload, or it has expired. Create it again.", field=field)
    if row.state is AttachmentState.ATTACHED:
        raise Invalid("Another message has this file. Upload it again.", field=field)
    if row.state in (AttachmentState.AWAITED, AttachmentState.RECEIVING):
        raise Invalid("This upload has not taken its bytes yet. Send them to its address first.", field=field)
    if row.expires_at is not None and row.expires_at <= uow.now:
        raise NotFound("No such upload, or it has expired. Create it again.", field=field)
    if row.state is AttachmentState.REFUSED and not is_incoming(row):
        raise Invalid(f"This file was refused. {row.problem}", field=field)
    return row


def keep(uow: UnitOfWork, rows: Sequence[Attachment], message: Message) -> None:
    """Save the files as those of the message, so that they are kept as long as it is."""
    for row in rows:
        kept = replace(
            row,
            state=AttachmentState.ATTACHED,
            expires_at=None,
            remote=None,
            conversation_id=message.conversation_id,
            message_id=message.id,
        )
        uow.save(kept)
        uow.delete(Timer, expiry_timer(row).id)


def expiry_timer(row: Attachment) -> Timer:
    """Return the timer that deletes the file if no message has it by then."""
    assert row.expires_at is not None, "an attached file does not expire"
    return Timer(id=f"attachment:{row.id}", kind=TimerKind.ATTACHMENT_EXPIRY, subject=row.id, due_at=row.expires_at)


INCOMING = "channel:"  # before the source of a file that a channel brought, in `owner`


def is_incoming(row: Attachment) -> bool:
    """Whether a channel brought the file."""
    return row.owner.startswith(INCOMING)


def incoming_owner(source: str) -> str:
    """Return the owner of a file that a channel brought."""
    return f"{INCOMING}{source}"


def unattached_owner(source: str) -> str:
    """Return the owner of a file that no message can have: no caller's subject begins like it."""
    return f"unattached:{source}"
