"""The first step of the programs that run for long: MongoDB is on its way before anything else is imported."""

from __future__ import annotations

import gc
import os

from api.bootstrap.database import embedded_mongo
from api.cli.output import explained


def serve() -> None:
    with explained(), embedded_mongo(os.environ) as embedded:
        gc.disable()  # importing makes little garbage; the server turns the collector on, tuned, once it is up
        from api.cli.serve import serve as run_server

        run_server(embedded)


def work() -> None:
    with explained(), embedded_mongo(os.environ) as embedded:
        from api.cli.serve import work as run_worker

        run_worker(embedded)
