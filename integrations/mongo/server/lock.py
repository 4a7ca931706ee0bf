"""An advisory lock on a file, which the kernel releases when the process ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Lock:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def take(self) -> bool:
        """Take the lock exclusively, if no other process has it. Returns whether it was taken."""
        return self._lock(fcntl.LOCK_EX)

    def share(self) -> None:
        """Take the lock together with others. Succeeds, since only the holder of the turn takes it exclusively."""
        self._lock(fcntl.LOCK_SH)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _lock(self, kind: int) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self.release()
        self._descriptor = descriptor
        return True
