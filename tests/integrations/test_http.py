"""`Retry-After` and bounded bodies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from integrations.http import read_limited, retry_after


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0.5", 0.5),
        ("0", 0),
        ("-3", 0),
        ("999999999", 3_600),
        ("1e400", None),
        ("nan", None),
        ("", None),
        ("soon", None),
        ("Mon, 99 Foo 2026", None),
    ],
)
def test_retry_after_in_seconds(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text}) == (None if seconds is None else timedelta(seconds=seconds))


def test_retry_after_as_a_date() -> None:
    in_a_minute = datetime.now(UTC) + timedelta(minutes=1)
    wait = retry_after({"retry-after": format_datetime(in_a_minute, usegmt=True)})
    assert wait is not None
    assert timedelta(seconds=55) < wait <= timedelta(seconds=60)
    assert retry_after({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}) == timedelta(0)


def test_retry_after_is_absent_or_limited() -> None:
    assert retry_after({}) is None
    assert retry_after({"retry-after": "999999"}, longest=timedelta.max) == timedelta(seconds=999_999)


async def test_a_body_is_read_up_to_the_limit() -> None:
    read: list[bytes] = []

    async def chunks() -> AsyncIterator[bytes]:
        for chunk in (b"abc", b"def", b"ghi"):
            read.append(chunk)
            yield chunk

    assert await read_limited(chunks(), 9) == b"abcdefghi"
    read.clear()
    assert await read_limited(chunks(), 5) is None
    assert read == [b"abc", b"def"]
