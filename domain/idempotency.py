"""Idempotency keys: a command that is sent again with the same key runs once, and returns the same result."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from domain.principal import Principal
from domain.storage import IdempotencyRecord, UnitOfWork
from domain.values.errors import Conflict
from domain.values.text import check_label

Result = dict[str, str]  # ids of the entities that the command created or changed


async def run_once(
    uow: UnitOfWork, principal: Principal, key: str | None, command: object, act: Callable[[], Awaitable[Result]]
) -> Result:
    """Run `act`, unless the same subject has sent this command with this key before. Returns the result of `act`, then
    or now.

    A refused command leaves no record, so that it can be tried again with its key. Raises `Conflict` if the key was
    used with another input, and what `act` raises.
    """
    if key is None:
        return await act()
    check_label(key, field="idempotency_key")
    record_id = hashlib.sha256(f"{principal.subject}|{type(command).__name__}|{key}".encode()).hexdigest()
    fingerprint = hashlib.sha256(repr(command).encode()).hexdigest()
    record = await uow.get(IdempotencyRecord, record_id)
    if record is None:
        result = await act()
        uow.save(IdempotencyRecord(id=record_id, fingerprint=fingerprint, result=result, at=uow.now))
        return result
    if record.fingerprint != fingerprint:
        raise Conflict("This idempotency key was used with another input: send a new key.", field="idempotency_key")
    return record.result
