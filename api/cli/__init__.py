"""The command line: `baton serve`, and what else an operator or a script does (`commands.py`)."""

from __future__ import annotations

import sys


def main() -> None:
    if sys.argv[1:] == ["serve"]:
        # How nearly every process of Baton starts. It needs no library to read its command line, and waits for none.
        from api.cli.starting import serve

        serve()
    else:
        from api.cli.commands import app

        app(prog_name="baton")
