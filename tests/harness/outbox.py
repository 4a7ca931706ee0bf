"""Outbox helpers: connected services, rows, and further dispatchers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from api.workers.outbox_delivery import OutboxDelivery
from api.workers.outbox_dispatcher import RATE_LIMITS, DispatchLimits, OutboxDispatcher
from dev.fakes import gorgias, zendesk
from domain.conversation.aggregate import Change
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Conversation
from domain.model.outbox import Destination, Outgoing
from domain.outbox.ports import OutboxSender, RateLimit, Timeouts
from domain.storage import UnitOfWork
from domain.values.ids import AccountId
from tests.harness.program import Program, Shop

BRISK = {destination: RateLimit(interval=timedelta(0), burst=0) for destination in Destination}
# For tests that wait for the end of a dead worker's call. It may be over before a busy machine responds.
SHORT = Timeouts(call=timedelta(seconds=0.6))


_SECRETS = {
    Service.ZENDESK: {"api_token": zendesk.TOKEN},
    Service.GORGIAS: {"api_key": gorgias.API_KEY},
}
_SETTINGS = {
    Service.ZENDESK: {
        "subdomain": "acme",
        "email": str(zendesk.ADMIN["email"]),
        "user_id": str(zendesk.ADMIN["id"]),
    },
    Service.GORGIAS: {"domain": gorgias.DOMAIN, "email": gorgias.USER},
}


async def connect(program: Program, shop: Shop, service: Service) -> None:
    """Connect a service with the credentials that its fake accepts, without verifying them."""
    ports = program.baton.ports
    place = connected_service_id(shop.id, service)

    async def change(uow: UnitOfWork) -> None:
        connection = ConnectedService(
            id=place,
            service=service,
            settings=_SETTINGS[service],
            sealed=ports.vault.seal(_SECRETS[service], place=place),
            connected_at=uow.now,
            checked_at=uow.now,
        )
        uow.save(connection)

    await ports.storage.write(shop.id, change)


async def hand_over_to(program: Program, shop: Shop, service: Service, **settings: str) -> None:
    """Send this shop's future handoffs to a service."""
    await connect(program, shop, service)
    payload = await program.mutate(shop.owner, "updateHandoffSettings", helpdesk=service.value, **settings)
    assert payload["errors"] == []


def dispatcher(
    program: Program,
    senders: Mapping[Destination, OutboxSender] | None = None,
    *,
    rate_limits: Mapping[Destination, RateLimit] = BRISK,
    timeouts: Timeouts = Timeouts(),  # noqa: B008 - it is frozen
    **limits: Any,
) -> OutboxDispatcher:
    """Return another dispatcher, without rate limits and with the product's time-outs by default."""
    ports, services = program.baton.ports, program.baton.services
    chosen = DispatchLimits(rate_limits={**RATE_LIMITS, **rate_limits}, timeouts=timeouts, **limits)
    delivery = OutboxDelivery(
        outbox=services.outbox,
        queues=ports.queues,
        senders=ports.senders if senders is None else senders,
        connections=services.connections,
        clock=ports.clock,
        timeouts=timeouts,
    )
    return OutboxDispatcher(
        queues=ports.queues, wake=ports.outbox_wake, clock=ports.clock, delivery=delivery, limits=chosen
    )


async def change_of(program: Program, account_id: AccountId, conversation_id: str, act: Any) -> Any:
    """Run `act` on a conversation in one transaction, and return its result."""

    async def change(uow: UnitOfWork) -> Any:
        conversation = await uow.get(Conversation, conversation_id)
        assert conversation is not None
        changing = Change(uow, conversation)
        result = await act(changing)
        await changing.commit()
        return result

    return await program.baton.ports.storage.write(account_id, change)


async def rows(program: Program, shop: Shop) -> list[Outgoing]:
    """Return the account's outbox rows in the order of their ids."""
    from integrations.mongo.collections import entity_of

    found = await program.database["outgoing"].find({"account": shop.id}, sort=[("_id", 1)]).to_list()
    return [entity_of(Outgoing, document) for document in found]


async def expire_leases(program: Program) -> None:
    """Let all leases expire."""
    past = {"$set": {"lease.until": program.clock.now() - timedelta(days=365)}}
    await program.database["outgoing"].update_many({"lease": {"$exists": True}}, past)
