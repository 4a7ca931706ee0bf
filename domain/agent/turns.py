"""Claims of the agent's turns: which of several agents replies to the shopper.

    claimAgentTurn ──▶ heartbeatAgentTurn … ──▶ postAgentMessage, requestHandoff: the turn is answered
                                            └─▶ releaseAgentTurn, or the lease expires: the turn is free again

A claim is a lease with a fencing number. An agent that dies loses it after seconds; one that is slow extends it as long
as it likes, and may even reply after it has expired, unless another agent has claimed the turn since. The number grows
with each lease, so a former holder's reply is refused, whenever it comes.
"""

from __future__ import annotations

from datetime import timedelta

from domain.conversation.aggregate import close_if_due, load_conversation
from domain.conversation.errors import NotYourTurn
from domain.conversation.excerpt import excerpt
from domain.conversation.lifecycle import check_known
from domain.conversation.turns import check_agent_has, held_lease, lease_of
from domain.events import TurnLeaseChanged
from domain.idempotency import Result, run_once
from domain.model.conversation import Conversation, TurnLease
from domain.principal import Permission, Principal
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.timers import timer_of
from domain.values.errors import Invalid
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record, replace

# Seconds. An agent sends a heartbeat three times in a lease, so that one may be lost; and a shopper does not wait much
# longer for another agent than for a slow one.
LEASE = 30
SHORTEST_LEASE, LONGEST_LEASE = 5, 300


class TakeTurn(Record):
    conversation_id: ConversationId
    seconds: int = LEASE


class ExtendTurn(Record):
    conversation_id: ConversationId
    turn: int  # number of the lease
    seconds: int = LEASE
    last_sequence: int | None = None  # the last message that the reply will take into account; `None`: as before


class ReleaseTurn(Record):
    conversation_id: ConversationId
    turn: int


class LeasedTurn(Record):
    """A turn that waits, and its lease; `None` if it was released."""

    conversation: Conversation
    lease: TurnLease | None


class AgentTurnService:
    """Claims, extends and releases turns."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def claim(self, principal: Principal, command: TakeTurn, key: str | None = None) -> LeasedTurn:
        """Claim the turn that waits in a conversation, for some seconds.

        Returns the turn with its lease. Raises `NotYourTurn` if no turn waits, or another lease holds it,
        `NotInControl`, `ConversationClosed`, `NotFound`, `Invalid`, `Conflict`, `Forbidden`.
        """
        principal.require(Permission.SPEAK_AS_AGENT)
        _check_seconds(command.seconds)

        async def change(uow: UnitOfWork) -> LeasedTurn:
            result = await run_once(uow, principal, key, command, lambda: _claim(uow, command))
            conversation = await load_conversation(uow, command.conversation_id)
            check_agent_has(conversation)
            lease = await held_lease(uow, conversation, int(result["claim"]))
            return LeasedTurn(conversation=conversation, lease=lease)

        return await self._storage.write(principal.account_id, change)

    async def extend(self, principal: Principal, command: ExtendTurn) -> LeasedTurn:
        """Extend a lease from now on. A lease that has expired holds again, unless another agent has claimed the turn.

        Returns the turn with its lease. Raises `NotYourTurn` if the lease is over, `NotInControl`,
        `ConversationClosed`, `NotFound`, `Invalid`, `Forbidden`.
        """
        principal.require(Permission.SPEAK_AS_AGENT)
        _check_seconds(command.seconds)

        async def change(uow: UnitOfWork) -> LeasedTurn:
            conversation, lease = await _held(uow, command.conversation_id, command.turn)
            span, seen = timedelta(seconds=command.seconds), _seen(conversation, lease, command.last_sequence)
            extended = replace(lease, until=uow.now + span, last_sequence=seen)
            # A write for each heartbeat would make the account's kept results useless: most of a lease is enough.
            if seen != lease.last_sequence or extended.until - lease.until > span / 3:
                uow.save(extended)
                if lease.until <= uow.now:  # the timer has perhaps told that the turn is free
                    uow.save(_timer(extended))
                    uow.emit(TurnLeaseChanged(lease=extended, is_held=True, conversation=excerpt(conversation)))
                lease = extended
            return LeasedTurn(conversation=conversation, lease=lease)

        return await self._storage.write(principal.account_id, change)

    async def release(self, principal: Principal, command: ReleaseTurn) -> LeasedTurn:
        """Release a lease, so that another agent can lease the turn at once. Releasing it again has no effect.

        Returns the turn. Raises `NotYourTurn` if the lease is over, `NotInControl`, `ConversationClosed`, `NotFound`,
        `Invalid`, `Forbidden`.
        """
        principal.require(Permission.SPEAK_AS_AGENT)

        async def change(uow: UnitOfWork) -> LeasedTurn:
            conversation, lease = await _held(uow, command.conversation_id, command.turn)
            if lease.claimed_at < lease.until:  # else it was released before
                _end(uow, conversation, replace(lease, until=lease.claimed_at, claims=lease.claims - 1))
            return LeasedTurn(conversation=conversation, lease=None)

        return await self._storage.write(principal.account_id, change)

    async def expire(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: tell that a turn is free again, or move the timer to the end of a lease that was
        extended. Raises `NewerValue`, `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None:
                return  # another process handled it
            conversation = await close_if_due(uow, await uow.get(Conversation, timer.subject))
            check_known(conversation)
            lease = None if conversation is None else await lease_of(uow, conversation)
            if conversation is None or lease is None or held.due_at > uow.now:
                if lease is None:
                    uow.delete(Timer, timer.id)
            elif lease.until > uow.now:
                uow.save(replace(held, due_at=lease.until))
            else:
                uow.delete(Timer, timer.id)
                uow.emit(TurnLeaseChanged(lease=lease, is_held=False, conversation=excerpt(conversation)))

        await self._storage.write(account_id, change)


async def _claim(uow: UnitOfWork, command: TakeTurn) -> Result:
    conversation = await load_conversation(uow, command.conversation_id)
    check_agent_has(conversation)
    latest, turn = await uow.get(TurnLease, conversation.id), conversation.turn
    if turn is None or not turn.waits:
        raise NotYourTurn(
            "The shopper does not wait for the agent.", conversation=conversation, lease=None, field="conversation_id"
        )
    if latest is not None and latest.is_of(turn) and uow.now < latest.until:
        raise NotYourTurn(
            "Another agent has claimed this turn.", conversation=conversation, lease=latest, field="conversation_id"
        )
    lease = TurnLease(
        id=conversation.id,
        number=1 if latest is None else latest.number + 1,
        turn=turn.number,
        claims=latest.claims + 1 if latest is not None and latest.turn == turn.number else 1,
        last_sequence=turn.last_sequence,
        claimed_at=uow.now,
        until=uow.now + timedelta(seconds=command.seconds),
    )
    uow.save(lease)
    uow.save(_timer(lease))
    uow.emit(TurnLeaseChanged(lease=lease, is_held=True, conversation=excerpt(conversation)))
    return {"claim": str(lease.number)}


async def _held(uow: UnitOfWork, conversation_id: ConversationId, number: int) -> tuple[Conversation, TurnLease]:
    conversation = await load_conversation(uow, conversation_id)
    check_agent_has(conversation)
    return conversation, await held_lease(uow, conversation, number)


def _end(uow: UnitOfWork, conversation: Conversation, lease: TurnLease) -> None:
    uow.save(lease)
    uow.delete(Timer, _timer(lease).id)
    uow.emit(TurnLeaseChanged(lease=lease, is_held=False, conversation=excerpt(conversation)))


def _seen(conversation: Conversation, lease: TurnLease, last_sequence: int | None) -> int:
    """Return the last message that the reply takes into account: of the turn, and never an earlier one than before."""
    if last_sequence is None:
        return lease.last_sequence
    if not 1 <= last_sequence <= conversation.sequence:
        raise Invalid("There is no such message.", field="last_sequence")
    turn = conversation.turn
    assert turn is not None, "a lease that is held has a turn"
    return max(lease.last_sequence, min(last_sequence, turn.last_sequence))


def _timer(lease: TurnLease) -> Timer:
    return timer_of(lease.id, TimerKind.AGENT_TURN, lease.until)


def _check_seconds(seconds: int) -> None:
    if not SHORTEST_LEASE <= seconds <= LONGEST_LEASE:
        raise Invalid(f"A lease has {SHORTEST_LEASE} to {LONGEST_LEASE} seconds.", field="seconds")
