"""The resolver of `auditLog`, and its filter."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.storage import AuditQuery
from domain.values.errors import Invalid
from domain.values.ids import CredentialId, StaffId
from domain.values.record import replace
from resolvers.arguments import After, First
from resolvers.audit.enums import AuditAction
from resolvers.audit.types import AuditEntryConnection, audit_listing, target_of
from resolvers.context import Info
from resolvers.relay.global_ids import parse_global_id

_MOST_ACTIONS = 100


@strawberry.input(
    description="Conditions for entries of the audit log. An entry matches if it fulfils all conditions that are set."
)
class AuditLogFilter:
    actions: list[AuditAction] | None = strawberry.field(
        default=None, description="The action is one of these, from 1 to 100 values."
    )
    actor: strawberry.ID | None = strawberry.field(
        default=None, description="The author is this staff member, or used this key: the ID of either."
    )
    target: strawberry.ID | None = strawberry.field(
        default=None, description="It was done on this object: the `targetId` of `AuditEntry.target`."
    )
    since: datetime | None = strawberry.field(
        default=None, name="from", description="It was done at this time or later."
    )
    until: datetime | None = strawberry.field(default=None, description="It was done before this time.")


async def audit_log(
    info: Info,
    filter: Annotated[
        AuditLogFilter | None, strawberry.argument(description="The entries to return. Default: all.")
    ] = None,
    first: First = None,
    after: After = None,
) -> AuditEntryConnection | None:
    listing = audit_listing(info.context)
    query = audit_query(filter)
    page = await info.context.services.audit.page(info.context.principal, query, listing.slice(first, after))
    return AuditEntryConnection(**listing.parts(page))


def audit_query(given: AuditLogFilter | None) -> AuditQuery:
    """Return the filter's query. Raises `Invalid` with the field of the wrong value."""
    if given is None:
        return AuditQuery()
    if given.actions is not None and not 1 <= len(given.actions) <= _MOST_ACTIONS:
        message = f"`actions` must have 1 to {_MOST_ACTIONS} values. Omit it to match all."
        raise Invalid(message, field=("filter", "actions"))
    kind, target_id = (None, None) if given.target is None else target_of(given.target)
    query = AuditQuery(
        actions=tuple(given.actions or ()),
        target_id=target_id,
        target_kind=kind,
        since=given.since,
        until=given.until,
    )
    if given.actor is None:
        return query
    parsed = parse_global_id(given.actor)
    if parsed is not None and parsed[0] == "Staff":
        return replace(query, staff_id=StaffId(parsed[1]))
    return replace(query, credential_id=CredentialId(given.actor if parsed is None else parsed[1]))
