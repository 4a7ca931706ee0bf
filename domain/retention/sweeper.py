"""Applies the retention of accounts in small steps, beside other traffic. A step is a handler of the account's timer.

    timer is due ──▶ claim: the timer moves on by the lease ──▶ one step of the stage ──▶ note: the timer is due again

Closed conversations alone lose words, and none under a legal hold. The numbers that reports count stay.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from domain.attachments.attaching import expiry_timer
from domain.audit.changes import values
from domain.audit.recording import record
from domain.conversation.aggregate import Change
from domain.events import ShopperErased
from domain.model.attachments import Attachment
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.model.conversation import Conversation, Message
from domain.retention.blanks import without_scope
from domain.retention.model import RemovedWords, WordScope
from domain.retention.policy import MOST_UNREADABLE, RetentionPolicy, RetentionRun, RetentionStage
from domain.retention.ports import OldConversation, OldFile, RetentionStore
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.ids import AccountId
from domain.values.record import Record, replace

_LEASE = timedelta(minutes=1)  # of one step, which takes about a second
_CACHES = timedelta(seconds=15)  # in which every process has heard that words were removed
_BETWEEN = timedelta(days=1)  # the runs of an account
_CONVERSATIONS = 20  # in one step
_FILES = 20  # in one step
REMOVED_FILE = "It was deleted: the account keeps files for a limited time."
UNREADABLE = (ValueError, KeyError, TypeError)
"""What the storage raises for a record that is damaged, or of a newer build."""

_STAGES = tuple(RetentionStage)

logger = logging.getLogger("baton.retention")


class SweepStep(Record):
    """The outcome of one step: the run as it continues, or `None` if it is done."""

    run: RetentionRun | None
    removed: Mapping[str, int] = {}
    unreadable: tuple[str, ...] = ()  # records that were left, because they cannot be read
    wait: timedelta = timedelta()
    events_until: datetime | None = None  # if the stage of business events is done


class RetentionSweeper:
    def __init__(self, *, storage: Storage, store: RetentionStore) -> None:
        self._storage = storage
        self._store = store

    async def step(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: take the next step of the account's run, or begin one. Raises `Unavailable`."""
        policy = await self._storage.write(account_id, lambda uow: _claim(uow, timer))
        if policy is None or policy.run is None or policy.run.stage.is_unknown:
            return  # a newer build goes on with a stage of its own
        step = await self._take(policy, policy.run, timer)
        if step is not None:
            await self._storage.write(account_id, lambda uow: _note(uow, policy, timer, step))

    async def _take(self, policy: RetentionPolicy, run: RetentionRun, timer: Timer) -> SweepStep | None:
        """Take one step. Returns its outcome; `None` if it is recorded already."""
        match run.stage:
            case RetentionStage.TRANSCRIPTS:
                return await self._transcripts(policy, run, timer)
            case RetentionStage.LOG:
                return await self._log(policy.id, run)
            case RetentionStage.VOCABULARY:
                return await self._vocabulary(policy.id, run)
            case RetentionStage.ATTACHMENTS:
                return await self._attachments(policy, run)
            case RetentionStage.EVENTS:
                return await self._events(policy, run)

    async def _transcripts(self, policy: RetentionPolicy, run: RetentionRun, timer: Timer) -> SweepStep | None:
        """Take the words from the next conversations, and then from the other places that have them."""
        account_id = policy.id
        if run.batch:
            return await self._clear_batch(account_id, run)
        if policy.transcripts is None:
            return SweepStep(run=_next(run))
        before = run.started_at - policy.transcripts
        found = await self._store.old_conversations(account_id, before, run.reached, limit=_CONVERSATIONS)
        if not found:  # something may have been added to those that it has passed: then it looks once more
            return SweepStep(run=replace(run, reached="", has_found=False) if run.has_found else _next(run))
        log_end = run.log_end if run.log_end is not None else await self._store.log_end(account_id)
        whole = replace(run, log_end=log_end)
        try:
            await self._storage.write(account_id, partial(_empty, timer, (run, whole), found, before))
        except UNREADABLE:  # one of them, or what belongs to it: then one at a time
            try:
                await self._storage.write(account_id, partial(_empty, timer, (run, whole), found[:1], before))
            except UNREADABLE as error:
                named = _name(Conversation, found[0].id, error)
                after = replace(run, reached=found[0].position)
                return SweepStep(run=after, unreadable=(named,))
        return None

    async def _clear_batch(self, account_id: AccountId, run: RetentionRun) -> SweepStep:
        removed = await self._store.clear_transcripts(account_id, run.batch, run.started_at)
        if removed.position is not None:  # there are more messages than one step takes
            return SweepStep(run=run, removed=removed.counts)
        known = await self._storage.read(account_id).get_many(Conversation, run.batch)
        scopes = [
            WordScope(conversation_id=each.id, at=each.transcript_removed_at or run.started_at)
            for each in known.values()
        ]
        events = await self._store.scrub_business(account_id, scopes)
        await self._store.forget_words(account_id, run.batch)
        counts = {**removed.counts, **events.counts, "conversations": len(run.batch)}
        return SweepStep(run=replace(run, batch=()), removed=counts, unreadable=events.unreadable)

    async def _log(self, account_id: AccountId, run: RetentionRun) -> SweepStep:
        """Take the words of all conversations of the run from the next events of the log."""
        if run.log_end is None:  # no conversation lost its words
            return SweepStep(run=_next(run))
        removed = await self._store.scrub_log(account_id, run.position)
        after = _next(run) if removed.position is None else replace(run, position=removed.position)
        return SweepStep(run=after, removed=removed.counts, unreadable=removed.unreadable)

    async def _vocabulary(self, account_id: AccountId, run: RetentionRun) -> SweepStep:
        if run.log_end is None:  # no conversation lost its words
            return SweepStep(run=_next(run))
        if not run.position:
            await self._storage.write(account_id, _tell)
            return SweepStep(run=replace(run, position=str(run.log_end)), wait=_CACHES)
        position = await self._store.mend_words(account_id, int(run.position))
        return SweepStep(run=_next(run) if position is None else replace(run, position=str(position)))

    async def _attachments(self, policy: RetentionPolicy, run: RetentionRun) -> SweepStep:
        if policy.attachments is None:
            return SweepStep(run=_next(run))
        before = run.started_at - policy.attachments
        files, position = await self._store.old_files(policy.id, before, run.position, limit=_FILES)
        count, unreadable = 0, []
        for file in files:
            try:
                count += await self._storage.write(policy.id, partial(_delete_file, file))
            except UNREADABLE as error:
                unreadable.append(_name(Attachment, file.id, error))
        after = _next(run) if position is None else replace(run, position=position)
        return SweepStep(run=after, removed={"attachments": count}, unreadable=tuple(unreadable))

    async def _events(self, policy: RetentionPolicy, run: RetentionRun) -> SweepStep:
        if policy.events is None:
            return SweepStep(run=None)
        before = run.started_at - policy.events
        removed = await self._store.clear_business(policy.id, policy.events_until, before, run.position)
        if removed.position is None:
            return SweepStep(run=None, removed=removed.counts, unreadable=removed.unreadable, events_until=before)
        after = replace(run, position=removed.position)
        return SweepStep(run=after, removed=removed.counts, unreadable=removed.unreadable)


def _name(kind: type[Record], record_id: str, error: Exception) -> str:
    """Log a record that cannot be read, and return its name."""
    name = f"{kind.__name__} {record_id}"
    logger.error("%s cannot be read, and keeps what it has: %s", name, error)
    return name


def _next(run: RetentionRun) -> RetentionRun:
    return replace(run, stage=_STAGES[_STAGES.index(run.stage) + 1], position="")


async def _claim(uow: UnitOfWork, timer: Timer) -> RetentionPolicy | None:
    """Take the lease of the next step, and begin a run if there is none. Returns the settings; `None` if another
    process was faster, or nothing is to be removed."""
    held = await uow.get(Timer, timer.id)
    if held is None or uow.now < held.due_at:
        return None
    policy = await uow.get(RetentionPolicy, uow.account_id)
    if policy is None or not (policy.is_on or policy.run):
        uow.delete(Timer, timer.id)
        return None
    if policy.run is None:
        policy = replace(policy, run=RetentionRun(started_at=uow.now))
        uow.save(policy)
    uow.save(replace(held, due_at=uow.now + _LEASE))
    return policy


async def _note(uow: UnitOfWork, policy: RetentionPolicy, timer: Timer, step: SweepStep) -> None:
    """Record a step, unless another process has taken it: then its lease had ended."""
    present = await uow.get(RetentionPolicy, policy.id)
    if present is None or present.run is None or present.run != policy.run:
        return
    counts = Counter({each.place: each.count for each in present.run.removed})
    counts.update(step.removed)
    removed = tuple(RemovedWords(place=place, count=count) for place, count in sorted(counts.items()) if count)
    is_same = present.version == policy.version
    until = step.events_until if step.events_until is not None and is_same else present.events_until
    left = tuple(dict.fromkeys((*present.run.unreadable, *step.unreadable)))[:MOST_UNREADABLE]
    run = None if step.run is None else replace(step.run, removed=removed, unreadable=left)
    uow.save(replace(present, run=run, events_until=until))
    if run is not None:
        uow.save(replace(timer, due_at=uow.now + step.wait))
        return
    # The settings may have changed while the run lasted: then the next one begins at once.
    uow.save(replace(timer, due_at=uow.now + (_BETWEEN if is_same else timedelta())))
    if removed or left:
        target = AuditTarget(kind=AuditTargetKind.ACCOUNT, id=policy.id)
        changes = values(**{each.place: each.count for each in removed}, unreadable=len(left) or None)
        await record(uow, None, AuditAction.RETENTION_APPLIED, target, changes)


async def _tell(uow: UnitOfWork) -> None:
    uow.emit(ShopperErased())


async def _empty(
    timer: Timer,
    runs: tuple[RetentionRun, RetentionRun],
    found: Sequence[OldConversation],
    before: datetime,
    uow: UnitOfWork,
) -> None:
    """Take the words from those of the conversations that may lose them, and record it in the same transaction. `runs`:
    the run as it is stored, unless another process has taken this step, and as it goes on."""
    former, run = runs
    present = await uow.get(RetentionPolicy, uow.account_id)
    if present is None or present.run != former:
        return
    batch = []
    for each in found:
        conversation = await uow.get(Conversation, each.id)
        if conversation is None or not _may_lose_words(conversation, before):
            continue
        change = Change(uow, conversation)
        blank = without_scope(conversation, WordScope(conversation_id=conversation.id, at=uow.now))
        change.conversation = replace(blank, transcript_removed_at=uow.now)
        await change.commit()
        batch.append(conversation.id)
    run = replace(run, batch=tuple(batch), has_found=True) if batch else former
    uow.save(replace(present, run=replace(run, reached=found[-1].position)))
    uow.save(replace(timer, due_at=uow.now))


def _may_lose_words(conversation: Conversation, before: datetime) -> bool:
    is_over = conversation.is_closed and not conversation.has_open_ticket and conversation.last_message_at < before
    is_there = conversation.transcript_removed_at is None and conversation.erased_at is None
    return is_over and is_there and conversation.hold is None


async def _delete_file(file: OldFile, uow: UnitOfWork) -> bool:
    """Take a file from its message, which keeps its name. Returns whether it did."""
    row, message = await uow.get(Attachment, file.id), await uow.get(Message, file.message_id)
    conversation = await uow.get(Conversation, file.conversation_id)
    if row is None or message is None or conversation is None or row.expires_at is not None:
        return False
    if conversation.hold is not None or not conversation.is_closed or conversation.has_open_ticket:
        return False
    change = Change(uow, conversation)
    files = (replace(each, problem=REMOVED_FILE) if each.id == row.id else each for each in message.attachments)
    change.replace_message(replace(message, attachments=tuple(files)))
    await change.commit()
    unused = replace(row, conversation_id=None, message_id=None, expires_at=uow.now)
    uow.save(unused)
    uow.save(expiry_timer(unused))
    return True
