"""GraphQL type of a connected Klaviyo account."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model.connected_services import ConnectedService
from domain.principal import Permission
from resolvers.context import Info
from resolvers.errors import Payload
from resolvers.forwarding.types import Forwarding, load_forwarding


@strawberry.type(
    description="The connected Klaviyo account. Each business event is recorded there once, as a metric with the "
    "event's name for the shopper's profile. Properties of every metric: ConversationId, Channel, IdentityVerified. "
    "Started: FirstMessage, InitialSkill. Resolved: FinalSkill, Tags, ResolutionSeconds. Escalated: "
    "Skill, Tags, Reason, ReasonDetail. Recommended: Products, ProductIds, ProductNames. Imported "
    "history is recorded with `backfill`, so that it starts no flows."
)
class KlaviyoAccount:
    row: strawberry.Private[ConnectedService]
    display_name: str | None = strawberry.field(description="The name of the account at Klaviyo.")
    connected_at: datetime = strawberry.field(description="The time at which the account was connected.")
    checked_at: datetime = strawberry.field(description="The time of the last successful check of the key.")

    @strawberry.field(
        description="The reason why no events are recorded at present, for example a revoked key. `null` if they are "
        "recorded."
    )
    async def problem(self, info: Info) -> str | None:
        if self.row.problem is not None:
            return self.row.problem
        forwarding = await info.context.forwardings.load(self.row.id)
        return forwarding.problem(info.context.services.clock.now()) if forwarding else None

    @strawberry.field(description="The progress of recording the events.")
    async def forwarding(self, info: Info) -> Forwarding:
        return await load_forwarding(info.context, self.row.id)

    @classmethod
    def of(cls, row: ConnectedService) -> Self:
        return cls(row=row, display_name=row.display_name, connected_at=row.connected_at, checked_at=row.checked_at)


@strawberry.type(description="The result of connecting or disconnecting Klaviyo.")
class KlaviyoPayload(Payload):
    connection: KlaviyoAccount | None = strawberry.field(
        default=None, description="The Klaviyo account after the change. `null` if refused, or disconnected."
    )


async def klaviyo(info: Info) -> KlaviyoAccount | None:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)
    row = await context.services.klaviyo.of(context.principal.account_id)
    return None if row is None else KlaviyoAccount.of(row)
