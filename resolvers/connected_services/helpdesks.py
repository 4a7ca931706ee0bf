"""GraphQL type of a helpdesk, connected or not."""

from datetime import datetime
from typing import Self

import strawberry

from domain.connected_services.helpdesks import SERVICES
from domain.model.connected_services import ConnectedService
from resolvers.context import Context
from resolvers.errors import Payload
from resolvers.handoff.enums import Helpdesk


@strawberry.type(description="A helpdesk, and whether it is connected. Only a connected helpdesk can receive tickets.")
class HelpdeskAccount:
    helpdesk: Helpdesk = strawberry.field(description="The helpdesk that this entry describes.")
    connected: bool = strawberry.field(
        description="Whether the account has connected the helpdesk. Always `true` for INBOX."
    )
    display_name: str | None = strawberry.field(
        default=None, description="The name of the account at the helpdesk. `null` if not connected."
    )
    checked_at: datetime | None = strawberry.field(
        default=None, description="The time of the last successful check of the credentials. `null` if not connected."
    )
    problem: str | None = strawberry.field(
        default=None,
        description="The reason why the helpdesk does not work at present, for example a revoked key. `null` if it "
        "works. While there is a problem, the helpdesk cannot be chosen for tickets.",
    )
    webhook_url: str | None = strawberry.field(
        default=None,
        description="The URL that the helpdesk must call, so that replies and changes made there appear here. Its "
        "last segment is a secret. It stays the same when the helpdesk is connected again. For OWNER, "
        "ADMIN and MANAGER; `null` for others.",
    )

    @classmethod
    def of(cls, context: Context, helpdesk: Helpdesk, connection: ConnectedService | None) -> Self:
        if connection is None:
            return cls(helpdesk=helpdesk, connected=helpdesk is Helpdesk.INBOX)
        return cls(
            helpdesk=helpdesk,
            connected=True,
            display_name=connection.display_name,
            checked_at=connection.checked_at,
            problem=context.services.connections.problem_of(connection),
            webhook_url=context.services.connections.hook_url(context.principal, connection),
        )


@strawberry.type(description="The result of connecting or disconnecting a helpdesk.")
class HelpdeskConnectionPayload(Payload):
    connection: HelpdeskAccount | None = strawberry.field(
        default=None, description="The helpdesk after the change. `null` if refused."
    )


async def load_connections(context: Context) -> list[HelpdeskAccount]:
    """Return all helpdesks, connected or not."""
    connected = await context.services.connections.of(context.principal.account_id)
    return [
        HelpdeskAccount.of(context, helpdesk, connected.get(SERVICES[helpdesk]) if helpdesk in SERVICES else None)
        for helpdesk in Helpdesk
    ]
