from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.model.conversation import Visitor
from domain.model.profile import Profile, identity_keys, resolve
from domain.values.ids import ProfileId

NOW = datetime(2026, 6, 7, tzinfo=UTC)


def profile(key: str, **more: object) -> Profile:
    return Profile(id=ProfileId(key), created_at=NOW, **more)  # type: ignore[arg-type]


NEWCOMER = profile("N")


def test_an_unknown_visitor_becomes_a_new_profile() -> None:
    visitor = Visitor(anonymous_id="a", external_id="x", name="Ann", email="Ann@Example.com", phone="+391")
    resolved = resolve([], visitor, NEWCOMER)
    assert resolved.losers == ()
    assert resolved.profile == profile(
        "N",
        keys=("x:x", "e:ann@example.com", "p:+391", "a:a"),
        external_id="x",
        name="Ann",
        email="Ann@Example.com",
        phone="+391",
    )


def test_younger_profiles_are_merged_into_the_oldest() -> None:
    old = profile("1", keys=("e:a@b.example",), email="a@b.example", merged_ids=(ProfileId("0"),))
    young = profile("2", keys=("p:+391",), phone="+391", name="Young", merged_ids=(ProfileId("3"),))
    resolved = resolve([young, old], Visitor(email="A@b.example", phone="+391"), NEWCOMER)
    assert resolved.profile == profile(
        "1",
        keys=("e:a@b.example", "p:+391"),
        name="Young",
        email="A@b.example",
        phone="+391",
        merged_ids=("0", "2", "3"),
    )
    assert resolved.losers == (profile("2", phone="+391", name="Young", merged_ids=("3",), merged_into="1"),)


def test_the_one_whom_the_shop_knows_wins_over_an_older_one() -> None:
    anonymous = profile("1", keys=("a:tab",))
    known = profile("2", keys=("x:ann",), external_id="ann")
    resolved = resolve([anonymous, known], Visitor(anonymous_id="tab", external_id="ann"), NEWCOMER)
    assert (resolved.profile.id, resolved.profile.keys) == ("2", ("x:ann", "a:tab"))
    assert [loser.id for loser in resolved.losers] == ["1"]


def test_two_whom_the_shop_tells_apart_stay_two() -> None:
    ann = profile("1", keys=("x:ann", "e:family@b.example"), external_id="ann", email="family@b.example")
    resolved = resolve([ann], Visitor(external_id="bea", email="family@b.example"), NEWCOMER)
    assert resolved.losers == ()
    assert resolved.profile == profile("N", keys=("x:bea",), external_id="bea", email="family@b.example")


def test_an_anonymous_visitor_between_two_profiles_is_the_older_one() -> None:
    ann = profile("1", keys=("x:ann", "e:a@b.example"), external_id="ann")
    bea = profile("2", keys=("x:bea", "p:+391"), external_id="bea")
    resolved = resolve([bea, ann], Visitor(email="a@b.example", phone="+391"), NEWCOMER)
    assert resolved.losers == ()
    assert (resolved.profile.id, resolved.profile.keys) == ("1", ("x:ann", "e:a@b.example"))


def test_same_again_changes_nothing() -> None:
    visitor = Visitor(anonymous_id="a", email="a@b.example", name="Ann")
    once = resolve([], visitor, NEWCOMER).profile
    assert resolve([once], visitor, profile("M")).profile == once


VISITORS = st.builds(
    Visitor,
    anonymous_id=st.sampled_from([None, "a1", "a2", "a3"]),
    external_id=st.sampled_from([None, None, "x1", "x2"]),
    email=st.sampled_from([None, "e1@b.example", "E1@b.example", "e2@b.example"]),
    phone=st.sampled_from([None, "+391", "+392"]),
)


@given(st.lists(VISITORS, max_size=12))
def test_any_history_keeps_each_identity_with_one_profile(visitors: list[Visitor]) -> None:
    profiles: dict[str, Profile] = {}
    for number, visitor in enumerate(visitors):
        wanted = set(identity_keys(visitor))
        owners = [p for p in profiles.values() if wanted & set(p.keys)]
        resolved = resolve(owners, visitor, profile(f"{number:02d}"))
        for changed in (*resolved.losers, resolved.profile):
            profiles[changed.id] = changed
        keys = [key for p in profiles.values() for key in p.keys]
        assert len(keys) == len(set(keys))
        assert wanted <= set(keys)
        assert all(p.merged_into is None for p in profiles.values() if p.keys)
        for loser in resolved.losers:
            assert loser.external_id in (None, resolved.profile.external_id)
    external = [p.external_id for p in profiles.values() if p.external_id and p.merged_into is None]
    assert len(external) == len(set(external))
    for p in profiles.values():
        end = p
        while end.merged_into is not None:
            end = profiles[end.merged_into]
        assert p is end or p.id in end.merged_ids
