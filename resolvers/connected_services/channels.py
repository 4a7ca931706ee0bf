"""GraphQL type of a channel service, connected or not."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model.connected_services import ConnectedService, Service
from domain.values.channel import Channel
from resolvers.connected_services.enums import ChannelService
from resolvers.context import Context
from resolvers.enums import Channel as ChannelEnum
from resolvers.errors import Payload


@strawberry.type(
    description="A service by which Baton itself carries messages to shoppers and back, and whether it is connected."
)
class ChannelAccount:
    service: ChannelService = strawberry.field(description="The service that carries the messages.")
    connected: bool = strawberry.field(description="Whether the account has connected the service.")
    channels: list[ChannelEnum] = strawberry.field(
        default_factory=list, description="The channels whose conversations the service carries."
    )
    display_name: str | None = strawberry.field(
        default=None, description="The name of the account at the service. `null` if not connected."
    )
    checked_at: datetime | None = strawberry.field(
        default=None, description="The time of the last successful check of the credentials. `null` if not connected."
    )
    problem: str | None = strawberry.field(
        default=None,
        description="The reason why the service does not work at present, for example a revoked token. `null` if it "
        "works.",
    )
    webhook_url: str | None = strawberry.field(
        default=None,
        description="The URL to which Twilio, or the mail server, posts incoming messages. Its last segment is a "
        "secret. It stays the same when the service is connected again. For OWNER, ADMIN and MANAGER; "
        "`null` for others.",
    )

    @classmethod
    def of(cls, context: Context, service: ChannelService, connection: ConnectedService | None) -> Self:
        if connection is None:
            return cls(service=service, connected=False)
        return cls(
            service=service,
            connected=True,
            channels=_channels(connection),
            display_name=connection.display_name,
            checked_at=connection.checked_at,
            problem=connection.problem,
            webhook_url=context.services.connections.hook_url(context.principal, connection),
        )


@strawberry.type(description="The result of connecting or disconnecting a channel.")
class ChannelConnectionPayload(Payload):
    connection: ChannelAccount | None = strawberry.field(
        default=None, description="The service after the change. `null` if refused."
    )


def _channels(connection: ConnectedService) -> list[Channel]:
    if connection.service is Service.EMAIL:
        return [Channel.EMAIL]
    by_sender = {"sms_from": Channel.SMS, "whatsapp_from": Channel.WHATSAPP}
    return [channel for name, channel in by_sender.items() if name in connection.settings]


async def load_channel_connections(context: Context) -> list[ChannelAccount]:
    connected = await context.services.connections.of(context.principal.account_id)
    return [ChannelAccount.of(context, service, connected.get(Service(service.value))) for service in ChannelService]
