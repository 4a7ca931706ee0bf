"""GraphQL types of messages, and their connection."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain.model import conversation as model
from domain.values.errors import NotFound
from resolvers.account.types import Staff
from resolvers.attachments.types import Attachment
from resolvers.context import Context, Info
from resolvers.conversation.enums import AuthorKind, MessageKind
from resolvers.enums import Channel
from resolvers.messaging.types import MessageDelivery, OriginalMail
from resolvers.money import Money
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id

if TYPE_CHECKING:
    from resolvers.conversation.types import Conversation


@strawberry.type(description="A product that the agent recommends.")
class ProductCard:
    product_id: strawberry.ID = strawberry.field(description="The shop's own ID of the product.")
    title: str = strawberry.field(description="The title of the product.")
    url: str | None = strawberry.field(description="The address of the product's page.")
    image_url: str | None = strawberry.field(description="The address of a picture of the product.")
    price: Money | None = strawberry.field(description="The price of the product.")
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


@strawberry.type(
    description="A choice that a message offers to the shopper, shown as a button. It has no `id`, because the "
    "same action occurs under many messages."
)
class MessageAction:
    action: str = strawberry.field(
        description="The name of the action: `accept` or `decline`. Carry it out with `answerHandoffOffer`."
    )
    label: str = strawberry.field(description="The text of the button, in the language of the message.")


@strawberry.type(description="The author of a message, or the participant who is typing.")
class Author:
    staff_id: strawberry.Private[str | None]
    kind: AuthorKind = strawberry.field(description="The kind of the author.")
    name: str = strawberry.field(description="The name to show, as it was when the message was written.")

    @strawberry.field(description="The member of staff who wrote the message. `null` for every other kind.")
    async def staff(self, info: Info) -> Staff | None:
        staff = await info.context.staff.load(self.staff_id) if self.staff_id else None
        return None if staff is None else Staff.of(staff, info.context.principal)


@strawberry.type(
    description="A message of a conversation. Messages never change, but for the removal of their words: by "
    "`redactMessage`, or when the shopper is erased."
)
class Message(Node):
    row: strawberry.Private[model.Message]
    sequence: int = strawberry.field(
        description="The number of the message in its conversation: 1, 2, 3 and so on, without gaps."
    )
    kind: MessageKind = strawberry.field(description="The kind of the message.")
    author: Author = strawberry.field(description="The author of the message.")
    text: str = strawberry.field(
        description="The exact text that the author wrote. It is plain text: escape it before you show it as HTML."
    )
    sent_at: datetime = strawberry.field(
        description="The time at which the message was sent. Never before the time of the preceding message."
    )
    products: list[ProductCard] = strawberry.field(
        description="The products that the message recommends. Empty for most messages."
    )
    actions: list[MessageAction] = strawberry.field(
        description="The choices that the message offers to the shopper. Empty for most messages."
    )
    attachments: list[Attachment] = strawberry.field(
        description="The files of the message, at most 10 of an upload. Empty for most messages."
    )

    via: Channel | None = strawberry.field(
        description="The channel by which the shopper wrote the message, if it is not the channel of the conversation: "
        "EMAIL for an e-mail in a web chat. `null` for every other message."
    )

    template_sid: str | None = strawberry.field(
        description="WhatsApp: the SID of the template in which the reply left, in place of its text, if its author "
        "chose one."
    )

    redacted_at: datetime | None = strawberry.field(
        description="The time at which the words, products and files of the message were removed: by "
        "`redactMessage`, or because the shopper was erased. `null` for every other message."
    )

    @strawberry.field(description="The conversation of the message, in its present state.")
    async def conversation(
        self, info: Info
    ) -> Annotated["Conversation", strawberry.lazy("resolvers.conversation.types")]:
        from resolvers.conversation.types import Conversation

        row = await info.context.conversations.load(self.row.conversation_id)
        if row is None:
            raise NotFound("No such conversation.")
        return Conversation.of(row)

    @strawberry.field(
        description="The delivery of the message on the shopper's own channel (SMS, WhatsApp or e-mail). `null` if "
        "it was not sent there, and for shoppers. Changes arrive in the stream of the conversation; a "
        "failure also adds a note."
    )
    async def delivery(self, info: Info) -> MessageDelivery | None:
        if not info.context.principal.inside or self.row.author.kind is AuthorKind.SHOPPER:
            return None
        row = await info.context.message_deliveries.load(self.row.id)
        return None if row is None else MessageDelivery.of(row)

    @strawberry.field(
        description="The e-mail from which the message was made. `null` for other messages, and for shoppers."
    )
    async def original_mail(self, info: Info) -> OriginalMail | None:
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
            attachments=[Attachment.of(file) for file in row.attachments],
            via=row.via,
            template_sid=row.template.sid if row.template else None,
            redacted_at=row.redacted_at,
        )


@strawberry.type(description="A page of messages, the oldest first.")
class MessageConnection(Connection[Message]):
    total_count: int = strawberry.field(description="The number of messages in the whole list.")


def message_listing(context: Context, conversation: model.Conversation) -> Listing[model.Message, Message]:
    return Listing(context, f"messages:{conversation.id}", (int,), key=lambda row: (row.sequence,), node=Message.of)
