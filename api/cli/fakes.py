"""`baton fakes`: the services that Baton talks to, as the tests have them. They come with the source only."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import typer

from api.cli.output import explained
from api.server.errors import OperatorError
from api.server.signals import run

_SOURCE = Path(__file__).parents[2]


def serve_fakes(first_port: int) -> None:
    with explained():
        sys.path.append(str(_SOURCE))
        try:
            demo: Any = importlib.import_module("dev.fakes.demo")
        except ModuleNotFoundError as error:
            raise OperatorError(
                "The fakes come with Baton's source: run this in a checkout, after `make run`."
            ) from error
        run(lambda stop: demo.run(first_port, stop, typer.echo))
