"""Knowledge gaps: questions are grouped when they are handed over, listed, and turned into articles."""

from __future__ import annotations

from datetime import timedelta

from tests.harness.program import Json, Program, Shop, Started

LIST = """query($orderBy: KnowledgeGapOrder, $first: Int, $after: String) {
  knowledgeGaps(orderBy: $orderBy, first: $first, after: $after) { totalCount
    nodes { id question count locale conversations { id } } pageInfo { endCursor hasNextPage } } }"""


async def hand_over(baton: Program, shop: Shop, text: str, reason: str = "KNOWLEDGE_GAP") -> Started:
    """A conversation of a new shopper that the agent cannot answer."""
    baton.clock.move(timedelta(minutes=1))
    number = len((await baton.everything())["conversations"])
    started = await baton.start(shop, text, channel="SMS", phone=f"+39333123{number:04d}")
    await baton.done(shop.agent, "requestHandoff", conversationId=started.id, epoch=1, reason=reason)
    return started


async def gaps(baton: Program, key: str, **given: object) -> Json:
    found: Json = (await baton.data(key, LIST, **given))["knowledgeGaps"]
    return found


async def test_similar_questions_are_one_gap(baton: Program, shop: Shop) -> None:
    first = await hand_over(baton, shop, "Do you engrave watches?")
    second = await hand_over(baton, shop, "can you engrave a watch for me")
    await hand_over(baton, shop, "Who is the president of the company?")
    await hand_over(baton, shop, "I want a human, about engraved watches", reason="EXPLICIT_ASK")
    await hand_over(baton, shop, "???")

    recent = await gaps(baton, shop.support)
    assert [(gap["question"], gap["count"]) for gap in recent["nodes"]] == [
        ("Who is the president of the company?", 1),
        ("can you engrave a watch for me", 2),
    ]
    frequent = await gaps(baton, shop.agent, orderBy="FREQUENT", first=1)
    [gap] = frequent["nodes"]
    assert [each["id"] for each in gap["conversations"]] == [second.id, first.id]
    assert (frequent["totalCount"], frequent["pageInfo"]["hasNextPage"]) == (2, True)
    rest = await gaps(baton, shop.agent, orderBy="FREQUENT", after=frequent["pageInfo"]["endCursor"])
    assert [gap["count"] for gap in rest["nodes"]] == [1]
    wrong = await baton.ask(shop.agent, LIST, orderBy="RECENT", after=frequent["pageInfo"]["endCursor"])
    assert wrong.codes == ["INVALID"]


async def test_the_question_is_what_the_shopper_wrote_last(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "Hello, where is my parcel?")
    await baton.reply(started, "On its way. Anything else?")
    await baton.done(started.token, "sendMessage", conversationId=started.id, text="Yes.")
    await baton.done(started.token, "sendMessage", conversationId=started.id, text="Do you sell penguins?")
    for _ in range(2):  # asked twice in one conversation
        epoch = await baton.data(
            shop.agent, "query($id: ID!) { conversation(id: $id) { controller { epoch } } }", id=started.id
        )
        asked = {"conversationId": started.id, "epoch": epoch["conversation"]["controller"]["epoch"]}
        handoff = (await baton.done(shop.agent, "requestHandoff", **asked, reason="KNOWLEDGE_GAP"))["handoff"]
        await baton.mutate(started.token, "answerHandoffOffer", handoffId=handoff["id"], accept=False)
    [gap] = (await gaps(baton, shop.owner))["nodes"]
    assert (gap["question"], gap["count"]) == ("Yes.\nDo you sell penguins?", 1)


async def test_a_gap_becomes_an_article(baton: Program, shop: Shop) -> None:
    await hand_over(baton, shop, "Do you engrave watches?")
    [gap] = (await gaps(baton, shop.owner))["nodes"]
    given = {"gapId": gap["id"], "title": gap["question"], "text": "Yes, in two days.", "language": "en"}
    refused = await baton.command(shop.owner, "createArticleFromGap", **{**given, "text": ""})
    assert [error["code"] for error in refused["errors"]] == ["INVALID"]
    made = (await baton.done(shop.owner, "createArticleFromGap", **given, idempotencyKey="one"))["article"]
    again = (await baton.done(shop.owner, "createArticleFromGap", **given, idempotencyKey="one"))["article"]
    assert (made["kind"], made["title"], made["id"]) == ("SNIPPET", "Do you engrave watches?", again["id"])
    assert (await gaps(baton, shop.owner))["totalCount"] == 0
    search = '{ searchKnowledge(text: "do you engrave a watch") { title sufficient } }'
    found = await baton.data(shop.agent, search)
    assert found == {"searchKnowledge": [{"title": "Do you engrave watches?", "sufficient": True}]}
    gone = await baton.command(shop.owner, "createArticleFromGap", **given)
    assert [error["code"] for error in gone["errors"]] == ["NOT_FOUND"]


async def test_a_gap_is_dismissed(baton: Program, shop: Shop) -> None:
    await hand_over(baton, shop, "Do you sell penguins?")
    [gap] = (await gaps(baton, shop.owner))["nodes"]
    done = await baton.done(shop.manager, "dismissKnowledgeGap", gapId=gap["id"])
    assert done["dismissedId"] == gap["id"]
    assert (await gaps(baton, shop.owner))["totalCount"] == 0
    [entry] = (await baton.data(shop.owner, "{ auditLog(first: 1) { nodes { action target { kind } } } }"))["auditLog"][
        "nodes"
    ]
    assert entry == {"action": "KNOWLEDGE_GAP_DISMISSED", "target": {"kind": "KNOWLEDGE_GAP"}}
