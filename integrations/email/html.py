"""HTML mail to plain text: paragraphs, line breaks, lists and links; styles, scripts and pictures are left out.

Quoted blocks (`blockquote`) come out with "> " before each line, as in a plain text mail. Of html2text, inscriptis and
selectolax, none keeps what the reader of replies needs: behind them, it reads 60 to 66 % of the corpus right, and 88 %
behind this one (benchmarks/RESULTS.md). Hostile markup takes quadratic time here; the parser process has a budget of
processor time, beyond which a mail is kept as it came.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_PARAGRAPHS = frozenset(["p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "table"])
_BLOCKS = _PARAGRAPHS | {
    *("address", "article", "dd", "div", "dl", "dt", "footer", "form", "header", "hr", "li", "main", "nav", "ol"),
    *("pre", "section", "tr", "ul"),
}
_SILENT = frozenset({"script", "style", "title", "template", "noscript"})
_TAG = re.compile(r"<[^<>]*>")
_MAX_DEPTH = 20  # levels of nested quotes that are marked
_MAX_LENGTH = 1_000_000  # characters; the rest of a longer mail is not converted


def html_to_text(markup: str) -> str:
    """Return the visible text. Never raises: for malformed markup, returns the text before the error."""
    reader = _Reader()
    try:
        reader.feed(markup[:_MAX_LENGTH])
        reader.close()
    except Exception:  # noqa: BLE001 - keep the text before the error
        reader.end_line()
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in reader.lines())).strip()
    return without_tags(markup) if not text and reader.hides else text


def without_tags(markup: str) -> str:
    """Return the text without its structure, in linear time."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
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
            self._address, self._label = dict(attrs).get("href"), []

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
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

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        text = data if self._verbatim else re.sub(r"[ \t\n\r\f]+", " ", data)
        if self._address is not None:
            self._label.append(text)
        for index, piece in enumerate(text.split("\n")):
            if index:
                self.end_line(empty=True)
            self._line.append(piece)
