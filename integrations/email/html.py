"""HTML mail to plain text: paragraphs, line breaks, lists and links; styles, scripts and pictures are left out.

Quoted blocks (`blockquote`) come out with "> " before each line, as in a plain text mail. Of html2text, inscriptis and
selectolax, none keeps what the reader of replies needs: behind them, it reads 60 to 66 % of the corpus right, and 88 %
behind this one (benchmarks/RESULTS.md).

The markup is read by libxml2 (`lxml`), whose tokenizer is that of HTML 5: one pass, in linear time whatever the markup
is. The standard library's `html.parser` takes quadratic time for much of it (CVE-2025-6069). `selectolax` gives a tree,
whose construction takes quadratic time where elements are nested deeply. The parser passes each tag and text on as it
comes, so that no tree is built.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from lxml import etree

_PARAGRAPHS = frozenset(["p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "table"])
_BLOCKS = _PARAGRAPHS | {
    *("address", "article", "dd", "div", "dl", "dt", "footer", "form", "header", "hr", "li", "main", "nav", "ol"),
    *("pre", "section", "tr", "ul"),
}
_SILENT = frozenset({"script", "style", "title", "template", "noscript"})
_TAG = re.compile(r"<[^<>]*>")
_MAX_DEPTH = 20  # levels of nested quotes that are marked
LONGEST_MARKUP = 1_000_000  # characters; the rest of a longer mail is not converted
# A picture within an attribute.
_DATA = re.compile(
    r"""(?<=["'=(])data:[\w.+-]{1,60}/[\w.+-]{1,60}(?:;[\w.=+-]{1,60}){0,5};base64,[A-Za-z0-9+/=%\s]*(?=["')>])""",
    re.IGNORECASE,
)
_SMALL = 4_000  # characters of a picture in the markup that is an ornament, such as a pixel that counts readers
_CHUNK = 8_000  # characters that are parsed at once
_MAX_NESTING = 500  # elements in each other, as in Chrome; for an end tag, the parser looks through all of them
_OPEN = "\ufdd0"  # stands for "<" in the parser; Unicode has no character of this number


def without_pictures(markup: str) -> tuple[str, bool]:
    """Return the markup without the pictures that it has as `data:` addresses, and whether one of them was no mere
    ornament."""
    found = [match.end() - match.start() for match in _DATA.finditer(markup)]
    return (_DATA.sub("", markup), max(found) > _SMALL) if found else (markup, False)


def html_to_text(markup: str) -> str:
    """Return the visible text. Never raises: for malformed markup, returns the text before the error."""
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", huge_tree=True)
    try:
        whole = _with_its_end(markup[:LONGEST_MARKUP].replace("\0", ""))
        for at in range(0, len(whole), _CHUNK):  # an exception of the reader ends the parser after a chunk
            parser.feed(whole[at : at + _CHUNK].encode("utf-8", "replace"))
        reader.is_at_end = True
        parser.close()
    except etree.LxmlError:  # keep the text before the error
        pass
    except _TooDeepError:
        return without_tags(markup)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in reader.lines())).strip()
    return without_tags(markup) if not text and reader.hides else text


def _with_its_end(markup: str) -> str:
    """Return the markup with what looks like a tag or comment and does not end as text: browsers hide it."""
    end = markup.rfind(">") + 1
    return markup[:end] + markup[end:].replace("<", _OPEN)


def without_tags(markup: str) -> str:
    """Return the text without its structure, in linear time."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


class _TooDeepError(Exception):
    """Too many elements are in each other."""


class _Reader:
    """Takes the tags and texts of a page in their order, as the target of the parser."""

    def __init__(self) -> None:
        self.is_at_end = False  # what is open yet is closed by the parser
        self._nesting = 0
        self._lines: list[str] = []
        self._line: list[str] = []
        self._silent = 0
        self._quoted = 0
        self._verbatim = 0
        self._address: str | None = None
        self._label: list[str] = []

    @property
    def hides(self) -> bool:
        """Whether a style, script or title is left open, so that nothing behind it is shown."""
        return self._silent > 0

    def lines(self) -> list[str]:
        self.end_line()
        return self._lines

    def end_line(self, *, empty: bool = False) -> None:
        text = "".join(self._line) if self._verbatim else " ".join("".join(self._line).split(" ")).strip(" ")
        self._line = []
        if text or empty:
            self._lines.append(("> " * min(self._quoted, _MAX_DEPTH)) + text)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise _TooDeepError
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self.end_line(empty=True)
        elif tag in _BLOCKS:
            self.end_line()
            if tag in _PARAGRAPHS and self._lines and self._lines[-1].strip("> "):
                self._lines.append("> " * min(self._quoted, _MAX_DEPTH))
        if tag == "blockquote":
            self._quoted += 1
        elif tag == "pre":
            self._verbatim += 1
        elif tag == "li":
            self._line.append("- ")
        elif tag == "a":
            self._address, self._label = attributes.get("href"), []

    def end(self, tag: str) -> None:
        self._nesting -= 1
        if tag in _SILENT:
            self._silent -= not self.is_at_end
        elif tag == "a":
            self._end_link()
        elif tag in ("td", "th"):
            self._line.append(" ")
        elif tag in _BLOCKS:
            self.end_line()
            if tag in _PARAGRAPHS:
                self._lines.append("> " * min(self._quoted, _MAX_DEPTH))
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        elif tag == "pre":
            self._verbatim = max(0, self._verbatim - 1)

    def _end_link(self) -> None:
        """Append the link's address in parentheses, unless its label shows it already."""
        address, label = self._address, "".join(self._label).strip()
        self._address = None
        shown = re.sub(r"^(?:https?://|mailto:)|/$", "", label.casefold())
        if address and label and address.startswith(("http://", "https://")) and shown not in address.casefold():
            self._line.append(f" ({address})")

    def close(self) -> None:
        """The parser requires it."""

    def data(self, data: str) -> None:
        if self._silent:
            return
        shown = data.replace(_OPEN, "<")
        text = shown if self._verbatim else re.sub(r"[ \t\n\r\f]+", " ", shown)
        if self._address is not None:
            self._label.append(text)
        for index, piece in enumerate(text.split("\n")):
            if index:
                self.end_line(empty=True)
            self._line.append(piece)
