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
        description="Where partners get the business events, the oldest endpoint first. For OWNER, ADMIN and MANAGER.",
    )


@strawberry.type
class WebhookMutations:
    create_webhook_endpoint: WebhookSecretPayload = strawberry.mutation(
        resolver=create_webhook_endpoint,
        description="A partner gets business events from now on. At most 20 endpoints. For OWNER, ADMIN and MANAGER.",
    )
    update_webhook_endpoint: WebhookEndpointPayload = strawberry.mutation(
        resolver=update_webhook_endpoint, description="Change an endpoint. For OWNER, ADMIN and MANAGER."
    )
    delete_webhook_endpoint: DeleteWebhookEndpointPayload = strawberry.mutation(
        resolver=delete_webhook_endpoint,
        description="Nothing more is sent there; what it did not take is forgotten. For OWNER, ADMIN and MANAGER.",
    )
    rotate_webhook_secret: WebhookSecretPayload = strawberry.mutation(
        resolver=rotate_webhook_secret,
        description="A new secret. For 24 hours messages are signed with the one before as well. For OWNER, ADMIN and "
        "MANAGER.",
    )
    ping_webhook_endpoint: PingWebhookEndpointPayload = strawberry.mutation(
        resolver=ping_webhook_endpoint,
        description="Send a test, `webhook.ping`, now, and say what the endpoint answered within 6 seconds. For OWNER, "
        "ADMIN and MANAGER.",
    )
