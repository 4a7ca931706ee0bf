"""How a command ends: with its result on stdout, or with a sentence on stderr and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from api.server.errors import Interrupted, OperatorError
from domain.values.errors import DomainError

_INTERRUPTED = 130  # as shells say it of SIGINT


@contextmanager
def explained() -> Iterator[None]:
    """The boundary of a command: what an operator can act on is said in a sentence; anything else is a bug and shows
    where it is."""
    try:
        yield
    except (DomainError, OperatorError) as error:
        fail(str(error))
    except Interrupted:
        raise SystemExit(_INTERRUPTED) from None


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    raise SystemExit(1)


def say(message: str) -> None:
    """Now: whoever started us may wait for it at the other end of a pipe."""
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


def say_json(value: object) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))
