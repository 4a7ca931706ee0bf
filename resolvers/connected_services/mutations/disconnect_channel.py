"""The mutation `disconnectChannel`."""

from typing import Annotated

import strawberry

from domain.model.connected_services import Service
from resolvers.connected_services.channels import ChannelAccount, ChannelConnectionPayload
from resolvers.connected_services.enums import ChannelService
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="The channel service to disconnect.")
class DisconnectChannelInput:
    service: ChannelService = strawberry.field(
        description="The service to disconnect. Messages that wait for it fail, and so do later messages of its "
        "conversations until it is connected again."
    )


@refusals_in(ChannelConnectionPayload)
async def disconnect_channel(
    info: Info, input: Annotated[DisconnectChannelInput, strawberry.argument(description="The service to disconnect.")]
) -> ChannelConnectionPayload:
    context, service = info.context, Service(input.service.value)
    await context.services.connections.disconnect(context.principal, service, field="service")
    return ChannelConnectionPayload(connection=ChannelAccount.of(context, input.service, None))
