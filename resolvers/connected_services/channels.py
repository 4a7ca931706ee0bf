"""Channels and whether they are connected."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model.connected_services import ConnectedService, Service
from domain.values.channel import Channel
from resolvers.connected_services.enums import ChannelService
from resolvers.context import Context
from resolvers.enums import Channel as ChannelEnum
from resolvers.errors import Payload


@strawberry.type(description="Whether Baton itself carries what is said on a channel to the shopper, and back.")
class ChannelAccount:
    service: ChannelService = strawberry.field(description="By what.")
    connected: bool = strawberry.field(description="Whether its credentials were proved.")
    channels: list[ChannelEnum] = strawberry.field(
        default_factory=list, description="The channels whose conversations it carries."
    )
    display_name: str | None = strawberry.field(default=None, description="What the account is called there.")
    checked_at: datetime | None = strawberry.field(default=None, description="When the credentials were last proved.")
    problem: str | None = strawberry.field(
        default=None, description="Why it does not work at present, e.g. that its token was revoked; null: it does."
    )
    webhook_url: str | None = strawberry.field(
        default=None,
        description="Where Twilio posts what comes in, or the mail server each mail. Its last part is a secret: for "
        "OWNER, ADMIN and MANAGER, null for others. Connected anew, it stays the same.",
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


@strawberry.type(description="What came of connecting or disconnecting a channel.")
class ChannelConnectionPayload(Payload):
    connection: ChannelAccount | None = strawberry.field(
        default=None, description="The connection as it is now; null when refused."
    )


def _channels(connection: ConnectedService) -> list[Channel]:
    if connection.service is Service.EMAIL:
        return [Channel.EMAIL]
    by_sender = {"sms_from": Channel.SMS, "whatsapp_from": Channel.WHATSAPP}
    return [channel for name, channel in by_sender.items() if name in connection.settings]


async def load_channel_connections(context: Context) -> list[ChannelAccount]:
    held = await context.services.connections.of(context.principal.account_id)
    return [ChannelAccount.of(context, service, held.get(Service(service.value))) for service in ChannelService]
