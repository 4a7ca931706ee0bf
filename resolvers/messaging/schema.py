"""The query and the mutation of messages that were passed over."""

import strawberry

from resolvers.messaging.mutations.take_in import TakeInPayload, take_in
from resolvers.messaging.passed_over import PassedOverConnection, passed_over


@strawberry.type
class MessagingQueries:
    passed_over: PassedOverConnection | None = strawberry.field(
        resolver=passed_over,
        description="The mail and texts that were received and not taken in, with the reasons, the newest first. For "
        "OWNER, ADMIN, MANAGER and SUPPORT.",
    )


@strawberry.type
class MessagingMutations:
    take_in: TakeInPayload = strawberry.mutation(
        resolver=take_in,
        description="Takes in a message that was passed over: it starts the conversation of its sender or continues "
        "it, as if it had arrived now, with its files. If the agent is off, a new conversation goes to the team where "
        "the handoff method is HELPDESK. Refused with CONFLICT for a message without a sender or text. For OWNER, "
        "ADMIN, MANAGER and SUPPORT.",
    )
