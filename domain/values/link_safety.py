"""Checks of texts with links that are shown to shoppers, in chat windows of any kind.

A link is a bare http, https, mailto or tel address, or `[label](address)` without further syntax. A chat window may
render a text as Markdown or as HTML, detect addresses by itself, and decode the text more than once. So everything that
any of these could execute is refused, however it is encoded, and so is a link whose label shows another host than it
leads to. This refuses some valid Markdown; every refusal says how to write the text instead.

markdown-it finds the links as CommonMark reads them. No library decides whether HTML is in a text: sanitizers such as
nh3 take `<img src=x onerror=…` without its `>` for text, but the page around it would complete the tag.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import unquote

from markdown_it import MarkdownIt

from domain.values.contacts import check_email
from domain.values.errors import Field, Invalid
from domain.values.record import Record
from domain.values.text import check_text
from domain.values.urls import web_address

_MOST_DECODINGS = 8  # who writes honestly needs one
_OVERRIDES = "\u202d\u202e"  # with them "moc.knab" shows as "bank.com"; no language needs them
_BARE = re.compile(r"(?:https?:|mailto:|tel:)\S+", re.IGNORECASE)
_AFTER_BARE = ".,;:!?\"'*_~”’»)]}"  # belongs to the sentence around an address
_TAG = re.compile(r"<[a-z/!?][^\s>]{0,20}", re.IGNORECASE)
_SCRIPT = re.compile(r"(?:java|vb|live)script:")
_DATA = re.compile(r"data:(?:[;,]|(?:text|image|audio|video|font|application|model|multipart|message)/)")
_FOREIGN = re.compile(r"(?!https?:)(?<![a-z0-9+.\-])[a-z][a-z0-9+.\-]*://|(?:blob|filesystem|view-source):[a-z]")
_WEB = re.compile(r"https?://([\w\-.]+)(?::\d{1,5})?(?:[/?#][^\s<>\"'`\\^{|}]*)?", re.IGNORECASE)
_MAIL = re.compile(
    r"mailto:([^?\s]+)(?:\?(?:subject|body)=[\w%.+\-]*(?:&(?:subject|body)=[\w%.+\-]*)*)?", re.IGNORECASE
)
_TEL = re.compile(r"tel:\+?\d[\d.\-]*", re.IGNORECASE)
_SHOWN_HOST = re.compile(r"(?<![\w\-])(?<![\w\-]\.)(?:(?:\d{1,3}\.){3}\d{1,3}|(?:[\w\-]+\.)+[^\W\d_][\w\-]*[^\W_])")
_FILE_ENDINGS = frozenset(("csv", "docx", "gif", "htm", "html", "jpeg", "jpg", "js", "pdf", "png", "txt", "xlsx"))
_NOT_IN_LABEL, _NOT_IN_ADDRESS = frozenset("[]\r\n"), frozenset("()")

# Emphasis, code, lists and the like change nothing about where links are: without them, a label is one text.
_MARKDOWN = MarkdownIt("zero").enable(["link", "image", "escape", "entity"])
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign]  # every address is checked here
_MARKDOWN.normalizeLink = lambda url: url  # type: ignore[method-assign]  # as it is written, entities decoded


class Link(Record):
    label: str | None  # None: a bare address
    address: str


def links_of(text: str) -> tuple[Link, ...]:
    """Return the links of a text that `check_linked_text` has accepted, labelled links first."""
    labelled = tuple(_labelled(text))
    bare = (match[0].rstrip(_AFTER_BARE) for match in _BARE.finditer(_without(labelled, text)))
    return labelled + tuple(Link(label=None, address=address) for address in bare if _host(address) is not None)


def check_linked_text(text: str, *, field: Field, limit: int) -> str:
    """Return the text unchanged. Raises `Invalid` if it is blank, longer than `limit`, or unsafe in a chat window."""
    check_text(text, field=field, limit=limit)
    if any(character in _OVERRIDES for character in text):
        raise Invalid("The text has a character that reverses the direction of letters. Remove it.", field=field)
    _refuse_executable(_decoded(text, field), field)
    links = tuple(_labelled(text))
    for link in links:
        _check_link(link, field)
    rest = _without(links, text)
    if "](" in rest:
        raise _not_plain(field)
    if "]:" in rest:
        raise Invalid(
            "Link references (]:) are not supported. Write the link as [label](https://example.com).", field=field
        )
    for match in _BARE.finditer(rest):
        address = match[0].rstrip(_AFTER_BARE)
        if address.lower().startswith("http") and _host(address) is None:
            raise _unusable(address, field)
    return text


def _decoded(text: str, field: Field) -> str:
    """Decode the text until nothing is left to decode, without invisible characters. Raises `Invalid` if that takes too
    many rounds."""
    for _ in range(_MOST_DECODINGS):
        decoded = unicodedata.normalize("NFKC", unquote(unescape(_visible(text)))).replace("\\", "")
        if decoded == text:
            return text
        text = decoded
    raise Invalid("The text is encoded too many times. Write it plainly.", field=field)


def _visible(text: str) -> str:
    return "".join(
        character for character in text if character in "\t\n\r" or unicodedata.category(character) not in ("Cc", "Cf")
    )


def _refuse_executable(decoded: str, field: Field) -> None:
    if tag := _TAG.search(decoded):
        raise Invalid(f'The text has "{tag[0]}": HTML is not allowed. Put a space after a plain <.', field=field)
    plain = decoded.casefold()
    unbroken = re.sub(r"[\t\n\r]", "", plain)  # as browsers read addresses
    for found in (_SCRIPT.search("".join(plain.split())), _DATA.search(unbroken), _FOREIGN.search(plain)):
        if found:
            raise Invalid(
                f'The text has "{found[0]}". Links must start with https://, http://, mailto: or tel:.', field=field
            )


def _labelled(text: str) -> Iterator[Link]:
    """Yield the links and images of a text, as CommonMark reads them. A link with further syntax has no label."""
    for block in _MARKDOWN.parse(text):
        tokens = block.children or []
        for place, token in enumerate(tokens):
            if token.type == "image":
                label = token.content if "title" not in token.attrs else None
                yield Link(label=label, address=str(token.attrs["src"]))
            elif token.type == "link_open":
                inside = tokens[place + 1]
                is_plain = inside.type == "text" and tokens[place + 2].type == "link_close"
                label = inside.content if is_plain and "title" not in token.attrs else None
                yield Link(label=label, address=str(token.attrs["href"]))


def _without(links: Iterable[Link], text: str) -> str:
    """Return the text without its labelled links, which have no further syntax."""
    for link in links:
        text = text.replace(f"[{link.label}]({link.address})", " ", 1)
    return text


def _check_link(link: Link, field: Field) -> None:
    if not link.label or _NOT_IN_LABEL.intersection(link.label) or _NOT_IN_ADDRESS.intersection(link.address):
        raise _not_plain(field)
    # A chat window may decode the address once more. It must lead to the same host then.
    host = _host(link.address)
    if host is None or _host(unescape(link.address)) != host:
        raise _unusable(link.address, field)
    shown = re.sub(r"[*_~`]", "", _decoded(link.label, field)).replace("。", ".").lower()
    if not shown.strip():
        raise Invalid("The label of a link is invisible. Write what the link leads to.", field=field)
    for match in _SHOWN_HOST.finditer(shown):
        name = match[0]
        if name.rpartition(".")[2] not in _FILE_ENDINGS and _same(name) != host:
            leads_to = f'to "{host}"' if host else "elsewhere"
            raise Invalid(f'The label shows "{name}", but the link leads {leads_to}.', field=field)


def _not_plain(field: Field) -> Invalid:
    return Invalid(
        "Write a link as [label](https://example.com/page), without brackets or spaces inside: ( is %28, ) is %29.",
        field=field,
    )


def _unusable(address: str, field: Field) -> Invalid:
    return Invalid(
        f'"{address[:80]}" is not an address for a link. Write it in full, like https://example.com/shoes, '
        "mailto:name@example.com or tel:+390212345678, without quotes or a user name.",
        field=field,
    )


def _host(address: str) -> str | None:
    """Return the host that an address leads to, without "www."; "" for a phone number; `None` for any other address."""
    if web := _WEB.fullmatch(address):
        return None if web_address(address) is None else _same(web[1])
    if mail := _MAIL.fullmatch(address):
        try:
            return _same(check_email(mail[1], field=()).rpartition("@")[2])
        except Invalid:
            return None
    return "" if _TEL.fullmatch(address) else None


def _same(host: str) -> str:
    """Normalise a host name: lower case, in the ASCII form of the DNS, without "www."."""
    url = web_address(f"https://{host}")
    if url is None:
        return host.lower()
    return (url.host or host).lower().rstrip(".").removeprefix("www.")
