"""updateWebhookEndpoint"""

from typing import Annotated

import strawberry

from domain.webhooks.model import UpdateEndpoint
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.events.enums import EventType
from resolvers.webhooks.mutations.create_webhook_endpoint import ADDRESS
from resolvers.webhooks.types import WebhookEndpoint, WebhookEndpointPayload, endpoint_key


@strawberry.input(description="What to change of an endpoint. What is left out or null stays.")
class UpdateWebhookEndpointInput:
    endpoint_id: strawberry.ID = strawberry.field(description="Which.")
    url: str | None = strawberry.field(default=None, description=f"{ADDRESS} What waits goes there at once.")
    topics: list[EventType] | None = strawberry.field(
        default=None, description="Which events it gets, of what waits already too: at least one."
    )
    description: str | None = strawberry.field(
        default=None, description="What it is for, for people: at most 200 characters."
    )
    enabled: bool | None = strawberry.field(
        default=None, description="False: what happens waits. True: what waited is sent, in order."
    )
    expected_version: int | None = strawberry.field(
        default=None, description="The version that was read: a Conflict where somebody changed it since."
    )


@refusals_in(WebhookEndpointPayload)
async def update_webhook_endpoint(
    info: Info, input: Annotated[UpdateWebhookEndpointInput, strawberry.argument(description="Which, and what.")]
) -> WebhookEndpointPayload:
    command = UpdateEndpoint(
        endpoint_id=endpoint_key(input.endpoint_id),
        url=input.url,
        topics=None if input.topics is None else tuple(input.topics),
        description=input.description,
        enabled=input.enabled,
        expected_version=input.expected_version,
    )
    context = info.context
    endpoint = await context.services.webhooks.update(context.principal, command)
    return WebhookEndpointPayload(endpoint=WebhookEndpoint.of(endpoint, context.services.clock.now()))
