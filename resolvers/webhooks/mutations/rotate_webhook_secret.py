"""The mutation `rotateWebhookSecret`."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.webhooks.types import WebhookEndpoint, WebhookEndpointInput, WebhookSecretPayload, endpoint_key


@refusals_in(WebhookSecretPayload)
async def rotate_webhook_secret(
    info: Info,
    input: Annotated[WebhookEndpointInput, strawberry.argument(description="The endpoint that gets a new secret.")],
) -> WebhookSecretPayload:
    context = info.context
    rotated = await context.services.webhooks.rotate_secret(context.principal, endpoint_key(input.endpoint_id))
    endpoint = WebhookEndpoint.of(rotated.endpoint, context.services.clock.now())
    return WebhookSecretPayload(endpoint=endpoint, secret=rotated.secret)
