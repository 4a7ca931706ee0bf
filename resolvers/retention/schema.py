"""The query and the mutations of retention."""

import strawberry

from resolvers.conversation.payloads import ConversationPayload
from resolvers.retention.mutations.export_profile import ExportProfilePayload, export_profile
from resolvers.retention.mutations.redact_message import RedactMessagePayload, redact_message
from resolvers.retention.mutations.set_legal_hold import set_legal_hold
from resolvers.retention.mutations.update_retention import UpdateRetentionPayload, update_retention
from resolvers.retention.types import Retention, retention


@strawberry.type
class RetentionQueries:
    retention: Retention | None = strawberry.field(
        resolver=retention,
        description="The times after which the account removes words and files. Requires permission to read the "
        "handoff settings.",
    )


@strawberry.type
class RetentionMutations:
    redact_message: RedactMessagePayload = strawberry.mutation(
        resolver=redact_message,
        description="Removes the words, products, buttons and files of a message; its place, author and time stay. The "
        "words go from summaries that quote them, the original mail, the search, the log of events, business events "
        "and calls to vendors that have not left. Streams get `MessageRedacted`. It cannot be undone, and reports stay "
        "equal. Copies that a channel or a webhook has sent stay where they are. For OWNER, ADMIN and MANAGER.",
    )
    set_legal_hold: ConversationPayload = strawberry.mutation(
        resolver=set_legal_hold,
        description="Begins or ends the legal hold of a conversation. While it is held, `redactMessage` is refused "
        "with CONFLICT, and erasures and retention leave it: the record of an erasure names it. When the hold ends, an "
        "erasure that left it begins again. For OWNER and ADMIN.",
    )
    update_retention: UpdateRetentionPayload = strawberry.mutation(
        resolver=update_retention,
        description="Sets the times after which a worker removes transcripts, files, and the shopper from business "
        "events. It begins at once. The audit log has the numbers. Nothing of it can be restored. For OWNER and ADMIN.",
    )
    export_profile: ExportProfilePayload = strawberry.mutation(
        resolver=export_profile,
        description="Returns a link to everything that is stored about one shopper, as a ZIP: a page for people, "
        "NDJSON files, and the attachments. The audit log records the link and each download. The link ends with the "
        "credential that asked for it. For OWNER and ADMIN.",
    )
