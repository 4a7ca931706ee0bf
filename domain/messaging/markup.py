"""The Markdown that agents write, for each channel: its marks become those of WhatsApp, HTML in mail, nothing in SMS.

Only what is certainly a mark is one. Everything else stays letter by letter: `2 * 3`, `A_B_C`, `***4421`, `#1001`.

    bold        **text** or __text__          code     `text`, and lines between ```
    italic      *text* or _text_              link     [label](address), ![label](address)
    struck      ~~text~~                      heading  # text
    point       - text, * text or + text

Every pattern is linear: what stands between two marks has none of their characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from domain.values.record import Record, replace

_INLINE = re.compile(
    r"""
      `(?P<code>[^`\n]+)`
    | !?\[(?P<label>[^\[\]\n\r]+)\]\((?P<address>[^\s()]+)\)
    | (?P<url>https?://[^\s<>]+)
    | \\(?P<escaped>[\\*_~`#])
    | (?<![\w*])\*\*\*(?=[^\s*])(?P<both>[^*\n]*[^\s*])\*\*\*(?![\w*])
    | (?<![\d*])\*\*(?=[^\s*])(?P<bold>(?:[^*\n]|\*(?!\*))*[^\s*])\*\*(?![\d*])
    | (?<![\w_])__(?=[^\s_])(?P<bold2>(?:[^_\n]|_(?!_))*[^\s_])__(?![\w_])
    | ~~(?=[^\s~])(?P<struck>[^~\n]*[^\s~])~~
    | (?<![\w*])\*(?=[^\s*])(?P<italic>[^*\n]*[^\s*])\*(?![\w*])
    | (?<![\w_])_(?=[^\s_])(?P<italic2>[^_\n]*[^\s_])_(?![\w_])
    """,
    re.VERBOSE,
)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?=\S)")
_POINT = re.compile(r"^(?P<indent>[ \t]*)[-*+][ \t]+(?=\S)")
_FENCE = re.compile(r"^ {0,3}```")
_SCHEME = re.compile(r"(?:mailto|tel):", re.IGNORECASE)
_DEEPEST = 4  # marks within marks

Wrap = Callable[[str], str]


class MarkupStyle(Record):
    """How a channel shows what Markdown marks. Each function gets text that is rendered already, except `text`, `code`
    and `link`, which get it as it was written."""

    text: Wrap
    bold: Wrap
    italic: Wrap
    struck: Wrap
    code: Wrap
    link: Callable[[str, str], str]  # label, address
    url: Wrap


def written_out(label: str, address: str) -> str:
    """Return a link as its label and its address, where links have no labels."""
    bare = _SCHEME.sub("", address)
    return bare if label.strip() in (bare, address) else f"{label.strip()}: {bare}"


def _same(text: str) -> str:
    return text


def _around(mark: str) -> Wrap:
    return lambda text: f"{mark}{text}{mark}"


PLAIN = MarkupStyle(text=_same, bold=_same, italic=_same, struck=_same, code=_same, link=written_out, url=_same)
WHATSAPP = MarkupStyle(
    text=_same,
    bold=_around("*"),
    italic=_around("_"),
    struck=_around("~"),
    code=_around("`"),
    link=written_out,
    url=_same,
)


def rendered(text: str, style: MarkupStyle) -> str:
    """Return the text for a channel that shows lines as they are. Points begin with a hyphen."""
    lines: list[str] = []
    in_code = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            in_code = not in_code
            if style is WHATSAPP:
                lines.append("```")
        elif in_code:
            lines.append(line)
        else:
            lines.append(_line(line, style))
    return "\n".join(lines)


def _line(line: str, style: MarkupStyle) -> str:
    heading = heading_of(line)
    if heading is not None:
        return style.bold(inline(heading, replace(style, bold=_same)))
    point = _POINT.match(line)
    if point is None:
        return inline(line, style)
    return f"{point['indent']}- {inline(line[point.end() :], style)}"


def heading_of(line: str) -> str | None:
    """Return the text of a heading; `None` for another line."""
    found = _HEADING.match(line)
    if found is None:
        return None
    text = line[found.end() :].rstrip()
    shorter = text.rstrip("#")
    return shorter.rstrip() if shorter[-1:] in (" ", "\t") else text


def point_of(line: str) -> str | None:
    """Return the text of a point of a list; `None` for another line."""
    found = _POINT.match(line)
    return line[found.end() :] if found else None


def inline(text: str, style: MarkupStyle, depth: int = 0) -> str:
    """Return a line, or lines, with the marks within it in the channel's style."""
    parts: list[str] = []
    end = 0
    for found in _INLINE.finditer(text):
        parts += [style.text(text[end : found.start()]), _marked(found, style, depth)]
        end = found.end()
    parts.append(style.text(text[end:]))
    return "".join(parts)


def _marked(found: re.Match[str], style: MarkupStyle, depth: int) -> str:
    kind, content = next((name, value) for name, value in found.groupdict().items() if value is not None)
    if kind == "label":
        return style.link(content, found["address"])
    if kind == "code":
        return style.code(content)
    if kind == "url":
        return style.url(content)
    if kind == "escaped":
        return style.text(content)
    inner = style.text(content) if depth >= _DEEPEST else inline(content, style, depth + 1)
    if kind == "both":
        return style.bold(style.italic(inner))
    if kind == "struck":
        return style.struck(inner)
    return style.bold(inner) if kind.startswith("bold") else style.italic(inner)
