"""Inputs of the mutations of conversations."""

import strawberry

from domain.model import conversation as model
from resolvers.arguments import IDEMPOTENCY_KEY, IdempotentInput
from resolvers.attachments.ids import ATTACHMENTS
from resolvers.enums import Channel
from resolvers.money import MoneyInput, money_of


@strawberry.input(
    description="The identity of a shopper, as far as the widget or the channel knows it. With a secret key, it is "
    "believed. With a publishable key, name, e-mail address, phone number and `profileId` are claims: they belong to "
    "the new conversation, are shown to staff as not verified, and open no conversation and no profile; "
    "`identityToken` alone is a proof, and wins over the claims beside it."
)
class VisitorInput:
    browser_token: str | None = strawberry.field(
        default=None,
        description="The secret that an earlier `startConversation` of this browser returned. It gives access to the "
        "browser's open conversation. Leave it out the first time. Another one than the server made is refused with "
        "INVALID.",
    )
    anonymous_id: str | None = strawberry.field(
        default=None,
        description="In place of `browserToken`: an ID that the browser keeps. From 20 characters on it is a secret "
        "that gives access to the browser's open conversation, so it must be random. A shorter one is a label, which "
        "opens nothing. At most 200 characters.",
    )
    identity_token: str | None = strawberry.field(
        default=None,
        description="A proof of the shopper's identity: a JWT that the shop signed with a key of `updateIdentityKeys`. "
        "`sub` is the shop's own ID of the shopper, `aud` the ID of the account, `exp` at most 24 hours ahead; "
        "`email`, `phone` and `name` are optional. At most 8,192 characters. A token that is malformed, wrong, "
        "expired or of another account is refused with INVALID and the reason.",
    )
    name: str | None = strawberry.field(default=None, description="The name of the shopper, at most 200 characters.")
    email: str | None = strawberry.field(default=None, description="The e-mail address of the shopper.")
    phone: str | None = strawberry.field(
        default=None,
        description="The phone number of the shopper with country code, for example `+39 333 123 4567`. Stored in "
        "E.164 format.",
    )
    profile_id: str | None = strawberry.field(
        default=None,
        description="The shop's own ID of a signed-in shopper. From a publishable key it is a claim, which gives "
        "access to nothing.",
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


@strawberry.input(description="The first message of a shopper.")
class StartConversationInput(IdempotentInput):
    idempotency_key: strawberry.ID | None = strawberry.field(
        default=None,
        description=f"{IDEMPOTENCY_KEY} With a publishable key it belongs to the secret of the browser "
        "(`visitor.browserToken`, or an `anonymousId` of 20 characters or more): the same key of another browser is "
        "another call. A browser without a secret needs a random key of 20 characters or more, which is its secret "
        "then; a shorter one has no effect.",
    )
    channel: Channel = strawberry.field(description="The channel on which the shopper writes.")
    text: str = strawberry.field(
        description="The text of the message, from 1 to 32,000 characters. It is stored unchanged."
    )
    visitor: VisitorInput | None = strawberry.field(default=None, description="The identity of the shopper.")
    locale: str | None = strawberry.field(
        default=None,
        description="The shopper's language as a BCP 47 tag, for example `it-IT`. It determines the language of "
        "offers and notices.",
    )
    attachments: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="The IDs that `createUpload` returned to the same key, whose bytes have been sent: at most 10, "
        "with 52,428,800 bytes together. With a publishable key FORBIDDEN: a browser sends files with `sendMessage`.",
    )
    test: bool = strawberry.field(
        default=False,
        description="Whether a test conversation begins, with `isTest`: also while the agent is not live, and never in "
        "place of an open one. Its shopper is made up if there is no `visitor`. Takes a key of OWNER, ADMIN, MANAGER "
        "or SUPPORT, or one with scope `agent`; FORBIDDEN for others.",
    )


@strawberry.input(description="The next message of a shopper.")
class SendMessageInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    text: str = strawberry.field(
        description="The text of the message, from 1 to 32,000 characters. It is stored unchanged."
    )
    attachments: list[strawberry.ID] | None = strawberry.field(default=None, description=ATTACHMENTS)


@strawberry.input(
    description="The identity of the shopper. Set at least one field besides the conversation; omitted fields "
    "stay as they are. All values but `identityToken` are claims: they belong to this conversation, and change no "
    "profile with `verified`."
)
class IdentifyVisitorInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    email: str | None = strawberry.field(default=None, description="The e-mail address of the shopper.")
    name: str | None = strawberry.field(default=None, description="The name of the shopper, at most 200 characters.")
    phone: str | None = strawberry.field(
        default=None, description="The phone number of the shopper with country code, for example `+39 333 123 4567`."
    )
    identity_token: str | None = strawberry.field(
        default=None,
        description="A proof of the shopper's identity: a JWT that the shop signed with a key of `updateIdentityKeys`. "
        "`sub` is the shop's own ID of the shopper, `aud` the ID of the account, `exp` at most 24 hours ahead; "
        "`email`, `phone` and `name` are optional. At most 8,192 characters. A token that is malformed, wrong, "
        "expired or of another account is refused with INVALID and the reason; CONFLICT if the conversation was proved "
        "to be another shopper's.",
    )
    profile_id: str | None = strawberry.field(default=None, description="The shop's own ID of a signed-in shopper.")


@strawberry.input(description="The conversation to close.")
class CloseConversationInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")


@strawberry.input(description="The conversation whose visitor tokens end.")
class EndVisitorAccessInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")


@strawberry.input(description="The conversation in which the shopper claims the address.")
class SendEmailConfirmationInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")


@strawberry.input(description="A product to recommend.")
class ProductCardInput:
    product_id: strawberry.ID = strawberry.field(description="The shop's own ID of the product.")
    title: str = strawberry.field(description="The title of the product, at most 200 characters.")
    url: str | None = strawberry.field(default=None, description="The http or https address of the product's page.")
    image_url: str | None = strawberry.field(
        default=None, description="The http or https address of a picture of the product."
    )
    price: MoneyInput | None = strawberry.field(default=None, description="The price of the product.")
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


@strawberry.input(description="The next message of the AI agent.")
class PostAgentMessageInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    epoch: int = strawberry.field(
        description="The `controller.epoch` that the agent read before it began to work on the message. The message "
        "is refused if the epoch is over."
    )
    text: str = strawberry.field(
        description="The text of the message, from 1 to 32,000 characters. It is stored unchanged."
    )
    skill: str | None = strawberry.field(
        default=None, description="The skill that wrote the message, at most 200 characters."
    )
    tags: list[str] | None = strawberry.field(
        default=None, description="The topics to add to the conversation, at most 50."
    )
    products: list[ProductCardInput] | None = strawberry.field(
        default=None, description="The products to recommend, at most 20."
    )
    attachments: list[strawberry.ID] | None = strawberry.field(default=None, description=ATTACHMENTS)
    turn: int | None = strawberry.field(
        default=None,
        description="The `lease.number` of the turn that the message ends, from `claimAgentTurn`. Refused with "
        "NOT_YOUR_TURN if the turn has a reply, or another agent has claimed it since. Messages of the shopper after "
        "the claim begin the next turn.",
    )
