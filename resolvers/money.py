"""GraphQL types of amounts of money."""

from decimal import Decimal
from typing import Self

import strawberry

from domain.values import money


@strawberry.type(description="An amount of money in one currency.")
class Money:
    amount: Decimal = strawberry.field(
        description='The amount in units of the currency, for example in euros and not in cents: `"19.90"`.'
    )
    currency: str = strawberry.field(description="The ISO 4217 code of the currency, for example `EUR`.")

    @classmethod
    def of(cls, value: money.Money) -> Self:
        return cls(amount=value.amount, currency=value.currency)


@strawberry.input(description="An amount of money in one currency.")
class MoneyInput:
    amount: Decimal = strawberry.field(
        description='The amount in units of the currency, for example `"19.90"`. At most 18 digits.'
    )
    currency: str = strawberry.field(description="The ISO 4217 code of the currency, for example `EUR`.")


def money_of(given: MoneyInput) -> money.Money:
    return money.Money(amount=given.amount, currency=given.currency)
