"""A typed client of Baton: operations that are repeated where that is safe, and subscriptions that resume."""

from __future__ import annotations

from baton_client.connection import BatonError, Connection, with_key
from baton_client.operations import Baton

__all__ = ["Baton", "BatonError", "Connection", "with_key"]
