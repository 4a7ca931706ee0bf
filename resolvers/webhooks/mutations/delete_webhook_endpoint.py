"""The mutation `deleteWebhookEndpoint`."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.webhooks.types import WebhookEndpointInput, endpoint_key


@strawberry.type(description="The result of `deleteWebhookEndpoint`.")
class DeleteWebhookEndpointPayload(Payload):
    deleted_id: strawberry.ID | None = strawberry.field(
        default=None, description="The ID of the deleted endpoint. `null` if refused."
    )


@refusals_in(DeleteWebhookEndpointPayload)
async def delete_webhook_endpoint(
    info: Info, input: Annotated[WebhookEndpointInput, strawberry.argument(description="The endpoint to delete.")]
) -> DeleteWebhookEndpointPayload:
    context = info.context
    await context.services.webhooks.delete(context.principal, endpoint_key(input.endpoint_id))
    return DeleteWebhookEndpointPayload(deleted_id=input.endpoint_id)
