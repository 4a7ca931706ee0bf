from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.harness.event_consistency import ConsistencyChecker, View
from tests.harness.program import Program, Shop, browser, identity_token

SHOPPERS = {"anonymousId": browser("one"), "profileId": "x1"}  # a browser, and whom the shop's own server names


@pytest.mark.parametrize(("identity", "processes"), [("anonymousId", 1), ("anonymousId", 2), ("profileId", 2)])
async def test_fifty_starts_of_one_shopper_make_one_conversation(
    baton: Program, second: Program, shop: Shop, identity: str, processes: int
) -> None:
    programs = [baton, second][:processes]
    key = shop.owner if identity == "profileId" else shop.widget
    given = {"channel": "WEB_CHAT", "visitor": {identity: SHOPPERS[identity]}}
    payloads = await asyncio.gather(
        *(programs[n % processes].mutate_brief(key, "startConversation", **given, text=f"click {n}") for n in range(50))
    )
    assert [payload["errors"] for payload in payloads] == [[]] * 50
    assert len({payload["conversation"]["id"] for payload in payloads}) == 1
    assert len({payload["visitorToken"] for payload in payloads}) == 50
    assert sorted(payload["message"]["sequence"] for payload in payloads) == list(range(1, 51))
    stored = await baton.everything()
    assert len(stored["conversations"]) == len(stored["profiles"]) == len(stored["business_events"]) == 1
    await ConsistencyChecker(baton).check(shop.owner, payloads[0]["conversation"]["id"], View())


@pytest.mark.parametrize("processes", [1, 2])
async def test_two_hundred_messages_at_once_are_numbered_without_a_hole(
    baton: Program, second: Program, shop: Shop, processes: int
) -> None:
    programs = [baton, second][:processes]
    started = await baton.start(shop)
    given = {"conversationId": started.id}

    def command(n: int) -> tuple[str, str, dict[str, object]]:
        if n % 4 == 0:
            return shop.agent, "postAgentMessage", {**given, "epoch": 1, "text": f"answer {n}", "tags": [f"tag {n}"]}
        return started.token, "sendMessage", {**given, "text": f"question {n}"}

    async with ConsistencyChecker(baton).watching(shop.owner, started.id):
        payloads = await asyncio.gather(
            *(
                programs[n // 2 % processes].mutate_brief(key, name, **more)
                for n in range(200)
                for key, name, more in [command(n)]
            )
        )
    assert sorted(payload["message"]["sequence"] for payload in payloads) == list(range(2, 202))
    messages = (await baton.everything())["messages"]
    assert sorted(row["sequence"] for row in messages) == list(range(1, 202))
    assert {row["text"] for row in messages} == {"Hello", *(command(n)[2]["text"] for n in range(200))}
    conversation = (await ConsistencyChecker(baton).snapshot(shop.owner, started.id)).conversation
    assert conversation is not None
    assert (conversation["messageCount"], conversation["version"]) == (201, 201)
    assert sorted(conversation["tags"]) == sorted(f"tag {n}" for n in range(0, 200, 4))


async def test_one_command_under_one_key_in_two_processes_is_done_once(
    baton: Program, second: Program, shop: Shop
) -> None:
    started = await baton.start(shop)
    given = {"conversationId": started.id, "text": "Once", "idempotencyKey": "k"}
    payloads = await asyncio.gather(
        *((baton, second)[n % 2].mutate_brief(started.token, "sendMessage", **given) for n in range(20))
    )
    assert len({payload["message"]["id"] for payload in payloads}) == 1
    starts = await asyncio.gather(
        *(
            (baton, second)[n % 2].mutate_brief(
                shop.widget, "startConversation", channel="SMS", text="Hi", idempotencyKey=browser("tab")
            )
            for n in range(20)
        )
    )
    assert len({(s["conversation"]["id"], s["message"]["id"], s["visitorToken"]) for s in starts}) == 1
    stored = await baton.everything()
    assert (len(stored["conversations"]), len(stored["messages"]), len(stored["business_events"])) == (2, 3, 2)


async def test_one_draft_under_one_key_in_two_processes_is_kept_once(
    baton: Program, second: Program, shop: Shop
) -> None:
    started = await baton.start(shop)
    await baton.done(shop.owner, "closeConversation", conversationId=started.id)
    given = {"conversationId": started.id, "epoch": 1, "text": "Late", "idempotencyKey": "k"}
    payloads = await asyncio.gather(
        *((baton, second)[n % 2].mutate_brief(shop.agent, "postAgentMessage", **given) for n in range(20))
    )
    assert Counter(error["code"] for p in payloads for error in p["errors"]) == {"NOT_IN_CONTROL": 20}
    assert len((await baton.everything())["drafts"]) == 1


async def test_close_and_messages_at_once_leave_nothing_behind_the_close(
    baton: Program, second: Program, shop: Shop
) -> None:
    started = await baton.start(shop)
    commands: list[tuple[str, str, dict[str, Any]]] = [
        (started.token, "sendMessage", {"text": "Wait"}),
        (shop.agent, "postAgentMessage", {"text": "Yes?", "epoch": 1}),
        (shop.owner, "closeConversation", {}),
    ]
    async with ConsistencyChecker(baton).watching(shop.owner, started.id):
        payloads = await asyncio.gather(
            *(
                (baton, second)[n % 2].mutate_brief(key, name, conversationId=started.id, **more)
                for n, (key, name, more) in enumerate(commands * 10)
            )
        )
    refused = Counter(error["code"] for payload in payloads for error in payload["errors"])
    assert set(refused) <= {"CONVERSATION_CLOSED", "NOT_IN_CONTROL"}
    done = [p["message"]["sequence"] for p in payloads if p.get("message")]
    assert sorted(done) == list(range(2, len(done) + 2))
    stored = await baton.everything()
    closes = [e for e in stored["events"] if e["type"] == "conversation_changed"]
    assert len(closes) == 1
    added = [e["seq"] for e in stored["events"] if e["type"] == "message_added"]
    assert max(added) < closes[0]["seq"]
    assert len(stored.get("drafts", [])) == refused["NOT_IN_CONTROL"]


async def test_merges_of_one_shopper_in_two_processes_leave_one_profile(
    baton: Program, second: Program, shop: Shop
) -> None:
    """One person signs in in twenty tabs at once."""
    started = await asyncio.gather(
        *(
            baton.mutate_brief(
                shop.widget,
                "startConversation",
                channel="WEB_CHAT",
                text="Hi",
                visitor={"anonymousId": browser(f"tab {n}")},
            )
            for n in range(20)
        )
    )
    token_of_ann = await identity_token(baton, shop, "ann", name="Ann")
    tabs = [(payload["visitorToken"], payload["conversation"]["id"]) for payload in started]
    await asyncio.gather(
        *(
            (baton, second)[n % 2].mutate_brief(
                token, "identifyVisitor", conversationId=conversation_id, identityToken=token_of_ann
            )
            for n, (token, conversation_id) in enumerate(tabs)
        )
    )
    profiles = (await baton.everything())["profiles"]
    kept = [row for row in profiles if "merged_into" not in row]
    assert len(kept) == 1
    assert kept[0]["keys"] == ["x:ann"]
    assert {row["merged_into"] for row in profiles if row is not kept[0]} <= {row["_id"] for row in profiles}
    document = "query($id: ID!) { conversation(id: $id) { profile { id conversations { totalCount } } } }"
    seen = [
        (await baton.data(shop.owner, document, id=conversation_id))["conversation"]["profile"]
        for _, conversation_id in tabs
    ]
    assert seen == [{"id": seen[0]["id"], "conversations": {"totalCount": 20}}] * 20


async def test_the_first_requests_of_a_staff_key_come_at_once(baton: Program, shop: Shop) -> None:
    answers = await asyncio.gather(*(baton.data(shop.owner, "{ me { name } }") for _ in range(20)))
    assert len({answer["me"]["name"] for answer in answers}) == 1
