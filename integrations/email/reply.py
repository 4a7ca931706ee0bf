"""Reply parsing: the new text of a mail, without the quoted history.

Mail programs introduce the history with a line that ends in "wrote:", with a block of From and Sent, or with a rule.
The text above the first of these is new. In replies written between or below quoted lines, every line without a quote
mark is new. If nothing would remain, the whole text is returned. The whole mail is stored as well, so a wrong guess
loses nothing.

Two marks need no knowledge of the language: a line with a time or an address that ends in a colon, above quoted lines;
and a block of at least three header lines whose first has one of the account's own addresses. A block or a forwarded
mail that is about somebody else was written by the shopper, or is news to the team, and is kept.

mail-parser-reply 1.36 finds the new text of 13 of the 29 replies in the tests, quotequail 0.5.4 of none, this module of
all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import takewhile

_WROTE = (  # the verb that introduces the history, by language
    "wrote",
    "schrieb",
    "a écrit",
    "ha scritto",
    "escribió",
    "escreveu",
    "schreef",
    "skrev",
    "kirjoitti",
    "napisał",
    "napisała",
    "napisał(a)",
    "написал",
    "написав",
    "yazdı",
    "έγραψε",
    "كتب",
    "כתב",
    "写道",
    "のメール",
    "작성",
)
_BEGINS = ("on ", "am ", "le ", "il ", "el ", "em ", "op ", "den ", "dnia ", "w dniu ", "pe ", "at ", "no dia ")
_TIME = re.compile(r"\d{1,2}[:.]\d\d|\d{4}")
_MAX_INTRODUCTION = 400  # characters of an introduction, all its lines together
_RULE = re.compile(
    r"[-_ ]{2,}\s*(?:original message|original-nachricht|ursprüngliche nachricht|message d'origine|messaggio originale|"
    r"mensaje original|mensagem original|oorspronkelijk bericht|oprindelig meddelelse|opprinnelig melding|"
    r"ursprungligt meddelande|alkuperäinen viesti|wiadomość oryginalna)"
    r"\s*[-_ ]{2,}|_{20,}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[-_ ]{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|messaggio inoltrato|"
    r"mensaje reenviado|mensagem encaminhada|doorgestuurd bericht|videresendt (?:meddelelse|melding)|"
    r"vidarebefordrat meddelande|edelleenlähetetty viesti|przekazana wiadomość)\s*[-_ ]{2,}",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\*?\w[\w .'/-]{0,24}\*?\s?[:：]\*?\s*\S")
_MIN_HEADERS = 3
_FROM = re.compile(
    r"\*?(?:From|Von|De|Da|Van|Fra|Från|Lähettäjä|Od|От|Kimden|Feladó|Από|发件人|寄件者|差出人|보낸 사람)"
    r"\*?\s*[:：]\*?\s*\S",
    re.I,
)
_SENT = re.compile(
    r"\*?(?:Sent|Gesendet|Envoyé|Inviato|Enviado|Enviado el|Verzonden|Sendt|Skickat|Lähetetty|Wysłano|Odesláno|"
    r"Elküldve|Στάλθηκε|Trimis|Отправлено|Gönderildi|发送时间|寄件日期|送信日時|보낸 날짜)[^:：\n]{0,20}[:：]",
    re.I,
)
_DATE = re.compile(r"\*?(?:Date|Datum|Data|Fecha|Dato|Päivämäärä|Дата|Tarih)[^:：\n]{0,20}[:：]", re.I)
_SIGNATURE = re.compile(r"-- ?")
_MAX_LINES = 20_000


def new_part(text: str, *, own: Collection[str] = ()) -> str:
    """Return the new text of a plain text mail, or the whole text if nothing would remain. `own`: the account's own
    addresses, in lower case."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MAX_LINES]
    kept = lines[: _history_at(lines, own)]
    kept = _without_quotes(kept)
    kept = kept[: next((i for i, line in enumerate(kept) if _SIGNATURE.fullmatch(line)), len(kept))]
    return "\n".join(kept).strip() or text.strip()


def _history_at(lines: list[str], own: Collection[str]) -> int:
    """The index of the line at which the history begins; the number of lines if there is no history."""
    for index, line in enumerate(lines):
        if _is_rule(lines, index, own) or _is_block(lines, index, own) or _attribution_lines(lines, index):
            return _unless_replied_below(lines, index)
        if _FORWARDED.fullmatch(line.strip()):
            return len(lines)
    return len(lines)


def _is_rule(lines: list[str], index: int, own: Collection[str]) -> bool:
    """Whether the rule above a quoted mail is here. One that announces a forwarded mail counts for our own mails."""
    line = lines[index].strip()
    if _FORWARDED.fullmatch(line):
        return _from_own(lines[index + 1 : index + 4], own)
    if not _RULE.fullmatch(line):
        return False
    following = [i for i in range(index + 1, min(index + 4, len(lines))) if lines[i].strip()]
    return bool(line.strip("_")) or (bool(following) and _is_block(lines, following[0], own, below_rule=True))


def _is_block(lines: list[str], index: int, own: Collection[str], *, below_rule: bool = False) -> bool:
    """Whether the block of headers that Outlook writes above the history begins here: three headers of which the first
    has an own address, or From, then Sent within four lines. Words that also mean the date of a journey need an address
    or a rule above them."""
    first = lines[index].strip()
    if not _HEADER.match(first):
        return False
    block = list(takewhile(_HEADER.match, (line.strip() for line in lines[index : index + 6])))
    if len(block) >= _MIN_HEADERS and _from_own(block[:1], own):
        return True
    if not _FROM.match(first):
        return False
    rest = [line.strip() for line in lines[index + 1 : index + 5]]
    return any(_SENT.match(line) for line in rest) or (
        (below_rule or "@" in "".join(block)) and any(_DATE.match(line) for line in rest)
    )


def _from_own(lines: Iterable[str], own: Collection[str]) -> bool:
    """Whether an own address stands in the lines."""
    folded = " ".join(lines).lower()
    return any(address in folded for address in own)


def _attribution_lines(lines: list[str], index: int) -> int:
    """The number of lines of the introduction that begins here (long ones are wrapped); 0 if there is none."""
    joined = ""
    for count, line in enumerate(lines[index : index + 3], 1):
        part = line.strip()
        if not part or part.startswith(">") or len(joined) + len(part) > _MAX_INTRODUCTION:
            return 0
        joined = f"{joined} {part}".strip()
        if joined.endswith((":", "：")) and _names_person_or_time(joined):
            if not _has_verb(joined) and not _quote_follows(lines, index + count):
                return 0
            return count if count == 1 or _names_person_or_time(lines[index].strip()) else 0
    return 0


def _quote_follows(lines: list[str], index: int) -> bool:
    following = next((line for line in lines[index : index + 3] if line.strip()), "")
    return following.startswith(">")


def _has_verb(text: str) -> bool:
    folded = text.casefold()
    return any(word in folded for word in _WROTE)


def _names_person_or_time(text: str) -> bool:
    folded = text.casefold()
    begins = folded.startswith(_BEGINS) and any(character.isdigit() for character in folded)
    return begins or "@" in folded or bool(_TIME.search(folded))


def _unless_replied_below(lines: list[str], index: int) -> int:
    """The same index; or the end, if the reply is below or between quoted lines, so that only these are history."""
    rest = lines[index + max(1, _attribution_lines(lines, index)) :]
    written = [line for line in rest if line.strip()]
    first_quoted = next((i for i, line in enumerate(written) if line.startswith(">")), None)
    if first_quoted == 0 and any(not line.startswith(">") for line in written):
        after = written[next(i for i, line in enumerate(written) if not line.startswith(">")) :]
        if not _SIGNATURE.fullmatch(after[0]):
            return len(lines)
    return index


def _without_quotes(lines: list[str]) -> list[str]:
    """The lines that are not quoted, without the introductions of quotes."""
    kept: list[str] = []
    index = 0
    while index < len(lines):
        count = _attribution_lines(lines, index)
        following = next((line for line in lines[index + count :] if line.strip()), "") if count else ""
        if count and following.startswith(">"):
            index += count
            continue
        if not lines[index].startswith(">"):
            kept.append(lines[index])
        index += 1
    return kept
