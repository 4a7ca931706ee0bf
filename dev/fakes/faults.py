"""Bad days that can be ordered: what goes wrong with a request, on which call, and how often.

fake.faults.add(cut_after(), on="POST /api/v2/tickets*")       # the next such call is carried out, and then cut
fake.faults.add(too_many(retry_after=7), times=3)              # the next three calls of any kind
fake.faults.plan = lambda call: failing() if dice() else None  # where none of those is left
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs


class Kind(StrEnum):
    SLOW = "slow"  # answers after `seconds`
    SILENT_BEFORE = "silent_before"  # does nothing and never answers; ends when the caller gives up
    SILENT_AFTER = "silent_after"  # carries it out and never answers
    CUT_BEFORE = "cut_before"  # does nothing and drops the connection
    CUT_AFTER = "cut_after"  # carries it out and drops the connection
    ANSWER = "answer"  # does nothing and answers as told
    WRONG_BODY = "wrong_body"  # carries it out, and answers its status with a body that is not what it should be


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    kind: Kind
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0

    @property
    def works(self) -> bool:
        """Whether the request is carried out all the same."""
        return self.kind not in (Kind.SILENT_BEFORE, Kind.CUT_BEFORE, Kind.ANSWER)


def slow(seconds: float) -> Fault:
    return Fault(kind=Kind.SLOW, seconds=seconds)


def silent_before() -> Fault:
    return Fault(kind=Kind.SILENT_BEFORE)


def silent_after() -> Fault:
    return Fault(kind=Kind.SILENT_AFTER)


def cut_before() -> Fault:
    return Fault(kind=Kind.CUT_BEFORE)


def cut_after() -> Fault:
    return Fault(kind=Kind.CUT_AFTER)


def wrong_body(body: bytes = b"<html>Everything is fine</html>") -> Fault:
    return Fault(kind=Kind.WRONG_BODY, body=body)


def answering(
    status: int, body: object = None, *, text: str | None = None, headers: Mapping[str, str] | None = None
) -> Fault:
    """Its JSON, or with `text` a body of plain text."""
    sent = text.encode() if text is not None else json.dumps(body).encode()
    kind = "text/plain" if text is not None else "application/json"
    return Fault(kind=Kind.ANSWER, status=status, headers={"content-type": kind, **(headers or {})}, body=sent)


def too_many(retry_after: int | None = None) -> Fault:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return answering(429, text="Number of allowed API requests per minute exceeded", headers=headers)


def failing(status: int = 503, retry_after: int | None = None) -> Fault:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return answering(status, text="upstream connect error", headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)

    @property
    def call(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class _Order:
    fault: Fault
    on: str
    left: int


class Faults:
    def __init__(self) -> None:
        self.plan: Callable[[Received], Fault | None] | None = None
        self._orders: list[_Order] = []

    def add(self, fault: Fault, *, on: str = "*", times: int = 1) -> None:
        """`on`: method and path, with `*` for anything."""
        self._orders.append(_Order(fault, on, times))

    def clear(self) -> None:
        self._orders.clear()
        self.plan = None

    def take(self, received: Received) -> Fault | None:
        for order in self._orders:
            if order.left and fnmatchcase(received.call, order.on):
                order.left -= 1
                return order.fault
        return self.plan(received) if self.plan else None
