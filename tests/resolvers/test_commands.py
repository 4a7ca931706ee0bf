from __future__ import annotations

from tests.program import Program, Shop


async def test_conversation_from_start_to_close(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "Where is my order?", anonymousId="a1", email="Ann@Example.com")
    assert started.conversation["status"] == "OPEN"
    assert started.conversation["displayName"] == "Ann@example.com"
    await baton.reply(started, tags=["orders"], skill="orders")
    await baton.say(started, "Thanks")
    closed = await baton.done(started.token, "closeConversation", conversationId=started.id)
    assert closed["conversation"]["status"] == "CLOSED"


async def test_widget_that_starts_sees_the_shopper_as_it_said_it_is(baton: Program, shop: Shop) -> None:
    """Not what the shop knows of that shopper from elsewhere."""
    await baton.start(shop, anonymousId="elsewhere", email="ann@example.com", name="Ann Known")
    profile = (await baton.start(shop, anonymousId="here", email="ann@example.com")).conversation["profile"]
    assert (profile["name"], profile["email"], profile["displayName"]) == (None, "ann@example.com", "ann@example.com")
