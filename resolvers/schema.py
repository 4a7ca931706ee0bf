"""The schema: the queries, mutations and subscriptions of all features, and the types behind interfaces."""

import strawberry
from graphql import GraphQLOneOfDirective
from strawberry.schema.config import StrawberryConfig

from resolvers.account.schema import AccountMutations, AccountQueries
from resolvers.agent.schema import AgentMutations, AgentQueries, AgentSubscriptions
from resolvers.attachments.schema import AttachmentMutations
from resolvers.audit.schema import AuditQueries
from resolvers.commerce.schema import CommerceMutations
from resolvers.connected_services.schema import ConnectedServiceMutations, ConnectedServiceQueries
from resolvers.conversation.schema import ConversationMutations, ConversationQueries, ConversationSubscriptions
from resolvers.errors import ERROR_TYPES
from resolvers.events.schema import EventQueries, EventSubscriptions
from resolvers.events.types import EVENT_TYPES
from resolvers.forwarding.schema import ForwardingMutations
from resolvers.guidance.schema import GuidanceMutations, GuidanceQueries
from resolvers.handoff.schema import HandoffMutations, HandoffQueries
from resolvers.identity.schema import IdentityMutations
from resolvers.inbox.schema import InboxMutations, InboxQueries, InboxSubscriptions
from resolvers.klaviyo.schema import KlaviyoMutations, KlaviyoQueries
from resolvers.knowledge.schema import KnowledgeMutations, KnowledgeQueries
from resolvers.messaging.schema import MessagingMutations, MessagingQueries
from resolvers.metrics.schema import MetricsQueries, MetricsSubscriptions
from resolvers.nodes import NodeQueries
from resolvers.outbox.schema import OutboxMutations, OutboxQueries
from resolvers.profile.schema import ProfileMutations
from resolvers.retention.schema import RetentionMutations, RetentionQueries
from resolvers.scalars import SCALARS
from resolvers.schema_order import sort_elements
from resolvers.segment.schema import SegmentQueries
from resolvers.sign_in.schema import SignInMutations, SignInQueries
from resolvers.webhooks.schema import WebhookMutations, WebhookQueries

DESCRIPTION = """\
The GraphQL API of Baton: conversations between the shoppers of a shop and its AI agent, handoffs to humans, tickets,
reports, sales and business events.

Send a credential as `Authorization: Bearer …`, or as `authorization` in the payload of `connection_init`. It determines
the account, and the fields and mutations that the caller may use. Only introspection is possible without a credential.

Failures have three places. A refused mutation has its reasons in the payload's `errors`. A failed field or request has
an entry in the response's `errors` with a stable `extensions.code`. A closed WebSocket has a close code.

Lists are connections as Relay specifies them. Every change is also an event with a position (`Cursor`) in the account's
event log, after which subscriptions resume."""
_ROOTS = "schema {\n  query: Query\n  mutation: Mutation\n  subscription: Subscription\n}"


@strawberry.type(
    description="The queries. A field is `null`, with an error, if the object does not exist or the caller may "
    "not see it."
)
class Query(
    NodeQueries,
    AccountQueries,
    AgentQueries,
    AuditQueries,
    ConversationQueries,
    GuidanceQueries,
    HandoffQueries,
    RetentionQueries,
    InboxQueries,
    OutboxQueries,
    MessagingQueries,
    EventQueries,
    SegmentQueries,
    MetricsQueries,
    WebhookQueries,
    KlaviyoQueries,
    ConnectedServiceQueries,
    SignInQueries,
    KnowledgeQueries,
):
    pass


@strawberry.type(
    description="The mutations. Each takes one input and returns a payload whose `errors` are empty if and only "
    "if the mutation was carried out."
)
class Mutation(
    AccountMutations,
    AgentMutations,
    AttachmentMutations,
    ConversationMutations,
    GuidanceMutations,
    HandoffMutations,
    InboxMutations,
    OutboxMutations,
    MessagingMutations,
    WebhookMutations,
    ForwardingMutations,
    KlaviyoMutations,
    CommerceMutations,
    ConnectedServiceMutations,
    IdentityMutations,
    SignInMutations,
    ProfileMutations,
    RetentionMutations,
    KnowledgeMutations,
):
    pass


@strawberry.type(
    description="The subscriptions. Every item has a cursor, and each frame has a cursor in "
    "`extensions.stream.cursor`. Subscribe with `after:` the last cursor seen, on any connection and "
    "after any restart, and the stream continues exactly there. If that is not possible, the stream "
    "sends `StreamReset`: read the state again. `metrics` is the exception: it has no cursor."
)
class Subscription(
    AgentSubscriptions,
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
