"""The commands on staff: invite, change, suspend and reinstate. Tickets of a member who cannot work on them any more
return to the queue in the same transaction, or from a timer if they are many."""

from __future__ import annotations

from domain.account.authority import Authority, authority_of
from domain.account.keys import CreateKey, IssuedKey, issue, revoke_keys_above
from domain.account.lookup import account_of
from domain.account.service import new_staff_member
from domain.account.sessions import end_sessions
from domain.audit.changes import changes_between, values
from domain.audit.recording import record, staff_target
from domain.conversation.aggregate import Change
from domain.events import StaffChanged
from domain.idempotency import Result, run_once
from domain.inbox import flow
from domain.inbox.assignment import hand_out
from domain.inbox.team import works_on_tickets
from domain.model.account import Availability, Staff
from domain.model.audit import AuditAction
from domain.model.credentials import Credential
from domain.principal import Actor, Permission, Principal, StaffRole
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.values.contacts import email_key
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import AccountId, CredentialId, StaffId
from domain.values.record import Record, replace
from domain.values.text import check_label

MOST_STAFF = 1_000  # of an account
_LARGEST_CAPACITY = 1_000
_AT_ONCE = 100  # tickets returned to the queue in one transaction


class InviteStaff(Record):
    name: str
    email: str
    role: StaffRole
    key: CreateKey | None = None  # a first key; its `staff_id` is set here


class UpdateStaff(Record):
    staff_id: StaffId
    name: str | None = None
    role: StaffRole | None = None
    capacity: int | None = None
    clear_capacity: bool = False  # no limit


class Invited(Record):
    staff: Staff
    key: IssuedKey | None


class StaffService:
    """Manages the staff of an account.

    `by` is the caller; the server itself and its operator may do everything. Every command raises `Forbidden` for a
    caller that may not manage staff, and where the member or the new role is above the caller.
    """

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def invite(self, by: Actor, account_id: AccountId, wish: InviteStaff, key: str | None = None) -> Invited:
        """Add a staff member, who is AWAY at first and signs in by the e-mail address or with the first key.
        Idempotent under `key`: a repetition returns no token.

        Returns the member and the key. Raises `Invalid`, `NotFound` for the account, `Conflict` if the team has the
        address or is full, or for a used idempotency key, `Forbidden`.
        """
        _require_permission(by)
        added = new_staff_member(wish.name, wish.email, wish.role)
        tokens: dict[str, str] = {}

        async def act(uow: UnitOfWork) -> Result:
            await _add(uow, by, added)
            if wish.key is None:
                return {"staff": added.id}
            issued = await issue(uow, by, replace(wish.key, staff_id=added.id))
            tokens[issued.credential.id] = issued.token
            return {"staff": added.id, "key": issued.credential.id}

        async def invite(uow: UnitOfWork) -> Invited:
            if isinstance(by, Principal):
                result = await run_once(uow, by, key, wish, lambda: act(uow))
            else:
                result = await act(uow)
            member = await uow.get(Staff, StaffId(result["staff"]))
            if member is None:
                raise NotFound("No such staff member in this account.")
            first = await uow.get(Credential, CredentialId(result["key"])) if "key" in result else None
            issued = None if first is None else IssuedKey(credential=first, token=tokens.get(first.id))
            return Invited(staff=member, key=issued)

        return await self._storage.write(account_id, invite)

    async def update(self, by: Actor, account_id: AccountId, wish: UpdateStaff) -> Staff:
        """Change the name, role or capacity of a member. A new role ends the member's connections, which reconnect with
        it, and revokes the scoped keys that the member created and that have more rights.

        Returns the member. Raises `Invalid`, `NotFound`, `Conflict` for the last owner, `Forbidden`.
        """
        _require_permission(by)

        async def change(uow: UnitOfWork) -> Staff:
            authority = await authority_of(uow, by)
            before = await _member(uow, authority, wish.staff_id)
            name = before.name if wish.name is None else check_label(wish.name, field="name")
            capacity = None if wish.clear_capacity else _capacity(wish.capacity, before.capacity)
            after = replace(before, name=name, role=wish.role or before.role, capacity=capacity)
            authority.require_role(after.role, "You may not raise somebody above yourself.", field="role")
            if after.role is not StaffRole.OWNER:
                await _keep_an_owner(uow, before)
            return await _save(uow, by, before, after, AuditAction.STAFF_UPDATED)

        return await self._storage.write(account_id, change)

    async def suspend(self, by: Actor, account_id: AccountId, staff_id: StaffId) -> Staff:
        """Suspend a member: keys are refused, scoped keys that the member created are revoked, sessions end,
        connections are closed in every process, and the tickets return to the queue. A suspended member stays as it is.

        Returns the member. Raises `NotFound`, `Conflict` for the last owner and for the caller, `Forbidden`.
        """
        _require_permission(by)

        async def change(uow: UnitOfWork) -> Staff:
            authority = await authority_of(uow, by)
            before = await _member(uow, authority, staff_id)
            if isinstance(by, Principal) and by.staff_id == staff_id:
                raise Conflict("You cannot suspend yourself.", field="staff_id")
            await _keep_an_owner(uow, before)
            after = replace(before, suspended_at=before.suspended_at or uow.now)
            await end_sessions(uow, staff_id)
            return await _save(uow, by, before, after, AuditAction.STAFF_SUSPENDED)

        return await self._storage.write(account_id, change)

    async def reinstate(self, by: Actor, account_id: AccountId, staff_id: StaffId) -> Staff:
        """End a suspension: the member's keys are valid again, unless they expired or were revoked. Returns the member.
        Raises `NotFound`, `Forbidden`."""
        _require_permission(by)

        async def change(uow: UnitOfWork) -> Staff:
            before = await _member(uow, await authority_of(uow, by), staff_id)
            return await _save(uow, by, before, replace(before, suspended_at=None), AuditAction.STAFF_REINSTATED)

        return await self._storage.write(account_id, change)

    async def return_tickets(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: return more tickets of a member who cannot work on them. Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            member = await uow.get(Staff, timer.subject)
            uow.delete(Timer, timer.id)
            if member is not None and not works_on_tickets(member):
                await _return_tickets(uow, member)

        await self._storage.write(account_id, change)


def _capacity(given: int | None, kept: int | None) -> int | None:
    """The capacity after a change. Raises `Invalid`."""
    if given is not None and not 0 <= given <= _LARGEST_CAPACITY:
        raise Invalid(f"Give a number from 0 to {_LARGEST_CAPACITY:,}.", field="capacity")
    return kept if given is None else given


def _require_permission(by: Actor) -> None:
    """Refuse before anything is read."""
    if isinstance(by, Principal):
        by.require(Permission.MANAGE_STAFF)


async def _add(uow: UnitOfWork, by: Actor, added: Staff) -> None:
    authority = await authority_of(uow, by)
    await account_of(uow)
    authority.require_role(added.role, "You may not invite somebody above you.", field="role")
    team = await uow.staff()
    if any(email_key(other.email) == email_key(added.email) for other in team):
        raise Conflict("A staff member with that e-mail address exists already.", field="email")
    if len(team) >= MOST_STAFF:
        raise Conflict(f"An account has at most {MOST_STAFF:,} members of staff.")
    uow.save(added)
    uow.emit(StaffChanged(staff=added))
    shown = values(email=added.email, role=added.role)
    await record(uow, by, AuditAction.STAFF_INVITED, staff_target(added), shown)


async def _member(uow: UnitOfWork, authority: Authority, staff_id: StaffId) -> Staff:
    member = await uow.get(Staff, staff_id)
    if member is None:
        raise NotFound("No such staff member in this account.", field="staff_id")
    authority.require_role(member.role, "You may not change somebody above you.", field="staff_id")
    return member


async def _keep_an_owner(uow: UnitOfWork, member: Staff) -> None:
    """Raises `Conflict` if the account would be left without an owner who can sign in."""
    if member.role is not StaffRole.OWNER or member.suspended_at is not None:
        return
    owners = [other for other in await uow.staff() if other.role is StaffRole.OWNER and other.suspended_at is None]
    if owners == [member]:
        raise Conflict("This is the last owner of the account. Make somebody else an owner first.", field="staff_id")


async def _save(uow: UnitOfWork, by: Actor, before: Staff, after: Staff, action: AuditAction) -> Staff:
    if not works_on_tickets(after):
        after = replace(after, availability=Availability.AWAY)
    if after == before:
        return before
    uow.save(after)
    uow.emit(StaffChanged(staff=after))
    changes = changes_between(before, after, ("name", "role", "capacity", "suspended_at"))
    await record(uow, by, action, staff_target(after), changes)
    if (after.role, after.suspended_at) != (before.role, before.suspended_at):
        await revoke_keys_above(uow, by, after)
    if works_on_tickets(before) and not works_on_tickets(after):
        await _return_tickets(uow, after)
    elif after.capacity != before.capacity:
        await hand_out(uow)
    return after


async def _return_tickets(uow: UnitOfWork, member: Staff) -> None:
    """Return tickets of a member to the queue. If there are more than fit into a transaction, a timer goes on."""
    held = await uow.conversations_with(member.id, limit=_AT_ONCE)
    for conversation in held:
        change = Change(uow, conversation)
        await flow.release(change)
        await change.commit()
    await hand_out(uow)
    if len(held) >= _AT_ONCE:
        timer_id = f"return-tickets:{member.id}"
        uow.save(Timer(id=timer_id, kind=TimerKind.RETURN_TICKETS, subject=member.id, due_at=uow.now))
