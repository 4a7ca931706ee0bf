"""A partner's endpoint in the graph."""

from datetime import datetime
from typing import Self

import strawberry

from domain.principal import Permission
from domain.webhooks import model
from resolvers.context import Context, Info
from resolvers.errors import Payload
from resolvers.events.enums import EventType
from resolvers.forwarding.types import Forwarding, load_forwarding
from resolvers.relay.global_ids import Node, key_of, to_global_id


@strawberry.type(
    description="Where a partner gets the account's business events: each as an HTTP POST with a JSON body, "
    '`{"type": "conversation.escalated", "timestamp": …, "data": …}`, where `data` has the fields of the event\'s type '
    "here (the conversation and the shopper without what leads on from them, and as they were then). Signed as "
    "Standard Webhooks has it (standardwebhooks.com): headers `webhook-id`, `webhook-timestamp`, `webhook-signature`. "
    "In order; each until an answer of 2xx within 10 seconds, for up to three days; seldom twice, then under the same "
    "`webhook-id`. 410 switches the endpoint off. Redirects are not followed."
)
class WebhookEndpoint(Node):
    row: strawberry.Private[model.WebhookEndpoint]
    url: str = strawberry.field(description="Where events are sent.")
    topics: list[EventType] = strawberry.field(description="Which events it gets.")
    description: str | None = strawberry.field(description="What it is for, for people.")
    enabled: bool = strawberry.field(description="Whether events are sent; those of meanwhile wait.")
    created_at: datetime = strawberry.field(description="When it was created.")
    previous_secret_until: datetime | None = strawberry.field(
        description="Until then every message is signed with the secret before as well; null: there is none."
    )
    version: int = strawberry.field(description="Grows with every change of the endpoint.")

    @strawberry.field(description="Why it was switched off, or since when it takes no events; null: nothing is wrong.")
    async def problem(self, info: Info) -> str | None:
        if self.row.problem is not None:
            return self.row.problem
        forwarding = await info.context.forwardings.load(self.row.id)
        return forwarding.problem(info.context.services.clock.now()) if forwarding else None

    @strawberry.field(description="How far it has got.")
    async def forwarding(self, info: Info) -> Forwarding:
        return await load_forwarding(info.context, self.row.id)

    @classmethod
    def of(cls, row: model.WebhookEndpoint, now: datetime) -> Self:
        until = row.previous_until
        return cls(
            id=to_global_id("WebhookEndpoint", row.id),
            row=row,
            url=row.url,
            topics=list(row.topics),
            description=row.description,
            enabled=row.enabled,
            created_at=row.created_at,
            previous_secret_until=until if until is not None and until > now else None,
            version=row.version,
        )


@strawberry.type(description="What came of a change of an endpoint.")
class WebhookEndpointPayload(Payload):
    endpoint: WebhookEndpoint | None = strawberry.field(default=None, description="As it is now; null when refused.")


@strawberry.type(description="What came of creating an endpoint, or of giving it a new secret.")
class WebhookSecretPayload(Payload):
    endpoint: WebhookEndpoint | None = strawberry.field(default=None, description="As it is now; null when refused.")
    secret: str | None = strawberry.field(
        default=None, description="What messages are signed with: `whsec_` and base64. Shown now and never again."
    )


@strawberry.input(description="Which endpoint.")
class WebhookEndpointInput:
    endpoint_id: strawberry.ID = strawberry.field(description="Which.")


async def webhook_endpoints(info: Info) -> list[WebhookEndpoint] | None:
    context = info.context
    now = context.services.clock.now()
    return [WebhookEndpoint.of(row, now) for row in await context.services.webhooks.list(context.principal)]


async def find_endpoint(context: Context, key: str) -> WebhookEndpoint | None:
    context.principal.require(Permission.CHANGE_SETTINGS)
    row = await context.reader.get(model.WebhookEndpoint, key)
    return None if row is None else WebhookEndpoint.of(row, context.services.clock.now())


def endpoint_key(global_id: str) -> str:
    return key_of(global_id, "WebhookEndpoint", field="endpoint_id")
