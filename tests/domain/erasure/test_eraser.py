"""The erasure of a test conversation takes small steps, and continues after any interruption."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.conversation.commands import StartConversation
from domain.erasure.eraser import ConversationEraser
from domain.events import conversation_topic
from domain.model.conversation import TEST_LIFE, Conversation, Message, Visitor
from domain.model.credentials import Credential
from domain.model.profile import Profile
from domain.storage import IdempotencyRecord, Timer, TimerKind
from domain.values.channel import Channel
from domain.values.errors import Unavailable
from domain.values.ids import AccountId, ConversationId, MessageId, is_test_id, new_id
from domain.values.record import replace
from tests.harness.memory_shop import MemoryShop

STEP = 500


class Events:
    """Implements `Retention` for so many events of one topic."""

    def __init__(self, topic: str, count: int) -> None:
        self.topic, self.left = topic, count
        self.fails = False

    async def accounts_with_events_before(self, instant: datetime) -> list[AccountId]:
        raise NotImplementedError

    async def trim(self, account_id: AccountId, older_than: datetime) -> int:
        raise NotImplementedError

    async def erase(self, account_id: AccountId, topic: str, *, limit: int) -> int:
        assert topic == self.topic
        if self.fails:
            raise Unavailable("The database does not respond.")
        erased = min(limit, self.left)
        self.left -= erased
        return erased


async def held(shop: MemoryShop, messages: int) -> Conversation:
    """A test conversation with so many messages."""
    command = StartConversation(channel=Channel.WEB_CHAT, text="Hello", visitor=Visitor(), test=True)
    talk = (await shop.conversations.start(shop.owner, command, "key")).conversation
    first = shop.storage.one(Message)
    more = (replace(first, id=MessageId(new_id()), sequence=number) for number in range(2, messages + 1))
    shop.storage.keep(*more)
    return talk


def timer(shop: MemoryShop) -> Timer | None:
    return next((each for each in shop.storage.all(Timer) if each.kind is TimerKind.ERASE_TEST), None)


def named(shop: MemoryShop, conversation_id: ConversationId) -> int:
    """The number of records that name the conversation, besides the timer of the erasure."""
    return sum(conversation_id in repr(entity) for entity in shop.storage.entities.values() if entity != timer(shop))


async def test_each_step_is_small_and_the_timer_goes_last() -> None:
    shop = MemoryShop()
    talk = await held(shop, 1_200)
    assert is_test_id(talk.id)
    other = await shop.start()
    events = Events(conversation_topic(talk.id), 700)
    eraser = ConversationEraser(storage=shop.storage, retention=events)
    due = timer(shop)
    assert due is not None
    assert due.due_at == talk.started_at + TEST_LIFE
    await eraser.erase(shop.storage.account.id, due)
    assert shop.now(talk) == talk, "it was not due"

    shop.storage.wait(TEST_LIFE)
    steps, left = 0, named(shop, talk.id)
    while timer(shop) is not None:
        await eraser.erase(shop.storage.account.id, due)
        before, left = left, named(shop, talk.id)
        assert before - left <= STEP + 5, "a step was large"
        assert (Conversation, talk.id) not in shop.storage.entities
        steps += 1
    assert (left, events.left, steps) == (0, 0, 4)
    assert [each.id for each in shop.storage.all(Conversation)] == [other.id]
    assert len(shop.storage.all(Profile)) == 1
    assert shop.storage.all(IdempotencyRecord) == []
    assert {each.conversation_id for each in shop.storage.all(Credential)} == {None, other.id}


async def test_an_interrupted_erasure_continues() -> None:
    shop = MemoryShop()
    talk = await held(shop, 2)
    events = Events(conversation_topic(talk.id), 10)
    eraser, due = ConversationEraser(storage=shop.storage, retention=events), timer(shop)
    assert due is not None
    shop.storage.wait(TEST_LIFE + timedelta(days=30))
    events.fails = True
    with pytest.raises(Unavailable):
        await eraser.erase(shop.storage.account.id, due)
    assert timer(shop) == due
    events.fails = False
    await eraser.erase(shop.storage.account.id, due)
    assert (timer(shop), events.left, named(shop, talk.id)) == (None, 0, 0)
    await eraser.erase(shop.storage.account.id, due)  # of a process that was slower
