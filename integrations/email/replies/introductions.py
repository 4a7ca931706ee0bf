"""The lines that mail programs write above a mail that is quoted or forwarded, and whose mail that is.

    attribution   "On 7 June 2026 at 10:00, Shop <help@shop.example> wrote:", also wrapped
    block         From, Sent, To and Subject, one below the other, as Outlook repeats them
    rule          "-----Original Message-----", "---------- Forwarded message ---------", or a line; a block follows

Marks that need no knowledge of the language come first: an address of the account in brackets, a time, a colon at the
end, quoted lines below. Words of the languages decide only where no address stands in the lines.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from itertools import takewhile

from domain.values.record import Record

_MAX_INTRODUCTION = 400  # characters of an attribution, all its lines together
_WRAPPED = 60  # characters; programs wrap no shorter attribution
_MAX_WRAPPED = 3  # lines
_VERBS = (  # words that introduce the history, by language
    "wrote", "schrieb", "geschrieben", "a écrit", "ha scritto", "escribió", "escreveu", "schreef", "geschreven",
    "skrev", "kirjoitti", "pisze", "napsal", "napísal", "пишет", "пише", "yazdı", "έγραψε", "كتب", "כתב", "写道",
    "寫道", "のメール", "さんは書きました", "작성", "쓴 글", "a scris", "írta", "đã viết", "menulis", "เขียนว่า",
    "napisa", "написа", "kirjutas", "rakstīja", "rašė", "skrifaði", "लिखा", "va escriure", "idatzi", "escribiu", "נכתב",
    "نوشت", "লিখেছেন", "எழுதியது", "writes", "escribe", "scrive",
)  # fmt: skip
_TIME = re.compile(r"\d{1,2}[:.]\d\d|\d{4}")
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d")
_YEAR = re.compile(r"\d{4}")
_ADDRESS = re.compile(r"[^\s<>\[\]()\"',;:]{1,64}@[^\s<>\[\]()\"',;:]{1,255}")
_BRACKETED = re.compile(r"[<\[(](?:mailto:)?\s*[^\s<>\[\]()]{1,64}@")
_TAG = re.compile(r"\+[^@]*@")
_LONGEST_RULE = 120  # characters
_RULE = re.compile(r"[-_=]{3,}\s*[^-_=\s][^\n]{0,60}?\s*[-_=]{3,}|[-_]{20,}")
_ORIGINAL = re.compile(
    r"original message|original-nachricht|ursprüngliche nachricht|message d.origine|messaggio originale|"
    r"mensaje original|mensagem original|oorspronkelijk bericht|oprindelig meddelelse|opprinnelig melding|"
    r"ursprungligt meddelande|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|"
    r"pôvodná správa|eredeti üzenet|mesaj original|özgün ileti|orijinal mesaj|αρχικό μήνυμα|исходное сообщение|"
    r"початкове повідомлення|الرسالة الأصلية|הודעה מקורית|元のメッセージ|原始邮件|原始郵件|원본 메[일시]|thư gốc",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\*?[^\W\d_][^\n:：,;!?()<>@]{0,24}\*?\s?[:：]\*?")
_LONGEST_BLOCK = 8  # headers
_MIN_HEADERS = 3
_NEAR = 4  # lines below a rule in which the block begins
_FROM = re.compile(
    r"\*?(?:From|Von|De|Da|Van|Fra|Från|Lähettäjä|Od|От|Від|Kimden|Gönderen|Feladó|Από|De la|Expeditor\w*|Mittente|"
    r"Nadawca|Từ|Dari|من|מאת|发件人|寄件者|寄件人|差出人|送信元|보낸 ?사람)\*?\s*[:：]",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"\*?(?:Sent|Gesendet|Envoyé|Inviato|Enviado|Enviada|Verzonden|Sendt|Skickat|Lähetetty|Wysłano|Odesláno|Odoslané|"
    r"Elküldve|Στάλθηκε|Trimis|Отправлено|Надіслано|Відправлено|Gönderildi|Gönderilen|Đã gửi|Dikirim|تم الإرسال|נשלח|"
    r"发送时间|寄件日期|送信日時|보낸 ?날짜)[^:：\n]{0,20}[:：]",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\*?(?:Date|Datum|Data|Fecha|Dato|Päivämäärä|Päiväys|Дата|Tarih|Dátum|Dată|Ngày|Ημερομηνία|التاريخ|תאריך|日期|日付|"
    r"날짜)[^:：\n]{0,20}[:：]",
    re.IGNORECASE,
)


class QuotedAuthor(Enum):
    """The author of a quoted mail."""

    OWN = "own"  # the account
    OTHER = "other"
    UNKNOWN = "unknown"  # no address stands in the lines


class Introduction(Record):
    """Lines that a mail program wrote."""

    author: QuotedAuthor
    count: int  # lines
    forwards: bool = False  # a rule stands above: what follows is a whole mail
    sure: bool = True  # whether a mail follows even if its lines have no quote marks
    guessed: bool = False  # nothing but a time and a colon say so


def introduction_at(lines: Sequence[str], index: int, own: Collection[str]) -> Introduction | None:
    """Return the introduction that begins at the line, or None. `own`: the account's own addresses, in lower case;
    without any, every address counts as the account's."""
    line = lines[index].strip()
    if not line or len(line) > _MAX_INTRODUCTION:
        return None
    return _rule(lines, index, own) or _block(lines, index, own) or _attribution(lines, index, own)


def _rule(lines: Sequence[str], index: int, own: Collection[str]) -> Introduction | None:
    """The rule above a mail with its headers. A rule without headers below counts if it says "original message"."""
    line = lines[index].strip()
    if len(line) > _LONGEST_RULE or line[0] not in "-_=" or not _RULE.fullmatch(line):
        return None
    original = _ORIGINAL.search(line) is not None
    for below in range(index + 1, min(index + 1 + _NEAR, len(lines))):
        if lines[below].strip():
            block = _block(lines, below, own, below_rule=True) or _attribution(lines, below, own)
            if block is not None:
                return Introduction(author=block.author, count=below - index + block.count, forwards=True)
            break
    if not original:
        return None
    author = _author(" ".join(lines[index + 1 : index + 1 + _NEAR]), own)
    return Introduction(author=author, count=1, forwards=True)


def _block(lines: Sequence[str], index: int, own: Collection[str], *, below_rule: bool = False) -> Introduction | None:
    """A block of headers. Words that also mean the date of a journey need an address, or a rule above them."""
    if not _HEADER.match(lines[index].strip()):
        return None
    nearby = (line.strip() for line in lines[index : index + _LONGEST_BLOCK])
    block = list(takewhile(lambda line: _HEADER.match(line) is not None, nearby))
    by = next((line for line in block if _FROM.match(line)), None)
    author = _author(by or next((line for line in block if _ADDRESS.search(line)), ""), own)
    dated = any(_SENT.match(line) for line in block) or (
        (below_rule or author is not QuotedAuthor.UNKNOWN) and any(_DATE.match(line) for line in block)
    )
    joined = " ".join(block)
    timed = len(block) >= _MIN_HEADERS and bool(_YEAR.search(joined)) and bool(_CLOCK.search(joined))
    if (by is not None and dated) or (timed and author is not QuotedAuthor.UNKNOWN) or (below_rule and by is not None):
        return Introduction(author=author, count=len(block))
    return None


def _attribution(lines: Sequence[str], index: int, own: Collection[str]) -> Introduction | None:
    """The sentence above quoted lines, which ends in a colon."""
    joined = ""
    for count, line in enumerate(lines[index : index + _MAX_WRAPPED], 1):
        part = line.strip()
        if not part or part.startswith(">") or len(joined) + len(part) > _MAX_INTRODUCTION:
            return None
        joined = f"{joined} {part}".strip()
        if count > 1 and (len(joined) < _WRAPPED or not _names_time_or_address(lines[index])):
            continue
        found = _sentence(joined, count, own)
        if found is None:
            continue
        return None if count > 1 and _begins_later(lines, index + 1, own) else found
    return None


def _begins_later(lines: Sequence[str], index: int, own: Collection[str]) -> bool:
    """Whether the attribution begins here, and the line above it is a sentence with a number. A wrapped address begins
    with its bracket."""
    later = _attribution(lines, index, own)
    if later is None:
        return False
    joined = " ".join(lines[index : index + later.count]).strip()
    return _TIME.search(joined) is not None or not joined.startswith(("<", "(", "["))


def _sentence(text: str, count: int, own: Collection[str]) -> Introduction | None:
    """The attribution, if the text is one. Lines without marks are a quoted mail only below an address in brackets."""
    wrote = _wrote(text)
    if not (text.endswith((":", "：")) or (wrote and text.endswith("---"))):
        return None
    author, timed = _author(text, own), _TIME.search(text) is not None
    if not timed and (author is QuotedAuthor.UNKNOWN or not wrote):
        return None
    return Introduction(
        author=author,
        count=count,
        sure=author is QuotedAuthor.OWN and _BRACKETED.search(text) is not None,
        guessed=author is QuotedAuthor.UNKNOWN and not wrote,
    )


def _wrote(text: str) -> bool:
    folded = text.casefold()
    return any(verb in folded for verb in _VERBS)


def _names_time_or_address(text: str) -> bool:
    return "@" in text or _TIME.search(text) is not None


def _author(text: str, own: Collection[str]) -> QuotedAuthor:
    """Whose address stands in the text."""
    found = _addresses(text)
    if not found:
        return QuotedAuthor.UNKNOWN
    return QuotedAuthor.OWN if not own or any(address in own for address in found) else QuotedAuthor.OTHER


def _addresses(text: str) -> Iterable[str]:
    """The addresses, each also without its tag (name+tag@domain)."""
    found = [match[0].lower() for match in _ADDRESS.finditer(text)]
    return [*found, *(_TAG.sub("@", address) for address in found)]
