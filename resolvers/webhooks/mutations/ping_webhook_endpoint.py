"""The mutation `pingWebhookEndpoint`."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.webhooks.types import WebhookEndpointInput, endpoint_key


@strawberry.type(description="The response of an endpoint to a test request.")
class PingWebhookEndpointPayload(Payload):
    http_status: int | None = strawberry.field(
        default=None, description="The HTTP status of the response. `null` if there was no response."
    )
    milliseconds: int | None = strawberry.field(
        default=None, description="The response time in milliseconds. `null` if refused."
    )
    error: str | None = strawberry.field(
        default=None, description="The reason why an event would not count as delivered. `null` if it would."
    )


@refusals_in(PingWebhookEndpointPayload)
async def ping_webhook_endpoint(
    info: Info, input: Annotated[WebhookEndpointInput, strawberry.argument(description="The endpoint to test.")]
) -> PingWebhookEndpointPayload:
    context = info.context
    pinged = await context.services.webhooks.ping(context.principal, endpoint_key(input.endpoint_id))
    return PingWebhookEndpointPayload(
        http_status=pinged.http_status,
        milliseconds=round(pinged.duration.total_seconds() * 1000),
        error=pinged.error,
    )
