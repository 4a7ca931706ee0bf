"""GraphQL type of a webhook endpoint."""

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
    description="A partner's endpoint for business events. Each event is sent as an HTTP POST with a JSON body "
    'such as `{"type": "conversation.escalated", "timestamp": …, "data": …}`. `data` has the fields '
    "of the event's type in this schema. Instead of `snapshot`, `conversation` itself has the state "
    "at the time of the event, with its ID; `profile` has the identity that the shopper had given by "
    "then. Requests are signed according to Standard Webhooks (standardwebhooks.com) with the "
    "headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. Events are sent in order. "
    "Each is retried for up to three days until the endpoint responds with a 2xx status within 10 "
    "seconds. An event may be sent twice, with the same `webhook-id`. A response of 410 switches the "
    "endpoint off. Redirects are not followed."
)
class WebhookEndpoint(Node):
    row: strawberry.Private[model.WebhookEndpoint]
    url: str = strawberry.field(description="The address to which events are sent.")
    topics: list[EventType] = strawberry.field(description="The types of events that are sent.")
    description: str | None = strawberry.field(description="A description of the endpoint's purpose, for people.")
    enabled: bool = strawberry.field(description="Whether events are sent. Events wait while it is `false`.")
    created_at: datetime = strawberry.field(description="The time at which the endpoint was created.")
    previous_secret_until: datetime | None = strawberry.field(
        description="The time until which requests are also signed with the previous secrets. `null` if there are none."
    )
    version: int = strawberry.field(
        description="A number that grows with each change of the endpoint, for `expectedVersion`."
    )

    @strawberry.field(
        description="The reason why the endpoint was switched off, or why it receives no events at present. `null` "
        "if nothing is wrong."
    )
    async def problem(self, info: Info) -> str | None:
        if self.row.problem is not None:
            return self.row.problem
        forwarding = await info.context.forwardings.load(self.row.id)
        return forwarding.problem(info.context.services.clock.now()) if forwarding else None

    @strawberry.field(description="The progress of delivering the events.")
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


@strawberry.type(description="The result of `updateWebhookEndpoint`.")
class WebhookEndpointPayload(Payload):
    endpoint: WebhookEndpoint | None = strawberry.field(
        default=None, description="The endpoint after the change. `null` if refused."
    )


@strawberry.type(description="The result of creating an endpoint, or of rotating its secret.")
class WebhookSecretPayload(Payload):
    endpoint: WebhookEndpoint | None = strawberry.field(
        default=None, description="The endpoint after the change. `null` if refused."
    )
    secret: str | None = strawberry.field(
        default=None,
        description="The secret that signs the requests: `whsec_` and base64. It is returned only once, so store it.",
    )


@strawberry.input(description="A reference to a webhook endpoint.")
class WebhookEndpointInput:
    endpoint_id: strawberry.ID = strawberry.field(description="The ID of the endpoint.")


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
