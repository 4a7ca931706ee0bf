"""Idempotency keys: a command that is sent again with the same key runs once, and returns the same result.

During an upgrade, it may be sent again to a newer build, whose command has more fields. It is known there as well if
they come last and have their defaults, which therefore mean what older builds did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator

from domain.model.credentials import LEAST_SECRET
from domain.principal import Principal
from domain.storage import IdempotencyRecord, UnitOfWork
from domain.values.errors import Conflict
from domain.values.ids import ConversationId, is_test_id, test_id_in
from domain.values.record import Record
from domain.values.text import check_label

Result = dict[str, str]  # ids of the entities that the command created or changed


async def run_once_for_browser(
    uow: UnitOfWork,
    principal: Principal,
    browser_id: str | None,
    key: str | None,
    command: object,
    act: Callable[[], Awaitable[Result]],
) -> Result:
    """Do as `run_once` does, for a caller with a publishable key, which every browser of the shop has: the idempotency
    key belongs to the browser. The key itself is the secret of a browser that has no other, so a key that is short
    enough to be guessed shares nothing with other calls. Raises `Conflict`, and what `act` raises.
    """
    if browser_id is None and key is not None and len(key) < LEAST_SECRET:
        check_label(key, field="idempotency_key")
        key = None
    return await run_once(uow, principal, key, command, act, owner=browser_id)


async def run_once(
    uow: UnitOfWork,
    principal: Principal,
    key: str | None,
    command: object,
    act: Callable[[], Awaitable[Result]],
    *,
    owner: str | None = None,
) -> Result:
    """Run `act`, unless the same subject has sent this command with this key before. Returns the result of `act`, then
    or now. `owner` divides the keys of a subject further.

    A refused command leaves no record, so that it can be tried again with its key. Raises `Conflict` if the key was
    used with another input, and what `act` raises.
    """
    if key is None:
        return await act()
    check_label(key, field="idempotency_key")
    subject = principal.subject if owner is None else f"{principal.subject}:{owner}"
    record_id = hashlib.sha256(f"{subject}|{type(command).__name__}|{key}".encode()).hexdigest()
    record = await uow.get(IdempotencyRecord, record_id)
    if record is None:
        result = await act()
        uow.save(
            IdempotencyRecord(
                id=record_id,
                fingerprint=next(_fingerprints(command)),
                result=result,
                at=uow.now,
                conversation_id=_conversation_of(command, result),
            )
        )
        return result
    if record.fingerprint not in _fingerprints(command):
        raise Conflict("This idempotency key was used with another input: send a new key.", field="idempotency_key")
    return record.result


def _fingerprints(command: object) -> Iterator[str]:
    """Iterate over the hashes of a command: of the whole, and as older builds had it, without the last fields as far as
    they have their defaults. What is stored is of a whole one, so no two commands of one build are taken for the same.
    """
    text = repr(command)
    yield hashlib.sha256(text.encode()).hexdigest()
    if isinstance(command, Record):
        kind = type(command)
        for name, default in zip(reversed(kind.__struct_fields__), reversed(kind.__struct_defaults__), strict=False):
            end = f", {name}={default!r})"
            if not text.endswith(end):
                return
            text = f"{text.removesuffix(end)})"
            yield hashlib.sha256(text.encode()).hexdigest()


def _conversation_of(command: object, result: Result) -> ConversationId | None:
    """Return the conversation that a command concerns, if it is known: the record is erased with it."""
    test = next((test_id_in(made) for made in result.values() if is_test_id(made)), None)
    named = getattr(command, "conversation_id", None) or result.get("conversation")
    return test or (ConversationId(named) if isinstance(named, str) and named else None)
