"""The keys of an account: created, rotated with an overlap, retired, and read at an address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dev.fakes.faults import failing
from dev.fakes.key_set import KeySet
from domain.identity.service import UpdateIdentityKeys
from domain.model.audit import AuditAction, AuditChange
from domain.model.identity import IdentityKeys
from domain.principal import StaffRole
from domain.values.errors import Conflict, Forbidden, Invalid, NotFound
from domain.values.record import replace
from tests.domain.identity.conftest import IdentityAccount

ENDED = "The token's `kid` names no secret of the account, or one that has ended."
DAY = timedelta(hours=24)


async def test_a_rotation_keeps_the_earlier_secret_for_a_day(account: IdentityAccount) -> None:
    first, old = await account.new_secret()
    second, new = await account.new_secret()
    assert old != new
    assert old.startswith("bis_")
    assert len(old) == 47
    stored = account.storage.one(IdentityKeys)
    assert [(s.id, s.ends_at) for s in stored.secrets] == [(first, account.now() + DAY), (second, None)]
    for _ in range(2):
        await account.verify(account.signed(old, kid=first))
        await account.verify(account.signed(new, kid=second))
        account.wait(hours=23)
    account.wait(hours=-22)
    assert await account.refusal(account.signed(old, kid=first)) == ENDED
    assert "signature is wrong" in await account.refusal(account.signed(old))
    await account.verify(account.signed(new))


async def test_the_overlap_can_be_chosen_and_is_never_put_off(account: IdentityAccount) -> None:
    first, _ = await account.new_secret()
    await account.new_secret(overlap=timedelta(hours=1))
    ends = account.now() + timedelta(hours=1)
    await account.new_secret(overlap=timedelta(days=30))
    assert {s.id: s.ends_at for s in account.storage.one(IdentityKeys).secrets}[first] == ends
    _, only = await account.new_secret(overlap=timedelta(0))
    assert len(account.storage.one(IdentityKeys).secrets) == 1
    await account.verify(account.signed(only))


async def test_a_retired_secret_ends_at_once(account: IdentityAccount) -> None:
    first, old = await account.new_secret()
    _, new = await account.new_secret(retire_key_id=first)
    assert "signature is wrong" in await account.refusal(account.signed(old))
    await account.verify(account.signed(new))
    with pytest.raises(NotFound):
        await account.update(retire_key_id=first)


async def test_secrets_are_bounded(account: IdentityAccount) -> None:
    for _ in range(5):
        await account.new_secret()
    with pytest.raises(Conflict, match="limit"):
        await account.new_secret()
    account.wait(hours=25)
    await account.new_secret()
    assert len(account.storage.one(IdentityKeys).secrets) == 2


async def test_a_repeated_call_creates_nothing_and_shows_nothing(account: IdentityAccount) -> None:
    first = await account.update(new_secret=True, key="k")
    again = await account.update(new_secret=True, key="k")
    assert first.created is not None
    assert again.created is None
    assert again.keys == first.keys
    with pytest.raises(Conflict):
        await account.update(new_secret=True, overlap=timedelta(hours=1), key="k")


async def test_secrets_are_stored_sealed_and_shown_nowhere(account: IdentityAccount) -> None:
    updated = await account.update(new_secret=True)
    assert updated.created is not None
    secret = updated.created.secret
    assert secret not in repr(updated)
    assert secret not in repr(account.storage.entities)
    assert secret not in repr(account.storage.events)
    assert secret not in repr(account.storage.audited)
    assert account.storage.one(IdentityKeys).sealed not in repr(account.storage.entities)


async def test_an_address_is_tried_before_it_is_saved(account: IdentityAccount, published: KeySet) -> None:
    published.faults.add(failing())
    with pytest.raises(Invalid, match=r"No keys could be read there\. It responded with status 503\.") as refused:
        await account.update(jwks_url=published.jwks_url, new_secret=True)
    assert refused.value.field == ("jwks_url",)
    assert account.storage.all(IdentityKeys) == []
    updated = await account.update(jwks_url=published.jwks_url)
    assert (updated.keys.jwks_url, updated.keys.jwks_set_at) == (published.jwks_url, account.now())
    removed = await account.update(clear_jwks=True)
    assert (removed.keys.jwks_url, removed.keys.jwks_set_at) == (None, None)


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://shop.example/jwks", "https://user:secret@shop.example/jwks", "http://127.0.0.1:1/jwks.json"]
)
async def test_addresses_that_are_refused(account: IdentityAccount, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        await account.update(jwks_url=url)
    assert refused.value.field == ("jwks_url",)


async def test_a_call_says_what_is_to_change(account: IdentityAccount) -> None:
    with pytest.raises(Invalid, match="Say what is to change"):
        await account.update()
    for overlap in (timedelta(days=31), timedelta(seconds=-1)):
        with pytest.raises(Invalid):
            await account.update(new_secret=True, overlap=overlap)


@pytest.mark.parametrize("role", [StaffRole.SUPPORT, StaffRole.ANALYST])
async def test_only_managers_change_keys(account: IdentityAccount, role: StaffRole) -> None:
    caller = replace(account.owner, role=role)
    with pytest.raises(Forbidden):
        await account.keys.update(caller, UpdateIdentityKeys(new_secret=True))
    with pytest.raises(Forbidden):
        await account.keys.of(caller)


async def test_a_change_is_in_the_audit_log(account: IdentityAccount, published: KeySet) -> None:
    await account.update(new_secret=True, jwks_url=published.jwks_url)
    [entry] = account.storage.audited
    assert entry.action is AuditAction.IDENTITY_KEYS_UPDATED
    assert {change.field.partition(".")[0] for change in entry.changes} == {"secrets", "jwks_url"}


async def test_the_audit_log_names_each_secret_and_its_end(account: IdentityAccount) -> None:
    first = (await account.update(new_secret=True)).created
    second = (await account.update(new_secret=True, overlap=timedelta(hours=1))).created
    assert first is not None
    assert second is not None
    await account.update(retire_key_id=first.id)
    soon = f"valid until {account.now() + timedelta(hours=1):%Y-%m-%d %H:%M:%S} UTC"
    assert [entry.changes for entry in account.storage.audited] == [
        (AuditChange(field=f"secrets.{first.id}", after="valid"),),
        (
            AuditChange(field=f"secrets.{first.id}", before="valid", after=soon),
            AuditChange(field=f"secrets.{second.id}", after="valid"),
        ),
        (AuditChange(field=f"secrets.{first.id}", before=soon),),
    ]
