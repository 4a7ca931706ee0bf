"""Each scalar reads what it writes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.scalars import SCALARS, write_duration


@given(st.integers(min_value=0, max_value=999_999_999 * 86_400))
def test_a_duration_is_read_as_it_was_written(seconds: int) -> None:
    value = timedelta(seconds=seconds)
    read = SCALARS[timedelta].parse_value
    assert read is not None
    assert read(write_duration(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(hours=36), "P1DT12H"),
        (timedelta(minutes=90, seconds=5), "PT1H30M5S"),
        (timedelta(days=90), "P90D"),
        (timedelta(days=400), "P400D"),
    ],
)
def test_durations_have_no_years(value: timedelta, text: str) -> None:
    assert write_duration(value) == text


@pytest.mark.parametrize("value", [timedelta(seconds=-1), timedelta(milliseconds=1_500)])
def test_what_a_duration_cannot_say_is_not_written(value: timedelta) -> None:
    with pytest.raises(ValueError, match="whole seconds"):
        write_duration(value)
