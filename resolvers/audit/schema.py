"""The query of the audit log."""

import strawberry

from resolvers.audit.queries import audit_log
from resolvers.audit.types import AuditEntryConnection


@strawberry.type
class AuditQueries:
    audit_log: AuditEntryConnection | None = strawberry.field(
        resolver=audit_log,
        description="The audit log: who did what, from where, when, on what; for settings, keys, staff, connections, "
        "merges, exports and erasures. The newest entry comes first. For OWNER, ADMIN, and keys with the scope "
        "`audit:read`.",
    )
