"""MongoDB's decimals as Python's."""

from __future__ import annotations

from decimal import Decimal
from struct import Struct

from bson import Decimal128

_HALVES = Struct("<QQ")
_MORE_DIGITS = (1 << 49) - 1


def decimal_of(value: Decimal128) -> Decimal:
    """`value.to_decimal()`, five times as fast where the digits fit in 64 bits (IEEE 754, binary integer decimals: a
    sign, 14 bits of exponent, 113 bits of digits)."""
    digits, head = _HALVES.unpack(value.bid)
    if head & _MORE_DIGITS or head >> 61 & 3 == 3:
        return value.to_decimal()
    exact = Decimal(digits).scaleb((head >> 49 & 0x3FFF) - 6176)
    return -exact if head >> 63 else exact
