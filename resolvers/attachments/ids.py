"""Global IDs of attachments in the inputs of mutations."""

from collections.abc import Sequence

import strawberry

from domain.values.ids import AttachmentId
from resolvers.relay.global_ids import key_of

ATTACHMENTS = (
    "The IDs that `createUpload` returned to the same caller, whose bytes have been sent: at most 10, with 52,428,800 "
    "bytes together. With attachments, the text may be empty."
)


def attachment_ids_of(global_ids: Sequence[strawberry.ID] | None) -> tuple[AttachmentId, ...]:
    """Return the ids. Raises `Invalid`, `NotFound`."""
    given = enumerate(global_ids or ())
    return tuple(AttachmentId(key_of(each, "Attachment", field=("attachments", str(place)))) for place, each in given)
