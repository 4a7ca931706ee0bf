"""The mutation `connectHelpdesk`."""

from typing import Annotated

import strawberry

from domain.connected_services.helpdesks import gorgias_credentials, zendesk_credentials
from domain.model.connected_services import ServiceCredentials
from domain.principal import Permission
from resolvers.connected_services.helpdesks import HelpdeskAccount, HelpdeskConnectionPayload
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.handoff.enums import Helpdesk


@strawberry.input(description="Credentials of a Zendesk Support account.")
class ConnectZendeskInput:
    subdomain: str = strawberry.field(
        description="The part before `.zendesk.com` in the account's address, for example `acme`."
    )
    email: str = strawberry.field(description="The e-mail address of the agent or admin who created the API token.")
    api_token: str = strawberry.field(
        description="An API token, from Admin Center, APIs, Zendesk API. It is encrypted and never returned."
    )
    webhook_secret: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The signing secret of the webhook in Zendesk. Calls of the webhook are rejected without it. Omit "
        "it to keep that of the present connection to this subdomain.",
    )


@strawberry.input(description="Credentials of a Gorgias account.")
class ConnectGorgiasInput:
    domain: str = strawberry.field(
        description="The part before `.gorgias.com` in the account's address, for example `acme`."
    )
    email: str = strawberry.field(description="The e-mail address of the user to whom the API key belongs.")
    api_key: str = strawberry.field(
        description="An API key, from Settings, Account, REST API. It is encrypted and never returned."
    )
    webhook_token: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A random text of at least 16 characters that the HTTP integration in Gorgias sends in the "
        "header `X-Baton-Token`. Calls of the integration are rejected without it. Omit it to keep that of the present "
        "connection to this domain.",
    )


@strawberry.input(description="The helpdesk to connect. Set exactly one field.", one_of=True)
class ConnectHelpdeskInput:
    zendesk: ConnectZendeskInput | None = strawberry.field(
        default=strawberry.UNSET, description="Credentials of Zendesk Support."
    )
    gorgias: ConnectGorgiasInput | None = strawberry.field(
        default=strawberry.UNSET, description="Credentials of Gorgias."
    )


@refusals_in(HelpdeskConnectionPayload)
async def connect_helpdesk(
    info: Info,
    input: Annotated[ConnectHelpdeskInput, strawberry.argument(description="The helpdesk and its credentials.")],
) -> HelpdeskConnectionPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)  # before the input is validated
    connection = await context.services.connections.connect(context.principal, _credentials(input))
    helpdesk = Helpdesk(connection.service.value)
    return HelpdeskConnectionPayload(connection=HelpdeskAccount.of(context, helpdesk, connection))


def _credentials(given: ConnectHelpdeskInput) -> ServiceCredentials:
    if given.zendesk:
        keep_secret = given.zendesk.webhook_secret is strawberry.UNSET
        return zendesk_credentials(
            subdomain=given.zendesk.subdomain,
            email=given.zendesk.email,
            api_token=given.zendesk.api_token,
            webhook_secret=None if keep_secret else given.zendesk.webhook_secret,
            keep_webhook_secret=keep_secret,
        )
    assert given.gorgias, "one of them is given: the schema says so"
    keep_token = given.gorgias.webhook_token is strawberry.UNSET
    return gorgias_credentials(
        domain=given.gorgias.domain,
        email=given.gorgias.email,
        api_key=given.gorgias.api_key,
        webhook_token=None if keep_token else given.gorgias.webhook_token,
        keep_webhook_token=keep_token,
    )
