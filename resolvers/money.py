"""Amounts of money, in answers and in inputs."""

from decimal import Decimal
from typing import Self

import strawberry

from domain.values import money


@strawberry.type(description="An amount of money.")
class Money:
    amount: Decimal = strawberry.field(description="In units of the currency, e.g. euros and not cents.")
    currency: str = strawberry.field(description="ISO 4217 code.")

    @classmethod
    def of(cls, value: money.Money) -> Self:
        return cls(amount=value.amount, currency=value.currency)


@strawberry.input(description="An amount of money.")
class MoneyInput:
    amount: Decimal = strawberry.field(description="In units of the currency, at most 18 digits.")
    currency: str = strawberry.field(description="ISO 4217 code.")


def money_of(given: MoneyInput) -> money.Money:
    return money.Money(amount=given.amount, currency=given.currency)
