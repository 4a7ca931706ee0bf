"""The output of a command: its result on stdout, or one sentence on stderr and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from api.server.errors import Interrupted, OperatorError
from domain.backup.restores import RestoreUnderWay
from domain.values.errors import DomainError

_INTERRUPTED = 130  # the exit code of shells for SIGINT
_PIECE = 1_000  # characters of one write: at most 4,000 bytes, which a pipe takes whole or not at all (PIPE_BUF)
RESTORE_UNDER_WAY = 75  # EX_TEMPFAIL of sysexits.h: the same command succeeds once the restore is over


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors that an operator can act on into one sentence; any other error is a bug and keeps its traceback."""
    try:
        yield
    except RestoreUnderWay as error:
        fail(str(error), code=RESTORE_UNDER_WAY)
    except (DomainError, OperatorError) as error:
        fail(str(error))
    except Interrupted:
        raise SystemExit(_INTERRUPTED) from None


def fail(message: str, *, code: int = 1) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    raise SystemExit(code)


def say(message: str) -> None:
    """Print a line and flush it, because a parent process may wait for it at the other end of a pipe.

    In pieces that a pipe takes at once: with PYTHONUNBUFFERED, Python drops what a longer write has left over.
    """
    text = f"{message}\n"
    for start in range(0, len(text), _PIECE):
        sys.stdout.write(text[start : start + _PIECE])
        sys.stdout.flush()


def say_json(value: object) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))
