"""The handoff settings in the graph."""

from datetime import datetime
from typing import Self

import strawberry

from domain.i18n.localization import catalog_for
from domain.model import handoff as model
from domain.principal import Permission
from resolvers.connected_services.types import HelpdeskAccount, load_connections
from resolvers.context import Context, Info
from resolvers.handoff.enums import ChatAfterHandoff, HandoffMethod, Helpdesk, IdentityPolicy


@strawberry.type(description="What happens when the agent cannot finish a conversation.")
class HandoffSettings:
    method: HandoffMethod = strawberry.field(description="A ticket for a human, or the account's own text.")
    helpdesk: Helpdesk = strawberry.field(description="Where tickets go.")
    custom_message: str | None = strawberry.field(description="The text of method MESSAGE; may hold links.")
    chat_after_handoff: ChatAfterHandoff = strawberry.field(description="Whether a web chat goes on.")
    identity_policy: IdentityPolicy = strawberry.field(description="What must be known of a shopper on the web chat.")
    offer_text: str = strawberry.field(
        description="What the shopper is asked: the account's text, else Baton's own, here in English; the shopper is "
        "shown it in its own language."
    )
    accept_label: str = strawberry.field(description="What the button for yes says; see offerText.")
    decline_label: str = strawberry.field(description="What the button for no says; see offerText.")
    version: int = strawberry.field(description="Grows with every change; give it back as `expectedVersion`.")
    updated_at: datetime = strawberry.field(description="When they were last changed.")

    @strawberry.field(description="Every helpdesk, and whether it is connected.")
    async def connections(self, info: Info) -> list[HelpdeskAccount]:
        return await load_connections(info.context)

    @classmethod
    def of(cls, row: model.HandoffSettings) -> Self:
        words = catalog_for(None)
        return cls(
            method=row.method,
            helpdesk=row.helpdesk,
            custom_message=row.custom_message,
            chat_after_handoff=row.chat_after_handoff,
            identity_policy=row.identity_policy,
            offer_text=row.offer_text or words.offer_text,
            accept_label=row.accept_label or words.accept_label,
            decline_label=row.decline_label or words.decline_label,
            version=row.version,
            updated_at=row.updated_at,
        )


async def load_settings(context: Context) -> HandoffSettings:
    """Raises Forbidden."""
    context.principal.require(Permission.READ_SETTINGS)
    return HandoffSettings.of(await context.services.handoffs.settings(context.principal.account_id))
