"""The queries and mutations of webhook endpoints."""

import strawberry

from resolvers.webhooks.mutations.create_webhook_endpoint import create_webhook_endpoint
from resolvers.webhooks.mutations.delete_webhook_endpoint import DeleteWebhookEndpointPayload, delete_webhook_endpoint
from resolvers.webhooks.mutations.ping_webhook_endpoint import PingWebhookEndpointPayload, ping_webhook_endpoint
from resolvers.webhooks.mutations.rotate_webhook_secret import rotate_webhook_secret
from resolvers.webhooks.mutations.update_webhook_endpoint import update_webhook_endpoint
from resolvers.webhooks.types import WebhookEndpoint, WebhookEndpointPayload, WebhookSecretPayload, webhook_endpoints


@strawberry.type
class WebhookQueries:
    webhook_endpoints: list[WebhookEndpoint] | None = strawberry.field(
        resolver=webhook_endpoints,
        description="The webhook endpoints, the oldest first. For OWNER, ADMIN and MANAGER.",
    )


@strawberry.type
class WebhookMutations:
    create_webhook_endpoint: WebhookSecretPayload = strawberry.mutation(
        resolver=create_webhook_endpoint,
        description="Creates an endpoint that receives business events from now on. An account has at most 20. For "
        "OWNER, ADMIN and MANAGER.",
    )
    update_webhook_endpoint: WebhookEndpointPayload = strawberry.mutation(
        resolver=update_webhook_endpoint, description="Changes a webhook endpoint. For OWNER, ADMIN and MANAGER."
    )
    delete_webhook_endpoint: DeleteWebhookEndpointPayload = strawberry.mutation(
        resolver=delete_webhook_endpoint,
        description="Deletes a webhook endpoint with its dead letters. Nothing more is sent to it. For OWNER, ADMIN "
        "and MANAGER.",
    )
    rotate_webhook_secret: WebhookSecretPayload = strawberry.mutation(
        resolver=rotate_webhook_secret,
        description="Creates a new secret for an endpoint. For 24 hours, requests are also signed with the previous "
        "secret, and after two rotations within that time with both. Call it again after a lost response. For OWNER, "
        "ADMIN and MANAGER.",
    )
    ping_webhook_endpoint: PingWebhookEndpointPayload = strawberry.mutation(
        resolver=ping_webhook_endpoint,
        description="Sends a test request of the type `webhook.ping` at once, and returns the endpoint's response. "
        "The time limit is 6 seconds. For OWNER, ADMIN and MANAGER.",
    )
