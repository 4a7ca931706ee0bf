"""Finding, creating and merging profiles."""

from __future__ import annotations

from domain.model.conversation import ATTRIBUTES, Visitor
from domain.model.credentials import browser_id_of, is_browser_token
from domain.model.profile import Profile, Resolved, browser_key, described, proved_keys, resolve
from domain.principal import Actor
from domain.profile.merging import part_with, record_merge, whole_profile, with_history
from domain.storage import UnitOfWork
from domain.values.contacts import check_email, check_phone
from domain.values.errors import Field, within
from domain.values.ids import ProfileId, is_test_id, new_id
from domain.values.record import Record, replace
from domain.values.text import check_label


def check_visitor(visitor: Visitor, *, field: Field) -> Visitor:
    """Check every value. Returns the visitor with its values in their stored form, as claims: an anonymous id that is
    long enough to be a secret has become the browser's id. A browser token is dropped: the caller verifies it, and
    gives the browser's id. Raises `Invalid`."""

    def one_line(value: str | None, name: str) -> str | None:
        return None if value is None else check_label(value, field=within(field, name))

    anonymous_id = one_line(visitor.anonymous_id, "anonymous_id")
    browser_id = browser_id_of(anonymous_id) if anonymous_id else None
    is_secret = anonymous_id is not None and (browser_id is not None or is_browser_token(anonymous_id))
    return Visitor(
        anonymous_id=None if is_secret else anonymous_id,
        browser_id=visitor.browser_id or browser_id,
        external_id=one_line(visitor.external_id, "external_id"),
        name=one_line(visitor.name, "name"),
        email=None if visitor.email is None else check_email(visitor.email, field=within(field, "email")),
        phone=None if visitor.phone is None else check_phone(visitor.phone, field=within(field, "phone")),
    )


def combine(known: Visitor, given: Visitor) -> Visitor:
    """Return the known visitor with the given values in place of known ones. A proved value is replaced only by another
    proved one. The browser stays the first."""
    values: dict[str, str | None] = {}
    proved: list[str] = []
    for name in ATTRIBUTES:
        present, new = getattr(known, name), getattr(given, name)
        taken = new is not None and (name in given.proved or name not in known.proved)
        values[name] = new if taken else present
        if name in (given if taken else known).proved:
            proved.append(name)
    return Visitor(
        anonymous_id=given.anonymous_id or known.anonymous_id,
        browser_id=known.browser_id or given.browser_id,
        proved=tuple(proved),
        **values,
    )


def are_same_shopper(one: Visitor, other: Visitor) -> bool:
    """Whether two proofs are of one shopper: the shop's ids decide where both have one, else any identity in common."""
    a, b = one.proved_part, other.proved_part
    if a.external_id and b.external_id:
        return a.external_id == b.external_id
    return not set(proved_keys(a)).isdisjoint(proved_keys(b))


class ResolvedProfile(Record):
    profile: Profile
    changed: bool  # a profile that existed before got another identity, or was merged with another one
    part_id: ProfileId  # the profile itself, or one that was merged into it: the conversation belongs to this part


async def resolve_profile(
    uow: UnitOfWork,
    visitor: Visitor,
    present: ProfileId | None = None,
    *,
    by: Actor,
    browser_vouches: str | None = None,
) -> ResolvedProfile:
    """Find or create the profile of a visitor, whose conversation has the profile `present`, if it exists already.

    If nothing is proved, this is the profile of the conversation or of its browser: no claim is looked up. Else it is
    the profile of the proved identities, into which the unverified profile is merged. `browser_vouches`: the key of the
    browser that the proof came from, whose profile is merged as well.

    `by` is the author of the proof, for the audit log: each merge is an entry of it. A stranger cannot fill the log
    with them: a profile takes `MOST_MERGED` others, each of which came with a conversation.

    The conversation belongs to the part of the profile that brought the proved identities, so that it goes with that
    part if a merge is undone.

    A test conversation has a profile of its own, with its id, whoever its shopper is said or proved to be. A profile
    whose shopper was erased takes nothing: its conversation is under a legal hold, and is erased when that ends.
    """
    if present is not None and is_test_id(present):
        return await _of_test(uow, visitor, present)
    current = await whole_profile(uow, present)
    if current is not None and present is not None and current.erased_at is not None:
        return ResolvedProfile(profile=current, changed=False, part_id=present)
    if not visitor.is_proved:
        return await _unverified(uow, visitor, current, present, by=by)
    keys = proved_keys(visitor)
    found = await uow.profiles_with([*keys, *([browser_vouches] if browser_vouches else ())])
    unverified = next((p for p in found if browser_vouches in p.keys), None)
    if unverified is None and current is not None and not current.keys and not current.verified:
        unverified = current  # of this one conversation
    before = {p.id: p for p in (*found, *([current] if current else ()))}
    newcomer = Profile(id=ProfileId(new_id()), created_at=uow.now)
    joined = resolve([p for p in found if p.verified], visitor, newcomer, unverified)
    resolved = await _saved(uow, before, joined, by=by)
    return replace(resolved, part_id=await part_with(uow, resolved.profile, keys))


async def _of_test(uow: UnitOfWork, visitor: Visitor, own: ProfileId) -> ResolvedProfile:
    known = await uow.get(Profile, own)
    profile = described(known or Profile(id=own, created_at=uow.now), visitor)
    if profile != known:
        uow.save(profile)
    return ResolvedProfile(profile=profile, changed=False, part_id=own)


async def _unverified(
    uow: UnitOfWork,
    visitor: Visitor,
    current: Profile | None,
    present: ProfileId | None,
    *,
    by: Actor,
) -> ResolvedProfile:
    key = browser_key(visitor)
    if current is None and key is not None and key not in uow.fresh_keys:
        current = next(iter(await uow.profiles_with([key])), None)
    before = {} if current is None else {current.id: current}
    known = current or Profile(id=ProfileId(new_id()), created_at=uow.now, keys=(key,) if key else ())
    resolved = await _saved(uow, before, Resolved(profile=described(known, visitor)), by=by)
    return resolved if current is None or present is None else replace(resolved, part_id=present)


async def _saved(
    uow: UnitOfWork, before: dict[ProfileId, Profile], resolved: Resolved, *, by: Actor
) -> ResolvedProfile:
    for loser in resolved.losers:
        uow.save(loser)
        await record_merge(uow, by, loser.id, resolved.profile.id)
    known = before.get(resolved.profile.id)
    merged = [before[loser.id] for loser in resolved.losers]
    profile = with_history(resolved.profile, known, merged, at=uow.now)
    if profile != known:
        uow.save(profile)
    changed = known is not None and (profile.keys, profile.merged_ids) != (known.keys, known.merged_ids)
    return ResolvedProfile(profile=profile, changed=changed, part_id=profile.id)
