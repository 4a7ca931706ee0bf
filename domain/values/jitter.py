"""Random spread of waits, so that many waiters do not all return at the same moment."""

from __future__ import annotations

import random


def jittered(seconds: float, spread: float) -> float:
    """Return `seconds`, up to `spread` (0 to 1) of it more or less: `jittered(10, 0.2)` is between 8 and 12."""
    return seconds * random.uniform(1 - spread, 1 + spread)  # noqa: S311 - spreads load, guards nothing
