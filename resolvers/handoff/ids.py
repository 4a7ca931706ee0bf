"""Global IDs of handoffs in the inputs of mutations."""

from domain.values.ids import HandoffId
from resolvers.relay.global_ids import key_of


def handoff_id_of(global_id: str) -> HandoffId:
    return HandoffId(key_of(global_id, "Handoff", field="handoff_id"))
