"""What people change of a forwarding, inside the transaction that changes what it is for.

Each raises `generation`: a runner that is under way finds that what it would record is of before, and begins anew.
"""

from __future__ import annotations

from domain.forwarding.model import Forwarding, ReceiverKind
from domain.storage import UnitOfWork
from domain.values.errors import NotFound
from domain.values.record import replace


def begin(uow: UnitOfWork, forwarding_id: str, kind: ReceiverKind, *, after: int | None = None) -> Forwarding:
    """From now on, or from behind a position."""
    latest = uow.next_seq - 1
    position = latest if after is None else min(after, latest)
    forwarding = Forwarding(id=forwarding_id, kind=kind, position=position, due_at=uow.now)
    uow.save(forwarding)
    return forwarding


async def wake(uow: UnitOfWork, forwarding_id: str) -> None:
    """Try at once, whatever happened before."""
    _save_afresh(uow, replace(await _of(uow, forwarding_id), due_at=uow.now))


async def put_to_rest(uow: UnitOfWork, forwarding_id: str) -> None:
    """What happens meanwhile waits."""
    _save_afresh(uow, replace(await _of(uow, forwarding_id), due_at=None))


async def move(uow: UnitOfWork, forwarding_id: str, *, after: int) -> Forwarding:
    """What stands behind the position is sent, again or for the first time, in order."""
    forwarding = await _of(uow, forwarding_id)
    due_at = None if forwarding.due_at is None else uow.now
    return _save_afresh(uow, replace(forwarding, position=min(after, uow.next_seq - 1), due_at=due_at))


def end(uow: UnitOfWork, forwarding_id: str) -> None:
    uow.delete(Forwarding, forwarding_id)


async def _of(uow: UnitOfWork, forwarding_id: str) -> Forwarding:
    forwarding = await uow.get(Forwarding, forwarding_id)
    if forwarding is None:
        raise NotFound("Nothing is forwarded there.")
    return forwarding


def _save_afresh(uow: UnitOfWork, forwarding: Forwarding) -> Forwarding:
    fresh = replace(forwarding, generation=forwarding.generation + 1, failures=0, failing_since=None, trying_since=None)
    uow.save(fresh)
    return fresh
