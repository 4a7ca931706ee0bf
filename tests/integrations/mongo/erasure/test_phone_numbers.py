"""In which forms the search at the end of an erasure finds a phone number in a record."""

from __future__ import annotations

import bson
import pytest

from integrations.mongo.erasure.finder import SearchedRecords

GERMAN, AMERICAN, IRISH = "+4915123456789", "+12125550123", "+353871234567"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (GERMAN, "0151 234-567 89"),
        (GERMAN, "+49 (0)151 23456789"),
        (GERMAN, "0049 151 23456789"),
        (GERMAN, "011 49 151 23456789"),
        (AMERICAN, "(212) 555-0123"),
        (AMERICAN, "001 212 555 0123"),
        (IRISH, "00353 87 123 4567"),
    ],
)
def test_a_number_is_found_as_it_is_dialled(number: str, text: str) -> None:
    assert found(number, text)


@pytest.mark.parametrize("text", ["+44 151 23456789", "0044 151 23456789"])
def test_the_same_digits_behind_another_country_code_are_not_found(text: str) -> None:
    assert not found(GERMAN, text)


def found(number: str, text: str) -> bool:
    record = {"_id": "a", "text": f"Ring {text} now"}
    return bool(SearchedRecords([(record, bson.encode(record))]).with_any([number], national=True))
