"""Global IDs of staff and keys in the inputs of mutations."""

from domain.values.ids import CredentialId, StaffId
from resolvers.relay.global_ids import key_of


def staff_id_of(global_id: str) -> StaffId:
    return StaffId(key_of(global_id, "Staff", field="staff_id"))


def key_id_of(global_id: str) -> CredentialId:
    return CredentialId(key_of(global_id, "ApiKey", field="key_id"))
