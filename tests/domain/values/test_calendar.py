from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.calendar import (
    DatePreset,
    DayRange,
    WeekStart,
    day_of,
    day_range,
    instants_of,
    preset_range,
    start_of,
)
from domain.values.errors import Invalid

ZONES = sorted(available_timezones() - {"localtime"})
DAYS = st.dates(date(1970, 1, 2), date(2100, 1, 1))
DAY = timedelta(days=1)
YEARS = (datetime.fromisoformat("1975-01-01"), datetime.fromisoformat("2100-01-01"))


def length(day: date, zone: str) -> timedelta:
    start, end = instants_of(DayRange(start=day, end=day), zone)
    return end - start


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Rome", date(2026, 3, 29), 23),
        ("Europe/Rome", date(2026, 10, 25), 25),
        ("Europe/Rome", date(2026, 6, 7), 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # no midnight: the day begins at 1:00
        ("America/Sao_Paulo", date(2018, 2, 17), 25),  # midnight falls back into it
        ("Asia/Beirut", date(2026, 3, 29), 23),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("Pacific/Apia", date(2011, 12, 30), 0),  # this date did not exist
        ("Pacific/Kwajalein", date(1993, 8, 21), 0),
        ("Asia/Kathmandu", date(2026, 6, 7), 24),
    ],
)
def test_length_of_days(zone: str, day: date, hours: float) -> None:
    assert length(day, zone) == timedelta(hours=hours)


def test_day_begins_where_the_calendar_turns_to_it() -> None:
    assert start_of(date(2026, 3, 29), ZoneInfo("Asia/Beirut")) == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert start_of(date(2026, 6, 7), ZoneInfo("Asia/Kolkata")) == datetime(2026, 6, 6, 18, 30, tzinfo=UTC)
    assert start_of(date(2011, 12, 30), ZoneInfo("Pacific/Apia")) == datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert start_of(date(2011, 12, 31), ZoneInfo("Pacific/Apia")) == datetime(2011, 12, 30, 10, tzinfo=UTC)


@given(DAYS, st.sampled_from(ZONES), st.integers(1, 400))
def test_days_meet_without_a_gap_or_an_overlap(day: date, zone: str, count: int) -> None:
    start, end = instants_of(DayRange(start=day, end=day + DAY * (count - 1)), zone)
    middle = instants_of(DayRange(start=day, end=day), zone)[1]
    assert start <= middle <= end
    assert middle == start_of(day + DAY, ZoneInfo(zone))
    assert abs((end - start) - DAY * count) <= timedelta(hours=25)


@given(st.datetimes(*YEARS), st.sampled_from(ZONES))
def test_instant_is_in_the_day_that_the_wall_shows(naive: datetime, zone: str) -> None:
    instant = naive.replace(tzinfo=UTC)
    shown = instant.astimezone(ZoneInfo(zone)).date()
    start, end = instants_of(DayRange(start=shown, end=shown), zone)
    # If the clocks go back over midnight, an hour of the old day is repeated after the new day began.
    came_again = start - timedelta(hours=2) <= instant < end + timedelta(hours=2)
    assert start <= instant < end or came_again


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        (DatePreset.TODAY, (2026, 6, 7), (2026, 6, 7)),
        (DatePreset.YESTERDAY, (2026, 6, 6), (2026, 6, 6)),
        (DatePreset.LAST_7_DAYS, (2026, 6, 1), (2026, 6, 7)),
        (DatePreset.LAST_30_DAYS, (2026, 5, 9), (2026, 6, 7)),
        (DatePreset.LAST_90_DAYS, (2026, 3, 10), (2026, 6, 7)),
        (DatePreset.THIS_WEEK, (2026, 6, 1), (2026, 6, 7)),
        (DatePreset.LAST_WEEK, (2026, 5, 25), (2026, 5, 31)),
        (DatePreset.THIS_MONTH, (2026, 6, 1), (2026, 6, 7)),
        (DatePreset.LAST_MONTH, (2026, 5, 1), (2026, 5, 31)),
    ],
)
def test_presets_on_the_seventh_of_june(
    preset: DatePreset, start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    assert preset_range(preset, date(2026, 6, 7)) == DayRange(start=date(*start), end=date(*end))


def test_presets_over_the_turn_of_the_year() -> None:
    today = date(2026, 1, 1)
    assert preset_range(DatePreset.LAST_MONTH, today) == DayRange(start=date(2025, 12, 1), end=date(2025, 12, 31))
    assert preset_range(DatePreset.THIS_WEEK, today) == DayRange(start=date(2025, 12, 29), end=today)


@given(st.sampled_from(DatePreset), DAYS)
def test_presets_are_ranges_that_can_be_asked_for(preset: DatePreset, today: date) -> None:
    days = preset_range(preset, today)
    assert days.start <= days.end <= today


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 6, 8), date(2026, 6, 7)),
        (date(2016, 1, 1), date(2026, 6, 7)),
        (date(1969, 12, 31), date(1970, 1, 1)),
        (date(2200, 1, 1), date(2200, 1, 2)),
    ],
)
def test_ranges_that_cannot_be(start: date, end: date) -> None:
    with pytest.raises(Invalid) as refused:
        day_range(start, end, field=("range",))
    assert refused.value.field == ("range",)


def test_longest_range() -> None:
    assert day_range(date(2020, 1, 1), date(2020, 1, 1) + 3_659 * DAY, field=()).start == date(2020, 1, 1)
    with pytest.raises(Invalid):
        day_range(date(2020, 1, 1), date(2020, 1, 1) + 3_660 * DAY, field=())


def test_a_week_may_start_on_sunday() -> None:
    sunday, saturday = date(2026, 6, 7), date(2026, 6, 6)
    this, last = DatePreset.THIS_WEEK, DatePreset.LAST_WEEK
    assert preset_range(this, sunday, WeekStart.SUNDAY) == DayRange(start=sunday, end=sunday)
    assert preset_range(this, saturday, WeekStart.SUNDAY) == DayRange(start=date(2026, 5, 31), end=saturday)
    assert preset_range(last, sunday, WeekStart.SUNDAY) == DayRange(start=date(2026, 5, 31), end=saturday)
    assert preset_range(this, sunday) == DayRange(start=date(2026, 6, 1), end=sunday)


def test_a_range_and_the_one_before() -> None:
    week = DayRange(start=date(2026, 6, 1), end=date(2026, 6, 7))
    assert (week.length, week.previous) == (7, DayRange(start=date(2026, 5, 25), end=date(2026, 5, 31)))
    assert week.days()[0] == week.start
    assert week.days()[-1] == week.end


@given(
    instant=st.datetimes(*YEARS, timezones=st.just(UTC)),
    zone=st.sampled_from(
        ["America/St_Johns", "Pacific/Apia", "Africa/Monrovia", "Asia/Kathmandu", "America/Sao_Paulo"]
    ),
)
def test_the_day_of_an_instant_is_the_one_whose_instants_it_is_among(instant: datetime, zone: str) -> None:
    day = day_of(instant, zone)
    start, before = instants_of(DayRange(start=day, end=day), zone)
    assert start <= instant < before


def test_a_day_shown_twice_keeps_its_second_hour_where_the_next_began() -> None:
    """St John's set its clocks back at 00:01: Sunday lasted one minute, then Saturday continued."""
    sunday = date(2006, 10, 29)
    began = start_of(sunday, ZoneInfo("America/St_Johns"))
    again = began + timedelta(minutes=30)
    assert again.astimezone(ZoneInfo("America/St_Johns")).date() == date(2006, 10, 28)
    assert day_of(again, "America/St_Johns") == sunday
    assert day_of(began - timedelta(seconds=1), "America/St_Johns") == date(2006, 10, 28)
