"""The mutations of event forwarding."""

import strawberry

from resolvers.forwarding.mutations.redeliver_events import RedeliverEventsPayload, redeliver_events
from resolvers.forwarding.mutations.retry_dead_letter import RetryDeadLetterPayload, retry_dead_letter


@strawberry.type
class ForwardingMutations:
    redeliver_events: RedeliverEventsPayload = strawberry.mutation(
        resolver=redeliver_events,
        description="A webhook endpoint, or Klaviyo, gets the events behind a cursor, in order, under the ids they had "
        "before. For OWNER, ADMIN and MANAGER.",
    )
    retry_dead_letter: RetryDeadLetterPayload = strawberry.mutation(
        resolver=retry_dead_letter,
        description="Send one event that was given up once more, now, out of its order. For OWNER, ADMIN and MANAGER.",
    )
