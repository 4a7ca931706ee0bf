"""Amounts of money: exact decimals with their currency."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from domain.values.errors import Field, Invalid, within
from domain.values.record import Record

_MOST_DIGITS = 18  # more than any price has; the database adds exactly up to 34 (Decimal128)

# ISO 4217, active codes of 2026 (funds and testing codes left out).
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905 - a table one can read
)

# Number of decimals of currencies that do not have two (ISO 4217, minor units).
_DECIMALS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),  # noqa: SIM905
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),  # noqa: SIM905
}


class Money(Record):
    """An amount in a currency."""

    amount: Decimal
    currency: str  # ISO 4217

    def in_minor_units(self) -> Money:
        """Return the amount with exactly as many decimals as the currency has, rounded half to even."""
        step = Decimal(1).scaleb(-_DECIMALS.get(self.currency, 2))
        return Money(amount=self.amount.quantize(step, ROUND_HALF_EVEN), currency=self.currency)


def check_currency(code: str, *, field: Field) -> str:
    """Return the code. Raises `Invalid`."""
    if code not in CURRENCIES:
        raise Invalid("This is not a currency. Write its ISO 4217 code, like EUR.", field=field)
    return code


def check_money(money: Money, *, field: Field, least: Decimal) -> Money:
    """Return the amount unchanged. Raises `Invalid`, also below `least`."""
    check_currency(money.currency, field=within(field, "currency"))
    digits = money.amount.as_tuple()
    if not money.amount.is_finite() or not isinstance(digits.exponent, int):
        raise Invalid("The amount must be a number.", field=within(field, "amount"))
    if len(digits.digits) > _MOST_DIGITS or abs(digits.exponent) > _MOST_DIGITS:
        raise Invalid(f"An amount has at most {_MOST_DIGITS} digits.", field=within(field, "amount"))
    if money.amount < least:
        raise Invalid(f"The amount must be at least {least}.", field=within(field, "amount"))
    return money


def check_rounded(money: Money, *, field: Field, least: Decimal) -> Money:
    """Return an amount that another system calculated, rounded to the decimals of its currency. Raises `Invalid`."""
    return check_money(money, field=field, least=least).in_minor_units()


def check_payment(money: Money, *, field: Field, least: Decimal) -> Money:
    """Return an amount that was paid, with the decimals of its currency. Raises `Invalid`, also for more decimals."""
    check_money(money, field=field, least=least)
    paid = money.in_minor_units()
    if paid.amount != money.amount:
        decimals = _DECIMALS.get(money.currency, 2)
        raise Invalid(f"An amount in {money.currency} has at most {decimals} decimals.", field=within(field, "amount"))
    return paid
