"""The program with a webhook receiver and a fake Klaviyo, as where events are forwarded."""

from __future__ import annotations

from tests.resolvers.forwarding.conftest import baton, clock, klaviyo, receiver

__all__ = ["baton", "clock", "klaviyo", "receiver"]
