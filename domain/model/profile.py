"""A shopper's profile, found and merged by proved identities (docs/product-rules.md, section 7).

A key belongs to one profile at a time (a unique index). There are two kinds of profiles:

    verified     has keys of identities that were proved: `x:` the shop's own id, `e:` e-mail, `p:` phone. A proof of
                 several identities merges the younger profiles into the oldest. Two profiles with different external
                 ids, which the shop itself tells apart, are never merged
    unverified   has the key of one browser, `b:`, or none. It shows what that browser says of itself. What a browser
                 claims is never looked up, so it finds, changes and reveals no other profile

When a browser proves who its shopper is, its unverified profile is merged into the verified one, and its key is
released: what that browser says next without a proof belongs to a new unverified profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.model.conversation import Visitor
from domain.values.contacts import email_key, phone_key
from domain.values.ids import ProfileId, StaffId
from domain.values.record import Record, replace

MOST_KEYS = 50  # of each kind: a profile with more is no single shopper, and would only make every lookup slower
MOST_MERGED = 200  # profiles merged into one; each is a term of the queries for its conversations
PROVED_KINDS = ("x:", "e:", "p:")


class ProfileMerge(Record):
    """What another profile brought when it was merged into this one, so that the merge can be undone."""

    profile_id: ProfileId  # the other profile, whose record keeps its name, e-mail, phone and external id
    at: datetime
    by: StaffId | None = None  # None: a proof joined the two
    keys: tuple[str, ...] = ()  # those that it had
    filled: tuple[str, ...] = ()  # attributes that this profile took over from it


class Profile(Record):
    """A shopper, across conversations."""

    id: ProfileId
    created_at: datetime
    keys: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()  # of an unverified profile: keys that find its orders, and never a profile
    external_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    merged_into: ProfileId | None = None
    merged_ids: tuple[ProfileId, ...] = ()  # profiles that were merged into this one, and those merged into these
    merges: tuple[ProfileMerge, ...] = ()  # the merges into this one that can be undone, in the order of time
    erasure_id: str | None = None  # the erasure that was asked for
    erased_at: datetime | None = None  # since when it has nothing of the shopper

    @property
    def verified(self) -> bool:
        """Whether it stands for identities that were proved, and not for what a browser says."""
        return any(key.startswith(PROVED_KINDS) for key in self.keys)

    @property
    def order_keys(self) -> tuple[str, ...]:
        """The keys of the orders that count as the shopper's in segments."""
        return self.keys if self.verified else (*self.keys, *self.claims)

    @property
    def is_emptied(self) -> bool:
        """Whether an erasure emptied it, and it has nothing of a shopper since."""
        has_words = any((self.external_id, self.name, self.email, self.phone, self.keys, self.claims, self.merges))
        return self.erased_at is not None and not has_words

    @property
    def display_name(self) -> str:
        return self.name or self.email or self.phone or "Anonymous"


def identity_keys(visitor: Visitor) -> tuple[str, ...]:
    """Return the identity keys of a visitor, proved or claimed, strongest first. A phone number that is written in two
    ways has the key of both."""
    phones = (phone_key(visitor.phone), visitor.phone) if visitor.phone else ()
    values = (
        ("x:", visitor.external_id),
        ("e:", email_key(visitor.email) if visitor.email else None),
        *(("p:", phone) for phone in phones),
    )
    return tuple(dict.fromkeys(f"{kind}{value}" for kind, value in values if value))


def proved_keys(visitor: Visitor) -> tuple[str, ...]:
    """Return the keys of the identities that are proved, strongest first."""
    return identity_keys(visitor.proved_part)


def browser_key(visitor: Visitor) -> str | None:
    """Return the key of the visitor's browser; `None` if it has no secret."""
    return key_of_browser(visitor.browser_id) if visitor.browser_id else None


def key_of_browser(browser_id: str) -> str:
    """Return the key of a browser."""
    return f"b:{browser_id}"


class Resolved(Record):
    """The result of `resolve`."""

    profile: Profile
    losers: tuple[Profile, ...] = ()  # merged into it


def resolve(
    owners: Iterable[Profile], visitor: Visitor, newcomer: Profile, unverified: Profile | None = None
) -> Resolved:
    """Find the profile of a visitor with a proved identity, and merge the profiles that the proof joins.

    `owners`: the profiles with any of the visitor's proved keys. `unverified`: the profile of the browser that gave the
    proof, or of its conversation; it is merged into the verified one, or becomes it. `newcomer` is used if there is no
    profile.

    Returns the profile with all proved keys of the visitor, except those of profiles with another external id, and
    those beyond `MOST_KEYS`.
    """
    proved = visitor.proved_part
    known = sorted({p.id: p for p in owners if p.verified}.values(), key=lambda p: p.id)
    external_id = proved.external_id or next((p.external_id for p in known if p.external_id), None)
    same = [p for p in known if p.external_id in (None, external_id)]
    first = next((p for p in same if external_id and p.external_id == external_id), same[0] if same else None)
    winner = first or _cleared(unverified or newcomer)
    losers = []
    for other in (*same, *([unverified] if unverified else ())):
        if other.id != winner.id and _fits(winner, other):
            losers.append(other)
            winner = _with(winner, other)
    apart = {key for p in known if p.id != winner.id and p not in losers for key in p.keys}
    profile = replace(
        winner,
        keys=_capped((*winner.keys, *(key for key in proved_keys(visitor) if key not in apart))),
        external_id=external_id,
        name=proved.name or winner.name,
        email=proved.email or winner.email,
        phone=proved.phone or winner.phone,
    )
    return Resolved(profile=profile, losers=tuple(replace(p, keys=(), merged_into=profile.id) for p in losers))


def described(profile: Profile, visitor: Visitor) -> Profile:
    """Return an unverified profile with what its browser claims now. A verified one is returned unchanged."""
    if profile.verified:
        return profile
    said = Visitor(
        external_id=visitor.external_id, email=visitor.email or profile.email, phone=visitor.phone or profile.phone
    )
    return replace(
        profile, claims=identity_keys(said), name=visitor.name or profile.name, email=said.email, phone=said.phone
    )


def _cleared(profile: Profile) -> Profile:
    """The profile without what was only claimed, and without its browser's key."""
    return replace(profile, keys=(), claims=(), external_id=None, name=None, email=None, phone=None)


def _fits(winner: Profile, other: Profile) -> bool:
    """Whether the limits leave room for another profile. One that does not fit stays as it is, with all of its keys."""
    keys = (*winner.keys, *_verified_keys(other))
    return _capped(keys) == tuple(dict.fromkeys(keys)) and len(winner.merged_ids) + len(other.merged_ids) < MOST_MERGED


def _with(winner: Profile, other: Profile) -> Profile:
    """The winner with another profile merged into it. An unverified one brings its conversations, and no claim."""
    merged = (*winner.merged_ids, other.id, *other.merged_ids)
    if not other.verified:
        return replace(winner, merged_ids=merged)
    return replace(
        winner,
        keys=tuple(dict.fromkeys((*winner.keys, *other.keys))),
        name=winner.name or other.name,
        email=winner.email or other.email,
        phone=winner.phone or other.phone,
        merged_ids=merged,
    )


def _verified_keys(profile: Profile) -> tuple[str, ...]:
    return tuple(key for key in profile.keys if key.startswith(PROVED_KINDS))


def _capped(keys: Sequence[str]) -> tuple[str, ...]:
    """The keys without repetitions, and the first `MOST_KEYS` of each kind."""
    unique = dict.fromkeys(keys)
    kept = {kind: [key for key in unique if key.startswith(kind)][:MOST_KEYS] for kind in PROVED_KINDS}
    return tuple(key for key in unique if key in kept.get(key[:2], ()))
