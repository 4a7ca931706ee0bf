"""Merges of profiles, by staff or by a proof, and their undoing.

A profile that is merged into another keeps its record and its id. Its keys move, and `ProfileMerge` on the other one
says which. Conversations, events and touches keep the id of the part that they belong to, so nothing of them has to be
rewritten, neither by a merge nor by a split: lists of a profile read all ids of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from domain.audit.changes import values
from domain.audit.recording import record
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.model.conversation import ATTRIBUTES, Visitor
from domain.model.profile import MOST_KEYS, MOST_MERGED, Profile, ProfileMerge, identity_keys
from domain.principal import Actor
from domain.storage import Reader, UnitOfWork
from domain.values.ids import ProfileId, StaffId
from domain.values.record import Record, replace


def with_history(
    profile: Profile, before: Profile | None, merged: Iterable[Profile], *, at: datetime, by: StaffId | None = None
) -> Profile:
    """Return the profile with a record of each profile that was merged into it. `before` is the profile as it was, and
    `merged` are the others as they were."""
    known = before if before is not None and before.verified else None
    merges = tuple(
        ProfileMerge(
            profile_id=other.id,
            at=at,
            by=by,
            keys=other.keys,
            filled=tuple(name for name in ATTRIBUTES if _came_from(other, name, profile, known)),
        )
        for other in merged
    )
    return replace(profile, merges=(*profile.merges, *merges)) if merges else profile


def _came_from(other: Profile, name: str, profile: Profile, before: Profile | None) -> bool:
    value = getattr(other, name)
    had = None if before is None else getattr(before, name)
    return other.verified and value is not None and had is None and getattr(profile, name) == value


def joined(into: Profile, other: Profile, *, at: datetime, by: StaffId | None) -> Profile | None:
    """Return the profile with another one merged into it; `None` if the limits leave no room. An unverified one brings
    its conversations alone."""
    brings = other.verified
    keys = tuple(dict.fromkeys((*into.keys, *(other.keys if brings else ()))))
    merged_ids = (*into.merged_ids, other.id, *other.merged_ids)
    kinds = [key[:2] for key in keys]
    if len(merged_ids) > MOST_MERGED or any(kinds.count(kind) > MOST_KEYS for kind in set(kinds)):
        return None
    after = replace(into, keys=keys, merged_ids=merged_ids)
    if brings:
        after = replace(
            after,
            external_id=into.external_id or other.external_id,
            name=into.name or other.name,
            email=into.email or other.email,
            phone=into.phone or other.phone,
        )
    return with_history(after, into, [other], at=at, by=by)


async def whole_profile(source: UnitOfWork | Reader, profile_id: ProfileId | None) -> Profile | None:
    """Return the profile, or the one that it is part of; `None` if it does not exist."""
    profile = await source.get(Profile, profile_id) if profile_id else None
    while profile is not None and profile.merged_into is not None:
        profile = await source.get(Profile, profile.merged_into)
    return profile


async def part_with(uow: UnitOfWork, profile: Profile, keys: Collection[str]) -> ProfileId:
    """Return the id of the part of the profile that brought all of these keys: the profile itself, or one that was
    merged into it. Keys that the profile does not have are left out."""
    wanted = set(keys) & set(profile.keys)
    part: Profile | None = profile
    while part is not None:
        brought = {key: merge.profile_id for merge in part.merges for key in merge.keys}
        owners = {brought.get(key) for key in wanted}
        [owner] = owners if len(owners) == 1 else [None]
        if owner is None:
            return part.id
        part = await uow.get(Profile, owner)
    return profile.id


async def record_merge(uow: UnitOfWork, by: Actor, merged: ProfileId, into: ProfileId) -> None:
    """Add the merge of a profile into another one to the audit log."""
    await record(uow, by, AuditAction.PROFILES_MERGED, profile_target(into), values(merged_profile=merged))


def profile_target(profile_id: ProfileId) -> AuditTarget:
    """Return the profile without its name: an entry stays when the shopper's data is erased."""
    return AuditTarget(kind=AuditTargetKind.PROFILE, id=profile_id)


class Undone(Record):
    """The profiles after a merge was undone."""

    profile: Profile
    parents: tuple[Profile, ...]  # the topmost last


def undone(profile: Profile, parents: Sequence[Profile], free: Collection[str]) -> Undone:
    """Return a merged profile and those that it is part of, as if it had not been merged.

    `parents` are in order, the topmost last. `free` are the keys that belong to the topmost one, or to nobody: a key
    that was proved to be another shopper's since does not come back.
    """
    taken_out = {profile.id, *profile.merged_ids}
    brought = brought_by(profile, parents[0])
    filled, changed = set(_filled_by(profile, parents[0])), []
    for number, parent in enumerate(parents):
        if number:
            filled &= set(_filled_by(parents[number - 1], parent))
        changed.append(_without(parent, profile, taken_out, brought, filled))
    keys = tuple(key for key in brought if key in free)
    external_id = profile.external_id if f"x:{profile.external_id}" in keys else None
    whole = replace(profile, keys=keys, external_id=external_id, merged_into=None)
    return Undone(profile=whole, parents=tuple(changed))


def brought_by(profile: Profile, parent: Profile) -> tuple[str, ...]:
    """Return the keys that a merged profile brought. Merges of an older version have no record: then they are those of
    its own attributes."""
    merge = _merge_of(profile, parent)
    if merge is not None:
        return merge.keys
    own = Visitor(external_id=profile.external_id, email=profile.email, phone=profile.phone)
    return identity_keys(own)


def _merge_of(profile: Profile, parent: Profile) -> ProfileMerge | None:
    return next((merge for merge in parent.merges if merge.profile_id == profile.id), None)


def _filled_by(profile: Profile, parent: Profile) -> tuple[str, ...]:
    merge = _merge_of(profile, parent)
    return () if merge is None else merge.filled


def _without(
    parent: Profile, part: Profile, taken_out: Collection[str], brought: Collection[str], filled: Collection[str]
) -> Profile:
    """A profile without a part of it. Its attributes that came from the part are empty again, unless changed since."""

    def kept(name: str) -> str | None:
        value: str | None = getattr(parent, name)
        return None if name in filled and value == getattr(part, name) else value

    merges = (
        replace(merge, keys=tuple(key for key in merge.keys if key not in brought))
        for merge in parent.merges
        if merge.profile_id != part.id
    )
    return replace(
        parent,
        keys=tuple(key for key in parent.keys if key not in brought),
        merged_ids=tuple(each for each in parent.merged_ids if each not in taken_out),
        merges=tuple(merges),
        external_id=kept("external_id"),
        name=kept("name"),
        email=kept("email"),
        phone=kept("phone"),
    )
