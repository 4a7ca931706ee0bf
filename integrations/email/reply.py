"""Reply parsing: the new text of a mail, without the quoted history.

Mail programs introduce the history with a line that ends in "wrote:", with a block of From and Sent, or with a rule.
The text above the first of these is new. In replies written between or below quoted lines, every line without a quote
mark is new. If nothing would remain, the whole text is returned. The whole mail is stored as well, so a wrong guess
loses nothing.
"""

from __future__ import annotations

import re

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
    r"ursprungligt meddelande|alkuperäinen viesti|wiadomość oryginalna|forwarded message|weitergeleitete nachricht)"
    r"\s*[-_ ]{2,}|_{20,}",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\*?(?:From|Von|De|Da|Van|Fra|Från|Lähettäjä|Od|От|Kimden|发件人|差出人|보낸 사람)\*?\s*[:：]\*?\s*\S", re.I
)
_SENT = re.compile(
    r"\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Inviato|Data|Enviado|Enviado el|Fecha|Verzonden|Sendt|Dato|Skickat|"
    r"Lähetetty|Päivämäärä|Wysłano|Отправлено|Дата|Gönderildi|Tarih|发送时间|送信日時|보낸 날짜)[^:：\n]{0,20}[:：]",
    re.I,
)
_SIGNATURE = re.compile(r"-- ?")
_MAX_LINES = 20_000


def new_part(text: str) -> str:
    """Return the new text of a plain text mail, or the whole text if nothing would remain."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MAX_LINES]
    kept = lines[: _history_at(lines)]
    kept = _without_quotes(kept)
    kept = kept[: next((i for i, line in enumerate(kept) if _SIGNATURE.fullmatch(line)), len(kept))]
    return "\n".join(kept).strip() or text.strip()


def _history_at(lines: list[str]) -> int:
    """The index of the line at which the history begins; the number of lines if there is no history."""
    for index, line in enumerate(lines):
        if _RULE.fullmatch(line.strip()) and (line.strip().strip("_") or _block_follows(lines, index + 1)):
            return _unless_replied_below(lines, index)
        if _FROM.match(line.strip()) and _is_block(lines, index):
            return _unless_replied_below(lines, index)
        if _attribution_lines(lines, index):
            return _unless_replied_below(lines, index)
    return len(lines)


def _attribution_lines(lines: list[str], index: int) -> int:
    """The number of lines of the introduction that begins here (long ones are wrapped); 0 if there is none."""
    joined = ""
    for count, line in enumerate(lines[index : index + 3], 1):
        part = line.strip()
        if not part or part.startswith(">") or len(joined) + len(part) > _MAX_INTRODUCTION:
            return 0
        joined = f"{joined} {part}".strip()
        if joined.endswith((":", "：")) and _names_person_or_time(joined) and _has_verb(joined):
            return count if count == 1 or _names_person_or_time(lines[index].strip()) else 0
    return 0


def _has_verb(text: str) -> bool:
    folded = text.casefold()
    return any(word in folded for word in _WROTE)


def _names_person_or_time(text: str) -> bool:
    folded = text.casefold()
    begins = folded.startswith(_BEGINS) and any(character.isdigit() for character in folded)
    return begins or "@" in folded or bool(_TIME.search(folded))


def _is_block(lines: list[str], index: int) -> bool:
    """Whether the header block that Outlook writes above the history begins here: From, then Sent within four lines."""
    return any(_SENT.match(line.strip()) for line in lines[index + 1 : index + 5])


def _block_follows(lines: list[str], index: int) -> bool:
    following = [i for i in range(index, min(index + 3, len(lines))) if lines[i].strip()]
    return bool(following) and bool(_FROM.match(lines[following[0]].strip())) and _is_block(lines, following[0])


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
