"""GraphQL type of a sale."""

from datetime import datetime, timedelta
from typing import Self

import strawberry

from domain.model import commerce as model
from domain.model import conversation as conversation_model
from resolvers.account.enums import TouchKind
from resolvers.context import Info
from resolvers.conversation.types import Conversation
from resolvers.money import Money
from resolvers.relay.global_ids import Node, to_global_id


@strawberry.type(
    description="An order that is credited to a conversation, because of the shopper's last touch whose window "
    "included the order. An order is credited at most once."
)
class AttributedSale(Node):
    of_conversation: strawberry.Private[conversation_model.Conversation]
    order_id: str = strawberry.field(description="The shop's own ID of the order.")
    amount: Money = strawberry.field(description="The amount of the order after refunds, never below zero.")
    placed_at: datetime = strawberry.field(description="The time at which the order was placed.")
    touch: TouchKind = strawberry.field(description="The kind of touch that earned the credit.")
    touched_at: datetime = strawberry.field(description="The time of the touch.")
    window: timedelta = strawberry.field(
        description="The time after the touch within which orders were credited, according to the settings at the "
        "time of the order, for example `PT24H`."
    )

    @strawberry.field(
        description="The credited conversation, in the state that it had together with this state of the sale. "
        "Requires permission to read conversations."
    )
    def conversation(self, info: Info) -> Conversation:
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
