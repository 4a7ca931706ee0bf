"""Merges of profiles by staff and by proofs, and their undoing, in memory."""

from __future__ import annotations

from typing import Any

import pytest

from domain.model.audit import AuditAction
from domain.model.conversation import Conversation, Visitor
from domain.model.profile import Profile, ProfileMerge
from domain.principal import Principal, StaffRole
from domain.profile.merging import joined, part_with, undone
from domain.profile.service import MergeProfiles, ProfileService, SplitProfile, SplitProfiles
from domain.values.channel import Channel
from domain.values.errors import Conflict, Forbidden, Invalid, NotFound
from domain.values.ids import ProfileId, StaffId
from domain.values.record import replace
from tests.harness.memory_shop import NOON, MemoryShop

ANN = Visitor(external_id="ann", name="Ann", email="ann@example.com")
BEA = Visitor(phone="+393331234567", name="Bea")


class ProfileShop(MemoryShop):
    def __init__(self) -> None:
        super().__init__()
        self.profiles = ProfileService(storage=self.storage)
        self.manager = self.staff("Mia", StaffRole.MANAGER)

    async def proved(self, visitor: Visitor, channel: Channel = Channel.WEB_CHAT) -> Conversation:
        return await self.start(visitor=visitor, channel=channel)

    def whole(self, talk: Conversation) -> Profile:
        """The profile of a conversation, as staff see it."""
        profile = self.profile(talk.profile_id)
        while profile.merged_into is not None:
            profile = self.profile(profile.merged_into)
        return profile

    def profile(self, profile_id: ProfileId) -> Profile:
        found = self.storage.entities[Profile, profile_id]
        assert isinstance(found, Profile)
        return found

    async def merge(self, other: Profile, into: Profile, **given: Any) -> Profile:
        caller = given.pop("by", self.manager)
        command = MergeProfiles(profile_id=other.id, into_profile_id=into.id)
        return await self.profiles.merge(caller, command, **given)

    async def split(self, part: Profile, by: Principal | None = None, key: str | None = None) -> SplitProfiles:
        return await self.profiles.split(by or self.manager, SplitProfile(profile_id=part.id), key)


@pytest.fixture
def shop() -> ProfileShop:
    return ProfileShop()


async def test_a_merge_by_staff_joins_everything_and_a_split_restores_it(shop: ProfileShop) -> None:
    of_ann, of_bea = await shop.proved(ANN), await shop.proved(BEA, Channel.SMS)
    ann, bea = shop.whole(of_ann), shop.whole(of_bea)
    merged = await shop.merge(bea, ann)
    assert (merged.id, merged.keys, merged.phone, merged.name) == (
        ann.id, (*ann.keys, *bea.keys), "+393331234567", "Ann",
    )  # fmt: skip
    assert merged.merges == (
        ProfileMerge(profile_id=bea.id, at=NOON, by=shop.manager.staff_id, keys=bea.keys, filled=("phone",)),
    )
    assert shop.whole(of_bea) == shop.whole(of_ann) == merged
    split = await shop.split(bea)
    assert (split.profile, split.remaining) == (bea, ann)
    assert (shop.whole(of_ann), shop.whole(of_bea)) == (ann, bea)
    assert [entry.action for entry in shop.storage.audited] == [
        AuditAction.PROFILES_MERGED,
        AuditAction.PROFILE_SPLIT,
    ]
    assert "Ann" not in repr([(entry.target, entry.changes) for entry in shop.storage.audited])


async def test_conversations_since_the_merge_go_to_whom_their_proof_names(shop: ProfileShop) -> None:
    ann, bea = shop.whole(await shop.proved(ANN)), shop.whole(await shop.proved(BEA, Channel.SMS))
    await shop.merge(bea, ann)
    later_bea = await shop.proved(BEA, Channel.WHATSAPP)
    later_ann = await shop.proved(ANN, Channel.EMAIL)
    assert shop.whole(later_bea) == shop.whole(later_ann)
    await shop.split(bea)
    assert shop.whole(later_bea).id == bea.id
    assert shop.whole(later_ann).id == ann.id


async def test_a_conversation_that_goes_on_stays_with_its_part(shop: ProfileShop) -> None:
    of_bea = await shop.proved(BEA, Channel.SMS)
    ann, bea = shop.whole(await shop.proved(ANN)), shop.whole(of_bea)
    await shop.merge(bea, ann)
    again = await shop.proved(replace(BEA, name="Beatrice"), Channel.SMS)
    assert again.id == of_bea.id
    await shop.split(bea)
    [stored] = [c for c in shop.storage.all(Conversation) if c.id == of_bea.id]
    assert shop.whole(stored).id == bea.id


async def test_a_merge_by_a_proof_is_recorded_and_undone(shop: ProfileShop) -> None:
    of_ann, of_bea = await shop.proved(ANN), await shop.proved(BEA, Channel.SMS)
    ann, bea = shop.whole(of_ann), shop.whole(of_bea)
    both = await shop.proved(replace(ANN, phone=BEA.phone), Channel.EMAIL)
    merged = shop.whole(of_bea)
    [merge] = merged.merges
    assert (merge.profile_id, merge.by, merge.at, merge.keys) == (bea.id, None, NOON, bea.keys)
    split = await shop.split(bea)
    assert split.profile == bea
    assert (split.remaining.keys, split.remaining.phone) == (ann.keys, None)
    assert shop.whole(both).id == ann.id
    assert shop.whole(of_bea).id == bea.id


async def test_a_later_proof_wins_over_a_split(shop: ProfileShop) -> None:
    ann, bea = shop.whole(await shop.proved(ANN)), shop.whole(await shop.proved(BEA, Channel.SMS))
    await shop.merge(bea, ann)
    await shop.split(bea)
    await shop.proved(replace(ANN, phone=BEA.phone), Channel.EMAIL)
    assert shop.profile(bea.id).merged_into == ann.id
    assert len(shop.profile(ann.id).merges) == 1


async def test_a_part_of_a_part_is_taken_out_alone(shop: ProfileShop) -> None:
    """Eve is merged into Bea, and Bea into Ann; then Eve, and then Bea, get what was theirs."""
    ann = shop.whole(await shop.proved(ANN))
    bea = shop.whole(await shop.proved(BEA, Channel.SMS))
    of_eve = await shop.proved(Visitor(email="eve@example.com", name="Eve"), Channel.EMAIL)
    eve = shop.whole(of_eve)
    await shop.merge(eve, bea)
    with_eve = shop.profile(bea.id)
    await shop.merge(with_eve, ann)
    assert shop.profile(ann.id).merged_ids == (bea.id, eve.id)
    assert shop.whole(of_eve).id == ann.id
    split = await shop.split(eve)
    assert split.profile == eve
    assert split.remaining.keys == (*ann.keys, *bea.keys)
    assert split.remaining.merged_ids == (bea.id,)
    assert (await shop.split(bea)).profile == bea
    assert shop.profile(ann.id) == ann


async def test_a_part_takes_its_own_parts_along(shop: ProfileShop) -> None:
    ann = shop.whole(await shop.proved(ANN))
    bea = shop.whole(await shop.proved(BEA, Channel.SMS))
    of_eve = await shop.proved(Visitor(email="eve@example.com"), Channel.EMAIL)
    await shop.merge(shop.whole(of_eve), bea)
    with_eve = shop.profile(bea.id)
    await shop.merge(with_eve, ann)
    split = await shop.split(bea)
    assert split.profile == with_eve
    assert split.remaining == ann
    assert shop.whole(of_eve).id == bea.id


async def test_a_key_that_another_shopper_proved_since_does_not_come_back(shop: ProfileShop) -> None:
    ann, bea = shop.whole(await shop.proved(ANN)), shop.whole(await shop.proved(BEA, Channel.SMS))
    merged = await shop.merge(bea, ann)
    other = Profile(id=ProfileId("Z" * 26), created_at=NOON, keys=bea.keys)
    shop.storage.keep(replace(merged, keys=ann.keys), other)
    assert (await shop.split(bea)).profile.keys == ()
    assert shop.profile(other.id) == other


async def test_what_changed_since_the_merge_is_kept(shop: ProfileShop) -> None:
    ann, bea = shop.whole(await shop.proved(ANN)), shop.whole(await shop.proved(BEA, Channel.SMS))
    merged = await shop.merge(bea, ann)
    shop.storage.keep(replace(merged, phone="+393330000000", keys=(*merged.keys, "p:+393330000000")))
    remaining = (await shop.split(bea)).remaining
    assert (remaining.phone, remaining.keys) == ("+393330000000", (*ann.keys, "p:+393330000000"))


async def test_an_unverified_profile_brings_no_claim(shop: ProfileShop) -> None:
    claimed = await shop.start(visitor=replace(ANN, anonymous_id="b" * 30, external_id=None), trusted=False)
    bea, browser = shop.whole(await shop.proved(BEA, Channel.SMS)), shop.whole(claimed)
    assert not browser.verified
    merged = await shop.merge(browser, bea)
    assert (merged.keys, merged.email, merged.name) == (bea.keys, None, "Bea")
    assert shop.whole(claimed).id == bea.id
    split = await shop.split(browser)
    assert (split.profile, split.remaining) == (browser, bea)


async def test_merges_of_an_older_version_can_be_undone(shop: ProfileShop) -> None:
    """They have no record: the keys are those of the profile's own attributes."""
    old = Profile(id=ProfileId("0" * 26), created_at=NOON, keys=("x:ann", "e:eve@example.com"), external_id="ann")
    part = Profile(id=ProfileId("1" * 26), created_at=NOON, email="eve@example.com", name="Eve", merged_into=old.id)
    shop.storage.keep(replace(old, merged_ids=(part.id,)), part)
    split = await shop.split(part)
    assert split.profile == replace(part, keys=("e:eve@example.com",), merged_into=None)
    assert split.remaining == replace(old, keys=("x:ann",))


async def test_what_is_refused(shop: ProfileShop) -> None:
    ann, bea = shop.whole(await shop.proved(ANN)), shop.whole(await shop.proved(BEA, Channel.SMS))
    other = shop.whole(await shop.proved(Visitor(external_id="other")))
    browser = shop.whole(await shop.start(visitor=Visitor(anonymous_id="b" * 30), trusted=False))
    before = shop.storage.entities
    with pytest.raises(Conflict, match="tells these two apart"):
        await shop.merge(other, ann)
    with pytest.raises(Conflict, match="Only the first of the two is verified"):
        await shop.merge(bea, browser)
    with pytest.raises(Invalid):
        await shop.merge(ann, ann)
    with pytest.raises(NotFound):
        await shop.merge(replace(ann, id=ProfileId("9" * 26)), bea)
    with pytest.raises(Conflict, match="not part of another"):
        await shop.split(ann)
    with pytest.raises(NotFound):
        await shop.split(replace(ann, id=ProfileId("9" * 26)))
    assert shop.storage.entities == before
    await shop.merge(bea, ann)
    with pytest.raises(Conflict, match="part of another one already"):
        await shop.merge(bea, other)
    with pytest.raises(Conflict, match="part of another one already"):
        await shop.merge(other, bea)


@pytest.mark.parametrize("role", [StaffRole.SUPPORT, StaffRole.ANALYST])
async def test_only_managers_merge_and_split(shop: ProfileShop, role: StaffRole) -> None:
    ann, bea = shop.whole(await shop.proved(ANN)), shop.whole(await shop.proved(BEA, Channel.SMS))
    with pytest.raises(Forbidden):
        await shop.merge(bea, ann, by=shop.staff("Sam", role))
    await shop.merge(bea, ann)
    with pytest.raises(Forbidden):
        await shop.split(bea, by=shop.staff("Sal", role))


async def test_a_repeated_command_runs_once(shop: ProfileShop) -> None:
    ann, bea = shop.whole(await shop.proved(ANN)), shop.whole(await shop.proved(BEA, Channel.SMS))
    first = await shop.merge(bea, ann, key="k")
    assert await shop.merge(bea, ann, key="k") == first
    split = await shop.split(bea, key="k")
    assert await shop.split(bea, key="k") == split
    assert len(shop.storage.audited) == 2


async def test_limits() -> None:
    full = Profile(id=ProfileId("A"), created_at=NOON, keys=tuple(f"e:{n}" for n in range(50)))
    one = Profile(id=ProfileId("B"), created_at=NOON, keys=("e:one",))
    assert joined(full, one, at=NOON, by=StaffId("s")) is None
    assert joined(full, replace(one, keys=("p:+1",)), at=NOON, by=StaffId("s")) is not None
    many = replace(one, merged_ids=tuple(ProfileId(str(n)) for n in range(200)))
    assert joined(many, replace(one, id=ProfileId("C"), keys=("p:+1",)), at=NOON, by=None) is None


async def test_a_profile_without_record_is_its_own_part(shop: ProfileShop) -> None:
    profile = Profile(id=ProfileId("A"), created_at=NOON, keys=("e:a",), merged_ids=(ProfileId("B"),))

    async def part(uow: Any) -> ProfileId:
        return await part_with(uow, profile, ["e:a", "e:b"])

    assert await shop.storage.write(shop.storage.account.id, part) == profile.id
    undo = undone(replace(profile, id=ProfileId("B"), merged_into=profile.id, keys=()), [profile], free=())
    assert undo.parents == (replace(profile, merged_ids=()),)
