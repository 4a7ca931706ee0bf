"""Messages and their pages."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain.model import conversation as model
from domain.values.errors import NotFound
from resolvers.context import Context, Info
from resolvers.conversation.enums import AuthorKind, MessageKind
from resolvers.money import Money
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id

if TYPE_CHECKING:
    from resolvers.account.types import Staff
    from resolvers.conversation.types import Conversation
    from resolvers.messaging.types import MessageDelivery, OriginalMail


@strawberry.type(description="A product that the agent shows.")
class ProductCard:
    product_id: strawberry.ID = strawberry.field(description="The shop's own id of the product.")
    title: str = strawberry.field(description="What it is called.")
    url: str | None = strawberry.field(description="Its page.")
    image_url: str | None = strawberry.field(description="Its picture.")
    price: Money | None = strawberry.field(description="Its price.")
    sku: str | None = strawberry.field(description="The shop's stock keeping unit.")

    @classmethod
    def of(cls, card: model.ProductCard) -> Self:
        return cls(
            product_id=strawberry.ID(card.product_id),
            title=card.title,
            url=card.url,
            image_url=card.image_url,
            price=Money.of(card.price) if card.price else None,
            sku=card.sku,
        )


@strawberry.type(description="Something the shopper can choose under a message.")
class MessageAction:
    action: str = strawberry.field(description="What it does, e.g. `accept`.")
    label: str = strawberry.field(description="What the button says.")


@strawberry.type(description="Who wrote a message, or is writing one.")
class Author:
    staff_id: strawberry.Private[str | None]
    kind: AuthorKind = strawberry.field(description="Which kind of author it is.")
    name: str = strawberry.field(description="What to show, as it was when the message was written.")

    @strawberry.field(description="The human who wrote it; null for any other kind.")
    async def staff(self, info: Info) -> Annotated["Staff", strawberry.lazy("resolvers.account.types")] | None:
        from resolvers.account.types import Staff

        staff = await info.context.staff.load(self.staff_id) if self.staff_id else None
        return None if staff is None else Staff.of(staff, info.context.principal)


@strawberry.type(description="One message of a conversation. It never changes.")
class Message(Node):
    row: strawberry.Private[model.Message]
    sequence: int = strawberry.field(description="1, 2, 3 … within the conversation, without a hole.")
    kind: MessageKind = strawberry.field(description="What it is.")
    author: Author = strawberry.field(description="Who wrote it.")
    text: str = strawberry.field(description="Exactly as it was written: plain text, to be escaped where it is shown.")
    sent_at: datetime = strawberry.field(description="When. Never before the message in front of it.")
    products: list[ProductCard] = strawberry.field(description="The products it shows.")
    actions: list[MessageAction] = strawberry.field(description="What the shopper can choose.")

    @strawberry.field(description="The conversation it belongs to, as it is now.")
    async def conversation(
        self, info: Info
    ) -> Annotated["Conversation", strawberry.lazy("resolvers.conversation.types")]:
        from resolvers.conversation.types import Conversation

        row = await info.context.conversations.load(self.row.conversation_id)
        if row is None:
            raise NotFound("No such conversation.")
        return Conversation.of(row)

    @strawberry.field(
        description="What became of it on its way to the shopper's own channel; null where it did not leave by one, "
        "and for shoppers. The conversation's stream tells how it goes on; where it fails, a note tells as well."
    )
    async def delivery(
        self, info: Info
    ) -> Annotated["MessageDelivery", strawberry.lazy("resolvers.messaging.types")] | None:
        from resolvers.messaging.types import MessageDelivery

        if not info.context.principal.inside or self.row.author.kind is AuthorKind.SHOPPER:
            return None
        row = await info.context.message_deliveries.load(self.row.id)
        return None if row is None else MessageDelivery.of(row)

    @strawberry.field(description="The mail that it came in as; null where it came otherwise, and for shoppers.")
    async def original_mail(
        self, info: Info
    ) -> Annotated["OriginalMail", strawberry.lazy("resolvers.messaging.types")] | None:
        from resolvers.messaging.types import OriginalMail

        if not info.context.principal.inside or self.row.author.kind is not AuthorKind.SHOPPER:
            return None
        row = await info.context.mails.load(self.row.id)
        return None if row is None else OriginalMail.of(row)

    @classmethod
    def of(cls, row: model.Message) -> Self:
        return cls(
            id=to_global_id("Message", row.id),
            row=row,
            sequence=row.sequence,
            kind=row.kind,
            author=Author(kind=row.author.kind, name=row.author.name, staff_id=row.author.staff_id),
            text=row.text,
            sent_at=row.sent_at,
            products=[ProductCard.of(card) for card in row.products],
            actions=[MessageAction(action=action.id, label=action.label) for action in row.actions],
        )


@strawberry.type(description="A page of messages, oldest first.")
class MessageConnection(Connection[Message]):
    total_count: int = strawberry.field(description="Messages in the whole list.")


def message_listing(context: Context, conversation: model.Conversation) -> Listing[model.Message, Message]:
    return Listing(context, f"messages:{conversation.id}", (int,), key=lambda row: (row.sequence,), node=Message.of)
