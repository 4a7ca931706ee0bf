"""`searchKnowledge` over the API."""

from __future__ import annotations

import pytest

from tests.harness.program import Json, Program, Shop

SEARCH = """query($text: String!, $source: KnowledgeSource, $first: Int) {
  searchKnowledge(text: $text, source: $source, first: $first) { source sourceId title text url confidence sufficient }
}"""


async def searched(baton: Program, shop: Shop, text: str, **given: object) -> list[Json]:
    found: list[Json] = (await baton.data(shop.agent, SEARCH, text=text, **given))["searchKnowledge"]
    return found


async def test_a_passage_is_found_as_soon_as_it_is_written(baton: Program, shop: Shop) -> None:
    assert await searched(baton, shop, "how do I send something back") == []
    second = "A refund takes five business days from the day on which the parcel arrives at our warehouse."
    text = f"You can send back every item within 30 days after you have received it.\n\n{second}"
    given = {"title": "Returns", "text": text, "language": "en", "url": "https://shop.example/returns"}
    article = (await baton.done(shop.owner, "createArticle", **given))["article"]
    await baton.done(shop.owner, "saveProducts", products=[{"productId": "1", "title": "Brass lamp"}])

    [found] = await searched(baton, shop, "can I send an item back?")
    assert (found["sourceId"], found["title"], found["url"]) == (article["id"], "Returns", given["url"])
    assert found["text"] == text.partition("\n")[0]
    assert found["sufficient"] is True
    [lamp] = await searched(baton, shop, "a lamp of brass", first=1)
    assert (lamp["source"], lamp["title"]) == ("PRODUCT", "Brass lamp")
    assert await searched(baton, shop, "a lamp of brass", source="ARTICLE") == []

    await baton.done(shop.owner, "deleteArticle", articleId=article["id"])
    assert await searched(baton, shop, "can I send an item back?") == []


async def test_accounts_do_not_find_each_others_texts(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "createArticle", title="Returns", text="Within 30 days.", language="en")
    other = await baton.open_shop("Other")
    assert await searched(baton, other, "returns") == []


@pytest.mark.parametrize(("text", "first"), [(" ", 1), ("x" * 2_001, 1), ("returns", 0), ("returns", 21)])
async def test_searches_that_are_refused(baton: Program, shop: Shop, text: str, first: int) -> None:
    assert (await baton.ask(shop.agent, SEARCH, text=text, first=first)).codes == ["INVALID"]
