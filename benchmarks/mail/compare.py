"""The part `mail`: the corpus read by Baton, and by libraries that do the same."""

from __future__ import annotations

import math
import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence

import html2text
import inscriptis
import quotequail
from mailparser_reply import EmailReplyParser
from mailparser_reply.constants import MAIL_LANGUAGES
from selectolax.lexbor import LexborHTMLParser

from benchmarks.mail.corpus import OWN, CorpusMail, corpus
from benchmarks.mail.score import Reader, Score, read_by_baton, score, scores
from benchmarks.report import Table
from integrations.email.html import html_to_text
from integrations.email.replies.reply import new_part

_HEAD = ("mails", "new words", "lost", "kept too many", "of these below or between unmarked lines")
_SECONDS = 10  # of CPU time for a hostile mail
_HOSTILE = {
    "24 KB of `<a `": "<a " * 8_000,
    "0.9 MB of `<!--`": "<!--" * 225_000,
    "0.9 MB of `</`": "</" * 450_000,
    "50,000 `<blockquote>`": "<blockquote>" * 50_000,
    "0.9 MB of `<b>x`": "<b>x" * 225_000,
}
_PARSER = EmailReplyParser(languages=list(MAIL_LANGUAGES))


def measure() -> list[Table]:
    """Return the scores by language and by program, and the comparisons."""
    mails = list(corpus())
    return [
        _by("language", mails, lambda mail: mail.language),
        _by("mail program", mails, lambda mail: mail.client),
        _by("kind of mail", mails, lambda mail: mail.kind),
        _readers([mail for mail in mails if mail.answers]),
        _converters([mail for mail in mails if mail.answers and mail.markup]),
    ]


def _by(name: str, mails: Sequence[CorpusMail], group: Callable[[CorpusMail], str]) -> Table:
    hard = [mail for mail in mails if mail.kind in ("below", "between")]
    excess = scores(hard, read_by_baton, by=group)
    rows = [
        [key, str(each.mails), str(each.new), str(each.lost), str(each.excess), str(excess[key].excess)]
        for key, each in scores(mails, read_by_baton, by=group).items()
    ]
    return Table(
        title=f"Mails read, by {name}",
        note="Words of the corpus (benchmarks/mail). Where an answer stands below or between the lines of the mail "
        "that it answers, and the program marks them by nothing, all is kept: no word is lost.",
        head=[name, *_HEAD],
        rows=rows,
    )


def _readers(mails: Sequence[CorpusMail]) -> Table:
    """The readers of replies on the same plain text: HTML is converted by Baton for each."""
    readers: dict[str, Callable[[str], str]] = {
        "Baton": lambda text: new_part(text, own=[OWN]),
        "mail-parser-reply 1.36": lambda text: _PARSER.read(text=text).latest_reply or "",
        "quotequail 0.5.4": _by_quotequail,
        "all of the text": lambda text: text,
    }
    return Table(
        title="Readers of replies compared",
        note="Mails of the corpus that answer one of ours. Of a mail that is right, no word is lost and none is kept "
        "too many.",
        head=["reader", "mails", "right", "lost", "kept too many", "µs a mail"],
        rows=[_compared(name, mails, lambda mail, read=read: read(_text(mail))) for name, read in readers.items()],
    )


def _converters(mails: Sequence[CorpusMail]) -> Table:
    """The converters of HTML, each with Baton's reader of replies behind it."""
    plain = html2text.HTML2Text(bodywidth=0)
    plain.ignore_links = plain.ignore_emphasis = plain.ignore_images = True
    converters: dict[str, Callable[[str], str]] = {
        "Baton": html_to_text,
        "html2text 2025.4.15": plain.handle,
        "inscriptis 2.7.6": inscriptis.get_text,
        "selectolax 1.0.2": lambda markup: LexborHTMLParser(markup).text(separator="\n"),
    }
    rows = []
    for name, convert in converters.items():
        row = _compared(name, mails, lambda mail, to=convert: new_part(to(mail.body), own=[OWN]))
        rows.append([*row, *(_cpu_seconds(convert, markup) for markup in _HOSTILE.values())])
    return Table(
        title="Converters of HTML compared",
        note="HTML mails of the corpus that answer one of ours, converted, then read by Baton's reader of replies; "
        f"and the CPU seconds for hostile markup, in a process that ends after {_SECONDS}.",
        head=["converter", "mails", "right", "lost", "kept too many", "µs a mail", *_HOSTILE],
        rows=rows,
    )


def _text(mail: CorpusMail) -> str:
    return html_to_text(mail.body) if mail.markup else mail.body


def _by_quotequail(text: str) -> str:
    found = quotequail.unwrap(text)
    if not found:
        return text
    names = ("text_top", "text_bottom", *(["text"] if found["type"] == "forward" else []))
    return "\n".join(found[name] for name in names if found.get(name))


def _compared(name: str, mails: Sequence[CorpusMail], read: Reader) -> list[str]:
    total, right, took = Score(), 0, 0.0
    for mail in mails:
        began = time.process_time()
        text = read(mail)
        took += time.process_time() - began
        found = score(mail, text)
        total += found
        right += not found.lost and not found.excess
    cells = (total.mails, right, total.lost, total.excess, round(took / len(mails) * 1e6))
    return [name, *(f"{cell:,}" for cell in cells)]


def _cpu_seconds(convert: Callable[[str], str], markup: str) -> str:
    """The CPU time of a conversion, in a process of its own."""
    context = multiprocessing.get_context("fork")
    took = context.Value("d", math.inf)

    def run() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        began = time.process_time()
        convert(markup)
        took.value = time.process_time() - began

    process = context.Process(target=run)
    process.start()
    process.join()
    if process.exitcode == 0:
        return f"{took.value:.2f}"
    return "fails" if process.exitcode == 1 else f"> {_SECONDS}"
