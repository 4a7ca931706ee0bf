"""Checks that a damaged record stops: each says so, and the others go on."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Sequence

from bson.errors import BSONError
from pymongo.errors import OperationFailure

from domain.doctor import Check, Finding, Severity
from domain.values.errors import NewerValue
from integrations.mongo.records.readable import UNREADABLE

DAMAGED = (*UNREADABLE, IndexError, ArithmeticError, BSONError, OperationFailure, NewerValue)
"""What is raised for a damaged record, or one of a newer build; MongoDB refuses what cannot be computed of one."""

_ADVICE = (
    "Restore the records that cannot be read, which are named too, or delete them; of a NewerValue, finish the upgrade "
    "instead. Then run it again."
)

_logger = logging.getLogger("baton.mongo")


async def in_spite_of_damage(findings: AsyncIterator[Finding], check: Check, where: str) -> AsyncIterator[Finding]:
    """Yield the findings of a check, and if a damaged record ends it, that."""
    try:
        async for finding in findings:
            yield finding
    except DAMAGED as error:
        yield _unfinished(check, where, error)


async def all_in_spite_of_damage(findings: Awaitable[Sequence[Finding]], check: Check, where: str) -> list[Finding]:
    """Return the findings of a check; if a damaged record ends it, that alone."""
    try:
        return [*await findings]
    except DAMAGED as error:
        return [_unfinished(check, where, error)]


async def repaired(repair: Awaitable[int], what: str) -> int:
    """Return how many rows a repair has repaired; 0 if a damaged record ends it."""
    try:
        return await repair
    except DAMAGED as error:
        _logger.error("The repair of %s has not ended, because a record is damaged: %s", what, _kind_of(error))  # noqa: TRY400
        return 0


def _unfinished(check: Check, where: str, error: Exception) -> Finding:
    problem = f"this cannot be checked to the end, because a record is damaged ({_kind_of(error)})"
    return Finding(severity=Severity.ERROR, check=check, where=where, problem=problem, advice=_ADVICE)


def _kind_of(error: Exception) -> str:
    """Return what was raised. The text may have words of a shopper; the name of a missing field is none."""
    return f"{type(error).__name__} {error}" if isinstance(error, KeyError) else type(error).__name__
