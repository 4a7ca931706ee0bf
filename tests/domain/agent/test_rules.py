"""Rules of the agent's messages in memory."""

from __future__ import annotations

import pytest

from domain.conversation.commands import PostAgentMessage
from domain.conversation.errors import ConversationClosed, NotInControl
from domain.events import EventType
from domain.model.conversation import Draft, MessageKind, ProductCard
from domain.values.errors import Invalid
from tests.harness.memory_shop import MemoryShop

SHOES = ProductCard(product_id="1", title="Shoes")


@pytest.fixture
async def shop() -> MemoryShop:
    return MemoryShop()


async def test_a_message_under_an_old_epoch_becomes_a_draft(shop: MemoryShop) -> None:
    talk = await shop.hand_over()
    texts = shop.texts(talk)
    command = PostAgentMessage(conversation_id=talk.id, epoch=1, text="Too late")
    with pytest.raises(NotInControl) as refused:
        await shop.agent.post(shop.assistant, command)
    assert refused.value.field == ("epoch",)
    assert refused.value.controller == talk.controller
    assert shop.storage.one(Draft).text == "Too late"
    assert shop.texts(talk) == texts


async def test_there_is_no_later_epoch_yet(shop: MemoryShop) -> None:
    talk = await shop.start()
    with pytest.raises(Invalid):
        await shop.agent.post(shop.assistant, PostAgentMessage(conversation_id=talk.id, epoch=2, text="Hello"))
    assert shop.storage.all(Draft) == []


async def test_nothing_is_posted_in_a_closed_conversation(shop: MemoryShop) -> None:
    talk = await shop.start()
    await shop.close(talk)
    with pytest.raises(ConversationClosed):
        await shop.post(talk)


async def test_labels_add_up(shop: MemoryShop) -> None:
    talk = await shop.start()
    await shop.post(talk, skill="greeting", tags=("a", "b"))
    await shop.post(talk, skill="orders", tags=("b", "c"))
    after = shop.now(talk)
    assert (after.tags, after.initial_skill, after.final_skill) == (("a", "b", "c"), "greeting", "orders")


async def test_a_recommendation_is_a_business_event(shop: MemoryShop) -> None:
    talk = await shop.start()
    message = await shop.post(talk, products=(SHOES,))
    assert message.kind is MessageKind.PRODUCT_RECOMMENDATION
    assert shop.business()[-1] is EventType.PRODUCT_RECOMMENDED


async def test_the_field_of_a_wrong_product_is_named(shop: MemoryShop) -> None:
    talk = await shop.start()
    with pytest.raises(Invalid) as refused:
        await shop.post(talk, products=(SHOES, ProductCard(product_id="2", title="Hat", image_url="javascript:x")))
    assert refused.value.field == ("products", "1", "image_url")
