"""Fault injection: what goes wrong with a request, on which calls, and how often.

fake.faults.add(cut_after(), on="POST /api/v2/tickets*")       # execute the next such call, then drop the connection
fake.faults.add(too_many(retry_after=7), times=3)              # the next three calls of any kind
fake.faults.plan = lambda call: failing() if dice() else None  # when no added fault applies
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
    SLOW = "slow"  # responds after `seconds`
    SILENT_BEFORE = "silent_before"  # does not execute the request and never responds
    SILENT_AFTER = "silent_after"  # executes the request and never responds
    CUT_BEFORE = "cut_before"  # does not execute the request and drops the connection
    CUT_AFTER = "cut_after"  # executes the request and drops the connection
    RESPONSE = "response"  # does not execute the request and sends the given response
    WRONG_BODY = "wrong_body"  # executes the request, and responds with its status and a wrong body


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    kind: Kind
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0

    @property
    def executes(self) -> bool:
        """Whether the request is executed nevertheless."""
        return self.kind not in (Kind.SILENT_BEFORE, Kind.CUT_BEFORE, Kind.RESPONSE)


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


def responding(
    status: int, body: object = None, *, text: str | None = None, headers: Mapping[str, str] | None = None
) -> Fault:
    """A response with `body` as JSON, or with `text` as plain text."""
    content = text.encode() if text is not None else json.dumps(body).encode()
    kind = "text/plain" if text is not None else "application/json"
    return Fault(kind=Kind.RESPONSE, status=status, headers={"content-type": kind, **(headers or {})}, body=content)


def too_many(retry_after: int | None = None) -> Fault:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return responding(429, text="Number of allowed API requests per minute exceeded", headers=headers)


def failing(status: int = 503, retry_after: int | None = None) -> Fault:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return responding(status, text="upstream connect error", headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One received request."""

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
class _AddedFault:
    fault: Fault
    on: str
    left: int


class Faults:
    """The faults of one fake."""

    def __init__(self) -> None:
        self.plan: Callable[[Received], Fault | None] | None = None
        self._added: list[_AddedFault] = []

    def add(self, fault: Fault, *, on: str = "*", times: int = 1) -> None:
        """Inject the fault into the next `times` calls that match. `on`: "METHOD /path", where `*` matches anything."""
        self._added.append(_AddedFault(fault, on, times))

    def clear(self) -> None:
        self._added.clear()
        self.plan = None

    def take(self, received: Received) -> Fault | None:
        """Return the fault for a request, if any, and count it."""
        for added in self._added:
            if added.left and fnmatchcase(received.call, added.on):
                added.left -= 1
                return added.fault
        return self.plan(received) if self.plan else None
