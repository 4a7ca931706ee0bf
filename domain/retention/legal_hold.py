"""Legal holds: what is held is neither redacted nor erased, and retention leaves it.

A hold is on a conversation. When it ends, an erasure that had to leave the conversation begins again, and retention
finds it with its next step.
"""

from __future__ import annotations

from domain.audit.changes import values
from domain.audit.recording import actor_of, record
from domain.conversation.aggregate import Change, load_conversation
from domain.erasure.service import ErasureService
from domain.idempotency import Result, run_once
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.model.conversation import Conversation, LegalHold
from domain.principal import Permission, Principal
from domain.retention.retention_settings import look_again
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Invalid
from domain.values.ids import ConversationId
from domain.values.record import Record, replace
from domain.values.text import check_text

LONGEST_REASON = 500  # characters


class SetLegalHold(Record):
    conversation_id: ConversationId
    held: bool
    reason: str | None = None


class LegalHoldService:
    def __init__(self, *, storage: Storage, erasures: ErasureService) -> None:
        self._storage = storage
        self._erasures = erasures

    async def set(self, principal: Principal, command: SetLegalHold, key: str | None = None) -> Conversation:
        """Begin or end the hold of a conversation, and return the conversation. A hold that is there gets the reason.
        Idempotent under `key`.

        Raises `Invalid` for a hold without a reason; `Conflict` for a test conversation, and for an idempotency key of
        another input; `NotFound`, `Forbidden`, `Unavailable`.
        """
        principal.require(Permission.SET_LEGAL_HOLDS)
        if command.held and command.reason is None:
            raise Invalid("Say why the conversation is held.", field="reason")
        if command.reason is not None:
            check_text(command.reason, field="reason", limit=LONGEST_REASON)

        async def act(uow: UnitOfWork) -> Result:
            await self._set(uow, principal, command)
            return {"conversation": command.conversation_id}

        async def change(uow: UnitOfWork) -> Conversation:
            await run_once(uow, principal, key, command, lambda: act(uow))
            return await load_conversation(uow, command.conversation_id)

        return await self._storage.write(principal.account_id, change)

    async def _set(self, uow: UnitOfWork, principal: Principal, command: SetLegalHold) -> None:
        conversation = await load_conversation(uow, command.conversation_id)
        if conversation.is_test:
            raise Conflict("A test conversation cannot be held: it is erased soon.", field="conversation_id")
        held = conversation.hold
        if held is None and not command.held:
            return
        if held is not None and command.held and held.reason == command.reason:
            return
        by = replace(await actor_of(uow, principal), address=None)
        change = Change(uow, conversation)
        hold = LegalHold(reason=command.reason or "", since=uow.now if held is None else held.since, by=by)
        change.conversation = replace(conversation, hold=hold if command.held else None)
        await change.commit()
        action = AuditAction.LEGAL_HOLD_SET if command.held else AuditAction.LEGAL_HOLD_RELEASED
        target = AuditTarget(kind=AuditTargetKind.CONVERSATION, id=conversation.id)
        await record(uow, principal, action, target, values(reason=command.reason))
        if not command.held:
            await look_again(uow)
            await self._erasures.erase_released(uow, conversation, by=principal)
