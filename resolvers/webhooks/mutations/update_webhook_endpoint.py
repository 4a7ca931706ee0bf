"""The mutation `updateWebhookEndpoint`."""

from typing import Annotated

import strawberry

from domain.webhooks.model import UpdateEndpoint
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.events.enums import EventType
from resolvers.webhooks.types import WebhookEndpoint, WebhookEndpointPayload, endpoint_key


@strawberry.input(description="A change of a webhook endpoint. Fields that are omitted or `null` stay as they are.")
class UpdateWebhookEndpointInput:
    endpoint_id: strawberry.ID = strawberry.field(description="The ID of the endpoint.")
    url: str | None = strawberry.field(
        default=None,
        description="The address to which events are sent, waiting events included: https, a public host, port 443 "
        "or at least 1024, without user name and password, at most 2,048 characters.",
    )
    topics: list[EventType] | None = strawberry.field(
        default=None, description="The types of events to send, waiting events included. The list must not be empty."
    )
    description: str | None = strawberry.field(
        default=None, description="A description of the endpoint's purpose, at most 200 characters."
    )
    enabled: bool | None = strawberry.field(
        default=None,
        description="Whether events are sent. If `false`, events wait; if `true`, the waiting events are sent in "
        "order.",
    )
    expected_version: int | None = strawberry.field(
        default=None,
        description="The version that the caller read. Refused with CONFLICT if the endpoint has changed since.",
    )


@refusals_in(WebhookEndpointPayload)
async def update_webhook_endpoint(
    info: Info,
    input: Annotated[
        UpdateWebhookEndpointInput, strawberry.argument(description="The endpoint and the fields to change.")
    ],
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
