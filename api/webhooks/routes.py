"""The addresses under /hooks, one a vendor. Each ends in a token that nobody guesses: by it the connection is found."""

from __future__ import annotations

from starlette.routing import BaseRoute

from resolvers.context import Services


def hooks(services: Services) -> list[BaseRoute]:
    return []
