"""The machine of the end-to-end tests, for the servers that the clients call."""

from __future__ import annotations

from tests.e2e.conftest import machine, shared_mongo

__all__ = ["machine", "shared_mongo"]
