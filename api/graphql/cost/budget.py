"""Budgets of callers: a token bucket of cost for each credential, or for each address of a browser.

A publishable key stands in the shop's page, and everybody can get a visitor token. Therefore their callers have a
budget for each public address, and limits of what they write. A visitor has a share of the address's budget at most,
since an office has one address. A private address is a proxy's, with many callers, so there the credential has the
budget. Of IPv6 addresses, those of one /64 network count together.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from api.graphql.cost.token_bucket import Rate, TokenBuckets
from api.graphql.cost.writes import NO_WRITES, Writes
from api.server.client_address import is_public, limited_network
from domain.principal import Principal, PrincipalKind
from domain.values.record import Record

RATE_LIMITED = "RATE_LIMITED"
_BROWSERS = frozenset({PrincipalKind.WIDGET, PrincipalKind.SHOPPER, PrincipalKind.ANONYMOUS})
_STRANGERS = frozenset({PrincipalKind.WIDGET, PrincipalKind.SHOPPER})


class WriteSettings(Record):
    """How many conversations, messages and uploads strangers may write in a minute; a minute's may come at once."""

    browser_starts: int = 30
    address_starts: int = 120  # an office, or a carrier's gateway, behind one address
    account_starts: int = 600  # ten a second: 100 times a shop with 10,000 conversations a day
    browser_messages: int = 600
    address_messages: int = 3_000
    account_messages: int = 30_000
    browser_uploads: int = 30  # three messages with as many files as one takes
    address_uploads: int = 300
    account_uploads: int = 3_000


class BudgetSettings(Record):
    """The figures of the budgets. The bursts let a page with many lists load at once."""

    key_rate: float = 100_000  # cost a second; one processor core does about as much
    address_rate: float = 20_000
    visitor_share: float = 0.25  # of the address's rate, for the visitor tokens of one conversation
    burst_seconds: float = 10.0  # of the rate that may be spent at once
    visitor_sockets: int = 20  # WebSockets at once, of the visitor tokens of one conversation: tabs and devices
    visitor_subscriptions: int = 100  # at once, of the same
    key_subscriptions: int = 5_000  # at once, of any other credential
    reports: int = 20  # of those, that watch a report, which is read again after each change
    live_share: float = 0.25  # of the rate, for the later events of subscriptions; they have a bucket of their own
    light_event: int = 20  # cost of an event that is not charged: it carries what it shows
    writes: WriteSettings = WriteSettings()


class OverBudget(Exception):
    """The caller has spent its budget; `headers` tells when it may go on."""

    def __init__(self, message: str, *, seconds: int, headers: dict[str, str]) -> None:
        super().__init__(message)
        self.seconds = seconds
        self.headers = {"Retry-After": str(seconds), **headers}

    @property
    def entry(self) -> dict[str, object]:
        """The member of `errors`, on a transport without headers."""
        return {"message": str(self), "extensions": {"code": RATE_LIMITED, "retryAfter": self.seconds}}


class Budgets:
    """The buckets of one process. `refused` counts the refusals by the name of the limit, for the operator."""

    def __init__(self, settings: BudgetSettings, *, now: Callable[[], float] = time.monotonic) -> None:
        self.refused: Counter[str] = Counter()
        self._settings = settings
        self._buckets = TokenBuckets(now=now)
        self._open: Counter[str] = Counter()  # subscriptions, reports and sockets

    def charge(self, principal: Principal, address: str, cost: int, writes: Writes = NO_WRITES) -> None:
        """Take the cost from the caller's budget, and what it writes from the limits of strangers. Raises
        `OverBudget`, and then nothing of the operation has run."""
        budgets = self._budgets(principal, address)
        for key, rate in budgets:
            if self._buckets.wait(key, rate, cost) > 0:
                left = int(self._buckets.left(key, rate))
                text = f"spent its budget: the operation costs {cost:,}, and {left:,} are left"
                raise self._refusal("cost", key, rate, cost, text)
        limits = list(self._limits(principal, address, writes)) if principal.kind in _STRANGERS else []
        for name, limited, limit, number in limits:
            if self._buckets.wait(limited, limit, number) > 0:
                text = f"written too many {name}: {int(limit.burst):,} a minute are allowed"
                raise self._refusal(name, limited, limit, number, text)
        for key, rate in budgets:
            self._buckets.take(key, rate, cost)
        for _, limited, limit, number in limits:
            self._buckets.take(limited, limit, number)

    def _budgets(self, principal: Principal, address: str) -> list[tuple[str, Rate]]:
        """Return the keys and rates of the buckets that pay for a caller's operations, each of them the whole cost."""
        if principal.kind not in _BROWSERS or not is_public(address):
            return [(f"credential {principal.credential_id}", self._rate(self._settings.key_rate))]
        budgets = [(f"address {limited_network(address)}", self._rate(self._settings.address_rate))]
        if principal.kind is PrincipalKind.SHOPPER:
            rate = self._rate(self._settings.address_rate * self._settings.visitor_share)
            budgets.append((f"visitor {principal.conversation_id or principal.credential_id}", rate))
        return budgets

    def _rate(self, per_second: float) -> Rate:
        return Rate(per_second=per_second, burst=per_second * self._settings.burst_seconds)

    def _limits(self, principal: Principal, address: str, writes: Writes) -> Iterator[tuple[str, str, Rate, int]]:
        """Yield the name, key, rate and number of each limit that the writes count for."""
        settings, account = self._settings.writes, principal.account_id
        if writes.starts:
            for browser, number in writes.browsers.items():
                yield "starts", f"{account} starts of {browser}", Rate.per_minute(settings.browser_starts), number
            if is_public(address):
                limit = Rate.per_minute(settings.address_starts)
                yield "starts", f"{account} starts from {limited_network(address)}", limit, writes.starts
            yield "starts", f"{account} starts", Rate.per_minute(settings.account_starts), writes.starts
        # The visitor tokens of one conversation count together, as a second start makes a second token.
        browser = principal.conversation_id or principal.credential_id
        messages = (settings.browser_messages, settings.address_messages, settings.account_messages)
        uploads = (settings.browser_uploads, settings.address_uploads, settings.account_uploads)
        for name, number, limits in (("messages", writes.messages, messages), ("uploads", writes.uploads, uploads)):
            if not number:
                continue
            of_browser, of_address, of_account = map(Rate.per_minute, limits)
            yield name, f"{account} {name} of {browser}", of_browser, number
            if is_public(address):
                yield name, f"{account} {name} from {limited_network(address)}", of_address, number
            yield name, f"{account} {name}", of_account, number

    def _refusal(self, name: str, key: str, rate: Rate, amount: int, text: str) -> OverBudget:
        self.refused[name] += 1
        seconds = max(1, math.ceil(self._buckets.wait(key, rate, amount)))
        left, window = int(self._buckets.left(key, rate)), math.ceil(rate.burst / rate.per_second)
        return OverBudget(
            f"This caller has {text}. Try again in {seconds} s.",
            seconds=seconds,
            headers={
                "RateLimit-Policy": f'"{name}";q={int(rate.burst)};w={window}',
                "RateLimit": f'"{name}";r={left};t={seconds}',
            },
        )

    def live_pace(self, principal: Principal, address: str, cost: int) -> Callable[[], Awaitable[None]] | None:
        """Return a function that waits until the caller's budget for live events allows one of this cost, and takes it.
        `None` for an event that costs so little that it is not charged."""
        if cost <= self._settings.light_event:
            return None
        share = self._settings.live_share
        budgets = [
            (f"live {key}", Rate(per_second=rate.per_second * share, burst=rate.burst * share))
            for key, rate in self._budgets(principal, address)
        ]
        return lambda: self._wait_and_take(budgets, cost)

    async def spend(self, principal: Principal, address: str, cost: int) -> None:
        """Take the cost of work that is under way from the caller's budget, and wait while that is empty."""
        await self._wait_and_take(self._budgets(principal, address), cost)

    async def _wait_and_take(self, budgets: Sequence[tuple[str, Rate]], cost: int) -> None:
        seconds = max(self._buckets.wait(key, rate, cost) for key, rate in budgets)
        for key, rate in budgets:
            self._buckets.take(key, rate, cost)  # before the wait, so that those who wait take their turns
        if seconds > 0:
            await asyncio.sleep(seconds)

    def subscription(self, principal: Principal, *, report: bool = False) -> AbstractContextManager[None]:
        """Count a subscription of the caller for the duration of the block: of the credential, or of all visitor tokens
        of a conversation. Raises `OverBudget` on entry."""
        visitor, settings = principal.kind is PrincipalKind.SHOPPER, self._settings
        key: str = principal.conversation_id or principal.credential_id
        most = settings.visitor_subscriptions if visitor else settings.key_subscriptions
        places = [_Room("subscriptions", key, most, "A credential may have {:,} subscriptions at once.")]
        if report:
            text = "It may watch {:,} reports at once."
            places.append(_Room("reports", f"reports {key}", settings.reports, text))
        return _Counted(self._open, self.refused, places)

    def socket(self, principal: Principal) -> AbstractContextManager[None]:
        """Count a WebSocket of the visitor tokens of a conversation for the duration of the block. Raises `OverBudget`
        on entry."""
        if principal.kind is not PrincipalKind.SHOPPER:
            return nullcontext()
        key, most = principal.conversation_id or principal.credential_id, self._settings.visitor_sockets
        place = _Room("sockets", f"sockets {key}", most, "A visitor may have {:,} WebSockets at once.")
        return _Counted(self._open, self.refused, [place])


class _Room(NamedTuple):
    """One of what a key may have at once."""

    limit: str  # its name
    key: str
    most: int
    refusal: str


class _Counted:
    """One more under each key. A class, since a generator would take a kilobyte for each subscription."""

    __slots__ = ("_open", "_places", "_refused")

    def __init__(self, open_now: Counter[str], refused: Counter[str], places: Sequence[_Room]) -> None:
        self._open = open_now
        self._refused = refused
        self._places = places

    def __enter__(self) -> None:
        for place in self._places:
            if self._open[place.key] >= place.most:
                self._refused[place.limit] += 1
                raise OverBudget(place.refusal.format(place.most), seconds=5, headers={})
        for place in self._places:
            self._open[place.key] += 1

    def __exit__(self, *error: object) -> None:
        for place in self._places:
            self._open[place.key] -= 1
            if not self._open[place.key]:
                del self._open[place.key]
