"""GraphQL type of what is known of a shopper in a conversation."""

from typing import Self

import strawberry

from domain.model.conversation import Visitor


@strawberry.type(description="One value of a shopper's contact data.")
class ContactValue:
    value: str = strawberry.field(description="The name, address, number or ID itself.")
    verified: bool = strawberry.field(
        description="Whether it is proved: by an identity token, a caller with a secret key, or the channel. If false, "
        "a browser says so, and it may be somebody else's."
    )


@strawberry.type(
    description="The contact data of the shopper of one conversation. Values that are not verified are the contact of "
    "this conversation alone: they belong to no other conversation, and to no profile with `verified`."
)
class Contact:
    name: ContactValue | None = strawberry.field(description="The name. `null` if unknown.")
    email: ContactValue | None = strawberry.field(description="The e-mail address. `null` if unknown.")
    phone: ContactValue | None = strawberry.field(
        description="The phone number in E.164 format, for example `+393331234567`. `null` if unknown."
    )
    external_id: ContactValue | None = strawberry.field(
        description="The shop's own ID of the shopper. `null` if unknown."
    )

    @classmethod
    def of(cls, visitor: Visitor) -> Self:
        def known(attribute: str) -> ContactValue | None:
            value = getattr(visitor, attribute)
            return None if value is None else ContactValue(value=value, verified=attribute in visitor.proved)

        return cls(name=known("name"), email=known("email"), phone=known("phone"), external_id=known("external_id"))
