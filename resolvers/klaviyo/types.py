"""The connection to an account's Klaviyo."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model.connected_services import ConnectedService
from domain.principal import Permission
from resolvers.context import Info
from resolvers.errors import Payload
from resolvers.forwarding.types import Forwarding, load_forwarding


@strawberry.type(
    description="The account's Klaviyo, where its business events are recorded as metrics of their names, for the "
    "shopper's profile, each once. Properties: ConversationId, Channel; started: FirstMessage, InitialSkill; resolved: "
    "FinalSkill, Tags, ResolutionSeconds; escalated: Skill, Tags, Reason, ReasonDetail; recommended: Products, "
    "ProductIds, ProductNames. History from files is recorded with `backfill`, so that it sets off no flow."
)
class KlaviyoAccount:
    row: strawberry.Private[ConnectedService]
    display_name: str | None = strawberry.field(description="What the account is called there.")
    connected_at: datetime = strawberry.field(description="Since when it is connected.")
    checked_at: datetime = strawberry.field(description="When the key was last found to work.")

    @strawberry.field(description="Why nothing is recorded at present, e.g. that the key was revoked; null: it is.")
    async def problem(self, info: Info) -> str | None:
        if self.row.problem is not None:
            return self.row.problem
        forwarding = await info.context.forwardings.load(self.row.id)
        return forwarding.problem(info.context.services.clock.now()) if forwarding else None

    @strawberry.field(description="How far it has got.")
    async def forwarding(self, info: Info) -> Forwarding:
        return await load_forwarding(info.context, self.row.id)

    @classmethod
    def of(cls, row: ConnectedService) -> Self:
        return cls(row=row, display_name=row.display_name, connected_at=row.connected_at, checked_at=row.checked_at)


@strawberry.type(description="What came of connecting or disconnecting Klaviyo.")
class KlaviyoPayload(Payload):
    connection: KlaviyoAccount | None = strawberry.field(
        default=None, description="As it is now; null when refused, and once it is disconnected."
    )


async def klaviyo(info: Info) -> KlaviyoAccount | None:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)
    row = await context.services.klaviyo.of(context.principal.account_id)
    return None if row is None else KlaviyoAccount.of(row)
