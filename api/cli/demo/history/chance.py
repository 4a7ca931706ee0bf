"""Seeded chance: the same seed draws the same."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from datetime import datetime

_PAIRS = ["".join(pair) for pair in itertools.product("0123456789ABCDEFGHJKMNPQRSTVWXYZ", repeat=2)]


class Chance(random.Random):
    """Draws what made-up shops need besides numbers."""

    def id(self, at: datetime) -> str:
        """Return an id as Baton makes them: a ULID of an instant."""
        value = int(at.timestamp() * 1000) << 80 | self.getrandbits(80)
        return "".join([_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10)])

    def zipf(self, values: Sequence[str]) -> str:
        """Return one of the values: the first is the most frequent, by Zipf's law."""
        return values[min(int(self.paretovariate(1.1)) - 1, len(values) - 1)]
