"""The settings that a chat widget reads before the first message, by its publishable key."""

import strawberry

from domain.principal import Permission
from domain.values.channel import Channel
from domain.values.errors import NotFound
from resolvers.context import Info
from resolvers.handoff.enums import IdentityPolicy


@strawberry.type(description="The settings of the account that its chat widget shows, or keeps to.")
class Widget:
    shop_name: str = strawberry.field(description="The name of the shop, for example `Acme Outdoor`.")
    agent_name: str = strawberry.field(description="The name of the AI agent, as shown to shoppers.")
    greeting: str = strawberry.field(
        description="The text before the first message. It is plain text: escape it before you show it as HTML."
    )
    live: bool = strawberry.field(
        description="Whether a web chat can start. If `false`, `startConversation` is refused with AGENT_NOT_LIVE; "
        "open conversations continue."
    )
    identity_policy: IdentityPolicy = strawberry.field(
        description="The identity that a shopper must give before a handoff: the widget asks for an e-mail address, or "
        "passes the shop's `identityToken`."
    )
    largest_attachment: int = strawberry.field(description="The largest size of a file in a message, in bytes.")
    attachment_types: list[str] = strawberry.field(
        description="The content types that files in messages may have, such as `image/*` and `application/pdf`. "
        "Empty: every type."
    )


async def widget(info: Info) -> Widget | None:
    context = info.context
    context.principal.require(Permission.START_CONVERSATION)
    account_id = context.principal.account_id
    account = await context.account.load(account_id)
    if account is None:
        raise NotFound("This account no longer exists.")
    settings = await context.services.handoffs.settings(account_id)
    return Widget(
        shop_name=account.name,
        agent_name=account.agent_name,
        greeting=account.greeting,
        live=account.is_live_on(Channel.WEB_CHAT),
        identity_policy=settings.identity_policy,
        largest_attachment=account.largest_attachment,
        attachment_types=list(account.attachment_types),
    )
