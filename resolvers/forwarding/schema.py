"""The mutations of event forwarding."""

import strawberry

from resolvers.forwarding.mutations.redeliver_events import RedeliverEventsPayload, redeliver_events
from resolvers.forwarding.mutations.retry_dead_letter import RetryDeadLetterPayload, retry_dead_letter


@strawberry.type
class ForwardingMutations:
    redeliver_events: RedeliverEventsPayload = strawberry.mutation(
        resolver=redeliver_events,
        description="Delivers all events after a cursor again, in order and with their original IDs, to a webhook "
        "endpoint or to Klaviyo. For OWNER, ADMIN and MANAGER.",
    )
    retry_dead_letter: RetryDeadLetterPayload = strawberry.mutation(
        resolver=retry_dead_letter,
        description="Delivers one dead letter at once, out of order. For OWNER, ADMIN and MANAGER.",
    )
