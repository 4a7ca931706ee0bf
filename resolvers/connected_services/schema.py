"""The mutations of connected services."""

import strawberry

from resolvers.connected_services.channels import ChannelConnectionPayload
from resolvers.connected_services.helpdesks import HelpdeskConnectionPayload
from resolvers.connected_services.mutations.connect_channel import connect_channel
from resolvers.connected_services.mutations.connect_helpdesk import connect_helpdesk
from resolvers.connected_services.mutations.connect_shopify import connect_shopify
from resolvers.connected_services.mutations.disconnect_channel import disconnect_channel
from resolvers.connected_services.mutations.disconnect_helpdesk import disconnect_helpdesk
from resolvers.connected_services.mutations.disconnect_shopify import disconnect_shopify
from resolvers.connected_services.shopify import ShopifyConnectionPayload


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
