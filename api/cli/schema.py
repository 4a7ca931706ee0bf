"""`baton schema`: writes the schema file, or checks that it agrees with the code."""

from __future__ import annotations

import difflib
from pathlib import Path

import typer

from api.server.errors import OperatorError
from resolvers.schema import sdl


def write_schema(file: Path) -> None:
    try:
        file.write_text(sdl(), encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{file} cannot be written: {error.strerror}.") from None
    typer.echo(f"Wrote {file}.")


def check_schema(file: Path) -> None:
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    difference = list(
        difflib.unified_diff(
            kept.splitlines(), sdl().splitlines(), fromfile=str(file), tofile="the code", lineterm="", n=2
        )
    )
    if difference:
        typer.echo("\n".join(difference))
        raise OperatorError(f"{file} differs from the code. `make schema` writes it again.")
