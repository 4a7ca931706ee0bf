"""What the conversation's mutations take."""

import strawberry

from domain.model import conversation as model
from resolvers.arguments import IdempotentInput
from resolvers.enums import Channel
from resolvers.money import MoneyInput, money_of


@strawberry.input(description="Who the shopper is, as far as the widget or channel knows.")
class VisitorInput:
    anonymous_id: str | None = strawberry.field(
        default=None,
        description="A random id that the browser keeps. It opens the shopper's conversation: let nobody guess it.",
    )
    name: str | None = strawberry.field(default=None, description="The shopper's name.")
    email: str | None = strawberry.field(default=None, description="The shopper's e-mail address.")
    phone: str | None = strawberry.field(
        default=None, description="The shopper's phone number with country code; kept as E.164."
    )
    profile_id: str | None = strawberry.field(
        default=None,
        description="The shop's own id of a signed-in shopper. Like `anonymousId` it opens the shopper's conversation.",
    )


def visitor_of(given: VisitorInput | None) -> model.Visitor:
    if given is None:
        return model.Visitor()
    return model.Visitor(
        anonymous_id=given.anonymous_id,
        external_id=given.profile_id,
        name=given.name,
        email=given.email,
        phone=given.phone,
    )


@strawberry.input(description="A shopper's first message.")
class StartConversationInput(IdempotentInput):
    channel: Channel = strawberry.field(description="Where the shopper writes.")
    text: str = strawberry.field(description="What the shopper writes: 1 to 32,000 characters, kept exactly.")
    visitor: VisitorInput | None = strawberry.field(default=None, description="Who the shopper is.")
    locale: str | None = strawberry.field(
        default=None, description="The shopper's language, a BCP 47 tag like `it-IT`: picks the wording of offers."
    )


@strawberry.input(description="A shopper's next message.")
class SendMessageInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="In which conversation.")
    text: str = strawberry.field(description="What the shopper writes: 1 to 32,000 characters, kept exactly.")


@strawberry.input(description="Who the shopper is. Give at least one; what is left out stays.")
class IdentifyVisitorInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="In which conversation.")
    email: str | None = strawberry.field(default=None, description="E-mail address.")
    name: str | None = strawberry.field(default=None, description="Name.")
    phone: str | None = strawberry.field(default=None, description="Phone number with country code.")
    profile_id: str | None = strawberry.field(default=None, description="The shop's own id of a signed-in shopper.")


@strawberry.input(description="Which conversation to close.")
class CloseConversationInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="A product to show.")
class ProductCardInput:
    product_id: strawberry.ID = strawberry.field(description="The shop's own id of the product.")
    title: str = strawberry.field(description="What it is called.")
    url: str | None = strawberry.field(default=None, description="Its page: an http or https address.")
    image_url: str | None = strawberry.field(default=None, description="Its picture: an http or https address.")
    price: MoneyInput | None = strawberry.field(default=None, description="Its price.")
    sku: str | None = strawberry.field(default=None, description="The shop's stock keeping unit.")


def card_of(given: ProductCardInput) -> model.ProductCard:
    return model.ProductCard(
        product_id=given.product_id,
        title=given.title,
        url=given.url,
        image_url=given.image_url,
        price=money_of(given.price) if given.price else None,
        sku=given.sku,
    )


@strawberry.input(description="The AI agent's next message.")
class PostAgentMessageInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="In which conversation.")
    epoch: int = strawberry.field(
        description="`controller.epoch` as the agent read it before it thought. If it is over, the text is not shown."
    )
    text: str = strawberry.field(description="What the agent says: 1 to 32,000 characters, kept exactly.")
    skill: str | None = strawberry.field(default=None, description="The skill that answered.")
    tags: list[str] | None = strawberry.field(default=None, description="Topics to add, at most 50.")
    products: list[ProductCardInput] | None = strawberry.field(default=None, description="At most 20.")
