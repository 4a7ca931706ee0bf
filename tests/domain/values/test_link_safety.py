"""Texts that pass the link check run no code: as Markdown, as HTML, or decoded twice; links show their target."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from domain.values.errors import Invalid
from domain.values.link_safety import Link, check_linked_text, links_of

PATH = ("settings", "custom_message")
MARKDOWN_TAGS = frozenset(
    ["p", "br", "a", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "img"]  # Markdown's own
    + [f"h{level}" for level in range(1, 7)]
)


def _check(text: str) -> str:
    return check_linked_text(text, field=PATH, limit=2_000)


def _message(text: str) -> str:
    with pytest.raises(Invalid) as refused:
        _check(text)
    assert refused.value.field == PATH
    return refused.value.message


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Write to us, we answer within 2 days.", []),
        ("I <3 you; 1 < 2 > 0; 100% cotton, 50%20off, R&D", []),
        ("Data: marzo/aprile\nJava, script & co.", []),
        ("Tel: 02 1234, Hotel:Roma", []),
        ("Visit us\nhttps://shop.com\nBye", [Link(label=None, address="https://shop.com")]),
        ("Our site:https://shop.com/a_b?c=1&d=2#e.", [Link(label=None, address="https://shop.com/a_b?c=1&d=2#e")]),
        ('See "https://shop.com/x" (or **http://shop.com:8080/**).', [
            Link(label=None, address="https://shop.com/x"),
            Link(label=None, address="http://shop.com:8080/"),
        ]),
        ("mailto:team@shop.com, tel:+39-02-1234567!", [
            Link(label=None, address="mailto:team@shop.com"),
            Link(label=None, address="tel:+39-02-1234567"),
        ]),
        ("[Returns](https://shop.com/returns) or https://shop.com", [
            Link(label="Returns", address="https://shop.com/returns"),
            Link(label=None, address="https://shop.com"),
        ]),
        ("[shop.com](https://www.shop.com/x)", [Link(label="shop.com", address="https://www.shop.com/x")]),
        ("[WWW.Shop.com](HTTPS://SHOP.com)", [Link(label="WWW.Shop.com", address="HTTPS://SHOP.com")]),
        ("[münchen.de](https://xn--mnchen-3ya.de/)", [Link(label="münchen.de", address="https://xn--mnchen-3ya.de/")]),
        ("[sizes.pdf](https://shop.com/sizes.pdf)", [Link(label="sizes.pdf", address="https://shop.com/sizes.pdf")]),
        ("[team@shop.com](mailto:team@shop.com?subject=Hi%20there)", [
            Link(label="team@shop.com", address="mailto:team@shop.com?subject=Hi%20there")
        ]),
        ("[Call us](tel:+390212345678)", [Link(label="Call us", address="tel:+390212345678")]),
        ("[a](https://a.com)[b](https://b.com)", [
            Link(label="a", address="https://a.com"),
            Link(label="b", address="https://b.com"),
        ]),
    ],
)  # fmt: skip
def test_plain_texts_and_links_pass_unchanged(text: str, links: list[Link]) -> None:
    assert _check(text) == text
    assert list(links_of(text)) == links


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<b>Hi</b>", "<b"),
        ("<https://shop.com>", "<https://shop.com"),
        ("&lt;script&gt;", "<script"),
        ("&amp;lt;script&amp;gt;", "<script"),
        ("%3Cimg src=x onerror=alert(1)%3E", "<img"),
        ("<\u200bscript>", "<script"),
        ("＜script＞", "<script"),
        ("https://shop.com/?q=%3Cscript%3E", "<script"),
    ],
)
def test_html_is_refused(text: str, found: str) -> None:
    assert _message(text) == f'The text has "{found}": HTML is not allowed. Put a space after a plain <.'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("javascript:alert(1)", "javascript:"),
        ("[a](JavaScript:alert%281%29)", "javascript:"),
        ("[a](java\nscript:alert)", "javascript:"),
        ("java script : x", "javascript:"),
        ("&#106;avascript&colon;alert(1)", "javascript:"),
        ("&#x6A;avascript:x", "javascript:"),
        ("java&Tab;script&NewLine;:x", "javascript:"),
        ("%6Aavascript%3Ax", "javascript:"),
        ("ja\u200bva\u00adscript:x", "javascript:"),
        ("java\\script\\:x", "javascript:"),
        ("ｊavaſcript：x", "javascript:"),
        ("vbscript:msgbox", "vbscript:"),
        ("data:text/html,x", "data:text/"),
        ("[a](data:;base64,eA==)", "data:;"),
        ("da\nta:image/svg+xml,x", "data:image/"),
        ("file:///etc/passwd", "file://"),
        ("[a](intent://x#Intent;end)", "intent://"),
        ("ftp://shop.com", "ftp://"),
        ("blob:https://shop.com/1", "blob:h"),
    ],
)
def test_other_schemes_are_refused(text: str, found: str) -> None:
    assert _message(text) == f'The text has "{found}". Links must start with https://, http://, mailto: or tel:.'


@pytest.mark.parametrize(
    ("text", "shown", "leads"),
    [
        ("[paypal.com](https://evil.com)", "paypal.com", 'to "evil.com"'),
        ("[https://www.paypal.com/login](https://evil.com)", "www.paypal.com", 'to "evil.com"'),
        ("[Go to shop.com now](https://shop.com.evil.com)", "shop.com", 'to "shop.com.evil.com"'),
        ("[shop.com](https://login.shop.com)", "shop.com", 'to "login.shop.com"'),
        ("[**pay**pal.com](https://evil.com)", "paypal.com", 'to "evil.com"'),
        ("[paypal&period;com](https://evil.com)", "paypal.com", 'to "evil.com"'),
        ("[paypal\\.com](https://evil.com)", "paypal.com", 'to "evil.com"'),
        ("[pay\u200bpal.com](https://evil.com)", "paypal.com", 'to "evil.com"'),
        ("[paypal。com](https://evil.com)", "paypal.com", 'to "evil.com"'),
        ("[192.0.2.1](https://evil.com)", "192.0.2.1", 'to "evil.com"'),
        ("[team@shop.com](mailto:team@evil.com)", "shop.com", 'to "evil.com"'),
        ("[shop.com](tel:+390212345678)", "shop.com", "elsewhere"),
        ("![shop.com](https://evil.com/x.png)", "shop.com", 'to "evil.com"'),
    ],
)
def test_a_label_shows_no_other_host(text: str, shown: str, leads: str) -> None:
    assert _message(text) == f'The label shows "{shown}", but the link leads {leads}.'


@pytest.mark.parametrize(
    "text",
    [
        "https://paypal.com@evil.com",
        "https://paypal.com\\@evil.com",
        "https:\\\\evil.com",
        "https:evil.com",
        "https://",
        "https://shop.com/\"onmouseover=\"alert",
        "https://shop.com/<",
        "[a](https://paypal.com&commat;evil.com)",
        "[a](https://shop.com:99999)",
        "[a](https://shop.com/`x`)",
        "[a](/returns)",
        "[a](//evil.com)",
        "[a](mailto:nobody)",
        "[a](mailto:a@shop.com?attach=x)",
        "[a](tel:x)",
        "[a](sms:+390212345678)",
    ],
)  # fmt: skip
def test_an_address_leads_where_it_seems_to(text: str) -> None:
    assert " is not an address for a link. Write it in full, like https://example.com/shoes, " in _message(text)


@pytest.mark.parametrize(
    "text",
    [
        '[a](https://shop.com "title")',
        "[a](https://shop.com/x_(y))",
        "[a [b] c](https://shop.com)",
        "[![a](https://shop.com/i.png)](https://evil.com)",
        "[a\nb](https://shop.com)",
        "[a]( https://shop.com)",
        "[](https://shop.com)",
        "\\[shop](https://shop.com)",
        "[Terms &amp; more](https://shop.com)",
        "[a](https://shop.com/?a=1&amp;b=2)",
        "[a](https://shop.com)](https://shop.com)",
        "](https://shop.com)[a](https://shop.com)",
    ],
)
def test_a_link_is_written_plainly(text: str) -> None:
    assert _message(text) == (
        "Write a link as [label](https://example.com/page), without brackets or spaces inside: ( is %28, ) is %29."
    )


def test_other_tricks_have_their_own_words() -> None:
    assert _message("[paypal.com]\n\n[paypal.com]: https://evil.com") == (
        "Link references (]:) are not supported. Write the link as [label](https://example.com)."
    )
    assert _message("[**](https://shop.com)") == "The label of a link is invisible. Write what the link leads to."
    assert _message("\u202emoc.knab") == "The text has a character that reverses the direction of letters. Remove it."
    assert _message("%" + "25" * 20 + "41") == "The text is encoded too many times. Write it plainly."
    assert _message("\u200b \u2060") == "The text is blank. Write something."
    assert _message("a\x00b") == "The text has the control character U+0000. Remove it."


class _Page(HTMLParser):
    """The elements that a browser would create from HTML, and the URLs in them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


def _scheme(address: str) -> str:
    """A URL as a browser parses it: without line breaks, tabs, and leading control characters."""
    plain = address.translate({9: None, 10: None, 13: None}).lstrip("".join(map(chr, range(33))))
    return plain.partition(":")[0].lower()


def _assert_harmless(text: str) -> None:
    markdown = MarkdownIt("commonmark", {"html": True})
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # a window that checks nothing
    page = _Page(markdown.render(text))
    assert page.tags <= MARKDOWN_TAGS
    assert page.attributes <= {"href", "src", "alt", "title", "start", "class"}
    assert {_scheme(address) for address in page.addresses} <= {"http", "https", "mailto", "tel"}
    view = text
    for _ in range(3):
        assert _Page(view).tags == set()
        view = unquote(unescape(view))


ATOMS = st.one_of(
    st.sampled_from(["[", "]", "(", ")", "](", "]:", "<", ">", "</", "<!", "＜", "＞", "`", "*", "_", "!", "~", "\\"]),
    st.sampled_from(
        ["javascript:", "java", "script", ":", "：", "vbscript:", "data:", "text/html", ",", "//", "@", "."]
    ),
    st.sampled_from(
        ["&#106;", "&colon;", "&Tab;", "&lt;", "&gt;", "%3C", "%6a", "&", "#", ";", "%", "\u200b", "\u00ad"]
    ),
    st.sampled_from(["img", "svg", "onerror=", "href=", '"', "'", "=", "/", " ", "\n", "\t", "\n\n", "    "]),
    st.sampled_from(["https://", "http://", "mailto:", "tel:", "shop.com", "evil.com", "label", "+390212345678", "。"]),
    st.sampled_from(["[shop](https://shop.com)", "https://shop.com/a", "team@shop.com", "](https://shop.com)"]),
)
TEXTS = st.lists(ATOMS, min_size=1, max_size=14).map("".join) | st.text(min_size=1, max_size=60)


@settings(deadline=None)
@given(text=TEXTS)
@example(text="* [a](https://shop.com)\n\n> `x` **https://shop.com**")
def test_nothing_that_passes_can_run(text: str) -> None:
    try:
        _check(text)
    except Invalid:
        return
    _assert_harmless(text)
    assert {_scheme(link.address) for link in links_of(text)} <= {"http", "https", "mailto", "tel"}


DISGUISES: list[Callable[[str], str]] = [
    str,
    str.upper,
    lambda character: chr(ord(character) + 0xFEE0),  # full width
    lambda character: f"&#{ord(character)};",
    lambda character: f"&#x{ord(character):x};",
    lambda character: f"&amp;#{ord(character):05};",
    lambda character: f"%{ord(character):02x}",
    lambda character: f"%25{ord(character):02X}",
    lambda character: f"{character}\u200b",
    lambda character: f"\u2060{character}",
]
BREAKS: list[Callable[[str], str]] = [
    lambda character: f"{character}\n",
    lambda character: f"\t{character}",
    lambda character: f"{character}&NewLine;",
    lambda character: f"{character}%0a",
    lambda character: f"{character}%00",
]


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """An executable URL, with each character encoded in a different way."""
    plain = draw(st.sampled_from(["javascript:", "vbscript:", "data:text/html,", "<script>", "<img "]))
    ways = DISGUISES if plain.startswith("<") else DISGUISES + BREAKS
    written = "".join(draw(st.sampled_from(ways))(character) for character in plain.rstrip())
    around = draw(
        st.sampled_from(["{}", "[a]({}alert)", "Hi {}alert(1)", "![a]({}x)", "[{}](https://shop.com)", "x{}"])
    )
    return around.format(written)


@settings(deadline=None)
@given(text=disguised())
def test_no_disguise_helps(text: str) -> None:
    with pytest.raises(Invalid):
        _check(text)
