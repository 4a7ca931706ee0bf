"""What leaves Baton, in the tests: services that are connected, rows, and dispatchers as other processes have them."""

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
    """As if its credentials had been proved: those that the fakes know."""
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
    """From now on, handoffs of this shop go there."""
    await connect(program, shop, service)
    payload = await program.mutate(shop.owner, "updateHandoffSettings", helpdesk=service.value, **settings)
    assert payload["errors"] == []


def dispatcher(
    program: Program,
    senders: Mapping[Destination, OutboxSender] | None = None,
    *,
    rate_limits: Mapping[Destination, RateLimit] = BRISK,
    timeouts: Timeouts = SHORT,
    **limits: Any,
) -> OutboxDispatcher:
    """One more worker in this process; its limits are the tests' own where nothing else is said."""
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
    """One change of a conversation, by whoever knows how."""

    async def change(uow: UnitOfWork) -> Any:
        conversation = await uow.get(Conversation, conversation_id)
        assert conversation is not None
        changing = Change(uow, conversation)
        result = await act(changing)
        await changing.commit()
        return result

    return await program.baton.ports.storage.write(account_id, change)


async def rows(program: Program, shop: Shop) -> list[Outgoing]:
    """Of the account, in the order of their ids."""
    from integrations.mongo.collections import entity_of

    found = await program.database["outgoing"].find({"account": shop.id}, sort=[("_id", 1)]).to_list()
    return [entity_of(Outgoing, document) for document in found]


async def expire_leases(program: Program) -> None:
    """As time does, or a database whose clock leaps."""
    past = {"$set": {"lease.until": program.clock.now() - timedelta(days=365)}}
    await program.database["outgoing"].update_many({"lease": {"$exists": True}}, past)
