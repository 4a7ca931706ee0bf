"""Writes an entry of the audit log in the transaction of its cause.

    await record(uow, principal, AuditAction.KEY_REVOKED, key_target(credential))

A command that is refused commits nothing, so it leaves no entry. A repeated command does not run again (`run_once`), so
it leaves one entry only: call `record` where the change is made.
"""

from __future__ import annotations

from domain.model.account import Account, Staff
from domain.model.audit import (
    AuditAction,
    AuditActor,
    AuditActorKind,
    AuditChange,
    AuditRecord,
    AuditTarget,
    AuditTargetKind,
)
from domain.model.connected_services import Service, connected_service_id
from domain.model.credentials import Credential
from domain.principal import Actor, Operator, Principal, PrincipalKind, Vendor
from domain.rights import require_rights
from domain.storage import UnitOfWork
from domain.values.ids import AccountId


async def record(
    uow: UnitOfWork,
    actor: Actor,
    action: AuditAction,
    target: AuditTarget,
    changes: tuple[AuditChange, ...] = (),
) -> None:
    """Add an entry to the account's audit log. `changes` come from `changes_between` or `values`.

    Raises `Forbidden` for a caller who has lost rights since the request was authenticated, which refuses the command.
    """
    if isinstance(actor, Principal) and actor.kind is not PrincipalKind.ANONYMOUS:
        await require_rights(uow, actor)
    uow.audit(AuditRecord(at=uow.now, actor=await actor_of(uow, actor), action=action, target=target, changes=changes))


def account_target(account: Account) -> AuditTarget:
    return AuditTarget(kind=AuditTargetKind.ACCOUNT, id=account.id, name=account.name)


def connection_target(account_id: AccountId, service: Service) -> AuditTarget:
    connection_id = connected_service_id(account_id, service)
    return AuditTarget(kind=AuditTargetKind.CONNECTION, id=connection_id, name=service.spoken)


def staff_target(staff: Staff) -> AuditTarget:
    return AuditTarget(kind=AuditTargetKind.STAFF, id=staff.id, name=staff.name)


def key_target(credential: Credential) -> AuditTarget:
    return AuditTarget(kind=AuditTargetKind.KEY, id=credential.id, name=credential.label)


async def actor_of(uow: UnitOfWork, actor: Actor) -> AuditActor:
    """Return the author of a change as the audit log names it."""
    if isinstance(actor, Operator):
        return AuditActor(kind=AuditActorKind.COMMAND_LINE, name=actor.name)
    if isinstance(actor, Vendor):
        return AuditActor(kind=AuditActorKind.CONNECTED_SERVICE, name=actor.name)
    if actor is None:
        return AuditActor(kind=AuditActorKind.SYSTEM)
    staff = await uow.get(Staff, actor.staff_id) if actor.staff_id is not None else None
    known = _kind_of(actor) is not AuditActorKind.ANONYMOUS
    credential = await uow.get(Credential, actor.credential_id) if known else None
    kind = _kind_of(actor)
    return AuditActor(
        kind=kind,
        name=None if staff is None else staff.name,
        staff_id=actor.staff_id,
        credential_id=actor.credential_id if known else None,
        credential_label=None if credential is None else credential.label,
        # An entry stays when a shopper is erased, so it has nothing of one.
        address=None if kind is AuditActorKind.SHOPPER else actor.address,
    )


def _kind_of(principal: Principal) -> AuditActorKind:
    if principal.staff_id is not None:
        return AuditActorKind.STAFF
    return {
        PrincipalKind.SHOPPER: AuditActorKind.SHOPPER,
        PrincipalKind.WIDGET: AuditActorKind.SHOPPER,  # anybody has a publishable key, and the proof is the shopper's
        PrincipalKind.ANONYMOUS: AuditActorKind.ANONYMOUS,
    }.get(principal.kind, AuditActorKind.KEY)
