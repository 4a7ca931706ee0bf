"""The mutation `createWebhookEndpoint`."""

from typing import Annotated

import strawberry

from domain.principal import Permission
from domain.webhooks.model import CreateEndpoint
from resolvers.arguments import IDEMPOTENCY_KEY
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.events.enums import EventType
from resolvers.forwarding.types import position_of
from resolvers.scalars import Cursor
from resolvers.webhooks.types import WebhookEndpoint, WebhookSecretPayload


@strawberry.input(description="A new webhook endpoint.")
class CreateWebhookEndpointInput:
    url: str = strawberry.field(
        description="The address to which events are sent: https, a public host, port 443 or at least 1024, without "
        "user name and password, at most 2,048 characters."
    )
    topics: list[EventType] = strawberry.field(description="The types of events to send. The list must not be empty.")
    description: str | None = strawberry.field(
        default=None, description="A description of the endpoint's purpose, at most 200 characters."
    )
    after: Cursor | None = strawberry.field(
        default=None,
        description="The cursor of an event. The events after it are sent first. Omit it to start from now.",
    )
    idempotency_key: strawberry.ID | None = strawberry.field(
        default=None, description=f"{IDEMPOTENCY_KEY} A repeated call does not return the secret."
    )


@refusals_in(WebhookSecretPayload)
async def create_webhook_endpoint(
    info: Info, input: Annotated[CreateWebhookEndpointInput, strawberry.argument(description="The endpoint to create.")]
) -> WebhookSecretPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)
    after = None if input.after is None else await position_of(context, input.after, field="after")
    command = CreateEndpoint(url=input.url, topics=tuple(input.topics), description=input.description, after=after)
    created = await context.services.webhooks.create(context.principal, command, key=input.idempotency_key)
    endpoint = WebhookEndpoint.of(created.endpoint, context.services.clock.now())
    return WebhookSecretPayload(endpoint=endpoint, secret=created.secret)
