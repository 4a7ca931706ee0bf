"""The mutation `disconnectModel`."""

from typing import Annotated

import strawberry

from domain.model.connected_services import Service
from domain.principal import Permission
from domain.values.errors import NotFound
from resolvers.connected_services.models import ModelPayload
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="The language model to disconnect.")
class DisconnectModelInput:
    url: str = strawberry.field(description="The address of the connected endpoint.")


@refusals_in(ModelPayload)
async def disconnect_model(
    info: Info, input: Annotated[DisconnectModelInput, strawberry.argument(description="The model to disconnect.")]
) -> ModelPayload:
    context, connections = info.context, info.context.services.connections
    context.principal.require(Permission.CHANGE_SETTINGS)
    connection = (await connections.of(context.principal.account_id)).get(Service.MODEL)
    if connection is None or connection.settings["url"] != input.url.strip().rstrip("/"):
        raise NotFound("This endpoint is not connected.", field="url")
    await connections.disconnect(context.principal, Service.MODEL, field="url")
    return ModelPayload()
