"""The ids of handoffs in a mutation's input."""

from domain.values.ids import HandoffId
from resolvers.relay.global_ids import key_of


def handoff_id_of(global_id: str) -> HandoffId:
    return HandoffId(key_of(global_id, "Handoff", field="handoff_id"))
