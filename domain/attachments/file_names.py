"""Names of files, as people see and save them."""

from __future__ import annotations

import unicodedata

_LONGEST = 200  # characters; file systems take 255 bytes
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # controls, and marks that turn the direction of text around
_NAMELESS = "file"


def clean_file_name(name: str) -> str:
    """Return the last part of a name without hidden characters, at most 200 characters with its extension; `file` if
    nothing is left. `invoice\\u202efdp.exe` is shown as what it is."""
    shown = "".join(character for character in name if unicodedata.category(character) not in _HIDDEN)
    last = shown.replace("\\", "/").rpartition("/")[2]
    last = " ".join(unicodedata.normalize("NFC", last).split()).strip(". ")
    if len(last) <= _LONGEST:
        return last or _NAMELESS
    stem, dot, extension = last.rpartition(".")
    kept = f"{dot}{extension}"
    return f"{stem[: _LONGEST - len(kept)]}{kept}" if stem and len(kept) <= 20 else last[:_LONGEST]
