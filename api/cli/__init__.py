"""The command line: `baton serve` and the other commands (`commands.py`)."""

from __future__ import annotations

from api.cli.commands import app


def main() -> None:
    """Run the command of `sys.argv`."""
    app(prog_name="baton")
