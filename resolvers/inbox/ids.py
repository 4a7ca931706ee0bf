"""Global IDs of tickets and staff in the inputs of mutations."""

from domain.values.ids import StaffId, TicketId
from resolvers.relay.global_ids import key_of


def ticket_id_of(global_id: str) -> TicketId:
    return TicketId(key_of(global_id, "Ticket", field="ticket_id"))


def staff_id_of(global_id: str) -> StaffId:
    return StaffId(key_of(global_id, "Staff", field="staff_id"))
