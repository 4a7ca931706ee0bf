"""`baton fakes`: stand-ins for the services that Baton talks to. They live in `dev/`, which only a checkout has."""

from __future__ import annotations

import importlib
from typing import Any

import typer

from api.cli.output import explained
from api.server.errors import OperatorError
from api.server.signals import run


def serve_fakes(first_port: int) -> None:
    with explained():
        try:
            demo: Any = importlib.import_module("dev.fakes.demo")
        except ModuleNotFoundError as error:
            raise OperatorError("The stand-ins come with the source: run this in a checkout.") from error
        run(lambda stop: demo.run(first_port, stop, typer.echo), within=10)
