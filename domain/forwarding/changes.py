"""Changes that people make to a forwarding, inside the transaction that changes its endpoint or connection.

Each change increments `generation`, which invalidates the pending writes of a runner: it starts again from the new
state.
"""

from __future__ import annotations

from domain.forwarding.model import Forwarding, ReceiverKind
from domain.storage import UnitOfWork
from domain.values.errors import NotFound
from domain.values.record import replace


def begin(uow: UnitOfWork, forwarding_id: str, kind: ReceiverKind, *, after: int | None = None) -> Forwarding:
    """Start with the events after the position `after`, or with future events. Returns the forwarding."""
    latest = uow.next_seq - 1
    position = latest if after is None else min(after, latest)
    forwarding = Forwarding(id=forwarding_id, kind=kind, position=position, due_at=uow.now)
    uow.save(forwarding)
    return forwarding


async def wake(uow: UnitOfWork, forwarding_id: str) -> None:
    """Try at once, and forget earlier failures. Raises `NotFound`."""
    _reset(uow, replace(await _existing(uow, forwarding_id), due_at=uow.now))


async def pause(uow: UnitOfWork, forwarding_id: str) -> None:
    """Keep the position and deliver nothing until it is woken. Raises `NotFound`."""
    _reset(uow, replace(await _existing(uow, forwarding_id), due_at=None))


async def move(uow: UnitOfWork, forwarding_id: str, *, after: int) -> Forwarding:
    """Set the position, so that the events after it are sent in order, again or for the first time.

    Returns the forwarding. Raises `NotFound`.
    """
    forwarding = await _existing(uow, forwarding_id)
    due_at = None if forwarding.due_at is None else uow.now
    return _reset(uow, replace(forwarding, position=min(after, uow.next_seq - 1), due_at=due_at))


def end(uow: UnitOfWork, forwarding_id: str) -> None:
    uow.delete(Forwarding, forwarding_id)


async def _existing(uow: UnitOfWork, forwarding_id: str) -> Forwarding:
    forwarding = await uow.get(Forwarding, forwarding_id)
    if forwarding is None:
        raise NotFound("There is no such forwarding.")
    return forwarding


def _reset(uow: UnitOfWork, forwarding: Forwarding) -> Forwarding:
    fresh = replace(forwarding, generation=forwarding.generation + 1, failures=0, failing_since=None, trying_since=None)
    uow.save(fresh)
    return fresh
