"""GraphQL type of the handoff settings."""

from datetime import datetime
from typing import Self

import strawberry

from domain.i18n.localization import catalog_for
from domain.model import handoff as model
from domain.principal import Permission
from resolvers.connected_services.helpdesks import HelpdeskAccount, load_connections
from resolvers.context import Context, Info
from resolvers.handoff.enums import ChatAfterHandoff, HandoffMethod, Helpdesk, IdentityPolicy


@strawberry.type(description="The settings for conversations that the agent cannot finish.")
class HandoffSettings:
    method: HandoffMethod = strawberry.field(
        description="Whether a human gets a ticket, or the account's own text is shown."
    )
    helpdesk: Helpdesk = strawberry.field(description="The helpdesk for new tickets.")
    custom_message: str | None = strawberry.field(
        description="The text of the method MESSAGE. It may contain links. `null` if none is set."
    )
    chat_after_handoff: ChatAfterHandoff = strawberry.field(
        description="Whether a web chat continues after its ticket went to Zendesk or Gorgias."
    )
    identity_policy: IdentityPolicy = strawberry.field(
        description="The identity that a shopper on the web chat must give before a handoff."
    )
    offer_text: str = strawberry.field(
        description="The question to the shopper. Baton's own text in English if the account has set none; shoppers "
        "see it in their language."
    )
    accept_label: str = strawberry.field(
        description="The label of the button that accepts. Baton's own text in English if the account has set none; "
        "shoppers see it in their language."
    )
    decline_label: str = strawberry.field(
        description="The label of the button that declines. Baton's own text in English if the account has set none; "
        "shoppers see it in their language."
    )
    version: int = strawberry.field(description="A number that grows with each change, for `expectedVersion`.")
    updated_at: datetime = strawberry.field(description="The time of the last change.")

    @strawberry.field(description="All helpdesks, connected or not.")
    async def connections(self, info: Info) -> list[HelpdeskAccount]:
        return await load_connections(info.context)

    @classmethod
    def of(cls, row: model.HandoffSettings) -> Self:
        catalog = catalog_for(None)
        return cls(
            method=row.method,
            helpdesk=row.helpdesk,
            custom_message=row.custom_message,
            chat_after_handoff=row.chat_after_handoff,
            identity_policy=row.identity_policy,
            offer_text=row.offer_text or catalog.offer_text,
            accept_label=row.accept_label or catalog.accept_label,
            decline_label=row.decline_label or catalog.decline_label,
            version=row.version,
            updated_at=row.updated_at,
        )


async def load_settings(context: Context) -> HandoffSettings:
    """Return the settings of the caller's account. Raises `Forbidden`."""
    context.principal.require(Permission.READ_SETTINGS)
    return HandoffSettings.of(await context.services.handoffs.settings(context.principal.account_id))
