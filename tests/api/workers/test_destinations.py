"""A new helpdesk has an entry in every table that is read by its name; mypy does not notice a missing one."""

from __future__ import annotations

from api.workers.outbox_dispatcher import RATE_LIMITS
from domain.connected_services.helpdesks import SERVICES
from domain.model.handoff import Helpdesk
from domain.model.outbox import Destination


def test_every_destination_has_a_rate_limit() -> None:
    assert set(RATE_LIMITS) == set(Destination)


def test_every_helpdesk_but_the_inbox_is_a_service() -> None:
    assert set(SERVICES) == set(Helpdesk) - {Helpdesk.INBOX}
