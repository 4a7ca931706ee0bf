"""The queries and mutations of connected services."""

import strawberry

from resolvers.connected_services.channels import ChannelConnectionPayload
from resolvers.connected_services.helpdesks import HelpdeskConnectionPayload
from resolvers.connected_services.models import ConnectedModel, ModelPayload, connected_model
from resolvers.connected_services.mutations.connect_channel import connect_channel
from resolvers.connected_services.mutations.connect_helpdesk import connect_helpdesk
from resolvers.connected_services.mutations.connect_model import connect_model
from resolvers.connected_services.mutations.connect_shopify import connect_shopify
from resolvers.connected_services.mutations.disconnect_channel import disconnect_channel
from resolvers.connected_services.mutations.disconnect_helpdesk import disconnect_helpdesk
from resolvers.connected_services.mutations.disconnect_model import disconnect_model
from resolvers.connected_services.mutations.disconnect_shopify import disconnect_shopify
from resolvers.connected_services.shopify import ShopifyConnectionPayload


@strawberry.type
class ConnectedServiceQueries:
    connected_model: ConnectedModel | None = strawberry.field(
        resolver=connected_model,
        description="The language model that the model agent asks. `null` if none is connected. For OWNER, ADMIN and "
        "MANAGER.",
    )


@strawberry.type
class ConnectedServiceMutations:
    connect_helpdesk: HelpdeskConnectionPayload = strawberry.mutation(
        resolver=connect_helpdesk,
        description="Connects Zendesk or Gorgias, or replaces its credentials. They are checked there first, stored "
        "encrypted, and never returned. Fails with UNAVAILABLE if the helpdesk does not respond. For "
        "OWNER, ADMIN and MANAGER.",
    )
    disconnect_helpdesk: HelpdeskConnectionPayload = strawberry.mutation(
        resolver=disconnect_helpdesk,
        description="Deletes a helpdesk's credentials and its webhook URL. For OWNER, ADMIN and MANAGER.",
    )
    connect_channel: ChannelConnectionPayload = strawberry.mutation(
        resolver=connect_channel,
        description="Connects Twilio or a mail server. The credentials are checked there first, stored encrypted, "
        "and never returned. From then on, Baton itself carries the conversations that start on these "
        "channels. Fails with UNAVAILABLE if the service does not respond. For OWNER, ADMIN and MANAGER.",
    )
    disconnect_channel: ChannelConnectionPayload = strawberry.mutation(
        resolver=disconnect_channel,
        description="Deletes a channel's credentials and its webhook URL. For OWNER, ADMIN and MANAGER.",
    )
    connect_shopify: ShopifyConnectionPayload = strawberry.mutation(
        resolver=connect_shopify,
        description="Connects a Shopify shop, whose orders and refunds are then received. Returns the URL for its "
        "webhooks. For OWNER, ADMIN and MANAGER.",
    )
    disconnect_shopify: ShopifyConnectionPayload = strawberry.mutation(
        resolver=disconnect_shopify,
        description="Stops receiving orders and refunds of a Shopify shop. Received orders are kept. For OWNER, "
        "ADMIN and MANAGER.",
    )
    connect_model: ModelPayload = strawberry.mutation(
        resolver=connect_model,
        description="Connects a language model behind an OpenAI-compatible endpoint, or replaces it. The endpoint is "
        "asked for a tool call first. The key is stored encrypted, and never returned. Fails with UNAVAILABLE if the "
        "endpoint does not respond, and with INVALID if it refuses the key or the model calls no tools. For OWNER, "
        "ADMIN and MANAGER.",
    )
    disconnect_model: ModelPayload = strawberry.mutation(
        resolver=disconnect_model,
        description="Deletes the endpoint and the key of the language model. Fails with NOT_FOUND if none is "
        "connected, and with CONFLICT while the model agent replies to shoppers. For OWNER, ADMIN and MANAGER.",
    )
