"""Erases test conversations when their life is over, in small steps: no transaction has more than some hundred records.

    timer is due ──▶ conversation, profile, turn, timers ──▶ records that name it ──▶ events ──▶ the timer itself

A call takes one step, and the worker calls until the timer is gone. An erasure that was interrupted continues where it
was.
"""

from __future__ import annotations

from domain.attachments.attaching import expiry_timer
from domain.events import CredentialRevoked, Retention, conversation_topic
from domain.model.attachments import Attachment
from domain.model.conversation import Conversation, Draft, Message, TurnLease
from domain.model.credentials import Credential
from domain.model.profile import Profile
from domain.storage import Entity, IdempotencyRecord, Storage, Timer, UnitOfWork
from domain.timers import timer_ids_of
from domain.values.ids import AccountId, ConversationId, is_test_id
from domain.values.record import replace

_STEP = 500  # records in a transaction, or events in a command
_OF_ITS_ID: tuple[type[Entity], ...] = (Conversation, Profile, TurnLease)
_NAMING_IT: tuple[type[Entity], ...] = (Credential, Message, Draft, IdempotencyRecord, Attachment)


class ConversationEraser:
    def __init__(self, *, storage: Storage, retention: Retention) -> None:
        self._storage = storage
        self._retention = retention

    async def erase(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: take the next step; the last one deletes the timer. Raises `Unavailable`."""
        conversation_id = ConversationId(timer.subject)
        assert is_test_id(conversation_id), "other conversations are kept"

        async def step(uow: UnitOfWork) -> bool:
            held = await uow.get(Timer, timer.id)
            if held is None or uow.now < held.due_at:
                return False  # another process was faster
            await _erase_whole(uow, conversation_id, but=timer)
            return await _erase_parts(uow, conversation_id)

        if not await self._storage.write(account_id, step):
            return
        topic = conversation_topic(conversation_id)
        if await self._retention.erase(account_id, topic, limit=_STEP) < _STEP:
            await self._storage.write(account_id, lambda uow: _forget(uow, timer))


async def _forget(uow: UnitOfWork, timer: Timer) -> None:
    uow.delete(Timer, timer.id)


async def _erase_whole(uow: UnitOfWork, conversation_id: ConversationId, *, but: Timer) -> None:
    """Delete what has the conversation's id, so that no command finds it any more."""
    for kind in _OF_ITS_ID:
        if await uow.get(kind, conversation_id) is not None:
            uow.delete(kind, conversation_id)
    for timer_id in timer_ids_of(conversation_id):
        if timer_id != but.id and await uow.get(Timer, timer_id) is not None:
            uow.delete(Timer, timer_id)


async def _erase_parts(uow: UnitOfWork, conversation_id: ConversationId) -> bool:
    """Delete the next records that name the conversation. Returns whether none is left."""
    left = _STEP
    for kind in _NAMING_IT:
        found = await uow.of_conversation(kind, conversation_id, limit=left)
        for entity in found:
            _erase_part(uow, entity)
        left -= len(found)
        if left == 0:
            return False
    return True


def _erase_part(uow: UnitOfWork, entity: Entity) -> None:
    if isinstance(entity, Attachment):  # its bytes are outside of transactions: the timer of unused files deletes both
        unused = replace(entity, conversation_id=None, message_id=None, expires_at=uow.now)
        uow.save(unused)
        uow.save(expiry_timer(unused))
        return
    if isinstance(entity, Credential) and entity.usable(uow.now):
        uow.emit(CredentialRevoked(credential_id=entity.id))
    uow.delete(type(entity), entity.id)
