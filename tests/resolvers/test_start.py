from __future__ import annotations

from datetime import timedelta

import pytest

from tests.harness.program import Program, Shop, browser

DAY = timedelta(days=1)


async def test_start_opens_a_conversation_with_the_first_message(baton: Program, shop: Shop) -> None:
    started = await baton.start(
        shop, "Where is my order?", anonymousId="a1", email=" Ann@EXAMPLE.com ", phone="+39 333 123 4567"
    )
    conversation = started.conversation
    assert conversation["profile"] == {
        "id": conversation["profile"]["id"],
        "externalId": None,
        "name": None,
        "email": "Ann@example.com",
        "phone": "+393331234567",
        "displayName": "Ann@example.com",
        "verified": False,
        "merges": None,  # only staff see them
    }
    assert {k: v for k, v in conversation.items() if k not in ("id", "profile", "streamCursor", "lastMessage")} == {
        "channel": "WEB_CHAT",
        "status": "OPEN",
        "awaitsTeam": False,
        "displayName": "Ann@example.com",
        "identityVerified": False,
        "isTest": False,
        "contact": {
            "name": None,
            "email": {"value": "Ann@example.com", "verified": False},
            "phone": {"value": "+393331234567", "verified": False},
            "externalId": None,
        },
        "firstQuestion": "Where is my order?",
        "tags": [],
        "initialSkill": None,
        "finalSkill": None,
        "startedAt": "2026-06-07T12:00:00.000Z",
        "lastMessageAt": "2026-06-07T12:00:00.000Z",
        "closedAt": None,
        "messageCount": 1,
        "controller": {"kind": "AI_AGENT", "epoch": 1, "since": "2026-06-07T12:00:00.000Z", "staff": None},
        "handoff": None,
        "handoffs": [],
        "legalHold": None,
        "transcriptRemovedAt": None,
        "erasedAt": None,
        "firstQuestionRemovedAt": None,
        "ticket": None,
        "sales": [],
        "version": 1,
        "windowEndsAt": None,
    }
    assert conversation["lastMessage"] == started.message
    assert {k: v for k, v in started.message.items() if k != "id"} == {
        "sequence": 1,
        "kind": "TEXT",
        "author": {"kind": "SHOPPER", "name": "Ann@example.com", "staff": None},
        "text": "Where is my order?",
        "sentAt": "2026-06-07T12:00:00.000Z",
        "products": [],
        "actions": [],
        "delivery": None,
        "originalMail": None,
        "attachments": [],
        "via": None,
        "templateSid": None,
        "redactedAt": None,
    }


@pytest.mark.parametrize(
    ("visitor", "name"),
    [
        ({"name": "Ann", "email": "a@example.com", "phone": "+393331234567"}, "Ann"),
        ({"email": "a@example.com", "phone": "+393331234567"}, "a@example.com"),
        ({"phone": "+393331234567"}, "+393331234567"),
        ({"anonymousId": "a1", "profileId": "p1"}, "Anonymous"),
    ],
)
async def test_display_name_is_the_best_that_is_known(
    baton: Program, shop: Shop, visitor: dict[str, str], name: str
) -> None:
    started = await baton.start(shop, **visitor)
    assert started.conversation["displayName"] == name
    assert started.conversation["profile"]["displayName"] == name
    assert started.message["author"]["name"] == name


@pytest.mark.parametrize("by", ["widget", "owner"])
async def test_second_start_adds_its_text_to_the_open_conversation(baton: Program, shop: Shop, by: str) -> None:
    who = {"widget": {"anonymousId": browser("one")}, "owner": {"profileId": "one"}}[by]
    first = await baton.start(shop, "Hello", key=getattr(shop, by), **who)
    second = await baton.start(shop, "Anybody there?", key=getattr(shop, by), **who, name="Ann")
    assert second.id == first.id
    assert second.message["sequence"] == 2
    assert second.conversation["firstQuestion"] == "Hello"
    assert second.conversation["displayName"] == "Ann"
    for token in (first.token, second.token):
        assert (await baton.data(token, "query($id: ID!) { conversation(id: $id) { messageCount } }", id=first.id)) == {
            "conversation": {"messageCount": 2}
        }


async def test_other_channels_and_other_shoppers_have_their_own(baton: Program, shop: Shop) -> None:
    ids = {
        (await baton.start(shop, anonymousId=browser("one"))).id,
        (await baton.start(shop, anonymousId=browser("two"))).id,
        (await baton.start(shop, anonymousId=browser("one"), channel="SMS")).id,
        (await baton.start(shop)).id,
        (await baton.start(shop)).id,
    }
    assert len(ids) == 5


async def test_publishable_key_with_a_strangers_address_does_not_open_the_strangers_conversation(
    baton: Program, shop: Shop
) -> None:
    ann = await baton.start(shop, "My card is 1234", anonymousId="ann", email="ann@example.com", phone="+393331234567")
    for visitor in ({"email": "ANN@example.com"}, {"phone": "+39 333 1234567"}):
        stranger = await baton.start(shop, "Show me", anonymousId="eve", **visitor)
        assert stranger.id != ann.id
        assert stranger.conversation["messageCount"] == stranger.message["sequence"]
        seen = await baton.ask(stranger.token, "query($id: ID!) { conversation(id: $id) { firstQuestion } }", id=ann.id)
        assert (seen.data, seen.codes) == ({"conversation": None}, ["NOT_FOUND"])
        listed = await baton.data(
            stranger.token,
            "query($id: ID!) { conversation(id: $id) { profile { conversations { totalCount nodes { id } } } } }",
            id=stranger.id,
        )
        assert listed["conversation"]["profile"]["conversations"] == {"totalCount": 1, "nodes": [{"id": stranger.id}]}


async def test_secret_key_is_believed_about_addresses(baton: Program, shop: Shop) -> None:
    """The sender of a text message is verified by its number."""
    first = await baton.start(shop, key=shop.owner, channel="SMS", phone="+393331234567")
    assert (await baton.start(shop, key=shop.owner, channel="SMS", phone="+39 333 123 4567")).id == first.id


async def test_a_message_after_the_close_starts_a_new_conversation(baton: Program, shop: Shop) -> None:
    first = await baton.start(shop, anonymousId=browser("one"), email="ann@example.com")
    await baton.done(first.token, "closeConversation", conversationId=first.id)
    second = await baton.start(shop, "One more thing", anonymousId=browser("one"))
    assert second.id != first.id
    assert second.message["sequence"] == 1
    profile = "query($id: ID!) { conversation(id: $id) { profile { id email conversations { totalCount } } } }"
    one, two = [(await baton.data(shop.owner, profile, id=s.id))["conversation"]["profile"] for s in (first, second)]
    assert one == two == {"id": one["id"], "email": "ann@example.com", "conversations": {"totalCount": 2}}


async def test_agent_that_is_not_live_takes_nothing_new(baton: Program, shop: Shop) -> None:
    open_one = await baton.start(shop, anonymousId="one")
    await baton.done(shop.owner, "updateAccount", agentLive=False)
    refused = await baton.command(
        shop.widget, "startConversation", channel="WEB_CHAT", text="Hi", visitor={"anonymousId": "two"}
    )
    assert refused == {
        "conversation": None,
        "message": None,
        "visitorToken": None,
        "browserToken": None,
        "errors": [
            {
                "__typename": "NotAllowed",
                "code": "AGENT_NOT_LIVE",
                "message": "The agent is not live on this channel. Try again later.",
                "path": ["input", "channel"],
            }
        ],
    }
    await baton.say(open_one, "I am still here")
    counted = await baton.data(shop.owner, "{ conversations { totalCount } }")
    assert counted == {"conversations": {"totalCount": 1}}
    await baton.done(shop.owner, "updateAccount", agentLive=True, channels=["SMS"])
    refused = await baton.command(shop.widget, "startConversation", channel="WEB_CHAT", text="Hi")
    assert [error["code"] for error in refused["errors"]] == ["AGENT_NOT_LIVE"]
    await baton.start(shop, channel="SMS")


async def test_same_start_sent_again_is_answered_alike(baton: Program, shop: Shop) -> None:
    given = {"channel": "WEB_CHAT", "text": "Hi", "visitor": {"anonymousId": browser("one")}, "idempotencyKey": "k"}
    first = await baton.done(shop.widget, "startConversation", **given)
    before = await baton.everything()
    assert await baton.done(shop.widget, "startConversation", **given) == first
    assert await baton.everything() == before
    other = await baton.command(shop.widget, "startConversation", **{**given, "text": "Ho"})
    assert other["errors"] == [
        {
            "__typename": "Conflict",
            "code": "CONFLICT",
            "message": "This idempotency key was used with another input: send a new key.",
            "path": ["input", "idempotencyKey"],
        }
    ]


async def test_refused_start_can_be_tried_again_under_its_key(baton: Program, shop: Shop) -> None:
    given = {"channel": "WEB_CHAT", "text": "Hi", "idempotencyKey": "k"}
    await baton.done(shop.owner, "updateAccount", agentLive=False)
    assert (await baton.command(shop.widget, "startConversation", **given))["errors"] != []
    await baton.done(shop.owner, "updateAccount", agentLive=True)
    await baton.done(shop.widget, "startConversation", **given)


async def test_visitor_token_is_void_thirty_days_after_the_close_and_others_at_once_when_revoked(
    baton: Program, shop: Shop
) -> None:
    started = await baton.start(shop)
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    document = "query($id: ID!) { conversation(id: $id) { id } }"
    baton.clock.move(30 * DAY - timedelta(milliseconds=1))
    await baton.data(started.token, document, id=started.id)
    baton.clock.move(timedelta(milliseconds=1))
    expired = await baton.ask(started.token, document, id=started.id)
    assert (expired.status, expired.codes) == (401, ["UNAUTHENTICATED"])
    await baton.baton.services.keys.revoke(None, shop.id, shop.keys["agent"].credential.id)
    assert (await baton.ask(shop.agent, document, id=started.id)).codes == ["UNAUTHENTICATED"]


async def test_tokens_are_stored_as_hashes_only(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    stored = repr(await baton.everything())
    for token in (started.token, *shop.tokens.values()):
        assert token not in stored


async def test_widget_that_starts_sees_the_shopper_as_it_said_it_is(baton: Program, shop: Shop) -> None:
    """Data of the shopper from other conversations is not shown."""
    await baton.start(shop, anonymousId="elsewhere", email="ann@example.com", name="Ann Known")
    profile = (await baton.start(shop, anonymousId="here", email="ann@example.com")).conversation["profile"]
    assert (profile["name"], profile["email"], profile["displayName"]) == (None, "ann@example.com", "ann@example.com")
