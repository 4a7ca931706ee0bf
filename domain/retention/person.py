"""`exportProfile`: everything that is stored about one shopper, behind a link that ends soon.

A link is sealed with the server's secret and names the credential that asked for it. Everybody who has the link may use
it as long as that credential is valid and still has the right. Only what proved identities join is the shopper's: what
another browser merely claims may be somebody else's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from domain.audit.changes import values
from domain.audit.recording import record
from domain.commerce.attribution import profile_key
from domain.erased import ErasureHashes
from domain.model.audit import AuditAction
from domain.model.commerce import Order, Touch
from domain.model.messaging import opt_out_id
from domain.model.passed_over import PassedOver
from domain.model.profile import Profile
from domain.outbox.opt_outs import erased_opt_out_id
from domain.principal import Permission, Principal
from domain.profile.merging import profile_target, whole_profile
from domain.storage import Reader, Storage, UnitOfWork
from domain.values.channel import Channel
from domain.values.contacts import phone_forms
from domain.values.errors import NotFound
from domain.values.ids import AccountId, CredentialId, ProfileId, is_test_id
from domain.values.record import Record
from domain.values.sealed_token import ForeignToken, MalformedToken, SealedTokens

PERSON_PATH = "/export/profile/"
LINK_LIFE = timedelta(minutes=15)  # from the call to the begin of the download
_OF_PHONE = "p:"  # before the key of a phone number
NO_PROFILE = "No such profile, or it was erased."


class PersonToken(Record):
    """The content of a link."""

    account_id: AccountId
    credential_id: CredentialId
    profile_id: ProfileId
    ends_at: datetime


class PersonLink(Record):
    url: str
    expires_at: datetime


class PersonRecords(Protocol):
    """The records of a shopper that no other port lists."""

    async def orders(self, account_id: AccountId, keys: tuple[str, ...], *, after: str, limit: int) -> list[Order]:
        """Return orders whose buyer has any of these keys, in the order of their ids. Raises `Unavailable`."""

    async def touches(self, account_id: AccountId, keys: tuple[str, ...], *, after: str, limit: int) -> list[Touch]:
        """Return touches with any of these keys, in the order of their ids. Raises `Unavailable`."""

    async def passed_over(self, account_id: AccountId, keys: tuple[str, ...]) -> list[PassedOver]:
        """Return mails and texts that were not taken in, and whose sender has any of these keys, the oldest first,
        without their sources. Those that staff have taken in later are messages. Raises `Unavailable`."""


class PersonLinks:
    def __init__(self, secret: bytes, *, public_url: str) -> None:
        self._tokens = SealedTokens(secret, purpose="export of a person")
        self._public_url = public_url

    def link(self, principal: Principal, profile_id: ProfileId, now: datetime) -> PersonLink:
        """Return the link of a profile for this caller."""
        ends_at = int((now + LINK_LIFE).timestamp())
        content = f"{principal.account_id}:{principal.credential_id}:{profile_id}:{ends_at}"
        url = f"{self._public_url}{PERSON_PATH}{self._tokens.seal(content.encode())}"
        return PersonLink(url=url, expires_at=datetime.fromtimestamp(ends_at, UTC))

    def opened(self, token: str) -> PersonToken | None:
        """Return the content of a link's token; `None` if this server did not make it."""
        try:
            account_id, credential_id, profile_id, ends_at = self._tokens.open(token).decode().split(":")
        except (MalformedToken, ForeignToken, ValueError):
            return None
        return PersonToken(
            account_id=AccountId(account_id),
            credential_id=CredentialId(credential_id),
            profile_id=ProfileId(profile_id),
            ends_at=datetime.fromtimestamp(int(ends_at), UTC),
        )


class PersonExportService:
    def __init__(self, *, storage: Storage, links: PersonLinks, hashes: ErasureHashes) -> None:
        self._storage = storage
        self._links = links
        self._hashes = hashes

    async def link(self, principal: Principal, profile_id: ProfileId) -> PersonLink:
        """Return a link to everything about a shopper, and record it. Raises `NotFound`, `Forbidden`, `Unavailable`."""
        principal.require(Permission.EXPORT_PROFILES)

        async def change(uow: UnitOfWork) -> PersonLink:
            profile = await person_of(uow, profile_id)
            await record(uow, principal, AuditAction.EXPORTED, profile_target(profile.id), values(what="profile link"))
            return self._links.link(principal, profile.id, uow.now)

        return await self._storage.write(principal.account_id, change)

    def opt_out_ids(self, account_id: AccountId, profile: Profile) -> tuple[str, ...]:
        """Return the ids that opt-outs of the shopper's proved numbers may have, with those that an earlier erasure has
        left by a hash."""
        numbers = [key[2:] for key in profile.keys if key.startswith(_OF_PHONE)]
        own = [opt_out_id(account_id, channel, form) for n in numbers for channel in Channel for form in phone_forms(n)]
        hashed = [erased_opt_out_id(self._hashes, account_id, channel, n) for n in numbers for channel in Channel]
        return tuple(dict.fromkeys((*own, *hashed)))


async def person_of(source: UnitOfWork | Reader, profile_id: ProfileId) -> Profile:
    """Return the whole profile. Raises `NotFound`."""
    found = None if is_test_id(profile_id) else await whole_profile(source, profile_id)
    if found is None or found.erased_at is not None:
        raise NotFound(NO_PROFILE, field="profile_id")
    return found


def own_keys(profile: Profile) -> tuple[str, ...]:
    """Return the keys of the orders and touches that are the shopper's: those of proved identities and of the
    profiles, without mere claims."""
    return (*profile.keys, *map(profile_key, (profile.id, *profile.merged_ids)))
