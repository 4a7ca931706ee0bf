"""Import of conversations of the past. They keep their times, and are closed if the 48 silent hours are over.

A conversation that the agent passed to a human has an open, unassigned ticket in the inbox since then. Its shopper is
told nothing, and no timer is set for the ticket.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.account.lookup import account_of
from domain.audit.changes import values
from domain.audit.recording import account_target, record
from domain.commerce.crediting import reattribute
from domain.conversation import lifecycle
from domain.conversation.aggregate import schedule_auto_close
from domain.erased import ErasureHashes
from domain.events import BusinessEvent, ConversationsImported, EventType, TicketChanged
from domain.imports.model import ImportedConversation, ImportedTransfer
from domain.model.account import Account
from domain.model.audit import AuditAction
from domain.model.conversation import (
    QUESTION_PREVIEW,
    Author,
    AuthorKind,
    ControllerKind,
    Conversation,
    ConversationStatus,
    erased_import_key,
)
from domain.model.handoff import EscalationReason, Handoff, HandoffMethod, HandoffState, Helpdesk, Ticket
from domain.model.profile import identity_keys
from domain.principal import Actor
from domain.profile.identity import resolve_profile
from domain.storage import Storage, UnitOfWork
from domain.values.ids import AccountId, new_id
from domain.values.record import Record, replace

_PACE = timedelta(seconds=30)  # assumed between messages without times, which keeps their order


class ImportOutcome(Record):
    """The counts of an import."""

    imported: int
    known: int  # imported before
    erased: int = 0  # left out, because their shopper was erased since


class HistoryService:
    """Imports conversations."""

    def __init__(self, *, storage: Storage, hashes: ErasureHashes) -> None:
        self._storage = storage
        self._hashes = hashes

    async def begin(self, account_id: AccountId, source: str, *, by: Actor) -> None:
        """Record the start of an import in the audit log. Raises `NotFound`, `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            target = account_target(await account_of(uow))
            await record(uow, by, AuditAction.IMPORTED, target, values(source=source))

        await self._storage.write(account_id, change)

    async def import_batch(
        self, account_id: AccountId, batch: Sequence[ImportedConversation], *, by: Actor = None
    ) -> ImportOutcome:
        """Import those of the batch that were not imported before, in one transaction. A conversation that began before
        its shopper was erased is left out. Returns the counts. Raises `NotFound`, `Unavailable`."""

        async def change(uow: UnitOfWork) -> ImportOutcome:
            account = await account_of(uow)
            keys = [_import_key(item) for item in batch]
            known = await uow.imported([*keys, *map(erased_import_key, keys)])
            fresh = {
                key: item
                for key, item in zip(keys, batch, strict=True)
                if known.isdisjoint((key, erased_import_key(key)))
            }
            gone = {key for key, item in fresh.items() if await self._is_erased(uow, item)}
            items = [item for key, item in fresh.items() if key not in gone]
            if items:
                uow.emit(ConversationsImported(source=batch[0].source, count=len(items)))
            for item in items:
                await _bring_in(uow, account, item, by=by)
            return ImportOutcome(imported=len(items), known=len(batch) - len(fresh), erased=len(gone))

        return await self._storage.write(account_id, change)

    async def _is_erased(self, uow: UnitOfWork, item: ImportedConversation) -> bool:
        keys = identity_keys(item.visitor)
        return bool(keys) and await self._hashes.were_erased(uow, keys, since=_times(item, uow.now)[0])


def _import_key(item: ImportedConversation) -> str:
    return f"{item.source}:{item.key}"


def _times(item: ImportedConversation, now: datetime) -> list[datetime]:
    """The times of the messages: as given, else `_PACE` after the previous message, and never before it."""
    first = item.messages[0].sent_at or item.started_at or now - _PACE * len(item.messages)
    times: list[datetime] = []
    for message in item.messages:
        follows = times[-1] + _PACE if times else first
        times.append(max(message.sent_at or follows, times[-1] if times else first))
    return times


async def _bring_in(uow: UnitOfWork, account: Account, item: ImportedConversation, *, by: Actor) -> None:
    visitor = item.visitor.vouched()  # the operator's own records
    shown = await resolve_profile(uow, visitor, by=by)
    times = _times(item, uow.now)
    question = next((m for m in item.messages if m.author is AuthorKind.SHOPPER), item.messages[0])
    conversation = replace(
        lifecycle.open_conversation(
            channel=item.channel,
            visitor=visitor,
            profile_id=shown.part_id,
            first_question=question.text,
            now=times[0],
        ),
        tags=tuple(dict.fromkeys(item.tags)),
        import_key=_import_key(item),
        version=1,
        seq=uow.next_seq - 1,
    )
    names = {AuthorKind.SHOPPER: conversation.display_name, AuthorKind.AI_AGENT: account.agent_name}
    for imported, sent_at in zip(item.messages, times, strict=True):
        author = Author(kind=imported.author, name=names.get(imported.author, "Support"))
        conversation, message = lifecycle.add_message(conversation, author=author, text=imported.text, now=sent_at)
        if imported is question and len(question.text) > QUESTION_PREVIEW:
            conversation = replace(conversation, first_question_id=message.id)
        uow.save(message)
    if item.transfer is not None:
        _hand_over(uow, conversation, item.transfer, at=times[item.transfer.after_sequence - 1])
    elif conversation.is_due(uow.now):
        uow.save(lifecycle.close(conversation, conversation.auto_close_at))
    else:
        schedule_auto_close(uow, conversation)
        uow.save(conversation)
    if shown.changed:
        await reattribute(uow, conversation.id)


def _hand_over(uow: UnitOfWork, conversation: Conversation, transfer: ImportedTransfer, *, at: datetime) -> None:
    """Save the conversation as passed on at that time: not resolved, with a waiting ticket. The inbox is notified."""
    handoff = Handoff(
        id=conversation.next_handoff_id,
        state=HandoffState.DELIVERED,
        method=HandoffMethod.HELPDESK,
        helpdesk=Helpdesk.INBOX,
        reason=EscalationReason.OTHER,
        summary=transfer.summary,
        requested_at=at,
        ticket_id=conversation.next_ticket_id,
    )
    ticket = Ticket(
        id=conversation.next_ticket_id,
        handoff_id=handoff.id,
        helpdesk=Helpdesk.INBOX,
        created_at=at,
        waiting_since=at,
    )
    conversation = replace(
        lifecycle.give_control(conversation, ControllerKind.QUEUE, at),
        status=ConversationStatus.NOT_RESOLVED_BY_AI,
        handoffs=(handoff,),
        ticket=ticket,
        seq=uow.next_seq,
    )
    uow.save(conversation)
    uow.emit(TicketChanged(before=None, conversation=conversation))
    escalated = BusinessEvent(
        id=new_id(),
        type=EventType.CONVERSATION_ESCALATED,
        at=at,
        seq=conversation.seq,
        conversation=conversation,
        reason=handoff.reason,
        imported=True,
    )
    uow.save(escalated)
