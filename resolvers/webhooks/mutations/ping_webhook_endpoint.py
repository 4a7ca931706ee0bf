"""pingWebhookEndpoint"""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.webhooks.types import WebhookEndpointInput, endpoint_key


@strawberry.type(description="What an endpoint said to a test.")
class PingWebhookEndpointPayload(Payload):
    http_status: int | None = strawberry.field(default=None, description="Its HTTP status; null: it did not answer.")
    milliseconds: int | None = strawberry.field(default=None, description="How long it took; null when refused.")
    error: str | None = strawberry.field(
        default=None, description="Why an event would not have counted as taken; null: it would."
    )


@refusals_in(PingWebhookEndpointPayload)
async def ping_webhook_endpoint(
    info: Info, input: Annotated[WebhookEndpointInput, strawberry.argument(description="Which.")]
) -> PingWebhookEndpointPayload:
    context = info.context
    pinged = await context.services.webhooks.ping(context.principal, endpoint_key(input.endpoint_id))
    return PingWebhookEndpointPayload(
        http_status=pinged.http_status,
        milliseconds=round(pinged.duration.total_seconds() * 1000),
        error=pinged.error,
    )
