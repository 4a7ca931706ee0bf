"""The mutations of retention."""

import strawberry

from resolvers.retention.mutations.redact_message import RedactMessagePayload, redact_message


@strawberry.type
class RetentionMutations:
    redact_message: RedactMessagePayload = strawberry.mutation(
        resolver=redact_message,
        description="Removes the words, products, buttons and files of a message; its place, author and time stay. The "
        "words go from summaries that quote them, the original mail, the search, the log of events, business events "
        "and calls to vendors that have not left. Streams get `MessageRedacted`. It cannot be undone, and reports stay "
        "equal. Copies that a channel or a webhook has sent stay where they are. For OWNER, ADMIN and MANAGER.",
    )
