"""Automatic replies that only their subject tells from mail of people, in many languages."""

from __future__ import annotations

import pytest

from integrations.email.absences import phrase_of_absence

# In a mail that says that it replies to another one. Sources: freescout#4806, frappe/helpdesk#3628, and variations:
# what Exchange, Gmail, Notes, Zimbra, sieve and webmailers write in these languages.
AUTOMATIC = (
    "Automatic reply: Re: Question", "Auto: Re: Question", "AUTO: Vera is out of the office (returning 06/08/2026)",
    "AUTO: Vera Muster ist außer Haus. (Rückkehr am 08.06.2026)", "Out of Office: Re: Question",
    "Out of Office Re: Question", "Out of office - Re: Question", "Out of the office Re: Question",
    "I am out of the office Re: Question", "I'm out of the office: Re: Question", "Autoreply: Re: Question",
    "Auto Reply: Re: Question", "[Auto-Reply] Re: Question", "(Auto reply) Re: Question",
    "Re: Question (Automatic reply)", "Re: Question [Auto-Reply]", "Auto-Response: Re: Question",
    "Automated reply: Re: Question", "Automated response: Re: Question", "Automatic response to your mail",
    "Auto-reply from Vera: Re: Question", "Vacation: Re: Question", "Vacation reply: Re: Question",
    "Vacation auto-reply: Re: Question", "On vacation: Re: Question", "On leave: Re: Question",
    "Annual leave: Re: Question", "On holiday Re: Question", "Away from my mail", "Away from my mail: Re: Question",
    "Away: Re: Question", "Absence notice: Re: Question", "OOO: Re: Question", "OOF: Re: Question",
    "Re: Question - Out of Office", "Abwesenheitsnotiz: Re: Question", "Abwesenheitsnotiz Re: Question",
    "Abwesenheit: Re: Question", "Abwesenheitsmeldung: Re: Question", "Abwesenheitsbenachrichtigung: Re: Question",
    "Automatische Antwort: Re: Question", "Automatische Abwesenheitsnotiz: Re: Question",
    "Automatische Rückantwort: Re: Question", "Automatische E-Mail-Antwort: Re: Question", "Außer Haus: Re: Question",
    "Außer Haus Re: Question", "Nicht im Büro: Re: Question", "Urlaub: Re: Question", "Im Urlaub: Re: Question",
    "Urlaubsnotiz: Re: Question", "Auto-Antwort: Re: Question", "Réponse automatique : Re: Question",
    "Reponse automatique : Re: Question", "Réponse automatique d'absence : Re: Question",
    "Absence du bureau : Re: Question", "Absence : Re: Question", "Message automatique : Re: Question",
    "Message d'absence : Re: Question", "Absent : Re: Question", "En congés : Re: Question",
    "En vacances: Re: Question", "Respuesta automática: Re: Question", "Respuesta automatica: Re: Question",
    "Autorespuesta: Re: Question", "Auto-respuesta: Re: Question", "Fuera de la oficina: Re: Question",
    "Fuera de oficina: Re: Question", "Ausente: Re: Question", "De vacaciones: Re: Question",
    "Mensaje automático: Re: Question", "Risposta automatica: Re: Question", "Fuori sede: Re: Question",
    "Fuori ufficio: Re: Question", "Assenza dall'ufficio: Re: Question", "Messaggio automatico: Re: Question",
    "In ferie: Re: Question", "Resposta automática: Re: Question", "Ausência do escritório: Re: Question",
    "Fora do escritório: Re: Question", "Fora do Escritório Re: Question", "Ausência Temporária: Re: Question",
    "Férias: Re: Question", "Automatisch antwoord: Re: Question", "Automatische beantwoording: Re: Question",
    "Afwezigheidsbericht: Re: Question", "Afwezigheidsmelding: Re: Question", "Afwezig: Re: Question",
    "Niet aanwezig: Re: Question", "Buiten kantoor: Re: Question", "Odpowiedź automatyczna: Re: Question",
    "Automatyczna odpowiedź: Re: Question", "Autoodpowiedź: Re: Question", "Autoresponder: Re: Question",
    "Poza biurem: Re: Question", "Nieobecność: Re: Question", "Nieobecność w biurze: Re: Question",
    "Urlop: Re: Question", "Automatická odpověď: Re: Question", "Mimo kancelář: Re: Question",
    "Nepřítomnost: Re: Question", "Automatická odpoveď: Re: Question", "Mimo kancelárie: Re: Question",
    "Automatikus válasz: Re: Question", "Házon kívül: Re: Question", "Szabadságon: Re: Question",
    "Autosvar: Re: Question", "Automatiskt svar: Re: Question", "Frånvaro: Re: Question",
    "Frånvaromeddelande: Re: Question", "Ej på plats: Re: Question", "Automatisk svar: Re: Question",
    "Automatisk besvarelse: Re: Question", "Fravær: Re: Question", "Fraværsmelding: Re: Question",
    "Fraværsmeddelelse: Re: Question", "Ikke til stede: Re: Question", "Automaattinen vastaus: Re: Question",
    "Poissa: Re: Question", "Poissaoloviesti: Re: Question", "Lomalla: Re: Question", "Otomatik Yanıt: Re: Question",
    "Otomatik yanıt Re: Question", "OTOMATİK YANIT: Re: Question", "Otomatik cevap: Re: Question",
    "Ofis dışında: Re: Question", "Автоматический ответ: Re: Question", "Автоответ: Re: Question",
    "Автоответчик: Re: Question", "Вне офиса: Re: Question", "Отсутствую: Re: Question", "В отпуске: Re: Question",
    "Автоматична відповідь: Re: Question", "Автовідповідь: Re: Question", "Автоматичен отговор: Re: Question",
    "Извън офиса: Re: Question", "Αυτόματη απάντηση: Re: Question", "Εκτός γραφείου: Re: Question",
    "自動応答: Re: Question", "自動返信: Re: Question", "【自動返信】 Re: Question", "自動返信メール: Re: Question",
    "(自動返信) Re: Question", "不在通知: Re: Question", "不在のお知らせ: Re: Question", "休暇中: Re: Question",
    "自动答复: Re: Question", "自动回复：Re: Question", "自动回复", "自動回覆: Re: Question",
    "自動回應: Re: Question", "外出自动回复: Re: Question", "休假自动回复: Re: Question", "자동 회신: Re: Question",
    "자동회신: Re: Question", "자동 응답: Re: Question", "부재 중: Re: Question", "부재중: Re: Question",
    "부재중 알림: Re: Question", "Trả lời tự động: Re: Question", "Thư trả lời tự động: Re: Question",
    "Tự động trả lời: Re: Question", "ตอบกลับอัตโนมัติ: Re: Question", "การตอบกลับอัตโนมัติ: Re: Question",
    "ข้อความตอบกลับอัตโนมัติ: Re: Question", "رد تلقائي: Re: Question", "الرد التلقائي: Re: Question",
    "الرد الآلي: Re: Question", "תשובה אוטומטית: Re: Question", "מענה אוטומטי: Re: Question",
    "לא במשרד: Re: Question", "स्वचालित उत्तर: Re: Question", "Balasan otomatis: Re: Question",
    "Jawaban otomatis: Re: Question", "Balasan automatik: Re: Question", "Răspuns automat: Re: Question",
    "Raspuns automat: Re: Question", "Absent din birou: Re: Question", "Automatski odgovor: Re: Question",
    "Аутоматски одговор: Re: Question", "Samodejni odgovor: Re: Question", "Automaatvastus: Re: Question",
    "Automaatne vastus: Re: Question", "Automātiskā atbilde: Re: Question", "Automatinis atsakymas: Re: Question",
    "Sjálfvirkt svar: Re: Question", "Resposta automàtica: Re: Question", "Erantzun automatikoa: Re: Question",
    "پاسخ خودکار: Re: Question", "Awtomatikong tugon: Re: Question", "Otomatiese antwoord: Re: Question",
    "Jibu la kiotomatiki: Re: Question", "Përgjigje automatike: Re: Question", "Автоматичен одговор: Re: Question",
    "Undeliverable: Re: Question", "Undelivered Mail Returned to Sender", "Delivery Status Notification (Failure)",
    "Mail delivery failed: returning message to sender", "Unzustellbar: Re: Question", "Non remis : Re: Question",
)  # fmt: skip
IN_ANY_MAIL = (
    "Automatic reply: Question", "Abwesenheitsnotiz: Question", "Réponse automatique : Re: Question", "Out of Office",
    "自動返信: Question", "AUTO: Ann is out of the office (returning 06/08/2026)", "Respuesta automatica: Question",
    "Automatische Antwort auf Ihre Anfrage", "Automatic reply to your mail",
)  # fmt: skip
OF_PEOPLE = (
    "Question", "Re: Question", "Re: Auto: broken mirror", "Re: automatic reply does not stop",
    "Automatic gate: Re: Question", "Automatic door opener", "Autosvar mangler paa min ordre",
    "Vacation rental question", "Vacation", "Auto", "My auto reply is broken", "Away team jersey", "Office chair",
    "Out of stock: Re: Question", "Out of order: Re: Question", "Abwesend am Dienstag", "Absent pieces in my parcel",
    "Absence de reponse", "Urlaub ab Montag, bitte spaeter liefern", "Ferien", "Antwort: Re: Question",
    "[EXTERNAL] Re: Question", "[SPAM] Re: Question", "***SPAM*** Re: Question", "[Ticket 12] Re: Question",
    "Fwd: Re: Question", "SV: Re: Question", "RE: Re: Question", "Re: Question - Out of Office chair",
    "Reply to your mail", "Response: Re: Question", "Auto parts: Re: Question", "Automatikuhr: Re: Question",
    "Fuera de plazo: Re: Question", "Fuori garanzia: Re: Question", "Poza gwarancją: Re: Question",
    "Urgent: Re: Question", "Wichtig: Re: Question", "Order 12: Re: Question", "自動ドア: Re: Question",
    "自动挡: Re: Question", "Please: Re: Question", "Undeliverable address?", "Absence of instructions: Re: Question",
    "On holiday until Monday, please deliver later", "Returning my order",
)  # fmt: skip
FIRST_MAILS = (
    "Auto: broken", "Vacation: change booking", "Urlaub: ab Montag", "OOO", "Undeliverable: my parcel", "Abwesend",
    "Absence: who signs?", "Away: jersey", "Automatic: watch stopped", "Delivery Status Notification missing",
    "Auto: message to the seller", "Out of office supplies?", "Automatic reply does not work",
)  # fmt: skip


@pytest.mark.parametrize("subject", AUTOMATIC)
def test_automatic_replies(subject: str) -> None:
    assert phrase_of_absence(subject, answers=True) is not None


@pytest.mark.parametrize("subject", IN_ANY_MAIL)
def test_phrases_that_nobody_types(subject: str) -> None:
    assert phrase_of_absence(subject, answers=False) is not None


@pytest.mark.parametrize("subject", OF_PEOPLE)
def test_people_who_answer(subject: str) -> None:
    assert phrase_of_absence(subject, answers=True) is None
    assert phrase_of_absence(subject, answers=False) is None


@pytest.mark.parametrize("subject", FIRST_MAILS)
def test_people_who_ask(subject: str) -> None:
    assert phrase_of_absence(subject, answers=False) is None


def test_what_is_returned_is_the_phrase() -> None:
    assert phrase_of_absence("Abwesenheitsnotiz: Re: Question", answers=True) == "abwesenheitsnotiz"
    assert phrase_of_absence("[Auto-Reply] Re: Question", answers=True) == "auto-reply"


def test_hostile_subjects_take_no_time() -> None:
    for piece in ("auto", "auto ", "reply auto-", "automat.", "re:", "(", "a ", "antwort-"):
        assert phrase_of_absence("x" + piece * 10_000, answers=True) in (
            None,
            phrase_of_absence(piece * 9, answers=True),
        )
