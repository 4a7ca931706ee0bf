"""Staff merge profiles of one shopper, and undo merges. For the roles OWNER, ADMIN and MANAGER."""

from __future__ import annotations

from domain.audit.changes import values
from domain.audit.recording import record
from domain.idempotency import Result, run_once
from domain.model.audit import AuditAction
from domain.model.profile import Profile
from domain.principal import Permission, Principal
from domain.profile.merging import brought_by, joined, profile_target, record_merge, undone
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import ProfileId, is_test_id
from domain.values.record import Record, replace


class MergeProfiles(Record):
    profile_id: ProfileId  # the profile that becomes a part of the other one
    into_profile_id: ProfileId


class SplitProfile(Record):
    profile_id: ProfileId  # the part that becomes a profile of its own again


class SplitProfiles(Record):
    profile: Profile
    remaining: Profile  # the profile that it was part of


class ProfileService:
    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def merge(self, principal: Principal, command: MergeProfiles, key: str | None = None) -> Profile:
        """Merge a profile into another one, and return that one.

        Raises `NotFound`, `Invalid` if both are the same, `Conflict` if the shop tells the two apart, if only the first
        one is verified, if one is part of another profile already, or beyond the limits of a profile; `Forbidden`.
        """
        principal.require(Permission.MERGE_PROFILES)
        if command.profile_id == command.into_profile_id:
            raise Invalid("Name two profiles.", field="into_profile_id")

        async def act(uow: UnitOfWork) -> Result:
            other = await _whole(uow, command.profile_id, "profile_id")
            into = await _whole(uow, command.into_profile_id, "into_profile_id")
            _check_fit(other, into)
            merged = joined(into, other, at=uow.now, by=principal.staff_id)
            if merged is None:
                raise Conflict("Together the two have too many identities or parts for one shopper.")
            uow.save(replace(other, keys=(), merged_into=into.id))
            uow.save(merged)
            await record_merge(uow, principal, other.id, into.id)
            return {"profile": into.id}

        async def write(uow: UnitOfWork) -> Profile:
            result = await run_once(uow, principal, key, command, lambda: act(uow))
            return await _found(uow, ProfileId(result["profile"]), "into_profile_id")

        return await self._storage.write(principal.account_id, write)

    async def split(self, principal: Principal, command: SplitProfile, key: str | None = None) -> SplitProfiles:
        """Undo the merge that made a profile part of another one. Its keys, its conversations and their events go back
        to it; a key that was proved to be another shopper's since does not. Sales that were credited stay.

        Returns both profiles. Raises `NotFound`, `Conflict` if the profile is not part of another one, `Forbidden`.
        """
        principal.require(Permission.MERGE_PROFILES)

        async def act(uow: UnitOfWork) -> Result:
            part = await _found(uow, command.profile_id, "profile_id")
            parents = await _parents(uow, part)
            if not parents:
                raise Conflict("This profile is not part of another one.", field="profile_id")
            whole = parents[-1]
            split = undone(part, parents, await _free(uow, part, parents))
            for profile in (*reversed(split.parents), split.profile):  # what frees a key comes before what takes it
                uow.save(profile)
            details = values(split_profile=part.id)
            await record(uow, principal, AuditAction.PROFILE_SPLIT, profile_target(whole.id), details)
            return {"profile": part.id, "remaining": whole.id}

        async def write(uow: UnitOfWork) -> SplitProfiles:
            result = await run_once(uow, principal, key, command, lambda: act(uow))
            return SplitProfiles(
                profile=await _found(uow, ProfileId(result["profile"]), "profile_id"),
                remaining=await _found(uow, ProfileId(result["remaining"]), "profile_id"),
            )

        return await self._storage.write(principal.account_id, write)


async def _found(uow: UnitOfWork, profile_id: ProfileId, field: str) -> Profile:
    """Return the profile. Raises `NotFound`, also for that of a test conversation, which is nobody's, and for one that
    is erased."""
    profile = None if is_test_id(profile_id) else await uow.get(Profile, profile_id)
    if profile is None or profile.erasure_id is not None:
        raise NotFound("No such profile.", field=field)
    return profile


async def _whole(uow: UnitOfWork, profile_id: ProfileId, field: str) -> Profile:
    profile = await _found(uow, profile_id, field)
    if profile.merged_into is not None:
        raise Conflict("This profile is part of another one already. Name that one.", field=field)
    return profile


async def _parents(uow: UnitOfWork, part: Profile) -> list[Profile]:
    """The profiles that it is part of, the topmost last."""
    parents: list[Profile] = []
    above = part.merged_into
    while above is not None:
        parent = await _found(uow, above, "profile_id")
        parents.append(parent)
        above = parent.merged_into
    return parents


async def _free(uow: UnitOfWork, part: Profile, parents: list[Profile]) -> set[str]:
    """The keys that the part brought, as far as nobody else has them now."""
    brought = brought_by(part, parents[0])
    owners = await uow.profiles_with(brought) if brought else []
    return set(brought) - {key for owner in owners if owner.id != parents[-1].id for key in owner.keys}


def _check_fit(other: Profile, into: Profile) -> None:
    if other.external_id and into.external_id and other.external_id != into.external_id:
        raise Conflict("The shop itself tells these two apart: they have different external IDs.")
    if other.verified and not into.verified:
        raise Conflict("Only the first of the two is verified. Merge the other one into it.", field="into_profile_id")
