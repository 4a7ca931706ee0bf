"""Tells automatic replies and absence notices by their subject, where no header says what they are.

Mail servers and programs write a phrase of their language before the subject that they reply to, behind it in brackets,
or in its place:

    Automatic reply: Re: Question      [Auto-Reply] Re: Question      Out of office
    Abwesenheitsnotiz: Re: Question    Re: Question (Auto reply)      AUTO: Ann is out of the office (returning …)

A phrase is a word for "automatic" beside one for "reply" or "message", in any order, or a usual absence.
People write these words too ("Automatic reply does not work"), so the place counts: nobody types words before "Re:".
Words that are of use in any mail ("Vacation", "Urlaub") count only in a reply to another mail, alone before its
subject. Accents and case make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from domain.messaging.mail import REPLY_PREFIXES

_LONGEST = 150  # characters of a subject in which phrases are looked for
_LONGEST_PHRASE = 60
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "ð": "d", "’": "'", "‘": "'", "´": "'"})

_AUTOMATIC = (
    "auto", "automat", "automaat", "automatt", "awtomat", "otomat", "kiotomatiki", "автомат", "авто", "аутомат",
    "αυτόματ", "sjálfvirk", "samodejn", "自動", "自动", "자동", "تلقائ", "التلقائ", "آلي", "الآلي", "خودکار",
    "אוטומט", "อัตโนมัติ", "tự động", "स्वचालित", "स्वतः", "স্বয়ংক্রিয়", "தானியங்கி",
)  # fmt: skip
_REPLY = (
    "repl", "respon", "answer", "antwort", "rückantwort", "réponse", "respuesta", "rispost", "respost", "antwoord",
    "beantwoord", "reactie", "svar", "besvar", "vast", "odpowied", "odpov", "válasz", "răspuns", "yanıt", "cevap",
    "ответ", "відповід", "отговор", "одговор", "odgovor", "sporočil", "απάντηση", "atbild", "atsak", "返信", "応答",
    "回復", "回复", "回覆", "回應", "回应", "答复", "答覆", "回信", "회신", "응답", "답장", "الرد", "رد", "پاسخ",
    "תשובה", "מענה", "ตอบกลับ", "trả lời", "phản hồi", "उत्तर", "जवाब", "উত্তর", "பதில்", "balas", "jawab", "tugon",
    "jibu", "përgjigj", "erantzun", "message", "notification", "nachricht", "mitteilung", "abwesenheit",
    "benachrichtigung", "mensaje", "mensagem", "messaggio", "bericht", "meddelande", "meddelelse", "melding",
    "viesti", "wiadomość", "zpráva", "сообщение", "повідомлення", "メール", "通知", "邮件", "郵件",
)  # fmt: skip
_ABSENCES = (  # as regular expressions
    "out[ -]of[ -](?:the[ -])?office", "away from (?:the |my )?(?:office|desk|mail|e-mail|email|computer)",
    "(?:vacation|holiday|absence) (?:auto-?)?(?:reply|response|message|notice|notification)",
    "abwesenheits(?:notiz|nachricht|meldung|benachrichtigung|hinweis|assistent|mitteilung|info)", "urlaubsnotiz",
    "au(?:ß|ss)er haus", "nicht im (?:büro|buero|haus)", "(?:message|notification|avis|notice) d'absence",
    "absen(?:ce|t)e? du bureau", "hors du bureau", "(?:fuera|ausente) de (?:la )?oficina", "fora do escritório",
    "ausen(?:cia|te) do escritório", "ausência temporária", "fuori (?:sede|ufficio)", "assen(?:za|te) dall'ufficio",
    "afwezigheids(?:bericht|melding|assistent)", "niet (?:op kantoor|aanwezig)", "buiten (?:het )?kantoor",
    "frånvaro(?:meddelande|besked|notis)", "(?:ej|inte) på (?:kontoret|plats)", "ikke (?:på kontoret|til ?stede?)",
    "fravær(?:s\\w+)", "poissaolo(?:ilmoitus|viesti)", "poza biurem", "nieobecność w (?:biurze|pracy)",
    "mimo kancelá[řr]\\w*", "házon kívül", "irodán kívül", "absent din birou", "ofis dışı(?:nda)?", "εκτός γραφείου",
    "вне офиса", "нет на (?:рабочем месте|работе)", "поза офісом", "извън офиса", "van (?:kancelarije|ureda)",
    "不在(?:通知|連絡|のお知らせ)", "부재 ?중", "خارج المكتب", "לא ב?משרד", "מחוץ למשרד", "นอกสำนักงาน",
    "di luar kantor",
)  # fmt: skip
_WORDS = (  # as regular expressions
    "auto", "ooo", "oof", "away", "absen(?:t|ce)", "(?:out )?on (?:annual |sick |parental |maternity )?leave",
    "(?:annual|sick|parental|maternity|paternity) leave", "(?:on )?(?:vacation|holidays?)", "(?:im )?urlaub",
    "abwesen(?:d|heit)", "en (?:congés?|vacances)", "ausente", "(?:de )?vacaciones", "assen(?:za|te)", "in ferie",
    "(?:de |em )?férias", "afwezig(?:heid)?", "(?:op |met )?vakantie", "frånvaro", "frånvarande", "(?:på )?semester",
    "fravær(?:ende)?", "(?:på )?ferie", "poissa", "lomalla", "nieobecn(?:ość|y|a)", "(?:na )?urlop(?:ie)?",
    "nepřítomnost", "(?:na )?dovolen(?:á|é|ej|ka)", "szabadság(?:on)?", "(?:în )?concediu", "izinde(?:yim)?",
    "tatilde(?:yim)?", "σε άδεια", "отсутствую", "в отпуске", "отпуск", "у відпустці", "в отпуск(?:а)?",
    "na (?:odmoru|dopustu)", "不在(?:です)?", "外出中?", "休暇中?", "休假中?", "휴가 ?중?", "đi vắng", "nghỉ phép",
    "(?:sedang )?cuti", "ลาพักร้อน",
)  # fmt: skip
_BOUNCES = (  # as regular expressions
    "undeliver(?:able|ed)(?: mail returned to sender| mail)?", "delivery status notification(?: \\(\\w+\\))?",
    "(?:mail )?delivery (?:failure|failed|has failed|system)", "mail delivery failed: returning message to sender",
    "failure notice", "returned mail(?:: see transcript for details)?", "message not delivered", "unzustellbar",
    "non remis", "no se puede entregar", "onbestelbaar", "non recapitabile", "não é possível entregar",
    "nedoručiteln[éa]", "niedostarczalne", "kézbesíthetetlen", "недоставленное", "未送达", "配信不能",
)  # fmt: skip


def _folded(text: str) -> str:
    """The text without differences of case, width and accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf"))
    return " ".join(kept.translate(_LETTERS).split())


def _any(words: Iterable[str]) -> str:
    return "|".join(_folded(word) for word in words)


_A, _R = rf"(?:{_any(_AUTOMATIC)})\w{{0,12}}", rf"(?:{_any(_REPLY)})\w{{0,12}}"
_BETWEEN = r"[\s_./'-]{0,3}(?:[^\W_]{1,12}[\s_./'-]{1,3}){0,2}?"
_STRONG = rf"(?:{_A}{_BETWEEN}{_R}|{_R}{_BETWEEN}{_A}|{_any(_ABSENCES)})"
_START = r"[\W_]*(?:this is an? |i am |i'm |ich bin |je suis |estoy |sono |estou |ik ben |jag ar |jeg er )?"
_END = r"\s*(?:[\])】）]|[:!]|\s[-–—|]\s|\s(?:to|from|auf|von|a|til|fran|fra|do|od|op|van)\s|\.?$)"
_BEFORE = re.compile(rf"(?:^|[^\w])(?P<prefix>(?:{_any(REPLY_PREFIXES)})\s?(?:\[\d+\])?\s?:)")
_PHRASE = re.compile(_STRONG)
_BEGINS = re.compile(rf"{_START}{_STRONG}{_END}")
_ENDS = re.compile(rf"[(\[【]\s*{_STRONG}\s*[)\]】]$|\s[-–—|]\s*{_STRONG}$")
_NOTES = re.compile(rf"auto: .*{_STRONG}")  # HCL Notes: "AUTO: Ann is out of the office (returning 06/08/2026)"
_ALONE = re.compile(f"(?:{_any((*_WORDS, *_BOUNCES))})")
_BOUNCE = re.compile(_any(_BOUNCES))
_ALONE_BEGINS = re.compile(rf"[\W_]*{_ALONE.pattern}\s*(?:[:!]|\s[-–—]\s)")
_MARKS = " \t()[]【】:!.-–—|"


def phrase_of_absence(subject: str, *, answers: bool) -> str | None:
    """Return what a program wrote into the subject of a reply of its own; None for another subject.

    `answers`: whether the mail says that it replies to another one.
    """
    folded = _folded(subject[:_LONGEST])
    before = _BEFORE.search(folded)
    lead = folded[: before.start("prefix")] if before else ""
    found = _PHRASE.search(lead) or _BEGINS.match(folded) or _NOTES.match(folded)
    if found is None and answers:
        alone = _ALONE.fullmatch(lead.strip(_MARKS)) or _BOUNCE.fullmatch(folded)
        found = alone or _ALONE_BEGINS.match(folded) or _ENDS.search(folded)
    return None if found is None else (lead.strip() or found[0]).strip(_MARKS)[:_LONGEST_PHRASE]
