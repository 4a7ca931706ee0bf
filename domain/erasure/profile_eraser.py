"""Erases shoppers in small steps, beside other traffic. A step is a handler of the erasure's timer.

    timer is due ──▶ claim: the timer moves on by LEASE ──▶ one step of the stage ──▶ record: the timer is due again

So one process at a time works on an erasure, and if it dies, another one continues where it was: every step looks for
what is still there. What caches or projections hold is changed by commands of the storage, all else through the port
`ErasureStore`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from domain.commerce.crediting import erase_buyer
from domain.conversation.aggregate import Change
from domain.erased import ErasureHashes
from domain.erasure.blanks import without_shopper
from domain.erasure.model import Erasure, ErasureScope, ErasureStage, RemovedRecords
from domain.erasure.ports import ErasureStore
from domain.erasure.scope import claiming_profiles, hashed, order_keys_of, scope_of, together, widened
from domain.erasure.search import ROUNDS, ErasureSearch, current
from domain.erasure.vendors import tell_helpdesks, tell_klaviyo
from domain.events import CredentialRevoked, ShopperErased
from domain.model.commerce import Order, order_key
from domain.model.conversation import Conversation, Visitor
from domain.model.credentials import Credential
from domain.model.outbox import Outgoing, OutgoingState
from domain.model.profile import Profile
from domain.outbox import ordering
from domain.outbox.opt_outs import keep_without_numbers
from domain.profile.merging import whole_profile
from domain.storage import Storage, Timer, UnitOfWork
from domain.timers import timer_ids_of
from domain.values.errors import Unavailable
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record, replace

LEASE = timedelta(minutes=1)  # of one step, which takes about a second
_CACHES = timedelta(seconds=15)  # in which every process has heard that the shopper was erased
_CALL_LIFE = timedelta(minutes=5)  # of a call to a vendor, which times out far earlier
_CALLS = timedelta(seconds=5)  # until the next look whether such a call is over
_UNDER_WAY = timedelta(seconds=20)  # in which commands and deliveries end that have read the shopper before
_CONVERSATIONS = 10  # in one transaction
_ORDERS = 50

_STAGES = tuple(ErasureStage)


class Step(Record):
    """The outcome of one step."""

    removed: Mapping[str, int] = {}
    position: str | None = None  # where the stage continues; None: it is finished
    scope: ErasureScope | None = None  # if it changed
    visitors: tuple[Visitor, ...] = ()  # who the shopper was in what was removed
    wait: timedelta = timedelta()  # until the next step
    begins_again: bool = False  # because more belongs to the shopper than was known


class ProfileEraser:
    def __init__(self, *, storage: Storage, store: ErasureStore, hashes: ErasureHashes) -> None:
        self._storage = storage
        self._store = store
        self._hashes = hashes
        self._search = ErasureSearch(storage=storage, store=store, hashes=hashes)

    async def step(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: take the next step; the last one deletes the timer. Raises `Unavailable`."""
        erasure = await self._storage.write(account_id, lambda uow: _claim(uow, timer))
        if erasure is None or erasure.stage.is_unknown:
            return  # another process has it, or a newer build goes on with a stage of its own
        if erasure.stage is ErasureStage.CHECK:
            await self._search.step(account_id, erasure, timer)
            return
        async with self._lease_renewed(account_id, erasure, timer):
            step = await self._take(account_id, erasure)
        await self._storage.write(account_id, lambda uow: self._note(uow, erasure, timer, step))

    @asynccontextmanager
    async def _lease_renewed(self, account_id: AccountId, erasure: Erasure, timer: Timer) -> AsyncIterator[None]:
        """Renew the lease for the duration of the block: a step that has to look up many words, or delete many files,
        may take longer than the lease. If the process dies, the lease ends."""

        async def extend(uow: UnitOfWork) -> None:
            if await uow.get(Timer, timer.id) is not None and await current(uow, erasure) is not None:
                uow.save(replace(timer, due_at=uow.now + LEASE))

        async def renew() -> None:
            while True:
                await asyncio.sleep(LEASE.total_seconds() / 3)
                with suppress(Unavailable):
                    await self._storage.write(account_id, extend)

        renewal = asyncio.create_task(renew(), name="lease of an erasure")
        try:
            yield
        finally:
            renewal.cancel()

    async def _take(self, account_id: AccountId, erasure: Erasure) -> Step:
        assert erasure.scope is not None, "an erasure that runs has a scope"
        scope = erasure.scope
        match erasure.stage:
            case ErasureStage.ORDERS:
                return await self._orders(account_id, scope)
            case ErasureStage.CONVERSATIONS:
                return await self._storage.write(account_id, lambda uow: _conversations(uow, erasure.id, scope))
            case ErasureStage.PROFILES:
                return await self._storage.write(account_id, lambda uow: _profiles(uow, erasure, scope))
        if erasure.stage is ErasureStage.LOOSE and not erasure.position:
            numbers = [each for each in scope.addresses if each.startswith("+")]
            await keep_without_numbers(self._storage, account_id, numbers, self._hashes)
        cleared = await self._store.clear(account_id, erasure)
        step = Step(removed=cleared.removed, position=cleared.position, visitors=cleared.visitors)
        if cleared.position is None and erasure.stage is ErasureStage.EVENTS:
            end = await self._store.log_end(account_id)
            return replace(step, scope=replace(scope, log_end=end))
        if cleared.position is None and erasure.stage is ErasureStage.SEARCH:
            # From now on no process takes a word for known that was removed; those of before are mended afterwards.
            await self._storage.write(account_id, _tell)
            return replace(step, wait=_CACHES)
        return step

    async def _orders(self, account_id: AccountId, scope: ErasureScope) -> Step:
        ids = await self._store.orders_of(account_id, order_keys_of(scope), limit=_ORDERS)

        async def change(uow: UnitOfWork) -> int:
            found = [order for each in ids if (order := await uow.get(Order, each)) is not None]
            for order in found:
                await erase_buyer(uow, order)
            return len(found)

        count = await self._storage.write(account_id, change) if ids else 0
        return Step(removed={"orders": count}, position="" if ids else None)

    async def _note(self, uow: UnitOfWork, erasure: Erasure, timer: Timer, step: Step) -> None:
        """Record a step: what it removed, what it found of the shopper, and where the erasure continues."""
        present = await current(uow, erasure)
        if present is None:
            return
        scope = step.scope or erasure.scope
        assert scope is not None, "an erasure that runs has a scope"
        if step.visitors:
            scope = await widened(uow, scope, step.visitors, (), erasure.stage)
        stage, position, rounds = erasure.stage, step.position, erasure.rounds
        if step.begins_again:
            stage, position = _STAGES[0], ""
        elif position is None:
            stage, position = _STAGES[_STAGES.index(stage) + 1], ""
        if stage is ErasureStage.CHECK and scope.has_grown and rounds < ROUNDS:
            stage, rounds, scope = _STAGES[0], rounds + 1, replace(scope, has_grown=False)
        counts = Counter({each.place: each.count for each in erasure.removed})
        counts.update(step.removed)
        noted = replace(
            erasure,
            stage=stage,
            position=position,
            rounds=rounds,
            version=erasure.version + 1,
            vendors=present.vendors,
            calls=present.calls,
            scope=scope,
            removed=tuple(RemovedRecords(place=place, count=n) for place, n in sorted(counts.items()) if n),
        )
        uow.save(hashed(noted, uow.account_id, self._hashes))
        uow.save(replace(timer, due_at=uow.now + step.wait))


async def _claim(uow: UnitOfWork, timer: Timer) -> Erasure | None:
    """Take the lease of the next step. Returns the erasure; `None` if another process was faster, or it is done."""
    held = await uow.get(Timer, timer.id)
    if held is None or uow.now < held.due_at:
        return None
    erasure = await uow.get(Erasure, timer.subject)
    if erasure is None or erasure.is_done:
        uow.delete(Timer, timer.id)
        return None
    uow.save(replace(held, due_at=uow.now + LEASE))
    return erasure


async def _tell(uow: UnitOfWork) -> None:
    uow.emit(ShopperErased())


async def _conversations(uow: UnitOfWork, erasure_id: str, scope: ErasureScope) -> Step:
    """Close the next conversations, and take their shopper from them. A conversation with a call to a vendor under way
    waits for its end, because the outcome is stored with it."""
    found = await uow.unerased_conversations(scope.profile_ids, limit=_CONVERSATIONS)
    done, busy = 0, False
    for conversation in found:
        rows = await uow.outgoing_of(conversation.id)
        if any(row.call is not None and uow.now < row.call.at + _CALL_LIFE for row in rows):
            busy = True
            continue
        route = conversation.route
        written = (route.shopper_address,) if route is not None else ()
        scope = await widened(uow, scope, [conversation.visitor], written, ErasureStage.CONVERSATIONS)
        for row in rows:
            if row.notice is None:
                uow.save(_cancelled(uow, row))
            else:  # the end of another one may have put it into its queue
                await _take_from_notice(uow, await uow.get(Outgoing, row.id) or row, conversation.id)
        await tell_helpdesks(uow, erasure_id, conversation)
        await _take_shopper(uow, conversation)
        done += 1
    removed = {"conversations": done}
    if not found:
        return Step(removed=removed, scope=scope)
    return Step(removed=removed, position="", scope=scope, wait=_CALLS if busy and not done else timedelta())


async def _take_from_notice(uow: UnitOfWork, row: Outgoing, conversation_id: ConversationId) -> None:
    """Take a ticket from a mail to staff, whose text has the shopper's name and question. If it is to be sent still,
    its text is written anew, without the ticket."""
    notice = row.notice
    assert notice is not None, "it is a notice"
    left = tuple(each for each in notice.conversation_ids if each != conversation_id)
    total = max(notice.total - 1, len(left))
    changed = replace(
        row,
        notice=replace(notice, conversation_ids=left, total=total),
        payload=None,
        frozen_at=None,
        lease=None,
        call=None,
        attempts=tuple(replace(attempt, error=None) for attempt in row.attempts),
    )
    if row.state is OutgoingState.PENDING and not left:
        await ordering.settle(uow, changed, OutgoingState.CANCELLED)
    else:
        uow.save(changed)


async def _take_shopper(uow: UnitOfWork, conversation: Conversation) -> None:
    """Close a conversation and take its shopper from it, with the access of browsers and the timers."""
    for sale in conversation.sales:
        order = await uow.get(Order, order_key(uow.account_id, sale.order_id))
        if order is not None:
            await erase_buyer(uow, order)  # so that its credit stays, whatever touches are known of later
    present = await uow.get(Conversation, conversation.id) or conversation
    change = Change(uow, present)
    change.conversation = without_shopper(present, uow.now)
    if not present.is_closed:
        change.close(max(uow.now, present.last_message_at))
    await change.commit()
    for token in await uow.visitor_tokens(conversation.id):
        if token.usable(uow.now):
            uow.emit(CredentialRevoked(credential_id=token.id))
        uow.delete(Credential, token.id)
    for timer_id in timer_ids_of(conversation.id):
        if await uow.get(Timer, timer_id) is not None:
            uow.delete(Timer, timer_id)


def _cancelled(uow: UnitOfWork, row: Outgoing) -> Outgoing:
    """The row, which is not delivered any more. All rows of its ordering key are of the same conversation."""
    return replace(
        row,
        state=OutgoingState.CANCELLED,
        queue=None,
        lease=None,
        call=None,
        payload=None,
        done_at=row.done_at or uow.now,
    )


async def _profiles(uow: UnitOfWork, erasure: Erasure, scope: ErasureScope) -> Step:
    """Empty the profiles, unless the shopper has begun another conversation since, or was merged with another one."""
    if await uow.unerased_conversations(scope.profile_ids, limit=1):
        return replace(await _conversations(uow, erasure.id, scope), position="")
    whole = await whole_profile(uow, erasure.profile_id)
    until = erasure.requested_at
    known = scope if whole is None else await scope_of(uow, whole, until=until)
    claiming = [
        await scope_of(uow, each, until=until) for each in await claiming_profiles(uow, scope.keys, until=until)
    ]
    for other in (known, *claiming):
        if not set(other.profile_ids) <= set(scope.profile_ids):
            return Step(scope=together(scope, other), begins_again=True)
    count = 0
    for profile_id in scope.profile_ids:
        profile = await uow.get(Profile, profile_id)
        if profile is not None and not profile.is_emptied:
            uow.save(_emptied(profile, erasure, uow))
            count += 1
    if count:  # more unverified profiles may claim an identity than were looked at
        return Step(removed={"profiles": count}, position="")
    return Step(scope=await tell_klaviyo(uow, erasure, scope), wait=_UNDER_WAY)


def _emptied(profile: Profile, erasure: Erasure, uow: UnitOfWork) -> Profile:
    """The profile without its shopper. Its id stays, since conversations and events are counted by it."""
    return replace(
        profile,
        keys=(),
        claims=(),
        external_id=None,
        name=None,
        email=None,
        phone=None,
        merges=(),
        erasure_id=erasure.id,
        erased_at=uow.now,
    )
