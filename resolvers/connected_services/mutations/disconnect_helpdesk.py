"""The mutation `disconnectHelpdesk`."""

from typing import Annotated

import strawberry

from domain.connected_services.helpdesks import SERVICES
from domain.principal import Permission
from domain.values.errors import Invalid
from resolvers.connected_services.helpdesks import HelpdeskAccount, HelpdeskConnectionPayload
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.handoff.enums import Helpdesk


@strawberry.input(description="The helpdesk to disconnect.")
class DisconnectHelpdeskInput:
    helpdesk: Helpdesk = strawberry.field(
        description="The helpdesk to disconnect. Refused with CONFLICT while new tickets go there: choose another "
        "with `updateHandoffSettings` first."
    )


@refusals_in(HelpdeskConnectionPayload)
async def disconnect_helpdesk(
    info: Info,
    input: Annotated[DisconnectHelpdeskInput, strawberry.argument(description="The helpdesk to disconnect.")],
) -> HelpdeskConnectionPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)
    service = SERVICES.get(input.helpdesk)
    if service is None:
        raise Invalid("INBOX is built in and cannot be disconnected.", field="helpdesk")
    await context.services.connections.disconnect(context.principal, service, field="helpdesk")
    return HelpdeskConnectionPayload(connection=HelpdeskAccount.of(context, input.helpdesk, None))
