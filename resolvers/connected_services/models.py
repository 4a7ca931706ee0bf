"""GraphQL type of a connected language model."""

from datetime import datetime
from typing import Self

import strawberry

from domain.connected_services.models import turn_seconds
from domain.model.connected_services import ConnectedService, Service
from domain.principal import Permission
from resolvers.context import Context, Info
from resolvers.errors import Payload


@strawberry.type(description="A language model behind an OpenAI-compatible endpoint. The model agent asks it.")
class ConnectedModel:
    url: str = strawberry.field(description="The address of the endpoint, up to and with `/v1`.")
    model: str = strawberry.field(description="The name of the model at the endpoint.")
    turn_seconds: int = strawberry.field(
        description="The time budget of a turn in seconds. A turn that takes longer is handed over to a human."
    )
    connected_at: datetime = strawberry.field(description="The time at which a model was connected first.")
    checked_at: datetime = strawberry.field(description="The time of the last successful check of the endpoint.")
    problem: str | None = strawberry.field(
        description="The reason why the model does not work at present, for example a revoked key. `null` if no "
        "problem is known."
    )

    @classmethod
    def of(cls, context: Context, connection: ConnectedService) -> Self:
        return cls(
            url=connection.settings["url"],
            model=connection.settings["model"],
            turn_seconds=turn_seconds(connection),
            connected_at=connection.connected_at,
            checked_at=connection.checked_at,
            problem=context.services.connections.problem_of(connection),
        )


@strawberry.type(description="The result of connecting or disconnecting a language model.")
class ModelPayload(Payload):
    connection: ConnectedModel | None = strawberry.field(
        default=None, description="The model after the change. `null` if refused, or disconnected."
    )


async def connected_model(info: Info) -> ConnectedModel | None:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)
    connected = await context.services.connections.of(context.principal.account_id)
    connection = connected.get(Service.MODEL)
    return None if connection is None else ConnectedModel.of(context, connection)
