"""How a command ends: with its result on stdout, or with a sentence on stderr and an exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from api.process import Interrupted, OperatorError
from domain.errors import DomainError

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
        raise typer.Exit(_INTERRUPTED) from None


def fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


def say_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
