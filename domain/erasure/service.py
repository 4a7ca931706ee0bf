"""Requests to erase shoppers: by staff, by a connected shop, and for what a restored backup brought back.

A request marks the profile and sets the timer of the erasure; `profile_eraser.py` does the rest in small steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.audit.changes import values
from domain.audit.recording import actor_of, record
from domain.erased import ErasureHashes
from domain.erasure.model import FIRST_STAGE, Erasure
from domain.erasure.scope import hashed, scope_of
from domain.idempotency import Result, run_once
from domain.model.audit import AuditAction
from domain.model.conversation import Conversation, Visitor
from domain.model.profile import Profile, identity_keys
from domain.principal import Actor, Permission, Principal
from domain.profile.merging import profile_target, whole_profile
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.values.errors import NotFound
from domain.values.ids import AccountId, ProfileId, is_test_id, new_id
from domain.values.record import Record, replace

NO_PROFILE = "No such profile."


class EraseProfile(Record):
    profile_id: ProfileId


class ErasureService:
    def __init__(self, *, storage: Storage, hashes: ErasureHashes) -> None:
        self._storage = storage
        self._hashes = hashes

    async def erase(self, principal: Principal, command: EraseProfile, key: str | None = None) -> Erasure:
        """Begin the erasure of a shopper, with all profiles that were merged into one. Returns the erasure: the one
        that is there, if the shopper is being erased or was. It cannot be undone.

        Raises `NotFound`, `Forbidden`, `Unavailable`; `Conflict` for an idempotency key of another input.
        """
        principal.require(Permission.ERASE_PROFILES)

        async def act(uow: UnitOfWork) -> Result:
            found = None if is_test_id(command.profile_id) else await whole_profile(uow, command.profile_id)
            if found is None:
                raise NotFound(NO_PROFILE, field="profile_id")
            return {"erasure": (await self._begin(uow, found, by=principal)).id}

        async def write(uow: UnitOfWork) -> Erasure:
            result = await run_once(uow, principal, key, command, lambda: act(uow))
            erasure = await uow.get(Erasure, result["erasure"])
            if erasure is None:
                raise NotFound(NO_PROFILE, field="profile_id")
            return erasure

        return await self._storage.write(principal.account_id, write)

    async def find(self, principal: Principal, erasure_id: str) -> Erasure | None:
        """Return the erasure with this id, or `None`. Raises `Forbidden`, `Unavailable`."""
        principal.require(Permission.ERASE_PROFILES)
        return await self._storage.read(principal.account_id).get(Erasure, erasure_id)

    async def erase_customers(
        self, account_id: AccountId, customers: Sequence[Visitor], *, by: Actor, may_erase: bool
    ) -> int:
        """Begin the erasure of the shoppers that these customers of a connected shop are. A shopper whom the shop
        itself tells apart from the customer, by another external id, stays. `may_erase`: see `erase_buyers`. Returns
        how many there are. Raises `Unavailable`."""
        keys = tuple(dict.fromkeys(key for customer in customers for key in identity_keys(customer)))
        own_ids = {customer.external_id for customer in customers if customer.external_id}
        return await self.erase_buyers(account_id, keys, own_ids=own_ids, by=by, may_erase=may_erase)

    async def erase_buyers(
        self, account_id: AccountId, keys: Iterable[str], *, own_ids: Iterable[str] = (), by: Actor, may_erase: bool
    ) -> int:
        """Begin the erasure of the shoppers with any of these identity keys, and of those who claim one. `own_ids`:
        their external ids, if the caller knows them. `may_erase`: whether somebody with the right to erase connected
        the shop. If not, the audit log names the profiles, for somebody who has it: anybody who may connect a shop
        could make it name any address. Returns how many shoppers there are. Raises `Unavailable`."""
        wanted, ids = list(keys), set(own_ids)

        async def change(uow: UnitOfWork) -> int:
            if not wanted:
                return 0
            proved = await uow.profiles_with(wanted)
            claiming = [p for p in await uow.profiles_claiming(wanted) if p.merged_into is None]
            count, covered = 0, set[ProfileId]()
            for profile in (*proved, *claiming):
                if profile.id not in covered and (not ids or profile.external_id in (None, *ids)):
                    count += 1
                    covered |= {profile.id, *profile.merged_ids}
                    if not may_erase:
                        await record(uow, by, AuditAction.ERASURE_REQUESTED, profile_target(profile.id))
                        continue
                    erasure = await self._begin(uow, profile, by=by)
                    covered |= {*(erasure.scope.profile_ids if erasure.scope else ())}
            return count

        return await self._storage.write(account_id, change)

    async def note_data_request(self, account_id: AccountId, customers: Sequence[Visitor], *, by: Actor) -> int:
        """Name the shoppers that these customers of a connected shop are in the audit log, because one of them asked
        what is stored. Staff decide who is meant, and export it. Returns how many there are. Raises `Unavailable`."""
        keys = tuple(dict.fromkeys(key for customer in customers for key in identity_keys(customer)))

        async def change(uow: UnitOfWork) -> int:
            found = {profile.id: profile for profile in await uow.profiles_with(keys)} if keys else {}
            for profile_id in found:
                await record(uow, by, AuditAction.DATA_REQUESTED, profile_target(profile_id))
            return len(found)

        return await self._storage.write(account_id, change)

    async def erase_again(self, account_id: AccountId, profile_id: ProfileId, *, by: Actor) -> None:
        """Begin the erasure of a shopper whom a restored backup brought back. Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            found = await whole_profile(uow, profile_id)
            if found is not None:
                await self._begin(uow, found, by=by)

        await self._storage.write(account_id, change)

    async def resume(self, account_id: AccountId, erasure_id: str) -> None:
        """Let a worker continue an erasure that is not done and has lost its timer. Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            erasure = await uow.get(Erasure, erasure_id)
            if erasure is not None and not erasure.is_done and await uow.get(Timer, step_timer_id(erasure_id)) is None:
                uow.save(step_timer(erasure, uow))

        await self._storage.write(account_id, change)

    async def erase_released(self, uow: UnitOfWork, conversation: Conversation, *, by: Actor) -> None:
        """Begin the erasure of a conversation that was under a legal hold while its shopper was erased, inside the
        caller's transaction. Any other conversation is left as it is. Raises `Unavailable`."""
        profile = await whole_profile(uow, conversation.profile_id)
        if profile is None or profile.erasure_id is None or conversation.erased_at is not None:
            return
        known = await uow.get(Erasure, profile.erasure_id)
        if known is not None and not known.is_done:  # it may be past the stage that closes conversations
            uow.save(replace(known, stage=FIRST_STAGE, position="", version=known.version + 1))
            return
        await self._save(uow, profile, by=by)

    async def _begin(self, uow: UnitOfWork, profile: Profile, *, by: Actor) -> Erasure:
        """Save the erasure, unless the profile has one: that of a profile that a restored backup brought back is done,
        and the profile is not erased. Returns it."""
        known = None if profile.erasure_id is None else await uow.get(Erasure, profile.erasure_id)
        if known is not None and (profile.is_emptied or not known.is_done):
            return known
        return await self._save(uow, profile, by=by)

    async def _save(self, uow: UnitOfWork, profile: Profile, *, by: Actor) -> Erasure:
        scope = await scope_of(uow, profile, until=uow.now)
        erasure = Erasure(
            id=new_id(),
            profile_id=profile.id,
            requested_at=uow.now,
            by=replace(await actor_of(uow, by), address=None),
            scope=scope,
        )
        erasure = hashed(erasure, uow.account_id, self._hashes)
        uow.save(erasure)
        uow.save(replace(profile, erasure_id=erasure.id))
        uow.save(step_timer(erasure, uow))
        await record(uow, by, AuditAction.ERASED, profile_target(profile.id), values(erasure=erasure.id))
        return erasure


def step_timer(erasure: Erasure, uow: UnitOfWork) -> Timer:
    """Return the timer that takes the next step at once."""
    kind, timer_id = TimerKind.ERASE_PROFILE, step_timer_id(erasure.id)
    return Timer(id=timer_id, kind=kind, subject=erasure.id, due_at=uow.now)


def step_timer_id(erasure_id: str) -> str:
    return f"erase-profile:{erasure_id}"
