"""A shopper's profile, found and merged by identity.

An identity key belongs to one profile at a time (a unique index). When a shopper gives identities of several profiles,
the younger profiles are merged into the oldest: their keys move, and they point to it from then on. Two profiles with
different external ids, which the shop itself tells apart, are never merged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.model.conversation import Visitor
from domain.values.ids import ProfileId
from domain.values.record import Record, replace


class Profile(Record):
    """A shopper, across conversations."""

    id: ProfileId
    created_at: datetime
    keys: tuple[str, ...] = ()  # identities, see `identity_keys`
    external_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    merged_into: ProfileId | None = None
    merged_ids: tuple[ProfileId, ...] = ()  # profiles that were merged into this one

    @property
    def display_name(self) -> str:
        return self.name or self.email or self.phone or "Anonymous"


def identity_keys(visitor: Visitor) -> tuple[str, ...]:
    """The identity keys of a visitor, strongest first: the shop's own id, e-mail, phone, anonymous id."""
    candidates = (
        ("x", visitor.external_id),
        ("e", visitor.email.casefold() if visitor.email else None),
        ("p", visitor.phone),
        ("a", visitor.anonymous_id),
    )
    return tuple(f"{kind}:{value}" for kind, value in candidates if value)


class Resolved(Record):
    """The result of `resolve`."""

    profile: Profile
    losers: tuple[Profile, ...]  # merged into it


def resolve(owners: Iterable[Profile], visitor: Visitor, newcomer: Profile) -> Resolved:
    """Find the profile of a visitor among `owners`, the profiles with any of its keys and its present one, and merge
    those that belong together. `newcomer` is used if there is none, or only profiles with another external id.

    Returns the profile with all keys of the visitor, except those that belong to a profile with another external id.
    """
    known = sorted({p.id: p for p in owners}.values(), key=lambda p: p.id)
    external_id = visitor.external_id or next((p.external_id for p in known if p.external_id), None)
    same = [p for p in known if p.external_id in (None, external_id)] or [newcomer]
    apart = {key for p in known if p not in same for key in p.keys}
    winner = next((p for p in same if external_id and p.external_id == external_id), same[0])
    losers = tuple(p for p in same if p is not winner)
    keys = dict.fromkeys(key for p in (winner, *losers) for key in p.keys)
    keys.update(dict.fromkeys(key for key in identity_keys(visitor) if key not in apart))

    def latest(given: str | None, *kept: str | None) -> str | None:
        return given or next((value for value in kept if value), None)

    profile = replace(
        winner,
        keys=tuple(keys),
        external_id=external_id,
        name=latest(visitor.name, winner.name, *(p.name for p in losers)),
        email=latest(visitor.email, winner.email, *(p.email for p in losers)),
        phone=latest(visitor.phone, winner.phone, *(p.phone for p in losers)),
        merged_ids=(*winner.merged_ids, *(i for p in losers for i in (p.id, *p.merged_ids))),
    )
    return Resolved(profile=profile, losers=tuple(replace(p, keys=(), merged_into=profile.id) for p in losers))
