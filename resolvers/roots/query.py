"""The questions, by name."""

from typing import Annotated

import strawberry

from resolvers.account.queries import account, me
from resolvers.account.types import Account, Staff
from resolvers.context import Info
from resolvers.conversation.page import ConversationConnection
from resolvers.conversation.queries import conversation, conversations
from resolvers.conversation.types import Conversation
from resolvers.events.page import EventConnection, EventMetric, event_metrics, events
from resolvers.handoff.settings import HandoffSettings, load_settings
from resolvers.inbox.queries import inbox, stranded_tickets
from resolvers.inbox.types import TicketConnection
from resolvers.klaviyo.types import KlaviyoConnection, klaviyo
from resolvers.metrics.queries import metrics
from resolvers.metrics.types import Metrics
from resolvers.nodes import find_node, find_nodes
from resolvers.outbox.queries import outgoing
from resolvers.outbox.types import OutgoingConnection
from resolvers.profile.page import ProfileConnection
from resolvers.relay import Node
from resolvers.segment.queries import segment
from resolvers.webhooks.types import WebhookEndpoint, webhook_endpoints


@strawberry.type(
    description="Questions. What is not there, or not the caller's to see, is null with an error that says so."
)
class Query:
    @strawberry.field(description="Anything by its global id.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which.")]
    ) -> Node | None:
        return await find_node(info.context, id, path=("id",))

    @strawberry.field(description="Things by their global ids, at most 100; null, with an error, where there is none.")
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="Which, in order.")]
    ) -> list[Node | None]:
        return await find_nodes(info.context, ids)

    account: Account | None = strawberry.field(resolver=account, description="The account behind the credential.")
    me: Staff | None = strawberry.field(
        resolver=me, description="The member of staff behind the credential; null for any other credential."
    )
    conversation: Conversation | None = strawberry.field(resolver=conversation, description="One conversation.")
    conversations: ConversationConnection | None = strawberry.field(
        resolver=conversations, description="The account's conversations, a page of 25 unless asked otherwise."
    )
    events: EventConnection | None = strawberry.field(
        resolver=events,
        description="The account's business events, the newest first, a page of 25 unless asked otherwise.",
    )
    event_metrics: list[EventMetric] | None = strawberry.field(
        resolver=event_metrics, description="The types of business events, and how often each happened."
    )
    segment: ProfileConnection | None = strawberry.field(
        resolver=segment,
        description="The shoppers who did, or did not do, all that is asked; those known longest first.",
    )
    inbox: TicketConnection | None = strawberry.field(
        resolver=inbox, description="The team's tickets, the newest first. For members of staff."
    )
    stranded_tickets: TicketConnection | None = strawberry.field(
        resolver=stranded_tickets,
        description="Tickets that waited longer than `account.strandedAfter` with nobody able to take them, and wait "
        "still.",
    )

    metrics: Metrics | None = strawberry.field(
        resolver=metrics,
        description="A report about the conversations that started on some days: volume, outcomes, sales, series, and "
        "the lists behind them.",
    )
    webhook_endpoints: list[WebhookEndpoint] | None = strawberry.field(
        resolver=webhook_endpoints,
        description="Where partners get the business events, the oldest endpoint first. For OWNER, ADMIN and MANAGER.",
    )
    klaviyo: KlaviyoConnection | None = strawberry.field(
        resolver=klaviyo,
        description="The account's Klaviyo; null where none is connected. For OWNER, ADMIN and MANAGER.",
    )
    outgoing: OutgoingConnection | None = strawberry.field(
        resolver=outgoing,
        description="What leaves Baton, for helpdesks and shoppers, the newest first: what FAILED, unless other states "
        "are asked for. For members of staff.",
    )

    @strawberry.field(description="What happens when the agent cannot finish a conversation.")
    async def handoff_settings(self, info: Info) -> HandoffSettings | None:
        return await load_settings(info.context)
