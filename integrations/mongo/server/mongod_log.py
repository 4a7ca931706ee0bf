"""The log of a mongod: one JSON value a line, from the start of the process on."""

from __future__ import annotations

import json
import os
from pathlib import Path

from integrations.mongo.disk_full import says_disk_full

_LIMIT = 16 * 1024 * 1024  # bytes; a larger log is rotated at the next start, and one old file is kept
_TAIL = 65_536  # bytes that are read for the last errors
_ERRORS = 8  # a failed write leads to that of a transaction, a panic, a fatal assertion
_WORDS = 500  # characters of one


class MongodLog:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._start = path.stat().st_size if path.exists() else 0

    def rotate(self) -> None:
        """Begin the log of a new process. Raises `OSError`."""
        if self.path.exists() and self.path.stat().st_size > _LIMIT:
            self.path.replace(self.path.with_suffix(".log.1"))
        self._start = self.path.stat().st_size if self.path.exists() else 0

    def open(self) -> int:
        """Return a descriptor to append to it. Raises `OSError`."""
        return os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def last_error(self) -> str:
        """Return the last error of the process or, without one, its last line; explained, if the reason is known.

        For a process that never served: the last line of another may contain a command with customers' data.
        """
        lines = self._lines()
        for line in reversed(lines):
            if error := _error(line):
                return explained(error)
        return explained(lines[-1]) if lines else "It logged nothing."

    def last_errors(self) -> str:
        """Return the last errors of the process, oldest first, on one line. The first of them names the cause."""
        errors = [error[:_WORDS] for line in self._lines() if (error := _error(line))]
        return " | ".join(errors[-_ERRORS:]) or "none."

    def says_disk_full(self) -> bool:
        return any(says_disk_full(error) for error in map(_error, self._lines()))

    def _lines(self) -> list[str]:
        try:
            with self.path.open("rb") as log:
                log.seek(max(self._start, self.path.stat().st_size - _TAIL))
                return log.read().decode(errors="replace").splitlines()
        except OSError:
            return []


def _error(line: str) -> str:
    """Return the text of a line that reports an error, else an empty string."""
    try:
        entry = json.loads(line)
        if entry["s"] in "FE":
            return f"{entry['msg']} {entry.get('attr', '')}"
    except (ValueError, KeyError, TypeError):
        pass
    return ""


def explained(message: str) -> str:
    if says_disk_full(message):
        return "the disk is full."
    for sign, advice in (
        (
            "permissions on",
            "others may read its key file, because the file system of the data folder keeps no permissions. "
            "Set BATON_DATA to a folder on another one.",
        ),
        ("Permission denied", "it may not write to its data folder."),
        ("Address already in use", "another process took its port at the same moment; start again."),
        ("cannot open shared object file", f"a system library is missing ({message}). Set BATON_MONGODB_URI instead."),
    ):
        if sign in message:
            return advice
    return message[:_WORDS]
