"""Control characters and lone surrogates are removed or refused; all other characters are kept."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from domain.values.errors import Invalid
from domain.values.text import check_text, without_controls

EVERY = "".join(map(chr, range(sys.maxunicode + 1)))


def test_exactly_the_controls_and_surrogates_of_unicode_are_removed() -> None:
    kept = [c for c in EVERY if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cs")]
    assert without_controls(EVERY) == "".join(kept)


@pytest.mark.parametrize("number", [0x00, 0x0B, 0x7F, 0x9F, 0xD800, 0xDFFF])
def test_a_control_is_refused_by_its_number(number: int) -> None:
    with pytest.raises(Invalid, match=f"U\\+{number:04X}"):
        check_text(f"a{chr(number)}b", field="text")


def test_tabs_and_line_breaks_stay() -> None:
    assert check_text("a\tb\r\nc", field="text") == "a\tb\r\nc"
