"""The caller: what its credential stands for, and what it may do (docs/product-rules.md, section 6)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cache

from domain.values.errors import Forbidden, NotFound, Unauthenticated
from domain.values.ids import AccountId, ConversationId, CredentialId, SessionId, StaffId
from domain.values.record import Record, StoredEnum


class PrincipalKind(StoredEnum):
    ANONYMOUS = "ANONYMOUS"  # no credential: introspection only
    WIDGET = "WIDGET"  # publishable key: starts conversations
    SHOPPER = "SHOPPER"  # visitor token: one conversation
    AGENT = "AGENT"  # secret key with scope `agent`
    STAFF = "STAFF"  # secret key of a staff member, with a role
    PARTNER = "PARTNER"  # secret key with other scopes


class StaffRole(StoredEnum):
    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    SUPPORT = "SUPPORT"
    ANALYST = "ANALYST"


class Scope(StoredEnum):
    AGENT = "agent"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_WRITE = "conversations:write"
    METRICS_READ = "metrics:read"
    EVENTS_READ = "events:read"
    HANDOFF_WRITE = "handoff:write"
    ORDERS_WRITE = "orders:write"
    INBOX_READ = "inbox:read"
    INBOX_WRITE = "inbox:write"
    STAFF_ADMIN = "staff:admin"
    AUDIT_READ = "audit:read"


class DocumentPolicy(StoredEnum):
    """Which GraphQL documents a credential may run."""

    OFF = "OFF"  # any document, by its text alone
    AUTO = "AUTO"  # any document, also by its hash or by the id of a trusted one
    ONLY = "ONLY"  # the account's trusted documents (`domain/model/credentials.py`), and no other


class Permission(StrEnum):
    """A right that a field or command requires. The `_…_GRANTS` tables below say which principals have it."""

    START_CONVERSATION = "start conversations"
    HOLD_TESTS = "hold test conversations"
    READ_CONVERSATIONS = "read the account's conversations"
    SPEAK_AS_SHOPPER = "write as the shopper"
    CARRY_CONVERSATIONS = "write as the shopper of a conversation that a secret key carries"
    SPEAK_AS_AGENT = "write as the AI agent"
    CLOSE_CONVERSATION = "close conversations"
    END_VISITOR_ACCESS = "end the access of shoppers"
    READ_ACCOUNT = "read the account"
    CHANGE_SETTINGS = "change settings"
    READ_EVENTS = "read business events"
    READ_METRICS = "read metrics"
    READ_PROFILES = "read profiles"
    REQUEST_HANDOFF = "ask for a human"
    READ_SETTINGS = "read the handoff settings"
    READ_INBOX = "read the inbox"
    WORK_INBOX = "work on tickets"
    READ_DRAFTS = "read suppressed drafts"
    RECORD_ORDERS = "record orders and touches"
    MANAGE_STAFF = "manage staff and keys"
    READ_AUDIT = "read the audit log"
    CONNECT_SIGN_IN = "connect a sign-in provider"
    MANAGE_SIGN_IN = "manage the sign-in of staff"
    MERGE_PROFILES = "merge and split profiles"
    ERASE_PROFILES = "erase shoppers"
    REDACT_MESSAGES = "redact messages"
    SET_LEGAL_HOLDS = "set legal holds"
    EXPORT_PROFILES = "export shoppers"
    CHANGE_RETENTION = "change how long words are kept"
    REPLAY_RULES = "replay escalation rules"
    READ_KNOWLEDGE = "read the knowledge"
    CHANGE_KNOWLEDGE = "change the knowledge"


MANAGERS = frozenset({StaffRole.OWNER, StaffRole.ADMIN, StaffRole.MANAGER})

_RANKS = {
    StaffRole.OWNER: 4,
    StaffRole.ADMIN: 3,
    StaffRole.MANAGER: 2,
    StaffRole.SUPPORT: 1,
    StaffRole.ANALYST: 1,
}

NO_CREDENTIAL = "Send a credential: `Authorization: Bearer <key>`, or `authorization` in connection_init."

_ROLE_GRANTS: dict[StaffRole, frozenset[Permission]] = {
    StaffRole.OWNER: frozenset(Permission) - {Permission.SPEAK_AS_SHOPPER},
    # Only an owner may name the provider, since it decides who signs in as an owner.
    StaffRole.ADMIN: frozenset(Permission) - {Permission.SPEAK_AS_SHOPPER, Permission.CONNECT_SIGN_IN},
    StaffRole.MANAGER: frozenset(Permission)
    - {
        Permission.SPEAK_AS_SHOPPER,
        Permission.READ_AUDIT,
        Permission.CONNECT_SIGN_IN,
        Permission.MANAGE_SIGN_IN,
        Permission.ERASE_PROFILES,  # it cannot be undone
        Permission.SET_LEGAL_HOLDS,
        Permission.CHANGE_RETENTION,
        Permission.EXPORT_PROFILES,
    },
    StaffRole.SUPPORT: frozenset(
        {
            Permission.HOLD_TESTS,
            Permission.READ_CONVERSATIONS,
            Permission.CLOSE_CONVERSATION,
            Permission.READ_ACCOUNT,
            Permission.READ_PROFILES,
            Permission.READ_SETTINGS,
            Permission.READ_INBOX,
            Permission.WORK_INBOX,
            Permission.READ_DRAFTS,
            Permission.READ_KNOWLEDGE,
        }
    ),
    StaffRole.ANALYST: frozenset(
        {
            Permission.READ_CONVERSATIONS,
            Permission.READ_ACCOUNT,
            Permission.READ_EVENTS,
            Permission.READ_METRICS,
            Permission.READ_PROFILES,
            Permission.READ_SETTINGS,
            Permission.REPLAY_RULES,
            Permission.READ_KNOWLEDGE,
        }
    ),
}

_INBOX_READER = frozenset(
    {
        Permission.READ_INBOX,
        Permission.READ_CONVERSATIONS,
        Permission.READ_PROFILES,
        Permission.READ_ACCOUNT,  # the staff, to whom tickets are assigned
    }
)

_SCOPE_GRANTS: dict[Scope, frozenset[Permission]] = {
    Scope.AGENT: frozenset(
        {
            Permission.HOLD_TESTS,
            Permission.READ_CONVERSATIONS,
            Permission.SPEAK_AS_AGENT,
            Permission.REQUEST_HANDOFF,
            Permission.READ_SETTINGS,
            Permission.READ_ACCOUNT,
            Permission.READ_EVENTS,
            Permission.READ_PROFILES,
            Permission.READ_KNOWLEDGE,
        }
    ),
    Scope.CONVERSATIONS_READ: frozenset({Permission.READ_CONVERSATIONS, Permission.READ_PROFILES}),
    Scope.CONVERSATIONS_WRITE: frozenset(
        {Permission.START_CONVERSATION, Permission.CARRY_CONVERSATIONS, Permission.END_VISITOR_ACCESS}
    ),
    Scope.METRICS_READ: frozenset({Permission.READ_METRICS}),
    Scope.EVENTS_READ: frozenset({Permission.READ_EVENTS}),
    Scope.ORDERS_WRITE: frozenset({Permission.RECORD_ORDERS}),
    Scope.HANDOFF_WRITE: frozenset({Permission.REQUEST_HANDOFF, Permission.READ_SETTINGS}),
    Scope.INBOX_READ: _INBOX_READER,
    Scope.INBOX_WRITE: _INBOX_READER | {Permission.WORK_INBOX, Permission.CLOSE_CONVERSATION},
    Scope.STAFF_ADMIN: frozenset({Permission.MANAGE_STAFF, Permission.READ_ACCOUNT}),
    Scope.AUDIT_READ: frozenset({Permission.READ_AUDIT}),
}

_KIND_GRANTS: dict[PrincipalKind, frozenset[Permission]] = {
    PrincipalKind.WIDGET: frozenset({Permission.START_CONVERSATION}),
    PrincipalKind.SHOPPER: frozenset(
        {Permission.SPEAK_AS_SHOPPER, Permission.CLOSE_CONVERSATION, Permission.END_VISITOR_ACCESS}
    ),
}

SCOPED_KINDS = (PrincipalKind.AGENT, PrincipalKind.PARTNER)  # of keys with scopes

_INSIDE = frozenset({PrincipalKind.AGENT, PrincipalKind.STAFF, PrincipalKind.PARTNER})


class Issuer(Record):
    """The secret key that got a visitor token, which ends with the key."""

    credential_id: CredentialId
    expires_at: datetime | None
    staff_id: StaffId | None = None
    role: StaffRole | None = None


class Principal(Record):
    """The caller of a command or query."""

    kind: PrincipalKind
    account_id: AccountId
    credential_id: CredentialId
    first_id: CredentialId | None = None  # of the key that rotations replaced by this one
    address: str | None = None  # IP address of the client; None if the server does not see one
    expires_at: datetime | None = None
    conversation_id: ConversationId | None = None  # a shopper's one conversation
    issuer: Issuer | None = None  # of a visitor token; None: a browser got it with a publishable key
    staff_id: StaffId | None = None
    session_id: SessionId | None = None  # if the staff member signed in
    role: StaffRole | None = None
    scopes: frozenset[Scope] = frozenset()
    documents: DocumentPolicy = DocumentPolicy.AUTO

    @property
    def manages(self) -> bool:
        """Whether the principal is an owner, admin or manager."""
        return self.role in MANAGERS

    @property
    def works_for_all(self) -> bool:
        """Whether the principal may assign, release and return the tickets of others."""
        return self.manages or Scope.INBOX_WRITE in self.scopes

    @property
    def permissions(self) -> frozenset[Permission]:
        """All permissions of the principal."""
        return permissions_of(self.kind, self.role, self.scopes)

    def reaches(self, role: StaffRole) -> bool:
        """Whether the role is not above the principal's own. The scope `staff:admin` counts as ADMIN."""
        own = _RANKS.get(self.role, 0) if self.role is not None else 0
        if Scope.STAFF_ADMIN in self.scopes:
            own = max(own, _RANKS[StaffRole.ADMIN])
        return role in _RANKS and _RANKS[role] <= own

    @property
    def subject(self) -> str:
        """The namespace of the principal's idempotency keys, which a rotated key shares with those that it replaced."""
        owner = self.conversation_id or self.staff_id or self.first_id or self.credential_id
        return f"{self.kind}:{owner}"

    @property
    def audience(self) -> str:
        """Everything that visibility depends on: principals of one audience get the same result for the same query.
        The address is left out: networks are checked when the credential is."""
        return f"{self.kind}:{self.role or ''}:{self.conversation_id or ''}:{','.join(sorted(self.scopes))}"

    @property
    def viewer(self) -> str:
        """Everything that distinguishes the principal within its audience, but for the address."""
        return f"{self.credential_id}:{self.staff_id or ''}:{self.session_id or ''}"

    def as_audience(self) -> AudiencePrincipal:
        """Return a principal for an execution that the whole audience shares."""
        return AudiencePrincipal(
            kind=self.kind,
            account_id=self.account_id,
            credential_id=CredentialId(""),
            conversation_id=self.conversation_id,
            role=self.role,
            scopes=self.scopes,
        )

    @property
    def inside(self) -> bool:
        """Whether the principal works for the shop. Shoppers, and the widget that acts for them, see neither notes nor
        profiles."""
        return self.kind in _INSIDE

    def has(self, permission: Permission) -> bool:
        """Whether the principal has the permission."""
        return permission in self.permissions

    def require_known(self) -> None:
        """Raises `Unauthenticated` for an anonymous caller."""
        if self.kind is PrincipalKind.ANONYMOUS:
            raise Unauthenticated(NO_CREDENTIAL)

    def require(self, permission: Permission) -> None:
        """Raises `Unauthenticated` for an anonymous caller, `Forbidden` without the permission."""
        self.require_known()
        if not self.has(permission):
            raise Forbidden(f"This credential may not {permission.value}.")

    def require_conversation(self, conversation_id: ConversationId) -> None:
        """Raises `NotFound` if a shopper names another conversation, `Forbidden` if others may not read
        conversations."""
        if self.kind is PrincipalKind.SHOPPER:
            if conversation_id != self.conversation_id:
                raise NotFound("No such conversation.")
            return
        self.require(Permission.READ_CONVERSATIONS)


class AudiencePrincipal(Principal):
    """All principals of an audience. To ask which of them it is is an error of the program: a shared result must not
    depend on that."""

    @property  # type: ignore[misc]
    def credential_id(self) -> CredentialId:
        raise _shared("credential")

    @property  # type: ignore[misc]
    def first_id(self) -> CredentialId | None:
        raise _shared("credential")

    @property  # type: ignore[misc]
    def staff_id(self) -> StaffId | None:
        raise _shared("staff member")

    @property  # type: ignore[misc]
    def session_id(self) -> SessionId | None:
        raise _shared("session")

    @property  # type: ignore[misc]
    def address(self) -> str | None:
        raise _shared("address")

    @property  # type: ignore[misc]
    def expires_at(self) -> datetime | None:
        raise _shared("end")


def _shared(what: str) -> TypeError:
    return TypeError(f"An audience has no {what}: mark the field, see resolvers/viewer.py.")


class Operator(Record):
    """A person at the server's command line, who may do everything."""

    name: str  # of the user of the operating system


class Vendor(Record):
    """A connected service, which made a signed call."""

    name: str


Actor = Principal | Operator | Vendor | None
"""The author of a change, for the audit log. `None` is the server itself."""


@cache
def permissions_of(
    kind: PrincipalKind, role: StaffRole | None = None, scopes: frozenset[Scope] = frozenset()
) -> frozenset[Permission]:
    """Return the permissions of a credential."""
    granted = _KIND_GRANTS.get(kind, frozenset())
    if role is not None:
        granted |= _ROLE_GRANTS.get(role, frozenset())  # a newer build's role or scope grants nothing here
    return granted.union(*(_SCOPE_GRANTS.get(scope, frozenset()) for scope in scopes))


ANONYMOUS = Principal(kind=PrincipalKind.ANONYMOUS, account_id=AccountId(""), credential_id=CredentialId(""))
