"""Writes a ZIP file in pieces: what is written is taken out again before the next piece is made.

Sizes and checksums follow each entry (data descriptors), so that nothing has to be known in advance.
"""

from __future__ import annotations

from datetime import datetime
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo


class _Pieces:
    """The file that `ZipFile` writes to. It cannot be sought."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes) -> int:
        self.held += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: `ZipFile` calls it."""


class Archive:
    def __init__(self, at: datetime) -> None:
        """`at` is the time of all entries."""
        self._pieces = _Pieces()
        self._zip = ZipFile(cast("IO[bytes]", self._pieces), "w", ZIP_DEFLATED)
        self._at = at

    @property
    def waiting(self) -> int:
        """Number of bytes that were not taken."""
        return len(self._pieces.held)

    def entry(self, name: str, *, packed: bool = True) -> IO[bytes]:
        """Return the file to write an entry to, which has to be closed before the next. `packed`: whether it is
        compressed."""
        info = ZipInfo(name, self._at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        info.external_attr = 0o600 << 16  # readable for its owner alone, where it is unpacked
        return self._zip.open(info, "w", force_zip64=True)

    def take(self) -> bytes:
        """Return what was written since the last call."""
        data = bytes(self._pieces.held)
        self._pieces.held.clear()
        return data

    def close(self) -> None:
        """Write the directory, with which the file is complete."""
        self._zip.close()
