"""GraphQL types of the audit log."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import audit as model
from resolvers.audit.enums import AuditAction, AuditActorKind, AuditTargetKind
from resolvers.context import Context
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, parse_global_id, to_global_id

_NAMES = {
    AuditTargetKind.ACCOUNT: "Account",
    AuditTargetKind.HANDOFF_SETTINGS: "HandoffSettings",
    AuditTargetKind.GUIDANCE: "Guidance",
    AuditTargetKind.AGENT_SETTINGS: "AgentSettings",
    AuditTargetKind.KEY: "ApiKey",
    AuditTargetKind.STAFF: "Staff",
    AuditTargetKind.CONVERSATION: "Conversation",
    AuditTargetKind.WEBHOOK_ENDPOINT: "WebhookEndpoint",
    AuditTargetKind.DEAD_LETTER: "DeadLetter",
    AuditTargetKind.OUTGOING: "Outgoing",
    AuditTargetKind.PROFILE: "Profile",
}

_IDS: dict[str, str | None] = {  # fields of changes whose values are ids, with the type of the object
    "merged_profile": "Profile",
    "split_profile": "Profile",
    "erasure": "Erasure",
    "message": "Message",
    "replaced_by": "ApiKey",
    "session": "Session",
    "receiver": "Forwarding",
}


@strawberry.type(
    description="The author of an action. Names and labels are those at the time of the action, so that they remain "
    "readable when the staff member or the key has changed."
)
class AuditActor:
    kind: AuditActorKind = strawberry.field(description="The kind of the author.")
    name: str | None = strawberry.field(
        description="The name of the staff member, of the connected service, or of the operating system's user. `null` "
        "for other kinds."
    )
    staff_id: strawberry.ID | None = strawberry.field(description="The ID of the staff member. `null` for other kinds.")
    key_id: strawberry.ID | None = strawberry.field(
        description="The ID of the key, of the access token of a session, or of the visitor token. `node` finds keys. "
        "`null` if none was used."
    )
    key_label: str | None = strawberry.field(description="The label of the key. `null` if it has none.")
    address: str | None = strawberry.field(
        description="The IP address of the client. `null` if the action did not come through the API, if the server "
        "does not see the address, and for shoppers."
    )

    @classmethod
    def of(cls, actor: model.AuditActor) -> Self:
        return cls(
            kind=actor.kind,
            name=actor.name,
            staff_id=None if actor.staff_id is None else to_global_id("Staff", actor.staff_id),
            key_id=None if actor.credential_id is None else to_global_id("ApiKey", actor.credential_id),
            key_label=actor.credential_label,
            address=actor.address,
        )


@strawberry.type(description="The object on which something was done.")
class AuditTarget:
    kind: AuditTargetKind = strawberry.field(description="The kind of the object.")
    target_id: strawberry.ID = strawberry.field(
        description="The ID of the object. `node` finds it, if it is a node and still exists."
    )
    name: str | None = strawberry.field(
        description="The name or label of the object at the time of the action. `null` if it has none."
    )


@strawberry.type(description="A field that an action changed, or a parameter of the action.")
class AuditChange:
    field: str = strawberry.field(
        description="The name of the field, as the API writes it. The fields of a nested object follow a dot."
    )
    before: str | None = strawberry.field(
        description="The value before, as text of at most 300 characters; of an object, its ID. `null` "
        "if there was none, and for secrets."
    )
    after: str | None = strawberry.field(
        description="The value after, as text of at most 300 characters; of an object, its ID. `null` "
        "if there is none, and for secrets."
    )


@strawberry.type(
    description="An entry of the audit log: who did what, from where, when, on what. Entries never change, and are "
    "never deleted."
)
class AuditEntry(Node):
    number: int = strawberry.field(
        description="The number of the entry: 1, 2, 3 … without a gap, in the order in which the account's changes "
        "were saved."
    )
    at: datetime = strawberry.field(
        description="The time of the action, which is never earlier than that of the entry before."
    )
    actor: AuditActor = strawberry.field(description="The author of the action.")
    action: AuditAction = strawberry.field(description="The action that the author carried out.")
    target: AuditTarget = strawberry.field(description="The object on which it was done.")
    changes: list[AuditChange] = strawberry.field(
        description="The fields that changed, or the parameters of the action; at most 50."
    )

    @classmethod
    def of(cls, entry: model.AuditEntry) -> Self:
        return cls(
            id=to_global_id("AuditEntry", entry.id),
            number=entry.number,
            at=entry.at,
            actor=AuditActor.of(entry.actor),
            action=entry.action,
            target=AuditTarget(kind=entry.target.kind, target_id=public_id(entry.target), name=entry.target.name),
            changes=_changes(entry),
        )


@strawberry.type(description="A page of the audit log, the newest entry first.")
class AuditEntryConnection(Connection[AuditEntry]):
    pass


def audit_listing(context: Context) -> Listing[model.AuditEntry, AuditEntry]:
    """Return the listing of every filter: the cursor of an entry is the same in each."""
    return Listing(context, "audit", (int,), key=lambda entry: (entry.number,), node=AuditEntry.of)


def public_id(target: model.AuditTarget) -> strawberry.ID:
    """Return the global ID of a target; the id as it is stored where its kind has none."""
    name = _NAMES.get(target.kind)
    return strawberry.ID(target.id if name is None else to_global_id(name, target.id))


def target_of(given: str) -> tuple[AuditTargetKind | None, str]:
    """Return the kind, if it is known, and the stored id of an ID that `public_id` returned."""
    parsed = parse_global_id(given)
    kind = next((kind for kind, name in _NAMES.items() if parsed is not None and name == parsed[0]), None)
    return (None, given) if parsed is None or kind is None else (kind, parsed[1])


def camel(field: str) -> str:
    """Return the name of a field as GraphQL writes it."""
    first, *others = field.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def _changes(entry: model.AuditEntry) -> list[AuditChange]:
    """The changes, with ids as the API writes them."""
    kinds = _IDS | {"event": next((_event_kind(c.after) for c in entry.changes if c.field == "event_type"), None)}

    def shown(value: str | None, kind: str | None) -> str | None:
        return value if value is None or kind is None else to_global_id(kind, value)

    return [
        AuditChange(
            field=camel(c.field), before=shown(c.before, kinds.get(c.field)), after=shown(c.after, kinds.get(c.field))
        )
        for c in entry.changes
    ]


def _event_kind(event_type: str | None) -> str | None:
    """Return the GraphQL type of a business event: `ConversationStartedEvent` of CONVERSATION_STARTED."""
    return None if event_type is None else "".join(map(str.capitalize, event_type.split("_"))) + "Event"
