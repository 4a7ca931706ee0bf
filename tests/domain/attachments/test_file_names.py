"""Names of files are shown as what they are, and written into headers that no name can break."""

from __future__ import annotations

import pytest

from api.files.downloads import disposition
from domain.attachments.file_names import clean_file_name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("photo.png", "photo.png"),
        ("C:\\Users\\ann\\photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie: x=1.png"),
        ("  .. ", "file"),
        ("/", "file"),
        ("e\u0301.png", "é.png"),
        ("x" * 300 + ".jpeg", "x" * 195 + ".jpeg"),
        ("写真.png", "写真.png"),
    ],
)
def test_names_are_cleaned(given: str, shown: str) -> None:
    assert clean_file_name(given) == shown


def test_names_in_headers() -> None:
    assert disposition('写 真".png', inline=True) == (
        "inline; filename=\"_ __.png\"; filename*=UTF-8''%E5%86%99%20%E7%9C%9F%22.png"
    )
    assert disposition("a%20b;c.txt", inline=False) == (
        "attachment; filename=\"a_20b;c.txt\"; filename*=UTF-8''a%2520b%3Bc.txt"
    )
