"""The selection of a list does not change its result."""

from __future__ import annotations

import pytest

from tests.harness.program import Program, Shop
from tests.resolvers.test_pages import several

_TOTAL = "fragment Total on ConversationConnection { totalCount totalCountIsExact }"
_ROWS = "fragment Rows on ConversationConnection { nodes { status } }"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("conversations { totalCount }", {"totalCount": 3}),
        ("conversations { n: totalCount __typename }", {"n": 3, "__typename": "ConversationConnection"}),
        ('conversations(filter: {search: "question"}) { totalCountIsExact }', {"totalCountIsExact": True}),
        ("conversations { ...Total }", {"totalCount": 3, "totalCountIsExact": True}),
        ("conversations(first: 1) { ...Rows ...Total }",
         {"nodes": [{"status": "OPEN"}], "totalCount": 3, "totalCountIsExact": True}),
        ("conversations(first: 1) { ... { ... on ConversationConnection { list: nodes { status } } } }",
         {"list": [{"status": "OPEN"}]}),
        ("conversations { pageInfo { hasNextPage } }", {"pageInfo": {"hasNextPage": False}}),
        ("conversations(first: 2) { pageInfo { hasNextPage } }", {"pageInfo": {"hasNextPage": True}}),
        ("conversations(first: 1) { totalCount } conversations(first: 1) { edges { node { status } } }",
         {"totalCount": 3, "edges": [{"node": {"status": "OPEN"}}]}),
        ("conversations(first: 1) { nodes @include(if: $yes) { status } totalCount @skip(if: $yes) }",
         {"nodes": [{"status": "OPEN"}]}),
        ("conversations(first: 1) { nodes @skip(if: $yes) { status } ...Total @include(if: $yes) }",
         {"totalCount": 3, "totalCountIsExact": True}),
    ],
)  # fmt: skip
async def test_what_is_asked_of_a_list_is_answered(
    baton: Program, shop: Shop, asked: str, expected: dict[str, object]
) -> None:
    await several(baton, shop, 3)
    fragments = "".join(each for each in (_TOTAL, _ROWS) if f"...{each.split()[1]}" in asked)
    variables = {"yes": True} if "$yes" in asked else {}
    answer = await baton.data(
        shop.owner, f"query{'($yes: Boolean!)' if variables else ''} {{ {asked} }} {fragments}", **variables
    )
    assert answer == {"conversations": expected}
