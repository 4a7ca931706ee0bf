"""Finds all that belongs to a shopper: profiles, identity keys, addresses, and texts that identify.

More becomes known while an erasure runs, because conversations, mails and events name the shopper as they did at their
time: perhaps by an address that the profile does not have any more. The proved identities of another profile are never
added.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.commerce.attribution import profile_key
from domain.erased import ErasureHashes
from domain.erasure.model import MOST_IDENTIFIERS, Erasure, ErasureScope, ErasureStage
from domain.model.conversation import Visitor
from domain.model.profile import PROVED_KINDS, Profile, identity_keys, proved_keys
from domain.storage import UnitOfWork
from domain.values.ids import AccountId
from domain.values.record import replace

_AFTER_ORDERS = tuple(ErasureStage)[1:]  # keys that are found then are looked for in orders in another round
_AFTER_ADDRESSES = tuple(ErasureStage)[tuple(ErasureStage).index(ErasureStage.LOOSE) :]


async def scope_of(uow: UnitOfWork, profile: Profile, *, until: datetime) -> ErasureScope:
    """Return what belongs to the shopper of a whole profile: the profiles that are part of it, and the unverified ones
    that claim one of its proved identities and are of `until` or before, with the parts of these.

    An unverified profile alone has no proved identity: what its browser claims finds nobody else.
    """
    claiming = await claiming_profiles(uow, profile.keys, until=until) if profile.verified else []
    ids = dict.fromkeys(each for p in (profile, *claiming) for each in (p.id, *p.merged_ids))
    profiles = [known for each in ids if (known := await uow.get(Profile, each)) is not None]
    merged = [key for p in (profile, *profiles) for merge in p.merges for key in merge.keys]
    owned = dict.fromkeys((*(key for p in (profile, *profiles) for key in p.keys), *merged))
    keys = await _own_keys(uow, tuple(owned), ids)
    return ErasureScope(
        profile_ids=tuple(ids),
        keys=keys,
        addresses=_addresses(
            keys, *(p.email for p in profiles if p.verified), *(p.phone for p in profiles if p.verified)
        ),
        identifiers=_texts(text for p in profiles for text in identifiers_of(p)),
        names=_texts(p.name for p in profiles),
    )


async def claiming_profiles(uow: UnitOfWork, keys: Iterable[str], *, until: datetime) -> list[Profile]:
    """Return unverified profiles of `until` or before that claim any of these keys of proved identities, at most 100:
    there may be more. A later one is of somebody who has come back: a new shopper."""
    proved = [key for key in keys if key.startswith(PROVED_KINDS)]
    found = await uow.profiles_claiming(proved, until=until) if proved else []
    return [p for p in found if p.merged_into is None]


async def widened(
    uow: UnitOfWork, scope: ErasureScope, visitors: Iterable[Visitor], addresses: Iterable[str], stage: ErasureStage
) -> ErasureScope:
    """Return the scope with what conversations, mails and events know of the shopper. `addresses`: those that the
    shopper has written from."""
    found = tuple(visitors)
    proved = [key for visitor in found for key in proved_keys(visitor) if key not in scope.keys]
    written = [text for text in addresses if text not in scope.addresses]
    by_address = {text: identity_keys(Visitor(email=text, phone=text)) for text in written}
    candidates = (*proved, *(key for keys in by_address.values() for key in keys))
    own = set(await _own_keys(uow, candidates, scope.profile_ids)) if candidates else set()
    keys = _texts((*scope.keys, *(key for key in proved if key in own)))
    free = [text for text in written if own.issuperset(by_address[text])]
    known = _addresses(keys, *scope.addresses, *free)
    grown = (keys != scope.keys and stage in _AFTER_ORDERS) or (known != scope.addresses and stage in _AFTER_ADDRESSES)
    return replace(
        scope,
        keys=keys,
        addresses=known,
        identifiers=_texts((*scope.identifiers, *written, *(t for v in found for t in identifiers_of(v)))),
        names=_texts((*scope.names, *(visitor.name for visitor in found))),
        has_grown=scope.has_grown or grown,
    )


def together(one: ErasureScope, other: ErasureScope) -> ErasureScope:
    """Return both scopes as one."""
    return replace(
        one,
        profile_ids=tuple(dict.fromkeys((*one.profile_ids, *other.profile_ids))),
        keys=_texts((*one.keys, *other.keys)),
        addresses=_texts((*one.addresses, *other.addresses)),
        identifiers=_texts((*one.identifiers, *other.identifiers)),
        names=_texts((*one.names, *other.names)),
    )


def hashed(erasure: Erasure, account_id: AccountId, hashes: ErasureHashes) -> Erasure:
    """Return the erasure with the keyed hashes of its scope."""
    assert erasure.scope is not None, "it is not done"
    scope, proved = erasure.scope, [key for key in erasure.scope.keys if key.startswith(PROVED_KINDS)]
    return replace(
        erasure,
        profile_hashes=tuple(hashes.of(account_id, each) for each in scope.profile_ids),
        identifier_hashes=tuple(hashes.of(account_id, each) for each in scope.identifiers),
        key_hashes=tuple(hashes.of(account_id, each) for each in proved),
    )


def identifiers_of(known: Profile | Visitor) -> tuple[str, ...]:
    """Return the texts that identify a shopper: all but the name, which others may have as well."""
    texts = [known.email, known.phone, known.external_id]
    if isinstance(known, Profile):
        merged = (key for merge in known.merges for key in merge.keys)
        texts += [key[2:] for key in (*known.keys, *known.claims, *merged)]
    else:
        texts += [known.browser_id, known.anonymous_id, *(key[2:] for key in identity_keys(known))]
    return tuple(text for text in texts if text)


def order_keys_of(scope: ErasureScope) -> tuple[str, ...]:
    """Return the keys of the orders whose buyer the shopper is."""
    return (*scope.keys, *map(profile_key, scope.profile_ids))


async def _own_keys(uow: UnitOfWork, keys: tuple[str, ...], profile_ids: Iterable[str]) -> tuple[str, ...]:
    """Return those of the keys that no other shopper's profile has."""
    own = set(profile_ids)
    others = {key for p in await uow.profiles_with(keys) if p.id not in own for key in p.keys} if keys else set()
    return tuple(key for key in keys if key not in others)


def _addresses(keys: Iterable[str], *texts: str | None) -> tuple[str, ...]:
    return _texts((*texts, *(key[2:] for key in keys if key.startswith(("e:", "p:")))))


def _texts(found: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in found if text))[:MOST_IDENTIFIERS]
