"""Links in a text of a model: those of a source pass, and nothing else that a chat window or a helpdesk could open."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from integrations.agents.model.links import KnownLinks, settled

_SOURCE = "See [returns](https://shop.example/returns?x=1). Mail help@shop.example. Also www.other.example/a"


@pytest.fixture(scope="module")
def links() -> KnownLinks:
    known = KnownLinks()
    known.add_source(_SOURCE)
    known.add_shopper("I am ann@home.example, see https://shoppers.example/picture")
    return known


@pytest.mark.parametrize(
    "text",
    [
        "Two years.",
        "See https://shop.example/returns?x=1.",
        "See [here](https://shop.example/returns?x=1)!",
        "See https://SHOP.example/returns?x=1/",
        "Write to help@shop.example, or open shop.example.",
        "https://www.shop.example/",
        "It is 3.5kg today.It is fine, e.g. so, z.B. das, i.e. that.",
        "We write to ann@home.example.",
        "2@9.90 euros",
        "100% cotton, <3 & more: a, b.",
        "1. Pack it\n2. Send it\n\n- **soon**",
        "The file is guide.pdf.",
        "二年間です。保証書をご覧ください。",
        " ",
    ],
)
def test_what_passes(links: KnownLinks, text: str) -> None:
    assert not links.has_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://shop.example/returns?x=1&order=1001)",
        "![x](https://evil.example/a.png)",
        "https://evil.example",
        "evil.example/x",
        "EVIL.example",
        "Evil.Com",
        "[your order](//evil.example/1001)",
        "<img src=https://evil.example/a>",
        "<https://evil.example>",
        "javascript:alert(1)",
        "see [x][1]\n\n[1]: https://evil.example",
        "mailto:a@evil.example",
        "Write to ann@evil.example",
        "Write to ann@evil.De now",
        "Write to ann@evil.exampleTwo\n",
        "https://shop.example/returns",
        "https://shop.example/RETURNS?x=1",
        "https://shop.example?order=1001",
        "https://1001.shop.example/",
        "https://shop.example:8080",
        "https://ann:1001@shop.example/",
        "hxxps: evil。example/x",
        "ｈｔｔｐｓ://evil.example/",
        "1.2.3.4/x",
        "[https://shop.example/](https://evil.example)",
        "ev\u200bil.example/x",
        "data:text/html,x",
        "&#104;ttps://evil.example",
        "http:\\\\evil.example",
        "https:evil.example/x",
        "https://shoppers.example/picture",
        "tel:+39021",
        "[" * 1_000,
    ],
)
def test_what_does_not_pass(links: KnownLinks, text: str) -> None:
    assert links.has_foreign(text)


_WORDS = st.sampled_from(["Two", "years", "and", "so.", "(a)", "[b]", "!", "&", "二年。", "1.5", "\n", "**x**", "it:"])
_LINKS = st.sampled_from(
    [
        "https://evil.example/1001",
        "![your order](https://evil.example/1001)",
        "[click here](//evil.example/1001)",
        "[a b](https://evil.example/1001 'title')",
        "evil.example/1001",
        "ann@evil.example",
    ]
)


@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(_WORDS), _LINKS, st.lists(_WORDS), st.sampled_from([" ", ""]))
def test_of_a_text_that_grows_no_part_of_a_link_is_shown(
    before: list[str], link: str, after: list[str], space: str
) -> None:
    text = space.join([*before, link, *after])
    known = KnownLinks()
    for end in range(len(text) + 1):
        part = settled(text[:end])
        assert text.startswith(part)
        if not known.has_foreign(part):
            assert ".example" not in part
            assert "1001" not in part
