"""Tells mail that a machine sent by itself (RFC 3834 and older habits) from mail of people.

People's mail comes through groups and lists, and through services whose marks are on all mail, so these prove nothing:

    List-ID, Precedence: list           a group that people write to (Google Groups, Mailman) or the shop's own. The
                                        lists of newsletters have no sign of such a group
    Feedback-ID, X-SES-Outgoing         Amazon SES and others put it on every mail
    X-Auto-Response-Suppress            Exchange puts it on people's mail, and asks for no automatic reply

Some auto-replies have no mark but the words before their subject, in the language of the mail program.
"""

from __future__ import annotations

import re
from email.message import Message

from integrations.email.author import MailAuthor
from integrations.email.mail_headers import text_of

_BULK = frozenset({"bulk", "junk", "auto_reply"})
_MARKS = ("x-autoreply", "x-autorespond", "x-auto-response-from", "x-autoresponse", "x-mail-autoreply")
_LISTED = ("list-id", "list-unsubscribe")
_GROUP_MARKS = ("x-original-sender", "x-google-group-id", "x-beenthere", "x-mailman-version", "list-post")
# Mail programs and servers write these before the subject of an absence notice or an automatic reply.
_PHRASES = (
    "automatic reply", "automatic response", "auto-?reply", "auto-?response", "out of (?:the )?office",
    "out of office auto-?reply", "away from (?:the |my )?office", "vacation reply",
    "abwesenheitsnotiz", "abwesenheitsnachricht", "automatische antwort", "autoantwort",
    "nicht im büro", "réponse automatique", "message d.absence", "absence du bureau", "absent du bureau",
    "respuesta automática", "fuera de (?:la )?oficina", "resposta automática",
    "fora do escritório", "ausência temporária", "risposta automatica", "fuori (?:sede|ufficio)",
    "automatisch antwoord", "automatische (?:reactie|beantwoording)", "niet op kantoor",
    "autosvar", "automatiskt svar", "automatisk svar", "ikke på kontoret",
    "ej på kontoret", "automaattinen vastaus", "poissaoloilmoitus", "odpowiedź automatyczna",
    "automatyczna odpowiedź", "autoodpowiedź", "poza biurem", "automatická odpověď",
    "automatická odpoveď", "mimo kancelář", "automatikus válasz", "házon kívül", "răspuns automat", "otomatik yanıt",
    "ofis dışı(?:nda)?", "αυτόματη απάντηση", "εκτός γραφείου", "автоматический ответ", "автоответ", "вне офиса",
    "нет на работе", "автоматична відповідь", "автоматичен отговор", "automatski odgovor", "samodejni odgovor",
    "automātiskā atbilde", "automatinis atsakymas", "自動返信", "自動応答", "自動回覆", "自动回复", "自动答复",
    "不在通知", "자동 ?회신", "자동 ?응답", "부재 ?중", "رد تلقائي", "خارج المكتب", "מענה אוטומטי",
    "תשובה אוטומטית", "ตอบกลับอัตโนมัติ", "trả lời tự động", "balas otomatis", "balasan otomatis", "jawab automatik",
)  # fmt: skip
# Words that people use too, so they count only in a mail that answers another.
_WORDS = (
    "auto", "ooo", "on vacation", "abwesenheit", "abwesend", "absence", "ausente", "assenza", "afwezig(?:heid)?",
    "frånvaro\\w*", "fravær\\w*", "poissa", "nieobecność", "不在です", "外出中", "休假",
)  # fmt: skip


def _beginning(phrases: tuple[str, ...]) -> re.Pattern[str]:
    end = r"\s*(?:[\])】）]|[:：!！]|\s[-–—]\s|\sre:|$)"
    return re.compile(rf"^\s*[\[(【（]?\s*(?:{'|'.join(phrases)}){end}", re.IGNORECASE)


_SUBJECT, _SUBJECT_OF_ANSWER = _beginning(_PHRASES), _beginning((*_PHRASES, *_WORDS))


def reason_for_automatic(mail: Message, author: MailAuthor, own: frozenset[str]) -> str | None:
    """Return why the mail counts as automatic, or None for a person's. `own`: the account's own addresses."""
    submitted = text_of(mail, "auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    if (precedence := text_of(mail, "precedence").lower()) in _BULK:
        return f"Precedence: {precedence}"
    if mark := next((mark for mark in _MARKS if text_of(mail, mark).lower() not in ("", "no")), None):
        return mark
    if _is_newsletter(mail, author, own):
        return "newsletter"
    if text_of(mail, "return-path").replace(" ", "") == "<>":
        return "bounce"
    if mail.get_content_type() == "multipart/report":
        return "report"
    answers = mail.get("in-reply-to") is not None or mail.get("references") is not None
    if match := (_SUBJECT_OF_ANSWER if answers else _SUBJECT).match(text_of(mail, "subject")):
        return f"subject: {match[0].strip()}"
    return None if author.is_person else "machine's address"


def _is_newsletter(mail: Message, author: MailAuthor, own: frozenset[str]) -> bool:
    """Whether the mail went to subscribers: they may unsubscribe by one click (RFC 8058), or it came by a list that is
    no group of people, or a program wrote to a list."""
    if mail.get("list-unsubscribe-post") is not None:
        return True
    is_listed = text_of(mail, "precedence").lower() == "list" or any(mail.get(mark) is not None for mark in _LISTED)
    return is_listed and (author.is_program or not _is_of_group(mail, own))


def _is_of_group(mail: Message, own: frozenset[str]) -> bool:
    """Whether people write to the list, or it is the account's own."""
    if any(mail.get(mark) is not None for mark in _GROUP_MARKS):
        return True
    host = text_of(mail, "list-id").rpartition("<")[2].rstrip("> ").lower()
    return any(f".{host}".endswith(f".{address.rpartition('@')[2]}") for address in own)
