from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.account.hours import is_open, next_opening
from domain.model.account import Account, OpeningHours
from domain.values.ids import AccountId
from domain.values.record import replace

MINUTE = timedelta(minutes=1)
YEARS = (datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2028-01-01"))


def shop(zone: str, *week: tuple[int, str, str | None], holidays: tuple[date, ...] = ()) -> Account:
    return Account(
        id=AccountId("A"),
        name="Shop",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        time_zone=zone,
        business_week=tuple(
            OpeningHours(
                weekday=day,
                opens_at=time.fromisoformat(opens),
                closes_at=None if closes is None else time.fromisoformat(closes),
            )
            for day, opens, closes in week
        ),
        holidays=holidays,
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def open_minutes(account: Account, start: datetime, end: datetime) -> list[tuple[str, str]]:
    """The open time between two instants, counted minute by minute."""
    stretches: list[tuple[str, str]] = []
    began = None
    at = start
    while at <= end:
        opened = at < end and is_open(account, at)
        if opened and began is None:
            began = at
        elif not opened and began is not None:
            stretches.append((f"{began:%dT%H:%M}", f"{at:%dT%H:%M}"))
            began = None
        at += MINUTE
    return stretches


@pytest.mark.parametrize(
    ("account", "day", "stretches"),
    [
        # 7 June 2026 is a Sunday.
        (shop("UTC", (7, "09:00", "12:00"), (7, "13:00", "17:30")), "06-07", [("07T09:00", "07T12:00"),
                                                                              ("07T13:00", "07T17:30")]),
        (shop("Asia/Kathmandu", (7, "09:00", "17:00")), "06-07", [("07T03:15", "07T11:15")]),
        (shop("UTC", (7, "20:00", None), (1, "00:00", "02:00")), "06-07", [("07T20:00", "08T02:00")]),
        # The clocks jump from 2 to 3: the skipped hour does not exist.
        (shop("Europe/Rome", (7, "01:00", "04:00")), "03-29", [("29T00:00", "29T02:00")]),
        (shop("Europe/Rome", (7, "02:30", "04:00")), "03-29", [("29T01:00", "29T02:00")]),
        (shop("Europe/Rome", (7, "01:00", "02:30")), "03-29", [("29T00:00", "29T01:00")]),
        (shop("Europe/Rome", (7, "02:10", "02:50")), "03-29", []),
        # They go back from 3 to 2: repeated times count as their first occurrence.
        (shop("Europe/Rome", (7, "01:00", "04:00")), "10-25", [("24T23:00", "25T03:00")]),
        (shop("Europe/Rome", (7, "02:30", "04:00")), "10-25", [("25T00:30", "25T03:00")]),
        (shop("Europe/Rome", (7, "01:00", "02:30")), "10-25", [("24T23:00", "25T00:30")]),
        # A day without midnight begins at 1:00.
        (shop("Asia/Beirut", (7, "00:00", "02:00")), "03-29", [("28T22:00", "28T23:00")]),
        (shop("Asia/Beirut", (6, "23:00", None)), "03-28", [("28T21:00", "28T22:00")]),
        (shop("Europe/Rome", (7, "00:00", None)), "10-25", [("24T22:00", "25T23:00")]),
    ],
)  # fmt: skip
def test_open(account: Account, day: str, stretches: list[tuple[str, str]]) -> None:
    noon = utc(f"2026-{day}T12:00")
    assert open_minutes(account, noon - 24 * 60 * MINUTE, noon + 24 * 60 * MINUTE) == stretches


def test_closed_at_its_closing_time_and_open_at_its_opening_time() -> None:
    account = shop("UTC", (7, "09:00", "17:00"))
    instants = ["08:59:59.999", "09:00", "16:59:59.999", "17:00"]
    assert [is_open(account, utc(f"2026-06-07T{at}")) for at in instants] == [False, True, True, False]


def test_holidays_are_days_of_the_shop() -> None:
    account = shop("Pacific/Auckland", (7, "09:00", "17:00"), (1, "09:00", "17:00"), holidays=(date(2026, 6, 7),))
    assert not is_open(account, utc("2026-06-06T22:00"))
    assert is_open(account, utc("2026-06-07T22:00"))
    assert next_opening(account, utc("2026-06-06T12:00")) == utc("2026-06-07T21:00")


@pytest.mark.parametrize(
    ("account", "now", "opening"),
    [
        (shop("UTC", (1, "09:00", "17:00")), "2026-06-07T12:00", "2026-06-08T09:00"),
        (shop("UTC", (1, "09:00", "17:00")), "2026-06-08T08:59", "2026-06-08T09:00"),
        (shop("UTC", (1, "09:00", "17:00")), "2026-06-08T09:00", "2026-06-15T09:00"),
        (shop("UTC", (1, "09:00", "12:00"), (1, "13:00", "17:00")), "2026-06-08T10:00", "2026-06-08T13:00"),
        (shop("Asia/Kolkata", (1, "09:30", "17:00")), "2026-06-07T12:00", "2026-06-08T04:00"),
        (shop("UTC", (1, "09:00", "17:00"), holidays=(date(2026, 6, 8),)), "2026-06-07T12:00", "2026-06-15T09:00"),
        (shop("Europe/Rome", (7, "02:30", "04:00")), "2026-03-28T12:00", "2026-03-29T01:00"),
        # Opening hours that are skipped entirely do not exist.
        (shop("Europe/Rome", (7, "02:10", "02:50")), "2026-03-28T12:00", "2026-04-05T00:10"),
        (shop("Pacific/Apia", (5, "09:00", "17:00")), "2011-12-29T12:00", "2012-01-05T19:00"),
        (shop("UTC"), "2026-06-07T12:00", None),
    ],
)
def test_next_opening(account: Account, now: str, opening: str | None) -> None:
    assert next_opening(account, utc(now)) == (None if opening is None else utc(opening))


def test_holidays_for_over_a_year_are_never() -> None:
    days = tuple(date(2026, 6, 1) + timedelta(days=n) for n in range(500))
    assert next_opening(replace(shop("UTC", (1, "09:00", "17:00")), holidays=days), utc("2026-06-07T12:00")) is None


STRETCHES = st.tuples(st.integers(1, 7), st.times(), st.times()).filter(lambda row: row[1] < row[2])


@given(
    st.lists(STRETCHES, max_size=4),
    st.sampled_from(["Europe/Rome", "Australia/Lord_Howe", "Asia/Beirut", "America/St_Johns", "UTC"]),
    st.datetimes(*YEARS),
)
def test_next_opening_opens(week: list[tuple[int, time, time]], zone: str, now: datetime) -> None:
    account = replace(
        shop(zone),
        business_week=tuple(OpeningHours(weekday=d, opens_at=o, closes_at=c) for d, o, c in week),
    )
    instant = now.replace(tzinfo=UTC)
    opening = next_opening(account, instant)
    if not week:
        assert opening is None
        return
    assert opening is not None
    assert opening > instant
    assert is_open(account, opening)
    local = opening.astimezone(ZoneInfo(zone))
    assert any(d == local.isoweekday() for d, _, _ in week)
