"""How each mail program shows the mail that it answers or forwards, as plain text and as HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from benchmarks.mail.languages import Language
from domain.values.record import Record

RULE = "_" * 32  # Outlook


class Person(Record):
    """The author of a quoted mail."""

    name: str
    address: str


class Quoted(Record):
    """A mail that is answered or forwarded."""

    author: Person
    to: str
    subject: str
    lines: tuple[str, ...]


class Client(Record):
    """A mail program."""

    introduction: Callable[[Language, Quoted], Sequence[str]]  # the lines above the quoted mail
    forwarding: Callable[[Language, Quoted], Sequence[str]]  # the lines above a forwarded mail
    marks: bool = True  # whether the quoted lines have marks
    marks_introduction: bool = False  # whether the introduction has marks as well
    marks_forwarded: bool = False
    signature: Callable[[Language], str] | None = None  # what it puts below each mail by itself
    before: str = ""  # markup of the quoted part, in HTML
    opening: str = "<blockquote>"
    closing: str = "</blockquote>"


def history(client: Client, language: Language, quoted: Quoted, *, markup: bool) -> str:
    """Return the quoted mail as it stands in an answer."""
    return _shown(client, client.introduction(language, quoted), quoted.lines, markup=markup)


def forwarded(client: Client, language: Language, quoted: Quoted, *, markup: bool) -> str:
    """Return the forwarded mail as it stands below the sender's own words."""
    head = client.forwarding(language, quoted)
    if markup:
        return f"{client.before}<div>{_lines(head)}</div><br><div>{_lines(quoted.lines)}</div>"
    if client.marks_forwarded:
        return "\n".join([head[0], "", *marked([*head[1:], "", *quoted.lines])])
    return "\n".join([*head, "", *quoted.lines])


def marked(lines: Sequence[str]) -> list[str]:
    """Return the lines with a mark before each."""
    return [f"> {line}".rstrip() for line in lines]


def _shown(client: Client, head: Sequence[str], lines: Sequence[str], *, markup: bool) -> str:
    if markup:
        if client.marks_introduction:
            return f"{client.before}{client.opening}{_lines(head)}</div><br><div>{_lines(lines)}{client.closing}"
        return f"{client.before}<div>{_lines(head)}</div>{client.opening}{_lines(lines)}{client.closing}"
    if client.marks_introduction:
        return "\n".join(marked([*head, "", *lines]))
    return "\n".join([*head, *([] if client.marks else [""]), *(marked(lines) if client.marks else lines)])


def _lines(lines: Sequence[str]) -> str:
    return "<br>".join(escape(line, quote=False) for line in lines)


def _attribution(which: str) -> Callable[[Language, Quoted], Sequence[str]]:
    def lines(language: Language, quoted: Quoted) -> Sequence[str]:
        text: str = getattr(language, which)
        return [text.format(name=quoted.author.name, address=quoted.author.address)]

    return lines


def _wrapped(language: Language, quoted: Quoted) -> Sequence[str]:
    """Gmail's introduction in plain text, wrapped as it wraps long lines: before the address."""
    [line] = _attribution("gmail")(language, quoted)
    before, mark, after = line.partition("<")
    return [line] if len(line) <= 78 else [before.rstrip(), mark + after]


def _block(language: Language, quoted: Quoted) -> list[str]:
    who, when, to, subject = language.labels
    author = f"{quoted.author.name} <{quoted.author.address}>"
    return [f"{who} {author}", f"{when} {language.sent}", f"{to} {quoted.to}", f"{subject} {quoted.subject}"]


def _ruled(rule: str) -> Callable[[Language, Quoted], Sequence[str]]:
    def lines(language: Language, quoted: Quoted) -> Sequence[str]:
        return [rule.format(original=language.original, forwarded=language.forwarded), *_block(language, quoted)]

    return lines


def _by_gmail(language: Language, quoted: Quoted) -> Sequence[str]:
    block = _block(language, quoted)
    return ["---------- Forwarded message ---------", block[0], f"Date: {language.sent}", f"Subject: {quoted.subject}"]


def _by_apple(language: Language, quoted: Quoted) -> Sequence[str]:
    who, when, to, subject = _block(language, quoted)
    return [language.begin, who, subject, when, to]


def _by_thunderbird(language: Language, quoted: Quoted) -> Sequence[str]:
    who, when, to, subject = _block(language, quoted)
    return [f"-------- {language.forwarded} --------", subject, when, who, to]


_APPLE = '<blockquote type="cite"><div>'
_OUTLOOK = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
CLIENTS = {
    "Gmail": Client(
        introduction=_wrapped,
        forwarding=_by_gmail,
        before='<br><div class="gmail_quote gmail_quote_container">',
        opening='<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">',
    ),
    "Gmail, phone": Client(
        introduction=_attribution("gmail"),
        forwarding=_by_gmail,
        before='<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr"></div>',
    ),
    "Outlook": Client(
        introduction=_block,
        forwarding=_block,
        marks=False,
        before=f"<div>{_OUTLOOK}</div></div>",
        opening='<p class="MsoNormal">',
        closing="</p>",
    ),
    "Outlook, plain": Client(
        introduction=_ruled("-----{original}-----"),
        forwarding=_ruled("-----{original}-----"),
        marks=False,
        opening="<div>",
        closing="</div>",
    ),
    "Outlook, web": Client(
        introduction=_ruled(RULE),
        forwarding=_ruled(RULE),
        marks=False,
        before='<hr style="display:inline-block;width:98%">',
        opening="<div>",
        closing="</div>",
    ),
    "Outlook, phone": Client(
        introduction=_ruled(RULE),
        forwarding=_ruled(RULE),
        marks=False,
        signature=lambda language: f"{language.outlook}<https://aka.ms/o0ukef>",
        before='<hr style="display:inline-block;width:98%">',
        opening="<div>",
        closing="</div>",
    ),
    "Apple Mail": Client(
        introduction=_attribution("apple"),
        forwarding=_by_apple,
        marks_introduction=True,
        marks_forwarded=True,
        before="<div><br>",
        opening=_APPLE,
        closing="</div></blockquote></div>",
    ),
    "iPhone": Client(
        introduction=_attribution("apple"),
        forwarding=_by_apple,
        marks_introduction=True,
        marks_forwarded=True,
        signature=lambda language: language.iphone,
        before='<div dir="ltr"><br>',
        opening=_APPLE,
        closing="</div></blockquote></div>",
    ),
    "Thunderbird": Client(
        introduction=_attribution("thunderbird"),
        forwarding=_by_thunderbird,
        before='<div class="moz-cite-prefix"></div>',
        opening='<blockquote type="cite" cite="mid:1@shop.example">',
    ),
    "Yahoo": Client(
        introduction=_attribution("yahoo"),
        forwarding=_by_thunderbird,
        marks=False,
        before='<div id="yahoo_quoted_1" class="yahoo_quoted">',
        opening="<div>",
        closing="</div></div>",
    ),
    "Samsung": Client(
        introduction=_ruled("-------- {original} --------"),
        forwarding=_ruled("-------- {original} --------"),
        marks=False,
        signature=lambda language: language.galaxy,
        opening="<div>",
        closing="</div>",
    ),
}
