"""The mutation `connectModel`."""

from typing import Annotated

import strawberry

from domain.connected_services.models import LEAST_SECONDS, MOST_SECONDS, TURN_SECONDS, ModelGiven, model_credentials
from domain.principal import Permission
from resolvers.connected_services.models import ConnectedModel, ModelPayload
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="A language model, and the endpoint that it is asked at.")
class ConnectModelInput:
    url: str = strawberry.field(
        description="The https address of an OpenAI-compatible endpoint, up to and with `/v1`, for example "
        "`https://api.openai.com/v1`. `/chat/completions` is added to it."
    )
    model: str = strawberry.field(
        description="The name of the model at the endpoint, at most 200 characters. It has to call tools."
    )
    api_key: str | None = strawberry.field(
        default=None,
        description="The key of the endpoint. It is encrypted and never returned. Omit it for an endpoint that "
        "requires none.",
    )
    turn_seconds: int = strawberry.field(
        default=TURN_SECONDS,
        description=f"The time budget of a turn in seconds, from {LEAST_SECONDS} to {MOST_SECONDS}. A turn that takes "
        "longer is handed over to a human.",
    )


@refusals_in(ModelPayload)
async def connect_model(
    info: Info,
    input: Annotated[ConnectModelInput, strawberry.argument(description="The endpoint and its key.")],
) -> ModelPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)  # before the input is validated
    given = ModelGiven(url=input.url, model=input.model, api_key=input.api_key, turn_seconds=input.turn_seconds)
    connection = await context.services.connections.connect(context.principal, model_credentials(given))
    return ModelPayload(connection=ConnectedModel.of(context, connection))
