"""The loop that delivers business events to their receivers (webhook endpoints, Klaviyo)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from api.workers.loop import Around, run_every, unobserved
from domain.events import EventLog
from domain.forwarding.model import Forwarding
from domain.forwarding.runner import Forwarder
from domain.values.errors import DomainError, Unavailable
from domain.values.ids import AccountId

_POLL_SECONDS = 1.0  # the most that an idle loop adds to the delay of an event
_MAX_TURNS = 100  # receivers served concurrently; an unresponsive receiver holds its slot for ten seconds

logger = logging.getLogger("baton.forwarding")


def _never() -> bool:
    return False


class ForwardingLoop:
    """Serves receivers concurrently, and each receiver in log order.

    Any number of processes may run this loop at once: each turn holds a lease on its forwarding.
    """

    def __init__(self, *, forwarder: Forwarder, log: EventLog, around: Around = unobserved) -> None:
        self._forwarder = forwarder
        self._around = around
        self._log = log
        self._busy: set[str] = set()
        self._drained: dict[str, tuple[int, int]] = {}  # generation and log head when nothing was left to deliver
        self._slots = asyncio.Semaphore(_MAX_TURNS)
        self.failures = 0  # number of turns that failed because of a bug or a secret that cannot be opened

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; the delivery of an event that is running then finishes."""
        async with asyncio.TaskGroup() as tasks:
            await run_every(_POLL_SECONDS, partial(self.start_due, tasks, stop.is_set), stop=stop)

    async def start_due(
        self, tasks: asyncio.TaskGroup, stopped: Callable[[], bool] = _never
    ) -> list[asyncio.Task[int]]:
        """Start a turn for each forwarding that may have something to deliver and has no turn yet.

        Returns the tasks; the result of each is the number of events that it processed. Raises `Unavailable` if the
        database does not respond.
        """
        started = []
        for account_id, forwarding, head in await self._due():
            self._busy.add(forwarding.id)
            turn = self._turn(account_id, forwarding, head, stopped)
            started.append(tasks.create_task(turn, name=f"forwarding {forwarding.id}"))
        return started

    async def _due(self) -> list[tuple[AccountId, Forwarding, int]]:
        """Forwardings that may have events to deliver, with the log head. Two queries, however many there are."""
        waiting = [row for row in await self._forwarder.waiting() if row[1].id not in self._busy]
        heads = await self._log.heads({account_id for account_id, _ in waiting})
        due = [(a, f, heads[a].seq if a in heads else 0) for a, f in waiting]
        self._drained = {f.id: self._drained[f.id] for _, f in waiting if f.id in self._drained}
        return [(a, f, head) for a, f, head in due if self._drained.get(f.id) != (f.generation, head)]

    async def _turn(self, account_id: AccountId, forwarding: Forwarding, head: int, stopped: Callable[[], bool]) -> int:
        try:
            async with self._slots:
                with self._around("forwarding", {"baton.account": account_id, "baton.receiver": forwarding.kind}):
                    turn = await self._forwarder.turn(account_id, forwarding, stopped)
        except Unavailable:
            logger.warning("The database cannot be reached; business events wait.")
            return 0
        except DomainError as error:  # for example, its secrets cannot be opened
            self.failures += 1
            logger.error("Nothing can be forwarded to %s: %s", forwarding.id, error)  # noqa: TRY400 - it says it all
            return 0
        except Exception:
            self.failures += 1
            logger.exception("Forwarding to %s failed; it is tried again when its lease expires.", forwarding.id)
            return 0
        finally:
            self._busy.discard(forwarding.id)
        if turn.emptied:
            self._drained[forwarding.id] = forwarding.generation, head
        return turn.done
