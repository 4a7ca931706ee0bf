"""Lists of which most rows are kept as text (api/graphql/plan/kept_texts.py): after each change, every caller sees what
it would see without."""

from __future__ import annotations

from typing import Any

from domain.search.listed import ListedConversation
from domain.storage import ConversationQuery
from domain.values.paging import Slice
from resolvers.context import Context
from resolvers.conversation.page import conversation_listing
from resolvers.profile.types import loaded_profile
from tests.harness.chat import Chat
from tests.harness.program import Program, Shop

FIELDS = """id channel status displayName firstQuestion startedAt lastMessageAt closedAt messageCount initialSkill
  finalSkill identityVerified version tags isTest controller { kind epoch } contact { name { value verified } }
  profile { id displayName name email verified } handoff { state reason reasonDetail } handoffs { id requestedAt }
  ticket { id state unread helpdesk }"""
KEPT = f"query ($n: Int!) {{ conversations(first: $n) {{ nodes {{ {FIELDS} }} pageInfo {{ hasNextPage }} }} }}"
MADE = f"query ($n: Int!) {{ conversations(first: $n) {{ edges {{ cursor node {{ {FIELDS} }} }} }} }}"

PROFILE = "query ($id: ID!) { conversation(id: $id) { profile { id } } }"


async def answer(baton: Program, key: str, document: str, number: int) -> Any:
    """Return the rows, and the errors without what tells `nodes` from `edges`."""
    asked = await baton.ask(key, document, n=number)
    wrappers = ("nodes", "edges", "node")
    errors = [(each["message"], [part for part in each["path"] if part not in wrappers]) for each in asked.errors]
    found = asked.data.get("conversations") or {}
    return found.get("nodes") or [edge["node"] for edge in found.get("edges", [])], errors


async def check(baton: Program, shop: Shop) -> None:
    for key in (shop.owner, shop.support, shop.analyst, shop.agent, *shop.partners.values(), shop.widget):
        wanted = await answer(baton, key, MADE, 30)
        for number in (30, 29):  # the same texts in two responses, neither of which is kept as a whole
            assert await answer(baton, key, KEPT, number) == wanted


async def test_every_caller_sees_each_change(baton: Program, shop: Shop) -> None:
    first, other = [await Chat.of(baton, shop, watched=False) for _ in range(2)]
    for step in (first.say, first.identify, other.identify, first.request, first.accept, first.take, first.leave):
        assert (await step())["errors"] == []
        await check(baton, shop)
    assert (await other.post(tags=["Returns"], skill="returns"))["errors"] == []
    await check(baton, shop)


async def test_a_profile_that_is_merged_and_split_is_the_right_one(baton: Program, shop: Shop) -> None:
    chats = [
        await baton.start(shop, "Where is it?", key=shop.owner, profileId="ann", name="Ann", email="ann@example.com"),
        await baton.start(shop, "Hello", key=shop.owner, channel="SMS", phone="+393331234567", name="Bea"),
    ]
    await check(baton, shop)
    ann, bea = [(await baton.data(shop.owner, PROFILE, id=chat.id))["conversation"]["profile"]["id"] for chat in chats]
    await baton.done(shop.manager, "mergeProfiles", profileId=bea, intoProfileId=ann)
    rows, _ = await answer(baton, shop.owner, KEPT, 30)
    assert {row["profile"]["id"] for row in rows} == {ann}
    await check(baton, shop)
    await baton.done(shop.manager, "splitProfile", profileId=bea)
    rows, _ = await answer(baton, shop.owner, KEPT, 30)
    assert {row["profile"]["id"] for row in rows} == {ann, bea}
    await check(baton, shop)


async def test_a_row_has_the_profile_that_was_read_with_it(baton: Program, shop: Shop) -> None:
    """A profile may change while MongoDB joins it to the rows of a page, one after the other."""
    services = baton.baton.services
    principal = await services.accounts.principal_of(shop.owner)
    context, query = Context(services=services, principal=principal), ConversationQuery()
    rows: list[ListedConversation] = []
    for name in ("Ann", "Anna"):
        await baton.start(shop, "Where is it?", key=shop.owner, profileId="ann", name=name)
        rows += (await context.reader.conversations(query, Slice(limit=1), profiles=True)).items

    listing = conversation_listing(context, query)
    for row, name in zip([*rows, rows[0]], ("Ann", "Anna", "Ann"), strict=True):
        made = listing.node(row).known_profile, loaded_profile(context, row.conversation.profile_id)
        assert [each and each.name for each in made] == [name] * 2
