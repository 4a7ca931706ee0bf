"""The commands about whom business events are handed on to: partners' endpoints, and Klaviyo."""

import strawberry

from resolvers.forwarding.mutations.redeliver_events import RedeliverEventsPayload, redeliver_events
from resolvers.forwarding.mutations.retry_dead_letter import RetryDeadLetterPayload, retry_dead_letter
from resolvers.klaviyo.mutations.connect_klaviyo import connect_klaviyo
from resolvers.klaviyo.mutations.disconnect_klaviyo import disconnect_klaviyo
from resolvers.klaviyo.types import KlaviyoPayload
from resolvers.webhooks.mutations.create_webhook_endpoint import create_webhook_endpoint
from resolvers.webhooks.mutations.delete_webhook_endpoint import DeleteWebhookEndpointPayload, delete_webhook_endpoint
from resolvers.webhooks.mutations.ping_webhook_endpoint import PingWebhookEndpointPayload, ping_webhook_endpoint
from resolvers.webhooks.mutations.rotate_webhook_secret import rotate_webhook_secret
from resolvers.webhooks.mutations.update_webhook_endpoint import update_webhook_endpoint
from resolvers.webhooks.types import WebhookEndpointPayload, WebhookSecretPayload


@strawberry.type
class ForwardingMutation:
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
    redeliver_events: RedeliverEventsPayload = strawberry.mutation(
        resolver=redeliver_events,
        description="A webhook endpoint, or Klaviyo, gets the events behind a cursor, in order, under the ids they had "
        "before. For OWNER, ADMIN and MANAGER.",
    )
    retry_dead_letter: RetryDeadLetterPayload = strawberry.mutation(
        resolver=retry_dead_letter,
        description="Send one event that was given up once more, now, out of its order. For OWNER, ADMIN and MANAGER.",
    )
    connect_klaviyo: KlaviyoPayload = strawberry.mutation(
        resolver=connect_klaviyo,
        description="Record business events in the account's Klaviyo from now on; its key is tried first. UNAVAILABLE "
        "where Klaviyo does not answer. For OWNER, ADMIN and MANAGER.",
    )
    disconnect_klaviyo: KlaviyoPayload = strawberry.mutation(
        resolver=disconnect_klaviyo,
        description="Record nothing more there, and forget the key. For OWNER, ADMIN and MANAGER.",
    )
