"""The command line: `baton serve` and the other commands (`commands.py`)."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import Typer


def main() -> None:
    """Run the command of `sys.argv`."""
    _commands()(prog_name="baton")


def _commands() -> Typer:
    """Import the commands without the garbage collector: what they import stays, and to look through it again and
    again takes a fifth of the start."""
    gc.disable()
    try:
        from api.cli.commands import app
    finally:
        gc.freeze()
        gc.enable()
    return app
