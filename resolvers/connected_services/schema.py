"""The mutations of connected services."""

import strawberry

from resolvers.connected_services.channels import ChannelConnectionPayload
from resolvers.connected_services.mutations.connect_channel import connect_channel
from resolvers.connected_services.mutations.connect_helpdesk import connect_helpdesk
from resolvers.connected_services.mutations.connect_shopify import connect_shopify
from resolvers.connected_services.mutations.disconnect_channel import disconnect_channel
from resolvers.connected_services.mutations.disconnect_helpdesk import disconnect_helpdesk
from resolvers.connected_services.mutations.disconnect_shopify import disconnect_shopify
from resolvers.connected_services.shopify import ShopifyConnectionPayload
from resolvers.connected_services.types import HelpdeskConnectionPayload


@strawberry.type
class ConnectedServiceMutations:
    connect_helpdesk: HelpdeskConnectionPayload = strawberry.mutation(
        resolver=connect_helpdesk,
        description="Connect Zendesk or Gorgias: the credentials are tried there first, kept encrypted, and never "
        "answered again. Who is connected already is connected anew. UNAVAILABLE where the helpdesk does not answer. "
        "For OWNER, ADMIN and MANAGER.",
    )
    disconnect_helpdesk: HelpdeskConnectionPayload = strawberry.mutation(
        resolver=disconnect_helpdesk,
        description="Forget a helpdesk's credentials, and its webhook's address. For OWNER, ADMIN and MANAGER.",
    )
    connect_channel: ChannelConnectionPayload = strawberry.mutation(
        resolver=connect_channel,
        description="Connect Twilio or a mail server: tried first, kept encrypted, never answered again. From then on "
        "Baton itself carries conversations that begin on their channels. UNAVAILABLE where they do not answer. For "
        "OWNER, ADMIN and MANAGER.",
    )
    disconnect_channel: ChannelConnectionPayload = strawberry.mutation(
        resolver=disconnect_channel,
        description="Forget a channel's credentials, and its webhook's address. For OWNER, ADMIN and MANAGER.",
    )
    connect_shopify: ShopifyConnectionPayload = strawberry.mutation(
        resolver=connect_shopify,
        description="Take in the orders and refunds of a shop at Shopify: answers the address for its webhooks. For "
        "OWNER, ADMIN and MANAGER.",
    )
    disconnect_shopify: ShopifyConnectionPayload = strawberry.mutation(
        resolver=disconnect_shopify,
        description="Take in no more of them; what came in stays. For OWNER, ADMIN and MANAGER.",
    )
