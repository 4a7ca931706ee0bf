"""Which build works on which database."""

from __future__ import annotations

import pytest

from domain.versions.model import OtherVersion, SchemaState, check, check_running, check_target


@pytest.mark.parametrize("state", [SchemaState(version=2), SchemaState(version=3), SchemaState(version=2, target=3)])
def test_a_build_works_on_its_own_version_and_on_the_one_before(state: SchemaState) -> None:
    check(state, 3)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (SchemaState(version=4), "`baton migrate --to 3`"),
        (SchemaState(version=3, target=4), "`baton migrate --to 3`"),  # its migration has begun
        (SchemaState(version=1), "beginning with 2"),
    ],
)
def test_any_other_version_is_refused_with_what_to_do(state: SchemaState, told: str) -> None:
    with pytest.raises(OtherVersion) as refused:
        check(state, 3)
    assert told in str(refused.value)


def test_a_process_that_runs_ends_only_once_a_migration_has_begun() -> None:
    check_running(SchemaState(version=3, target=4), 3)
    for state in (SchemaState(version=3, target=4, is_begun=True), SchemaState(version=4)):
        with pytest.raises(OtherVersion):
            check_running(state, 3)


@pytest.mark.parametrize("to", [1, 4])
def test_a_build_migrates_to_its_version_and_back_only(to: int) -> None:
    check_target(SchemaState(version=2), 3, 3)
    check_target(SchemaState(version=3), 2, 3)
    with pytest.raises(OtherVersion):
        check_target(SchemaState(version=2), to, 3)
