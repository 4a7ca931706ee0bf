"""connectHelpdesk"""

from typing import Annotated

import strawberry

from domain.connected_services.helpdesks import gorgias_credentials, zendesk_credentials
from domain.model.connected_services import ServiceCredentials
from domain.principal import Permission
from resolvers.connected_services.types import HelpdeskAccount, HelpdeskConnectionPayload
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.handoff.enums import Helpdesk


@strawberry.input(description="Credentials for Zendesk Support.")
class ConnectZendeskInput:
    subdomain: str = strawberry.field(description="What stands before `.zendesk.com` in its address: `acme`.")
    email: str = strawberry.field(description="The agent or admin who made the API token.")
    api_token: str = strawberry.field(description="An API token of theirs: Admin Center, APIs, Zendesk API.")
    webhook_secret: str | None = strawberry.field(
        default=None, description="The webhook's signing secret; without it nothing that Zendesk tells is believed."
    )


@strawberry.input(description="Credentials for Gorgias.")
class ConnectGorgiasInput:
    domain: str = strawberry.field(description="What stands before `.gorgias.com` in its address: `acme`.")
    email: str = strawberry.field(description="The user to whom the API key belongs.")
    api_key: str = strawberry.field(description="The key: Settings, Account, REST API.")
    webhook_token: str | None = strawberry.field(
        default=None,
        description="A random text of at least 16 characters, which the HTTP integration in Gorgias sends as the "
        "header `X-Baton-Token`; without it nothing that Gorgias tells is believed.",
    )


@strawberry.input(description="Which helpdesk to connect: one of them.", one_of=True)
class ConnectHelpdeskInput:
    zendesk: ConnectZendeskInput | None = strawberry.field(default=strawberry.UNSET, description="Zendesk Support.")
    gorgias: ConnectGorgiasInput | None = strawberry.field(default=strawberry.UNSET, description="Gorgias.")


@refusals_in(HelpdeskConnectionPayload)
async def connect_helpdesk(
    info: Info, input: Annotated[ConnectHelpdeskInput, strawberry.argument(description="Which, and its credentials.")]
) -> HelpdeskConnectionPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)  # before anything is said of what was given
    connection = await context.services.connections.connect(context.principal, _credentials(input))
    helpdesk = Helpdesk(connection.service.value)
    return HelpdeskConnectionPayload(connection=HelpdeskAccount.of(context, helpdesk, connection))


def _credentials(given: ConnectHelpdeskInput) -> ServiceCredentials:
    if given.zendesk:
        return zendesk_credentials(
            subdomain=given.zendesk.subdomain,
            email=given.zendesk.email,
            api_token=given.zendesk.api_token,
            webhook_secret=given.zendesk.webhook_secret,
        )
    assert given.gorgias, "one of them is given: the schema says so"
    return gorgias_credentials(
        domain=given.gorgias.domain,
        email=given.gorgias.email,
        api_key=given.gorgias.api_key,
        webhook_token=given.gorgias.webhook_token,
    )
