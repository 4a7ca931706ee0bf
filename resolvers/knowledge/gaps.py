"""GraphQL type of a knowledge gap, its list, and the resolver of `knowledgeGaps`."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from domain.model.agent import knowledge as model
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.conversation.types import Conversation
from resolvers.knowledge.enums import GapOrder
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, key_of, to_global_id


@strawberry.type(
    description="Questions of shoppers with similar words that were handed over with the reason KNOWLEDGE_GAP. A group "
    "is kept until an article is made of it or it is dismissed, and at most 180 days after its last question."
)
class KnowledgeGap(Node):
    row: strawberry.Private[model.KnowledgeGap]
    question: str = strawberry.field(description="The question as it was asked last, at most 500 characters.")
    count: int = strawberry.field(description="The number of conversations in which it was asked.")
    first_asked_at: datetime = strawberry.field(description="The time at which it was asked first.")
    last_asked_at: datetime = strawberry.field(description="The time at which it was asked last.")
    locale: str | None = strawberry.field(
        description="The BCP 47 tag of the last shopper's language. `null` if it is not known."
    )

    @strawberry.field(description="The conversations in which it was asked, the newest first, at most 50.")
    async def conversations(self, info: Info) -> list[Conversation]:
        found = await info.context.conversations.load_many(self.row.conversation_ids)
        return [Conversation.of(each) for each in found if each is not None]

    @classmethod
    def of(cls, row: model.KnowledgeGap) -> Self:
        return cls(
            id=to_global_id("KnowledgeGap", row.id),
            row=row,
            question=row.question,
            count=row.count,
            first_asked_at=row.first_at,
            last_asked_at=row.last_at,
            locale=row.locale,
        )


@strawberry.type(description="A page of the knowledge gaps.")
class KnowledgeGapConnection(Connection[KnowledgeGap]):
    @strawberry.field(description="The number of gaps in the whole list, counted on request.")
    async def total_count(self, info: Info) -> int:
        return await info.context.services.knowledge.gaps.count(info.context.principal)


async def knowledge_gaps(
    info: Info,
    order_by: Annotated[
        GapOrder, strawberry.argument(description="The order of the list. Default: the latest question first.")
    ] = GapOrder.RECENT,
    first: First = None,
    after: After = None,
) -> KnowledgeGapConnection | None:
    recent = order_by is GapOrder.RECENT
    listing = Listing(
        info.context,
        f"knowledge gaps {order_by.value}",
        (datetime if recent else int, str),
        key=lambda row: (row.last_at if recent else row.count, row.id),
        node=KnowledgeGap.of,
    )
    services, principal = info.context.services, info.context.principal
    page = await services.knowledge.gaps.page(principal, order_by, listing.slice(first, after))
    return KnowledgeGapConnection(**listing.parts(page))


async def find_gap(context: Context, key: str) -> KnowledgeGap | None:
    row = await context.services.knowledge.gaps.find(context.principal, key)
    return None if row is None else KnowledgeGap.of(row)


def gap_key(global_id: str) -> str:
    return key_of(global_id, "KnowledgeGap", field="gap_id")
