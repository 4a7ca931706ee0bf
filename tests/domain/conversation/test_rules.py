"""Rules of the shopper's commands, of the package by itself: no other feature reacts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.conversation.commands import CloseConversation
from domain.conversation.errors import AgentNotLive, ConversationClosed
from domain.events import EventType
from domain.model.conversation import Conversation, ConversationStatus, Message, Visitor
from domain.model.credentials import Credential, token_hash
from domain.model.profile import Profile
from domain.principal import PrincipalKind
from domain.storage import Timer
from domain.values.channel import Channel
from domain.values.errors import Conflict, Forbidden, Invalid
from domain.values.record import replace
from tests.harness.memory_shop import ANN, NOON, MemoryShop


@pytest.fixture
async def shop() -> MemoryShop:
    return MemoryShop(reactions={})


async def test_a_start_opens_a_conversation(shop: MemoryShop) -> None:
    talk = await shop.start("Where is my order?")
    assert (talk.status, talk.first_question) == (ConversationStatus.OPEN, "Where is my order?")
    assert shop.business() == [EventType.CONVERSATION_STARTED]
    assert shop.storage.one(Timer).due_at == NOON + timedelta(hours=48)


async def test_a_second_start_continues_the_open_conversation(shop: MemoryShop) -> None:
    first, second = await shop.start("One"), await shop.start("Two")
    assert first.id == second.id
    assert shop.texts(first) == ["One", "Two"]
    assert shop.business() == [EventType.CONVERSATION_STARTED]


async def test_a_claimed_address_does_not_open_a_strangers_conversation(shop: MemoryShop) -> None:
    mine = Visitor(anonymous_id="the secret of my browser", email="ann@a.example")
    strangers = await shop.start(visitor=replace(ANN, email="ann@a.example"))
    assert (await shop.start(visitor=mine, trusted=False)).id != strangers.id


async def test_the_token_of_a_start_is_stored_as_a_hash(shop: MemoryShop) -> None:
    await shop.start()
    [credential] = [c for c in shop.storage.all(Credential) if c.kind is PrincipalKind.SHOPPER]
    token = shop.conversations._visitor_tokens.token(shop.storage.account.id, credential.id)
    assert credential.token_hash == token_hash(token)


@pytest.mark.parametrize("settings", [{"agent_live": False}, {"channels": (Channel.SMS,)}])
async def test_nothing_starts_while_the_agent_is_off(settings: dict[str, object]) -> None:
    shop = MemoryShop(reactions={}, **settings)
    with pytest.raises(AgentNotLive) as refused:
        await shop.start()
    assert refused.value.field == ("channel",)
    assert shop.storage.all(Conversation) == []


async def test_a_key_makes_a_message_once(shop: MemoryShop) -> None:
    talk = await shop.start()
    first = await shop.say(talk, "Once", key="k")
    assert await shop.say(talk, "Once", key="k") == first
    assert shop.texts(talk) == ["Hello", "Once"]
    with pytest.raises(Conflict):
        await shop.say(talk, "Twice", key="k")


async def test_a_refused_command_can_be_tried_again_with_its_key(shop: MemoryShop) -> None:
    talk = await shop.start()
    for _ in range(2):
        with pytest.raises(Invalid):
            await shop.say(talk, "\x00", key="k")
    await shop.say(talk, "Fine", key="k")


async def test_nothing_is_written_in_a_closed_conversation(shop: MemoryShop) -> None:
    talk = await shop.start()
    assert (await shop.close(talk)).status is ConversationStatus.CLOSED
    with pytest.raises(ConversationClosed):
        await shop.say(talk)
    assert (await shop.start()).id != talk.id


async def test_a_shopper_writes_in_one_conversation(shop: MemoryShop) -> None:
    talk = await shop.start()
    with pytest.raises(Forbidden):
        await shop.conversations.close(shop.partner, CloseConversation(conversation_id=talk.id))


async def test_an_identity_of_another_open_conversation_stays_there(shop: MemoryShop) -> None:
    known = await shop.start(visitor=Visitor(external_id="42"))
    other = await shop.start(visitor=ANN)
    after = await shop.identify(other, external_id="42")
    assert after.visitor.external_id == "42"
    assert not any("x:42" in key for key in after.open_keys)
    assert any("x:42" in key for key in shop.now(known).open_keys)


async def test_profiles_of_one_shopper_are_merged(shop: MemoryShop) -> None:
    first = await shop.start(visitor=Visitor(email="ann@a.example"))
    second = await shop.start(visitor=Visitor(phone="+393331234567"))
    both = await shop.start(visitor=Visitor(email="ann@a.example", phone="+393331234567"))
    [merged] = {first.profile_id, second.profile_id} - {both.profile_id}  # which is the elder, a clock decides
    assert shop.storage.entities[Profile, merged] in [p for p in shop.storage.all(Profile) if p.merged_into]


async def test_the_timer_follows_the_last_message(shop: MemoryShop) -> None:
    talk = await shop.start()
    shop.storage.wait(timedelta(hours=47))
    await shop.say(talk)
    shop.storage.wait(timedelta(hours=1))
    await shop.conversations.auto_close(shop.storage.account.id, shop.storage.one(Timer))
    assert not shop.now(talk).is_closed
    assert shop.storage.one(Timer).due_at == NOON + timedelta(hours=95)
    shop.storage.wait(timedelta(hours=47))
    await shop.conversations.auto_close(shop.storage.account.id, shop.storage.one(Timer))
    assert shop.now(talk).closed_at == NOON + timedelta(hours=95)
    assert shop.storage.all(Timer) == []
    assert len(shop.storage.all(Message)) == 2
