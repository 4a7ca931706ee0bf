"""The corpus: mails as shoppers send them, in each language with each mail program, and the words that are new in each.

Nobody wrote these mails: code makes them of facts (the lines that programs write by themselves) and of sentences of our
own. The same mails come out each time.

    first      a mail that answers nothing, with the program's signature       all of it is new
    forward    a mail that answers nothing and forwards one of the shop        all
    above      an answer above the shop's mail                                 the answer
    below      an answer below the shop's mail                                 the answer
    between    two answers between the lines of the shop's mail                the answers
    signed     as `above`, with the shopper's signature (RFC 3676) below it    the answer
    news       an answer of ours that forwards the mail of a courier           all
    pasted     as `above`, with a courier's mail and its introduction pasted   the answer and what is pasted
    told       as `above`, with "on …, Anna wrote:" in the shopper's words     the answer
    block      as `above`, with a block of lines like the headers of a mail    the answer
    typed      as `above`, with a line that begins with ">"                    the answer
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape

from benchmarks.mail.clients import CLIENTS, Client, Person, Quoted, forwarded, history, marked
from benchmarks.mail.languages import Language, languages
from domain.values.record import Record

OWN = "help@shop.example"
_SHOP, _COURIER = Person(name="Shop", address=OWN), Person(name="Courier", address="info@courier.example")
_EVA = "eva@customer.example"
_SIGNATURE = ("Eva Lind", "Tel. 0123 456")
_PARCEL = "Parcel 77: returned"


class CorpusMail(Record):
    """A mail of the corpus."""

    language: str
    client: str
    kind: str
    markup: bool  # whether it is HTML
    body: str
    new: str  # the words that a person wrote now
    answers: bool  # whether it answers a mail of the shop

    @property
    def raw(self) -> bytes:
        """The mail as it stands on the wire."""
        headers = [
            f"From: Eva <{_EVA}>",
            f"To: {OWN}",
            "Subject: Re: Question" if self.answers else "Subject: Question",
            "MIME-Version: 1.0",
            f"Content-Type: text/{'html' if self.markup else 'plain'}; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            *(["In-Reply-To: <1@shop.example>"] if self.answers else []),
        ]
        body = base64.encodebytes(self.body.replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")
        return "\r\n".join(headers).encode() + b"\r\n\r\n" + body

    @property
    def name(self) -> str:
        """A name for messages of tests."""
        return f"{self.language}, {self.client}, {self.kind}, {'HTML' if self.markup else 'plain'}"


def corpus(*tags: str) -> Iterator[CorpusMail]:
    """Yield the mails of the languages, of all if none is given."""
    for tag, language in languages().items():
        if tags and tag not in tags:
            continue
        for name, client in CLIENTS.items():
            for markup in (False, True):
                for kind, (body, new) in _Writer(client, language, markup=markup).mails().items():
                    yield CorpusMail(
                        language=tag,
                        client=name,
                        kind=kind,
                        markup=markup,
                        body=body,
                        new=new,
                        answers=kind not in ("first", "forward"),
                    )


class _Writer:
    """Writes the mails of one language with one mail program."""

    def __init__(self, client: Client, language: Language, *, markup: bool) -> None:
        self._client, self._language, self._markup = client, language, markup
        self._own = Quoted(
            author=_SHOP, to=_EVA, subject="Re: Question", lines=(language.first, language.second, "Baton, Shop")
        )
        self._foreign = Quoted(author=_COURIER, to=_EVA, subject="Parcel", lines=(_PARCEL,))
        self._signature = [client.signature(language)] if client.signature else []

    def mails(self) -> dict[str, tuple[str, str]]:
        """Return the body and the new words of each kind."""
        language = self._language
        words = [language.answer, language.thanks]
        above = self._history(self._own)
        made = {
            "first": self._all([*words, "", *self._signature, "-- ", *_SIGNATURE]),
            "forward": self._all(words, self._own),
            "above": (self._mail([*words, "", *self._signature], above), "\n".join(words)),
            "below": (self._mail([], above, words), "\n".join(words)),
            "between": self._between(),
            "signed": (self._mail([*words, "-- ", *_SIGNATURE], above), "\n".join(words)),
            "news": self._all(words, self._foreign),
            "pasted": self._pasted(words, above),
        }
        for kind, lines in (("told", self._told()), ("block", self._lines()), ("typed", ["", "> 42 cm"])):
            said = [language.answer, *lines, language.thanks]
            made[kind] = (self._mail(said, above), "\n".join(said))
        return made

    def _told(self) -> list[str]:
        """What somebody at the shop is said to have written, without marks, and without an address."""
        return ["", self._language.thunderbird.format(name="Anna", address=""), self._language.wish]

    def _lines(self) -> list[str]:
        """Lines like the headers of a mail, in the words of a traveller."""
        who, _, to, subject = self._language.labels
        return ["", f"{who} Praha", f"{to} Brno", f"{subject} 3. 5. 2026", ""]

    def _between(self) -> tuple[str, str]:
        language, quoted = self._language, self._own
        said = [language.wish, language.answer]
        if not self._client.marks:
            whole = [quoted.lines[0], language.wish, *quoted.lines[1:], language.answer]
            return self._mail([], self._history(quoted, whole)), "\n".join(said)
        head = self._history(quoted, quoted.lines[:1])
        if self._markup:
            between = f"<div>{language.wish}</div><blockquote>{_html(quoted.lines[1:])}</blockquote>"
            return self._mail([], f"{head}{between}", [language.answer]), "\n".join(said)
        rest = "\n".join(["", language.wish, "", *marked(quoted.lines[1:])])
        return self._mail([], f"{head}\n{rest}", [language.answer]), "\n".join(said)

    def _pasted(self, words: Sequence[str], above: str) -> tuple[str, str]:
        gmail = CLIENTS["Gmail, phone"]
        pasted = history(gmail, self._language, self._foreign, markup=self._markup)
        said = [self._language.gmail.format(name=_COURIER.name, address=_COURIER.address), _PARCEL]
        joined = f"{pasted}<div><br></div>{above}" if self._markup else f"{pasted}\n\n{above}"
        return self._mail(words, joined), "\n".join([*words, *said])

    def _history(self, quoted: Quoted, lines: Sequence[str] | None = None) -> str:
        shown = Quoted(
            author=quoted.author,
            to=quoted.to,
            subject=quoted.subject,
            lines=tuple(quoted.lines if lines is None else lines),
        )
        return history(self._client, self._language, shown, markup=self._markup)

    def _all(self, words: Sequence[str], quoted: Quoted | None = None) -> tuple[str, str]:
        """A mail of which everything is new: the words, and the mail that it forwards."""
        below = forwarded(self._client, self._language, quoted, markup=self._markup) if quoted else ""
        lines = [*self._client.forwarding(self._language, quoted), *quoted.lines] if quoted else []
        return self._mail(words, below), "\n".join([*words, *lines])

    def _mail(self, words: Sequence[str], below: str, after: Sequence[str] = ()) -> str:
        if self._markup:
            said = "".join(f"<div>{_html([line]) or '<br>'}</div>" for line in words)
            return f'<html><body><div dir="auto">{said}</div>{below}<div>{_html(after)}</div></body></html>'
        return "\n".join([*words, *([""] if words and below else []), below, *(["", *after] if after else [])])


def _html(lines: Sequence[str]) -> str:
    return "<br>".join(escape(line, quote=False) for line in lines)
