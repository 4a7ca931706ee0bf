from __future__ import annotations

from decimal import Decimal

from bson import Decimal128
from hypothesis import given
from hypothesis import strategies as st

from integrations.mongo.stats.decimals import decimal_of

ODD = ["0", "0.00", "-0.01", str(2**64), str(2**64 - 1), "9" * 34, "1E+3"]
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=3)


@given(AMOUNTS | st.sampled_from(ODD).map(Decimal))
def test_a_decimal_is_read_as_the_driver_reads_it(amount: Decimal) -> None:
    value = Decimal128(amount)
    assert decimal_of(value) == value.to_decimal()
    assert decimal_of(value).as_tuple().exponent == value.to_decimal().as_tuple().exponent
