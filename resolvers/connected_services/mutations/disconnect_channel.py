"""disconnectChannel"""

from typing import Annotated

import strawberry

from domain.model.connected_services import Service
from resolvers.connected_services.channels import ChannelAccount, ChannelConnectionPayload
from resolvers.connected_services.enums import ChannelService
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="What to disconnect.")
class DisconnectChannelInput:
    service: ChannelService = strawberry.field(
        description="Which. What waits to leave by it fails, and says so; what is said from then on in its "
        "conversations fails as well, until it is connected again."
    )


@refusals_in(ChannelConnectionPayload)
async def disconnect_channel(
    info: Info, input: Annotated[DisconnectChannelInput, strawberry.argument(description="Which.")]
) -> ChannelConnectionPayload:
    context, service = info.context, Service(input.service.value)
    await context.services.connections.disconnect(context.principal, service, field="service")
    return ChannelConnectionPayload(connection=ChannelAccount.of(context, input.service, None))
