"""What a proof says of a shopper (docs/product-rules.md, section 7)."""

from __future__ import annotations

from domain.values.record import Record


class ProvedIdentity(Record):
    """What the shop vouches for, in the stored form of each value. `None`: the proof does not say."""

    external_id: str  # the shop's own ID of the customer
    email: str | None = None
    phone: str | None = None
    name: str | None = None
