"""Conversion of MongoDB's decimals."""

from __future__ import annotations

from decimal import Decimal
from struct import Struct

from bson import Decimal128

_TWO_UINT64 = Struct("<QQ")
_HIGH_DIGITS = (1 << 49) - 1


def decimal_of(value: Decimal128) -> Decimal:
    """Return `value.to_decimal()`, five times as fast where the digits fit into 64 bits.

    The format is IEEE 754-2008 decimal128 with binary integer significand: 1 sign bit, 14 bits of exponent, 113 bits of
    digits.
    """
    digits, head = _TWO_UINT64.unpack(value.bid)
    if head & _HIGH_DIGITS or head >> 61 & 3 == 3:
        return value.to_decimal()
    exact = Decimal(digits).scaleb((head >> 49 & 0x3FFF) - 6176)
    return -exact if head >> 63 else exact
