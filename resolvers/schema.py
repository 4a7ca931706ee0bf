"""The schema: the queries, mutations and subscriptions of all features, and the types behind interfaces."""

import strawberry
from graphql import GraphQLOneOfDirective
from strawberry.schema.config import StrawberryConfig

from resolvers.account.schema import AccountMutations, AccountQueries
from resolvers.commerce.schema import CommerceMutations
from resolvers.connected_services.schema import ConnectedServiceMutations
from resolvers.conversation.schema import ConversationMutations, ConversationQueries, ConversationSubscriptions
from resolvers.errors import ERROR_TYPES
from resolvers.events.schema import EventQueries, EventSubscriptions
from resolvers.events.types import EVENT_TYPES
from resolvers.forwarding.schema import ForwardingMutations
from resolvers.handoff.schema import HandoffMutations, HandoffQueries
from resolvers.inbox.schema import InboxMutations, InboxQueries, InboxSubscriptions
from resolvers.klaviyo.schema import KlaviyoMutations, KlaviyoQueries
from resolvers.metrics.schema import MetricsQueries, MetricsSubscriptions
from resolvers.nodes import NodeQueries
from resolvers.outbox.schema import OutboxMutations, OutboxQueries
from resolvers.scalars import SCALARS
from resolvers.schema_order import sort_elements
from resolvers.segment.schema import SegmentQueries
from resolvers.webhooks.schema import WebhookMutations, WebhookQueries

DESCRIPTION = "The GraphQL API of Baton."
_ROOTS = "schema {\n  query: Query\n  mutation: Mutation\n  subscription: Subscription\n}"


@strawberry.type(
    description="Questions. What is not there, or not the caller's to see, is null with an error that says so."
)
class Query(
    NodeQueries,
    AccountQueries,
    ConversationQueries,
    HandoffQueries,
    InboxQueries,
    OutboxQueries,
    EventQueries,
    SegmentQueries,
    MetricsQueries,
    WebhookQueries,
    KlaviyoQueries,
):
    pass


@strawberry.type(
    description="Commands. Each takes an input and answers a payload, whose `errors` are [] exactly when it was done."
)
class Mutation(
    AccountMutations,
    ConversationMutations,
    HandoffMutations,
    InboxMutations,
    OutboxMutations,
    WebhookMutations,
    ForwardingMutations,
    KlaviyoMutations,
    CommerceMutations,
    ConnectedServiceMutations,
):
    pass


@strawberry.type(
    description="Live streams. Every item has a cursor, and one stands in `extensions.stream.cursor` of each frame. "
    "Subscribe with `after:` the last one seen, over any number of connections and restarts, and the stream goes on "
    "exactly there; where that cannot be done, StreamReset says so: read the state anew."
)
class Subscription(
    ConversationSubscriptions,
    InboxSubscriptions,
    EventSubscriptions,
    MetricsSubscriptions,
):
    pass


def _schema() -> strawberry.Schema:
    made = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*ERROR_TYPES, *EVENT_TYPES],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    made._schema.description = DESCRIPTION
    sort_elements(made._schema)
    return made


schema = _schema()


def sdl() -> str:
    """The text of `schema.graphql`. Strawberry prints neither a description of the schema nor one of `@oneOf`."""
    one_of = "directive @oneOf on INPUT_OBJECT"
    described = f'"""{GraphQLOneOfDirective.description}"""\n{one_of}'
    return f'"""\n{DESCRIPTION}\n"""\n{_ROOTS}\n\n{schema.as_str().replace(one_of, described, 1)}\n'
