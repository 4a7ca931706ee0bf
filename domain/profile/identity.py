"""Finding, creating and merging profiles."""

from __future__ import annotations

from domain.model.conversation import Visitor
from domain.model.profile import Profile, identity_keys, resolve
from domain.storage import UnitOfWork
from domain.values.contacts import check_email, check_phone
from domain.values.errors import Field, within
from domain.values.ids import ProfileId, new_id
from domain.values.record import Record
from domain.values.text import check_label


def check_visitor(visitor: Visitor, *, field: Field) -> Visitor:
    """Check every value. Returns the visitor with its values in their stored form. Raises `Invalid`."""

    def one_line(value: str | None, name: str) -> str | None:
        return None if value is None else check_label(value, field=within(field, name))

    return Visitor(
        anonymous_id=one_line(visitor.anonymous_id, "anonymous_id"),
        external_id=one_line(visitor.external_id, "external_id"),
        name=one_line(visitor.name, "name"),
        email=None if visitor.email is None else check_email(visitor.email, field=within(field, "email")),
        phone=None if visitor.phone is None else check_phone(visitor.phone, field=within(field, "phone")),
    )


def combine(known: Visitor, given: Visitor) -> Visitor:
    """Return the known visitor with the given values in place of known ones."""
    return Visitor(
        anonymous_id=given.anonymous_id or known.anonymous_id,
        external_id=given.external_id or known.external_id,
        name=given.name or known.name,
        email=given.email or known.email,
        phone=given.phone or known.phone,
    )


class ResolvedProfile(Record):
    profile: Profile
    changed: bool  # a profile that existed before got another identity, or was merged with another one


async def resolve_profile(uow: UnitOfWork, visitor: Visitor, present: ProfileId | None = None) -> ResolvedProfile:
    """Find or create the visitor's profile and add the given identities. Profiles of the same shopper are merged."""
    keys = identity_keys(visitor)
    owners = await uow.profiles_with(keys) if keys else []
    current = await uow.get(Profile, present) if present else None
    while current and current.merged_into:
        current = await uow.get(Profile, current.merged_into)
    newcomer = Profile(id=ProfileId(new_id()), created_at=uow.now)
    before = {p.id: p for p in ([*owners, current] if current else owners)}
    resolved = resolve(before.values(), visitor, newcomer)
    for loser in resolved.losers:
        uow.save(loser)
    profile, known = resolved.profile, before.get(resolved.profile.id)
    if profile != known:
        uow.save(profile)
    changed = known is not None and (profile.keys, profile.merged_ids) != (known.keys, known.merged_ids)
    return ResolvedProfile(profile=profile, changed=changed)
