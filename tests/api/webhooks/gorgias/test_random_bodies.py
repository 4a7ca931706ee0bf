"""Mutated bodies at the hook of Gorgias, with the right token: accepted, ignored or refused."""

from __future__ import annotations

import time
from dataclasses import replace

from tests.api.webhooks.gorgias.helpdesk import GorgiasHelpdesk
from tests.harness.mutated_bodies import bystander, drawn, mutated_json, uniquely


async def test_mutated_bodies(helpdesk: GorgiasHelpdesk) -> None:
    started, ticket = await helpdesk.hand_over()
    helpdesk.gorgias.add_agent_message(ticket, "It is on its way.")
    call = helpdesk.gorgias.webhooks[-1]
    external = helpdesk.gorgias.tickets[ticket]["external_id"]
    valid = {"ticket_id": str(ticket), "external_id": external, "more": {"status": "open", "tags": ["a"]}}
    bodies = drawn(mutated_json(valid), 60)
    async with bystander(helpdesk.baton, helpdesk.shop.owner):
        for number, body in enumerate(bodies):
            began = time.monotonic()
            response = await helpdesk.post_webhook(replace(call, body=uniquely(body, number)))
            assert response.status_code in (200, 400), (body, response.text)
            assert time.monotonic() - began < 30, body
    assert (await helpdesk.post_webhook(call)).json() == {"accepted": True}
    await helpdesk.sync_tickets()
    assert ("HUMAN_AGENT", "Sam", "It is on its way.") in await helpdesk.messages_of(started)
