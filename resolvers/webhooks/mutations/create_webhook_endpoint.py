"""createWebhookEndpoint"""

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

ADDRESS = (
    "Where to send events: https, a public address, port 443 or one from 1024 on, no name and password in it; at most "
    "2,048 characters."
)


@strawberry.input(description="A new endpoint.")
class CreateWebhookEndpointInput:
    url: str = strawberry.field(description=ADDRESS)
    topics: list[EventType] = strawberry.field(description="Which events it gets: at least one.")
    description: str | None = strawberry.field(
        default=None, description="What it is for, for people: at most 200 characters."
    )
    after: Cursor | None = strawberry.field(
        default=None, description="The cursor of an event: what stands behind it is sent first. Null: from now on."
    )
    idempotency_key: strawberry.ID | None = strawberry.field(
        default=None, description=f"{IDEMPOTENCY_KEY} The secret is then null: it was shown."
    )


@refusals_in(WebhookSecretPayload)
async def create_webhook_endpoint(
    info: Info, input: Annotated[CreateWebhookEndpointInput, strawberry.argument(description="What it is.")]
) -> WebhookSecretPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)
    after = None if input.after is None else await position_of(context, input.after, field="after")
    command = CreateEndpoint(url=input.url, topics=tuple(input.topics), description=input.description, after=after)
    created = await context.services.webhooks.create(context.principal, command, key=input.idempotency_key)
    endpoint = WebhookEndpoint.of(created.endpoint, context.services.clock.now())
    return WebhookSecretPayload(endpoint=endpoint, secret=created.secret)
