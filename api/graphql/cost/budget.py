"""Budgets of callers: a token bucket of cost for each credential, or for each address of a browser.

A publishable key stands in the shop's page, and everybody can get a visitor token. Therefore their callers have a
budget for each public address. A private address is a proxy's, with many callers, so there the credential has it.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from cachetools import LRUCache

from domain.principal import Principal, PrincipalKind
from domain.values.record import Record

RATE_LIMITED = "RATE_LIMITED"
_BROWSERS = frozenset({PrincipalKind.WIDGET, PrincipalKind.SHOPPER, PrincipalKind.ANONYMOUS})
_CALLERS = 50_000  # remembered; a forgotten caller has its whole burst again


class BudgetSettings(Record):
    """The figures of the budgets. The bursts let a page with many lists load at once."""

    key_rate: float = 100_000  # cost a second; one processor core does about as much
    address_rate: float = 20_000
    burst_seconds: float = 10.0  # of the rate that may be spent at once
    visitor_subscriptions: int = 100  # at once, of one visitor token
    key_subscriptions: int = 5_000  # at once, of any other credential


class OverBudget(Exception):
    """The caller has spent its budget; `headers` tells when it may go on."""

    def __init__(self, message: str, *, seconds: int, headers: dict[str, str]) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": str(seconds), **headers}

    @property
    def entry(self) -> dict[str, object]:
        """The member of `errors`."""
        return {"message": str(self), "extensions": {"code": RATE_LIMITED}}


class Budgets:
    """The buckets of one process."""

    def __init__(self, settings: BudgetSettings, *, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._now = now
        self._left: LRUCache[str, tuple[float, float]] = LRUCache(_CALLERS)  # cost left, and when
        self._subscriptions: Counter[str] = Counter()

    def charge(self, principal: Principal, address: str, cost: int) -> None:
        """Take the cost from the caller's budget. Raises `OverBudget`."""
        by_address = principal.kind in _BROWSERS and _is_public(address)
        key = f"address {address}" if by_address else f"credential {principal.credential_id}"
        rate = self._settings.address_rate if by_address else self._settings.key_rate
        burst, now = rate * self._settings.burst_seconds, self._now()
        left, at = self._left.get(key, (burst, now))
        left = min(burst, left + (now - at) * rate)
        if cost > left and left < burst:
            seconds = max(1, math.ceil((min(cost, burst) - left) / rate))
            window = math.ceil(self._settings.burst_seconds)
            raise OverBudget(
                f"This caller has spent its budget: the operation costs {cost:,}, and {int(left):,} are left. "
                f"Try again in {seconds} s.",
                seconds=seconds,
                headers={
                    "RateLimit-Policy": f'"cost";q={int(burst)};w={window}',
                    "RateLimit": f'"cost";r={int(left)};t={seconds}',
                },
            )
        self._left[key] = (left - cost, now)

    @contextmanager
    def subscription(self, principal: Principal) -> Iterator[None]:
        """Count a subscription of the credential for the duration of the block. Raises `OverBudget`."""
        visitor = principal.kind is PrincipalKind.SHOPPER
        most = self._settings.visitor_subscriptions if visitor else self._settings.key_subscriptions
        key = principal.credential_id
        if self._subscriptions[key] >= most:
            raise OverBudget(f"A credential may have {most:,} subscriptions at once.", seconds=5, headers={})
        self._subscriptions[key] += 1
        try:
            yield
        finally:
            self._subscriptions[key] -= 1
            if not self._subscriptions[key]:
                del self._subscriptions[key]


def _is_public(address: str) -> bool:
    try:
        return ip_address(address).is_global
    except ValueError:
        return False
