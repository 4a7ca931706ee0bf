"""`redactMessage`: the words of a message go, and its place stays.

The command takes the words from the message and from all that is read as a record: the beginning of the first question,
summaries that quote it, the original mail, unanswered questions, and calls that have not left. Its event tells live
streams, and calls of the outbox tell the helpdesks (`vendors.py`). A job then removes them from the log, business
events and the search, in small steps under a lease: see `model.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from domain.attachments.attaching import expiry_timer
from domain.audit.changes import values
from domain.audit.recording import record
from domain.conversation.aggregate import Change, load_conversation
from domain.events import ShopperErased
from domain.idempotency import Result, run_once
from domain.knowledge.gaps import gaps_of, without_first_question
from domain.messaging.mail import bare_subject
from domain.messaging.message_receipts import apply_attempt
from domain.model.agent.knowledge import KnowledgeGap
from domain.model.attachments import Attachment
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.model.conversation import AuthorKind, Conversation, Draft, Message
from domain.model.messaging import ReceivedMail
from domain.model.outbox import Outgoing, OutgoingKind, OutgoingState
from domain.outbox import ordering
from domain.principal import Actor, Permission, Principal
from domain.retention.blanks import check_not_held, is_question, quotes, without_scope, without_words
from domain.retention.model import RedactedMessage, Redaction, RedactionStage, WordScope
from domain.retention.ports import Removed, WordStore
from domain.retention.vendors import CALL_LIFE, tell_helpdesks
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.values.errors import NotFound
from domain.values.ids import AccountId, MessageId
from domain.values.record import Record, replace

NO_MESSAGE = "No such message."
_LEASE = timedelta(minutes=1)  # of one step, which takes about a second
_CACHES = timedelta(seconds=15)  # in which every process has heard that words were removed
_CALLS = timedelta(seconds=5)  # until the next look whether such a call is over
_STAGES = tuple(RedactionStage)
_DRAFTS = 1_000  # of one conversation that are looked at
_OF_ONE = (OutgoingKind.MESSAGE, OutgoingKind.COMMENT)  # rows of the outbox that carry one message


class RedactMessage(Record):
    message_id: MessageId


class RedactionService:
    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def redact(self, principal: Principal, command: RedactMessage, key: str | None = None) -> Message:
        """Remove the words and files of a message, and return what is left of it. A message without words is left as it
        is. It cannot be undone. Idempotent under `key`.

        Raises `NotFound`, `Forbidden`, `Unavailable`; `Conflict` for a conversation under a legal hold, and for an
        idempotency key of another input.
        """
        principal.require(Permission.REDACT_MESSAGES)

        async def act(uow: UnitOfWork) -> Result:
            await self._redact(uow, principal, await _message(uow, command.message_id))
            return {"message": command.message_id}

        async def change(uow: UnitOfWork) -> Message:
            await run_once(uow, principal, key, command, lambda: act(uow))
            return await _message(uow, command.message_id)

        return await self._storage.write(principal.account_id, change)

    async def redact_again(self, messages: Iterable[RedactedMessage], *, by: Actor) -> int:
        """Redact messages whose words a restored backup has brought back, also in conversations that are held by now.
        Returns how many had words. Raises `Unavailable`."""
        return sum([await self._storage.write(each.account_id, partial(self._again, by, each.id)) for each in messages])

    async def _again(self, by: Actor, message_id: MessageId, uow: UnitOfWork) -> bool:
        message = await uow.get(Message, message_id)
        conversation = None if message is None else await uow.get(Conversation, message.conversation_id)
        if message is None or conversation is None or message.redacted_at is not None or conversation.erased_at:
            return False
        await self._take_words(uow, by, conversation, message)
        return True

    async def _redact(self, uow: UnitOfWork, principal: Principal, message: Message) -> None:
        conversation = await load_conversation(uow, message.conversation_id)
        if message.redacted_at is not None:
            return
        check_not_held(conversation, field="message_id")
        await self._take_words(uow, principal, conversation, message)

    async def _take_words(self, uow: UnitOfWork, by: Actor, conversation: Conversation, message: Message) -> None:
        scope = _scope_of(conversation, message, uow.now)
        scope = replace(scope, subject=await _brought_subject(uow, conversation, message))
        change = Change(uow, conversation)
        change.conversation = without_scope(conversation, scope)
        for handoff in change.conversation.handoffs:
            if handoff != conversation.find_handoff(handoff.id):
                change.put_handoff(handoff)
        change.replace_message(without_words(message, uow.now))
        await change.commit()
        await _remove_records(uow, message)
        await tell_helpdesks(uow, conversation, message, is_question=scope.question)
        job = Redaction(id=message.id, requested_at=uow.now, sequence=message.sequence, scope=scope)
        await _empty_outbox(uow, job)
        uow.save(job)
        uow.save(_timer(job, uow))
        target = AuditTarget(kind=AuditTargetKind.CONVERSATION, id=conversation.id)
        changes = values(message=message.id, sequence=message.sequence, author=message.author.kind)
        await record(uow, by, AuditAction.MESSAGE_REDACTED, target, changes)


class RedactionJob:
    """Takes the steps of redactions. A step is a handler of the job's timer."""

    def __init__(self, *, storage: Storage, store: WordStore) -> None:
        self._storage = storage
        self._store = store

    async def step(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: take the next step; the last one deletes the job and the timer. Raises `Unavailable`."""
        job = await self._storage.write(account_id, lambda uow: _claim(uow, timer))
        if job is None or job.stage.is_unknown:
            return  # another process has it, or a newer build goes on with a stage of its own
        after, wait = await self._take(account_id, job)

        async def note(uow: UnitOfWork) -> None:
            present = await uow.get(Redaction, job.id)
            if present is None or present.version != job.version:
                return  # another process has taken this step: the lease ended
            if after is None:
                uow.delete(Redaction, job.id)
                uow.delete(Timer, timer.id)
                return
            uow.save(replace(after, version=job.version + 1))
            uow.save(replace(timer, due_at=uow.now + wait))

        await self._storage.write(account_id, note)

    async def _take(self, account_id: AccountId, job: Redaction) -> tuple[Redaction | None, timedelta]:
        """Take one step. Returns the job as it continues, `None` if it is done, and the time until the next step."""
        match job.stage:
            case RedactionStage.OUTBOX:
                is_busy = await self._storage.write(account_id, lambda uow: _empty_outbox(uow, job))
                if is_busy:
                    return job, _CALLS
                await self._store.forget_passed_over(account_id, job.scope.conversation_id)
                return _next(job), timedelta()
            case RedactionStage.EVENTS:
                removed: Removed = await self._store.scrub_events(account_id, [job.scope], job.position)
                after = _next(job) if removed.position is None else replace(job, position=removed.position)
                return after, timedelta()
            case RedactionStage.SEARCH:
                end = await self._store.log_end(account_id)
                await self._store.forget_words(account_id, [job.scope.conversation_id])
                await self._storage.write(account_id, _tell)
                return replace(_next(job), log_end=end), _CACHES
            case RedactionStage.VOCABULARY:
                position = await self._store.mend_words(account_id, int(job.position or job.log_end))
                if position is not None:
                    return replace(job, position=str(position)), timedelta()
                # Once more: a payload may have been composed of what was read before the words were removed.
                is_busy = await self._storage.write(account_id, lambda uow: _empty_outbox(uow, job))
                return (job, _CALLS) if is_busy else (None, timedelta())


def _next(job: Redaction) -> Redaction:
    return replace(job, stage=_STAGES[_STAGES.index(job.stage) + 1], position="")


def _timer(job: Redaction, uow: UnitOfWork) -> Timer:
    return Timer(id=f"redact:{job.id}", kind=TimerKind.REDACT_MESSAGE, subject=job.id, due_at=uow.now)


async def _claim(uow: UnitOfWork, timer: Timer) -> Redaction | None:
    """Take the lease of the next step. Returns the job; `None` if another process was faster."""
    held = await uow.get(Timer, timer.id)
    if held is None or uow.now < held.due_at:
        return None
    job = await uow.get(Redaction, timer.subject)
    if job is None:
        uow.delete(Timer, timer.id)
        return None
    uow.save(replace(held, due_at=uow.now + _LEASE))
    return job


async def _tell(uow: UnitOfWork) -> None:
    uow.emit(ShopperErased())


async def _message(uow: UnitOfWork, message_id: MessageId) -> Message:
    message = await uow.get(Message, message_id)
    if message is None:
        raise NotFound(NO_MESSAGE, field="message_id")
    return message


def _scope_of(conversation: Conversation, message: Message, at: datetime) -> WordScope:
    words = message.text
    quoting = (h for h in conversation.handoffs if quotes(h.summary, words) or quotes(h.reason_detail, words))
    return WordScope(
        conversation_id=conversation.id,
        at=at,
        message_ids=(message.id,),
        question=is_question(conversation, message),
        handoff_ids=tuple(handoff.id for handoff in quoting),
        transfer=conversation.transfer is not None and quotes(conversation.transfer.summary, words),
    )


async def _brought_subject(uow: UnitOfWork, conversation: Conversation, message: Message) -> bool:
    """Whether the subject of the conversation's mails is that of the message's mail."""
    route, mail = conversation.route, await uow.get(ReceivedMail, message.id)
    return route is not None and mail is not None and bare_subject(mail.subject) == route.subject


async def _remove_records(uow: UnitOfWork, message: Message) -> None:
    """Remove what was made of the message: its files, its mail, and drafts and questions that quote it."""
    for draft in await uow.of_conversation(Draft, message.conversation_id, limit=_DRAFTS):
        if quotes(draft.text, message.text):
            uow.delete(Draft, draft.id)
    for file in message.attachments:
        row = await uow.get(Attachment, file.id)
        if row is not None:  # its bytes are outside of transactions: the timer deletes both
            unused = replace(row, conversation_id=None, message_id=None, expires_at=uow.now)
            uow.save(unused)
            uow.save(expiry_timer(unused))
    if message.author.kind is AuthorKind.SHOPPER:
        if await uow.get(ReceivedMail, message.id) is not None:
            uow.delete(ReceivedMail, message.id)
        for gap in await gaps_of(uow, message.text):
            if message.conversation_id not in gap.conversation_ids:
                continue
            if quotes(gap.question, message.text):
                uow.delete(KnowledgeGap, gap.id)
            else:  # the group is found by the words of its first question, which may be this one
                uow.save(without_first_question(gap))


async def _empty_outbox(uow: UnitOfWork, job: Redaction) -> bool:
    """Cancel what carries the message alone, and let what carries others be composed anew. Returns whether a call is
    under way, whose payload is taken away once it is over."""
    is_busy = False
    for row in await uow.outgoing_of(job.scope.conversation_id):
        if not _carries(row, job):
            continue
        if row.call is not None and uow.now < row.call.at + CALL_LIFE:
            is_busy = True
        elif row.kind in _OF_ONE and row.state is OutgoingState.PENDING:
            cancelled = await ordering.settle(uow, replace(row, payload=None), OutgoingState.CANCELLED)
            if row.kind is OutgoingKind.MESSAGE:
                await apply_attempt(uow, cancelled)
        elif row.payload is not None:
            uow.save(replace(row, payload=None, frozen_at=None))
    return is_busy


def _carries(row: Outgoing, job: Redaction) -> bool:
    if row.kind in _OF_ONE:
        return row.message_id == job.id
    if row.kind is OutgoingKind.TICKET_NOTICE:
        return job.scope.question  # it quotes the beginning
    first = row.first_sequence or 1
    return row.kind in (OutgoingKind.TICKET, OutgoingKind.REPLIES) and first <= job.sequence <= row.last_sequence
