"""deleteWebhookEndpoint"""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.conversation.payloads import REFUSED
from resolvers.errors import UserError, refusals_in
from resolvers.webhooks.types import WebhookEndpointInput, endpoint_key


@strawberry.type(description="What came of deleting an endpoint.")
class DeleteWebhookEndpointPayload:
    deleted_id: strawberry.ID | None = strawberry.field(default=None, description="Which it was; null when refused.")
    errors: list[UserError] = strawberry.field(default_factory=list, description=REFUSED)


@refusals_in(lambda errors: DeleteWebhookEndpointPayload(errors=errors))
async def delete_webhook_endpoint(
    info: Info, input: Annotated[WebhookEndpointInput, strawberry.argument(description="Which.")]
) -> DeleteWebhookEndpointPayload:
    context = info.context
    await context.services.webhooks.delete(context.principal, endpoint_key(input.endpoint_id))
    return DeleteWebhookEndpointPayload(deleted_id=input.endpoint_id)
