"""What is generated from the code: the schema file, and the page of the settings."""

from __future__ import annotations

import difflib
from pathlib import Path

import typer

from api.cli.output import say
from api.server.errors import OperatorError
from api.settings import described_fields, secret_files, variable_of
from resolvers.schema import sdl

_HEAD = """\
# Settings

Settings are environment variables. An empty variable counts as not set. A wrong one is named at the start, with what it
should be. `make settings` writes this page from `api/settings.py`.

A secret may be in a file instead, as container platforms and systemd mount it. The file is named by {files}.
White space at its ends does not count.

| variable | default | meaning | example |
|---|---|---|---|
"""


def settings_page() -> str:
    """The page that is committed as `docs/reference/settings.md`."""
    rows = []
    for name, field in described_fields().items():
        example = _code(str((field.examples or [""])[0]))
        rows.append(f"| `{variable_of(name)}` | {_code(_text(field.default))} | {field.description} | {example} |\n")
    files = [_code(variable) for variable in secret_files()]
    return _HEAD.format(files=f"{', '.join(files[:-1])} or {files[-1]}") + "".join(rows)


def _text(value: object) -> str:
    """A default as an operator would write it in the environment."""
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


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
        say("\n".join(difference))
        raise OperatorError(f"{file} differs from the code. `make schema` writes it again.")
