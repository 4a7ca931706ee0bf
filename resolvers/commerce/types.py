"""A sale in the graph, and pages of sales."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain.model import commerce as model
from domain.model import conversation as conversation_model
from resolvers.account.enums import TouchKind
from resolvers.context import Info
from resolvers.money import Money
from resolvers.relay.global_ids import Node, to_global_id

if TYPE_CHECKING:
    from resolvers.conversation.types import Conversation


@strawberry.type(
    description="An order that a conversation is credited with, and why: the shopper's last touch that stood within "
    "its window when the order was placed. An order is credited to one conversation, once."
)
class AttributedSale(Node):
    of_conversation: strawberry.Private[conversation_model.Conversation]
    order_id: str = strawberry.field(description="The shop's own id of the order.")
    amount: Money = strawberry.field(description="What is left of the order after refunds; never below zero.")
    placed_at: datetime = strawberry.field(description="When it was ordered.")
    touch: TouchKind = strawberry.field(description="What the shopper did before that earned it.")
    touched_at: datetime = strawberry.field(description="When the shopper did that.")
    window: timedelta = strawberry.field(
        description="For how long after the touch an order counted, by the settings under which the order came in: an "
        "ISO 8601 duration."
    )

    @strawberry.field(
        description="The conversation that earned it, of the same instant. Takes a credential that may read it."
    )
    def conversation(self, info: Info) -> Annotated["Conversation", strawberry.lazy("resolvers.conversation.types")]:
        from resolvers.conversation.types import Conversation

        info.context.principal.require_conversation(self.of_conversation.id)
        return Conversation.of(self.of_conversation)

    @classmethod
    def of(cls, row: model.AttributedSale, conversation: conversation_model.Conversation) -> Self:
        return cls(
            id=to_global_id("AttributedSale", row.id),
            of_conversation=conversation,
            order_id=row.order_id,
            amount=Money.of(row.amount),
            placed_at=row.placed_at,
            touch=row.touch,
            touched_at=row.touched_at,
            window=row.window,
        )
