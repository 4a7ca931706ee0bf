"""Helpdesks and whether they are connected."""

from datetime import datetime
from typing import Self

import strawberry

from domain.connected_services.helpdesks import SERVICES
from domain.model.connected_services import ConnectedService
from resolvers.context import Context
from resolvers.errors import Payload
from resolvers.handoff.enums import Helpdesk


@strawberry.type(description="Whether a helpdesk can be chosen.")
class HelpdeskAccount:
    helpdesk: Helpdesk = strawberry.field(description="Which.")
    connected: bool = strawberry.field(description="Whether its credentials were proved. INBOX needs none.")
    display_name: str | None = strawberry.field(default=None, description="What the account is called there.")
    checked_at: datetime | None = strawberry.field(default=None, description="When the credentials were last proved.")
    problem: str | None = strawberry.field(
        default=None,
        description="Why it does not work at present, e.g. that its key was revoked; null: it does. It can be chosen "
        "for tickets again once it works, or is connected anew.",
    )
    webhook_url: str | None = strawberry.field(
        default=None,
        description="Where the helpdesk is to call Baton, so that replies and changes there are shown here. Its last "
        "part is a secret: for OWNER, ADMIN and MANAGER, null for others. Connected anew, it stays the same.",
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


@strawberry.type(description="What came of connecting or disconnecting a helpdesk.")
class HelpdeskConnectionPayload(Payload):
    connection: HelpdeskAccount | None = strawberry.field(
        default=None, description="The connection as it is now; null when refused."
    )


async def load_connections(context: Context) -> list[HelpdeskAccount]:
    """Every helpdesk, connected or not."""
    held = await context.services.connections.of(context.principal.account_id)
    return [
        HelpdeskAccount.of(context, helpdesk, held.get(SERVICES[helpdesk]) if helpdesk in SERVICES else None)
        for helpdesk in Helpdesk
    ]
