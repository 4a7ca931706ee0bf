"""Articles, snippets and products over the API: changes, lists, limits, events and audit entries."""

from __future__ import annotations

from typing import Any

import pytest

from domain.knowledge import commands
from domain.knowledge.commands import LONGEST_SNIPPET, MOST_SAVED
from domain.model.agent.knowledge import KnowledgeTotals
from domain.storage import UnitOfWork
from tests.harness.program import Json, Program, Shop

RETURNS = {
    "title": "Returns",
    "text": "Send it back within 30 days.",
    "language": "en",
    "url": "https://shop.example/returns",
}
LIST = """query($kind: ArticleKind, $first: Int, $after: String) { articles(kind: $kind, first: $first, after: $after) {
  totalCount nodes { title } pageInfo { endCursor hasNextPage } } }"""
CATALOG = """query($first: Int, $after: String) { catalog(first: $first, after: $after) { totalCount
  nodes { productId title available price { amount currency } variants { variantId options available } }
  pageInfo { endCursor hasNextPage } } }"""
EUR = {"amount": "12.50", "currency": "EUR"}


async def actions(baton: Program, shop: Shop) -> list[Json]:
    document = "{ auditLog { nodes { action target { name } changes { field before after } } } }"
    nodes: list[Json] = (await baton.data(shop.owner, document))["auditLog"]["nodes"]
    return nodes


async def changes_in_the_log(baton: Program) -> list[tuple[int, int, int]]:
    rows = (await baton.everything())["events"]
    bodies = [row["body"] for row in rows if row["type"] == "knowledge_changed"]
    return [(body["revision"], body["changed"], body["removed"]) for body in bodies]


async def test_an_article_is_created_changed_and_deleted(baton: Program, shop: Shop) -> None:
    made = (await baton.done(shop.manager, "createArticle", **RETURNS))["article"]
    assert (made["kind"], made["title"], made["version"]) == ("ARTICLE", "Returns", 1)
    changed = {"articleId": made["id"], "title": "Return an item", "url": "", "expectedVersion": 1}
    after = (await baton.done(shop.manager, "updateArticle", **changed))["article"]
    assert (after["title"], after["text"], after["url"], after["version"]) == (
        "Return an item",
        RETURNS["text"],
        None,
        2,
    )
    refused = await baton.command(shop.manager, "updateArticle", **changed)
    assert [(e["code"], e["path"]) for e in refused["errors"]] == [("CONFLICT", ["input", "expectedVersion"])]
    same = await baton.done(shop.manager, "updateArticle", articleId=made["id"], title="Return an item")
    assert same["article"]["version"] == 2  # nothing changed, so nothing was written
    node = "query($id: ID!) { node(id: $id) { ... on Article { title } } }"
    assert await baton.data(shop.analyst, node, id=made["id"]) == {"node": {"title": "Return an item"}}

    gone = await baton.done(shop.manager, "deleteArticle", articleId=made["id"])
    assert gone["deletedId"] == made["id"]
    assert (await baton.ask(shop.owner, node, id=made["id"])).codes == ["NOT_FOUND"]
    assert await changes_in_the_log(baton) == [(1, 1, 0), (2, 1, 0), (3, 0, 1)]
    deleted, updated, created, *_ = await actions(baton, shop)
    assert [each["action"] for each in (created, updated, deleted)] == [
        "ARTICLE_CREATED",
        "ARTICLE_UPDATED",
        "ARTICLE_DELETED",
    ]
    assert {"field": "title", "before": "Returns", "after": "Return an item"} in updated["changes"]


async def test_a_repeated_call_creates_one_article(baton: Program, shop: Shop) -> None:
    first = await baton.done(shop.owner, "createArticle", **RETURNS, idempotencyKey="one")
    again = await baton.done(shop.owner, "createArticle", **RETURNS, idempotencyKey="one")
    assert first["article"]["id"] == again["article"]["id"]
    assert (await baton.data(shop.owner, LIST))["articles"]["totalCount"] == 1


async def test_articles_are_paged_and_counted_by_kind(baton: Program, shop: Shop) -> None:
    for number in range(3):
        await baton.done(shop.owner, "createArticle", **{**RETURNS, "title": f"A{number}"})
    await baton.done(shop.owner, "createArticle", **{**RETURNS, "title": "S", "kind": "SNIPPET"})
    first = (await baton.data(shop.support, LIST, kind="ARTICLE", first=2))["articles"]
    assert (first["totalCount"], first["nodes"]) == (3, [{"title": "A2"}, {"title": "A1"}])
    cursor = first["pageInfo"]["endCursor"]
    rest = (await baton.data(shop.support, LIST, kind="ARTICLE", after=cursor))["articles"]
    assert (rest["nodes"], rest["pageInfo"]["hasNextPage"]) == ([{"title": "A0"}], False)
    both = (await baton.data(shop.agent, LIST))["articles"]
    assert (both["totalCount"], both["nodes"][0]) == (4, {"title": "S"})
    assert (await baton.ask(shop.agent, LIST, after=cursor)).codes == ["INVALID"]  # of another list
    assert (await baton.data(shop.owner, LIST, kind="SNIPPET"))["articles"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"title": " "}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"text": ""}, "text"),
        ({"text": "x" * (LONGEST_SNIPPET + 1), "kind": "SNIPPET"}, "text"),
        ({"language": "english"}, "language"),
        ({"language": "de_AT"}, "language"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": f"https://shop.example/{'x' * 2_048}"}, "url"),
    ],
)
async def test_articles_that_are_refused(baton: Program, shop: Shop, given: Json, path: str) -> None:
    refused = await baton.command(shop.owner, "createArticle", **{**RETURNS, **given})
    assert [(e["code"], e["path"]) for e in refused["errors"]] == [("INVALID", ["input", path])]


async def test_products_are_saved_listed_and_deleted(baton: Program, shop: Shop) -> None:
    variants = [
        {"variantId": "1", "options": ["color: blue"], "price": EUR, "available": False},
        {"variantId": "2", "options": ["color: red"], "price": {**EUR, "amount": "15.00"}},
    ]
    shirt = {"productId": "b", "title": "Shirt", "variants": variants}
    lamp = {"productId": "a", "title": "Lamp", "price": EUR, "available": False}
    saved = await baton.done(shop.owner, "saveProducts", products=[shirt, lamp])
    assert (saved["changed"], saved["total"]) == (2, 2)
    again = await baton.done(shop.owner, "saveProducts", products=[shirt, {**lamp, "title": "Lamp of brass"}])
    assert (again["changed"], again["total"]) == (1, 2)

    page = (await baton.data(shop.agent, CATALOG, first=1))["catalog"]
    assert page["nodes"] == [
        {"productId": "a", "title": "Lamp of brass", "available": False, "price": EUR, "variants": []}
    ]
    rest = (await baton.data(shop.agent, CATALOG, after=page["pageInfo"]["endCursor"]))["catalog"]
    [found] = rest["nodes"]
    assert (found["available"], found["price"]["amount"]) == (True, "15.00")  # of what can be bought
    assert [each["available"] for each in found["variants"]] == [False, True]

    gone = await baton.done(shop.owner, "deleteProducts", productIds=["a", "unknown", "a"])
    assert (gone["changed"], gone["total"]) == (1, 1)
    assert await changes_in_the_log(baton) == [(1, 2, 0), (2, 1, 0), (3, 0, 1)]
    assert [each["action"] for each in await actions(baton, shop)][:3] == [
        "PRODUCTS_DELETED",
        "PRODUCTS_SAVED",
        "PRODUCTS_SAVED",
    ]


@pytest.mark.parametrize(
    ("products", "path"),
    [
        ([{"productId": "1", "title": ""}], ["0", "title"]),
        ([{"productId": " ", "title": "A"}], ["0", "productId"]),
        ([{"productId": "1", "title": "A"}, {"productId": "2", "title": "B", "url": "ftp://x"}], ["1", "url"]),
        ([{"productId": "1", "title": "A", "price": {"amount": "-1", "currency": "EUR"}}], ["0", "price", "amount"]),
        ([{"productId": "1", "title": "A"}] * 2, []),
        ([{"productId": str(n), "title": "A"} for n in range(MOST_SAVED + 1)], []),
    ],
)
async def test_products_that_are_refused(baton: Program, shop: Shop, products: list[Json], path: list[str]) -> None:
    refused = await baton.command(shop.owner, "saveProducts", products=products)
    assert [(e["code"], e["path"]) for e in refused["errors"]] == [("INVALID", ["input", "products", *path])]
    assert (await baton.data(shop.owner, CATALOG))["catalog"]["totalCount"] == 0


async def test_an_account_has_room_for_so_much(baton: Program, shop: Shop) -> None:
    async def fill(**numbers: Any) -> None:
        async def change(uow: UnitOfWork) -> None:
            known = await uow.get(KnowledgeTotals, shop.id)
            uow.save(KnowledgeTotals(id=shop.id, revision=known.revision if known else 0, **numbers))

        await baton.baton.ports.storage.write(shop.id, change)

    async def refused(name: str, **given: Any) -> str:
        payload = await baton.command(shop.owner, name, **given)
        assert [error["code"] for error in payload["errors"]] == ["CONFLICT"]
        return str(payload["errors"][0]["message"])

    await fill(articles=commands.MOST_ARTICLES)
    assert "2,000 articles" in await refused("createArticle", **RETURNS)
    await baton.done(shop.owner, "createArticle", **{**RETURNS, "kind": "SNIPPET"})
    await fill(snippets=commands.MOST_SNIPPETS)
    assert "5,000 snippets" in await refused("createArticle", **{**RETURNS, "kind": "SNIPPET"})
    await fill(products=commands.MOST_PRODUCTS)
    assert "10,000 products" in await refused("saveProducts", products=[{"productId": "1", "title": "A"}])
    await fill(characters=commands.MOST_CHARACTERS)
    assert "10,000,000 characters" in await refused("createArticle", **RETURNS)
