"""The mutations of attachments."""

import strawberry

from resolvers.attachments.mutations.create_upload import CreateUploadPayload, create_upload


@strawberry.type
class AttachmentMutations:
    create_upload: CreateUploadPayload = strawberry.mutation(
        resolver=create_upload,
        description="Reserves a file for one of the caller's next messages, and returns the address that takes its "
        "bytes. Takes a visitor token, or a secret key that may write messages: scope `agent`, `inbox:write` or "
        "`conversations:write`, or a key of OWNER, ADMIN, MANAGER or SUPPORT. Refused with INVALID for a size or a "
        "content type that the account does not allow. Too many uploads in a minute with a visitor token are refused "
        "with the request error RATE_LIMITED.",
    )
