from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.model.conversation import Visitor
from domain.model.profile import MOST_KEYS, MOST_MERGED, Profile, described, proved_keys, resolve
from domain.values.ids import ProfileId
from domain.values.record import replace

NOW = datetime(2026, 6, 7, tzinfo=UTC)


def profile(key: str, **more: object) -> Profile:
    return Profile(id=ProfileId(key), created_at=NOW, **more)  # type: ignore[arg-type]


NEWCOMER = profile("N")


def test_an_unknown_visitor_with_a_proof_becomes_a_new_profile() -> None:
    visitor = Visitor(browser_id="b", external_id="x", name="Ann", email="Ann@Example.com", phone="+391").vouched()
    resolved = resolve([], visitor, NEWCOMER)
    assert resolved.losers == ()
    assert resolved.profile == profile(
        "N",
        keys=("x:x", "e:ann@example.com", "p:+391"),
        external_id="x",
        name="Ann",
        email="Ann@Example.com",
        phone="+391",
    )
    assert resolved.profile.verified


def test_younger_profiles_are_merged_into_the_oldest() -> None:
    old = profile("1", keys=("e:a@b.example",), email="a@b.example", merged_ids=(ProfileId("0"),))
    young = profile("2", keys=("p:+391",), phone="+391", name="Young", merged_ids=(ProfileId("3"),))
    resolved = resolve([young, old], Visitor(email="A@b.example", phone="+391").vouched(), NEWCOMER)
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
    by_mail = profile("1", keys=("e:a@b.example",))
    known = profile("2", keys=("x:ann",), external_id="ann")
    resolved = resolve([by_mail, known], Visitor(external_id="ann", email="a@b.example").vouched(), NEWCOMER)
    assert (resolved.profile.id, resolved.profile.keys) == ("2", ("x:ann", "e:a@b.example"))
    assert [loser.id for loser in resolved.losers] == ["1"]


def test_a_proof_takes_over_the_browsers_profile_and_releases_its_key() -> None:
    browser = profile("1", keys=("b:tab",), name="You have won", email="victim@b.example", merged_ids=(ProfileId("0"),))
    known = profile("2", keys=("x:ann",), external_id="ann", name="Ann")
    proof = Visitor(external_id="ann").vouched()
    assert resolve([known], proof, NEWCOMER, browser).profile == replace(known, merged_ids=("1", "0"))
    assert [p.keys for p in resolve([known], proof, NEWCOMER, browser).losers] == [()]
    alone = resolve([], proof, NEWCOMER, browser)
    assert alone.losers == ()
    assert alone.profile == profile("1", keys=("x:ann",), external_id="ann", merged_ids=(ProfileId("0"),))


def test_what_a_browser_claims_describes_an_unverified_profile_only() -> None:
    says = Visitor(name="Mallory", email="m@b.example", external_id="vic")
    browser, vic = profile("1", keys=("b:tab",)), profile("2", keys=("x:vic",), external_id="vic", name="Vic")
    claims = ("x:vic", "e:m@b.example")
    assert described(browser, says) == replace(browser, name="Mallory", email="m@b.example", claims=claims)
    assert described(browser, says).order_keys == ("b:tab", *claims)
    assert described(vic, says) == vic


def test_claims_beside_a_proof_stay_out_of_the_profile() -> None:
    visitor = replace(Visitor(external_id="ann").vouched(), email="victim@b.example", name="You have won")
    assert resolve([], visitor, NEWCOMER).profile == profile("N", keys=("x:ann",), external_id="ann")


def test_a_profile_has_so_many_identifiers_of_a_kind() -> None:
    full = profile("1", keys=("x:ann", *(f"e:{n}@b.example" for n in range(MOST_KEYS))), external_id="ann")
    visitor = Visitor(external_id="ann", email="more@b.example", phone="+391").vouched()
    assert resolve([full], visitor, NEWCOMER).profile.keys == (*full.keys, "p:+391")
    other = profile("2", keys=("e:more@b.example",), email="more@b.example")
    resolved = resolve([full, other], visitor, NEWCOMER)
    assert (resolved.profile.keys, resolved.losers) == ((*full.keys, "p:+391"), ()), "the other keeps what it has"


def test_so_many_profiles_are_merged_into_one() -> None:
    full = profile("1", keys=("x:ann",), external_id="ann", merged_ids=tuple(f"M{n}" for n in range(MOST_MERGED)))
    browser = profile("2", keys=("b:tab",))
    resolved = resolve([full], Visitor(external_id="ann").vouched(), NEWCOMER, browser)
    assert (resolved.profile, resolved.losers) == (full, ())


def test_two_whom_the_shop_tells_apart_stay_two() -> None:
    ann = profile("1", keys=("x:ann", "e:family@b.example"), external_id="ann", email="family@b.example")
    resolved = resolve([ann], Visitor(external_id="bea", email="family@b.example").vouched(), NEWCOMER)
    assert resolved.losers == ()
    assert resolved.profile == profile("N", keys=("x:bea",), external_id="bea", email="family@b.example")


def test_a_proof_without_the_shops_id_between_two_profiles_is_the_older_one() -> None:
    ann = profile("1", keys=("x:ann", "e:a@b.example"), external_id="ann")
    bea = profile("2", keys=("x:bea", "p:+391"), external_id="bea")
    resolved = resolve([bea, ann], Visitor(email="a@b.example", phone="+391").vouched(), NEWCOMER)
    assert resolved.losers == ()
    assert (resolved.profile.id, resolved.profile.keys) == ("1", ("x:ann", "e:a@b.example"))


def test_same_again_changes_nothing() -> None:
    visitor = Visitor(email="a@b.example", name="Ann").vouched()
    once = resolve([], visitor, NEWCOMER).profile
    assert resolve([once], visitor, profile("M")).profile == once


VISITORS = st.builds(
    Visitor,
    external_id=st.sampled_from([None, None, "x1", "x2"]),
    email=st.sampled_from([None, "e1@b.example", "E1@b.example", "e2@b.example"]),
    phone=st.sampled_from([None, "+391", "+392"]),
).map(Visitor.vouched)


@given(st.lists(VISITORS, max_size=12))
def test_any_history_keeps_each_identity_with_one_profile(visitors: list[Visitor]) -> None:
    profiles: dict[str, Profile] = {}
    for number, visitor in enumerate(visitors):
        wanted = set(proved_keys(visitor))
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
