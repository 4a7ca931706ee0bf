"""Business hours in local time: clock changes, holidays, odd zones, and weeks without hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.account import hours
from domain.model.account import Account, OpeningHours
from domain.values.ids import AccountId

EVERY_DAY = range(1, 8)
MINUTE = timedelta(minutes=1)


def account(
    zone: str, *stretches: tuple[str, str], days: range | tuple[int, ...] = EVERY_DAY, holidays: tuple[date, ...] = ()
) -> Account:
    return Account(
        id=AccountId("A"),
        name="A",
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
        time_zone=zone,
        business_week=tuple(
            OpeningHours(
                weekday=day,
                opens_at=time.fromisoformat(opens),
                closes_at=None if closes == "24:00" else time.fromisoformat(closes),
            )
            for day in days
            for opens, closes in stretches
        ),
        holidays=holidays,
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "stretch", "opens", "closes"),
    [
        # The clocks go forward at 02:00 on 29 March 2026 in Rome, back at 03:00 on 25 October.
        ("Europe/Rome", ("09:00", "17:00"), "2026-03-28T08:00Z", "2026-03-28T16:00Z"),
        ("Europe/Rome", ("09:00", "17:00"), "2026-03-29T07:00Z", "2026-03-29T15:00Z"),
        ("Europe/Rome", ("09:00", "17:00"), "2026-10-24T07:00Z", "2026-10-24T15:00Z"),
        ("Europe/Rome", ("09:00", "17:00"), "2026-10-25T08:00Z", "2026-10-25T16:00Z"),
        # Opening or closing within the skipped hour happens at the jump.
        ("Europe/Rome", ("02:30", "04:00"), "2026-03-29T01:00Z", "2026-03-29T02:00Z"),
        ("Europe/Rome", ("01:00", "02:30"), "2026-03-29T00:00Z", "2026-03-29T01:00Z"),
        # Opening and closing within the repeated hour happen the first time.
        ("Europe/Rome", ("02:30", "04:00"), "2026-10-25T00:30Z", "2026-10-25T03:00Z"),
        ("Europe/Rome", ("01:00", "02:30"), "2026-10-24T23:00Z", "2026-10-25T00:30Z"),
        ("America/New_York", ("00:00", "24:00"), "2026-03-08T05:00Z", "2026-03-09T04:00Z"),
        # Half an hour of daylight saving, and zones between the hours.
        ("Australia/Lord_Howe", ("02:10", "03:00"), "2026-10-03T15:30Z", "2026-10-03T16:00Z"),
        ("Asia/Kolkata", ("09:00", "17:00"), "2026-06-07T03:30Z", "2026-06-07T11:30Z"),
        ("Asia/Kathmandu", ("09:15", "17:00"), "2026-06-07T03:30Z", "2026-06-07T11:15Z"),
        # Midnight itself is skipped.
        ("Africa/Cairo", ("00:00", "01:30"), "2026-04-23T22:00Z", "2026-04-23T22:30Z"),
        ("America/St_Johns", ("22:00", "24:00"), "2026-06-08T00:30Z", "2026-06-08T02:30Z"),
    ],
)
def test_opens_and_closes_on_the_instant(zone: str, stretch: tuple[str, str], opens: str, closes: str) -> None:
    shop = account(zone, stretch)
    first, end = at(opens), at(closes)
    tick = datetime.resolution
    always = stretch == ("00:00", "24:00")
    found = [hours.is_open(shop, now) for now in (first - tick, first, end - tick, end)]
    assert found == [always, True, True, always]
    assert hours.next_opening(shop, first - tick) == first


def test_day_without_an_end_goes_over_into_the_next() -> None:
    shop = account("America/New_York", ("00:00", "24:00"))
    assert all(hours.is_open(shop, at(f"2026-03-0{day}T{hour:02}:59:59Z")) for day in (8, 9) for hour in range(24))


def test_time_that_is_skipped_opens_for_no_time() -> None:
    shop = account("Europe/Rome", ("02:10", "02:50"))
    morning = [at(f"2026-03-29T0{hour}:{minute:02}Z") for hour in (0, 1) for minute in range(60)]
    assert not any(hours.is_open(shop, now) for now in morning)
    assert hours.next_opening(shop, morning[0]) == at("2026-03-30T02:10+02:00")


def test_holidays_are_days_of_the_shops_zone() -> None:
    shop = account("Pacific/Auckland", ("09:00", "17:00"), holidays=(date(2026, 12, 25), date(2026, 12, 26)))
    assert hours.is_open(shop, at("2026-12-24T10:00+13:00"))
    assert not hours.is_open(shop, at("2026-12-25T10:00+13:00"))  # 24 December in UTC
    assert hours.next_opening(shop, at("2026-12-24T18:00+13:00")) == at("2026-12-27T09:00+13:00")


def test_two_stretches_a_day() -> None:
    shop = account("Europe/Madrid", ("16:00", "20:00"), ("09:00", "13:00"), days=(1, 2, 3, 4, 5))
    assert hours.next_opening(shop, at("2026-06-08T08:00+02:00")) == at("2026-06-08T09:00+02:00")
    assert hours.next_opening(shop, at("2026-06-08T09:00+02:00")) == at("2026-06-08T16:00+02:00")
    assert hours.next_opening(shop, at("2026-06-12T16:00+02:00")) == at("2026-06-15T09:00+02:00")


def test_week_with_no_hours_never_opens() -> None:
    shop = account("Europe/Rome")
    now = at("2026-06-08T10:00Z")
    assert (hours.is_open(shop, now), hours.next_opening(shop, now)) == (False, None)


def test_year_of_holidays_and_the_day_after() -> None:
    first = date(2026, 1, 1).toordinal()
    shop = account("UTC", ("09:00", "17:00"), holidays=tuple(date.fromordinal(first + n) for n in range(366)))
    assert hours.next_opening(shop, at("2025-12-31T17:00Z")) == at("2027-01-02T09:00Z")


def test_day_that_a_zone_left_out() -> None:
    """Samoa skipped 30 December 2011."""
    shop = account("Pacific/Apia", ("09:00", "17:00"))
    assert hours.next_opening(shop, at("2011-12-29T20:00-10:00")) == at("2011-12-31T09:00+14:00")


@given(
    zone=st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"]),
    now=st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE),
    opens=st.integers(0, 24 * 60 - 1).map(lambda minutes: time(*divmod(minutes, 60))),
    days=st.sets(st.integers(1, 7), min_size=1),
)
def test_next_opening_is_an_opening(zone: str, now: datetime, opens: time, days: set[int]) -> None:
    shop = account(zone, (opens.isoformat(), "24:00"), days=tuple(days))
    opening = hours.next_opening(shop, now)
    assert opening is not None
    assert opening > now
    assert hours.is_open(shop, opening)
    assert opening.astimezone(ZoneInfo(zone)).isoweekday() in days
