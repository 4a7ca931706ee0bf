"""Global IDs of tickets in the inputs of mutations."""

from domain.values.ids import TicketId
from resolvers.relay.global_ids import key_of


def ticket_id_of(global_id: str) -> TicketId:
    return TicketId(key_of(global_id, "Ticket", field="ticket_id"))
