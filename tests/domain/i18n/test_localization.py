"""Every language has all messages, and each locale finds its language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.i18n.localization import EmailConfirmationTexts, MessageCatalog, catalog_for, moment_text, opening_text
from domain.i18n.messages import WORDINGS, OpeningPhrase
from domain.i18n.messages.catalog import AgentTexts
from domain.values.link_safety import check_linked_text

NOW = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)  # a Monday, 10:00 in Rome
LANGUAGES = {"en", "it", "es", "pt", "pt-BR", "sv", "de", "fr", "nl", "da", "nb", "fi", "pl"}
TEXTS = [
    name
    for name in MessageCatalog.__struct_fields__
    if name not in ("locale", "agent", "confirmation", "unseen", "opening")
]
CONFIRMATION_PLACES = {"subject": {"shop"}, "claim": {"shop", "email", "began"}, "effect": {"shop"}}
PLACES = {
    "at": {"time"},
    "at_one": {"time"},
    "today": {"at"},
    "tomorrow": {"at"},
    "on_weekday": {"weekday", "at"},
    "on_date": {"weekday", "date", "at"},
}


def _places(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}


def test_the_languages_of_the_market_are_all_there_once() -> None:
    assert {wording.locale for wording in WORDINGS} == LANGUAGES
    assert len(WORDINGS) == len(LANGUAGES)


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.locale)
def test_a_language_says_everything(wording: MessageCatalog) -> None:
    for name in TEXTS:
        text: str = getattr(wording, name)
        assert check_linked_text(text, field=(name,), limit=500) == text.strip()
        assert _places(text) == ({"when"} if name == "back" else set())
    assert len({getattr(wording, name) for name in TEXTS}) == len(TEXTS)
    for label in (wording.accept_label, wording.decline_label):
        assert len(label) <= 80
        assert "\n" not in label


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.locale)
def test_the_agent_speaks_a_language(wording: MessageCatalog) -> None:
    english = catalog_for("en").agent
    for name in AgentTexts.__struct_fields__:
        text: str = getattr(wording.agent, name)
        assert text == " ".join(text.split())
        assert wording.agent is english or text != getattr(english, name)


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.locale)
def test_a_language_can_confirm_an_address(wording: MessageCatalog) -> None:
    names, english = EmailConfirmationTexts.__struct_fields__, catalog_for("en")
    texts = {name: getattr(wording.confirmation, name) for name in names}
    for name, text in texts.items():
        assert text == " ".join(text.split(" ")) == text.strip()
        assert _places(text) == CONFIRMATION_PLACES.get(name, set())
        assert wording is english or text != getattr(english.confirmation, name)
    assert len(set(texts.values())) == len(names)
    assert len(texts["button"]) <= 40
    assert "24" in texts["link"]


def test_a_moment_is_told_in_the_form_of_the_region() -> None:
    assert moment_text(NOW, "Europe/Rome", "en-GB") == "6 July 2026, 10:00"
    assert moment_text(NOW, "Europe/Rome", "de") == "6. Juli 2026, 10:00"


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.locale)
def test_a_language_can_name_every_opening(wording: MessageCatalog) -> None:
    opening = wording.opening
    for name in (name for name in OpeningPhrase.__struct_fields__ if name != "weekdays"):
        pattern = getattr(opening, name)
        assert pattern is None or _places(pattern) == PLACES[name]
    assert len(set(opening.weekdays)) == 7


@pytest.mark.parametrize("wording", [w for w in WORDINGS if w.locale != "en"], ids=lambda wording: wording.locale)
def test_nothing_was_left_in_english(wording: MessageCatalog) -> None:
    english = catalog_for("en")
    assert [name for name in TEXTS if getattr(wording, name) == getattr(english, name)] == []


def test_the_english_label_is_the_promised_one() -> None:
    assert catalog_for("en").accept_label == "Yes, connect me with an agent"


@pytest.mark.parametrize(
    ("locale", "found"),
    [
        ("it", "it"),
        ("it-CH", "it"),
        ("IT-ch", "it"),
        ("it_CH", "it"),
        ("de-Latn-AT-1996", "de"),
        ("pt", "pt"),
        ("pt-PT", "pt"),
        ("pt-AO", "pt"),
        ("pt-BR", "pt-BR"),
        ("PT-br-abl1943", "pt-BR"),
        ("sv-x-private", "sv"),
        ("nb-NO", "nb"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("en-GB", "en"),
        ("zh-Hant-TW", "en"),
        ("fil", "en"),  # not Finnish
        ("x-it", "en"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
        ("it-", "en"),
        ("-it", "en"),
        (" it", "en"),
        ("../it", "en"),
        ("it;q=0.9", "en"),
        ("it-" + "a" * 40, "en"),
    ],
)
def test_a_locale_is_shortened_until_a_wording_fits(locale: str | None, found: str) -> None:
    assert catalog_for(locale).locale == found


@settings(deadline=None)  # the first use of a locale reads its formats from the disk
@given(locale=st.text(max_size=60) | st.from_regex(r"[a-z]{1,3}([-_][a-zA-Z0-9]{1,8}){0,4}", fullmatch=True))
def test_no_locale_makes_it_fail(locale: str) -> None:
    assert catalog_for(locale) in WORDINGS
    assert opening_text(NOW + timedelta(days=8), "Europe/Rome", locale, NOW)


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (timedelta(hours=1), "today at 11:00 AM"),
        (timedelta(hours=13, minutes=59), "today at 11:59 PM"),
        (timedelta(hours=14), "tomorrow at 12:00 AM"),
        (timedelta(days=1), "tomorrow at 10:00 AM"),
        (timedelta(days=2), "on Wednesday at 10:00 AM"),
        (timedelta(days=6), "on Sunday at 10:00 AM"),
        (timedelta(days=7), "on Monday, July 13 at 10:00 AM"),
        (timedelta(days=200), "on Friday, January 22, 2027 at 9:00 AM"),
    ],
)
def test_an_opening_is_named_by_its_day(ahead: timedelta, text: str) -> None:
    assert opening_text(NOW + ahead, "Europe/Rome", "en", NOW) == text


@pytest.mark.parametrize(
    ("locale", "weekday", "date"),
    [
        ("en-GB", "on Friday at 10:00", "on Wednesday, 15 July at 10:00"),
        ("it", "venerdì alle ore 10:00", "mercoledì 15 luglio alle ore 10:00"),
        ("es", "el viernes a las 10:00", "el miércoles 15 de julio a las 10:00"),
        ("es-MX", "el viernes a las 10:00 a.m.", "el miércoles 15 de julio a las 10:00 a.m."),
        ("pt", "na sexta-feira às 10:00", "na quarta-feira, 15 de julho, às 10:00"),
        ("pt-BR", "na sexta-feira às 10:00", "na quarta-feira, 15 de julho, às 10:00"),
        ("sv", "på fredag kl. 10:00", "på onsdag den 15 juli kl. 10:00"),
        ("de", "am Freitag um 10:00 Uhr", "am Mittwoch, 15. Juli, um 10:00 Uhr"),
        ("fr", "vendredi à 10:00", "le mercredi 15 juillet à 10:00"),
        ("fr-CA", "vendredi à 10 h 00", "le mercredi 15 juillet à 10 h 00"),
        ("nl", "vrijdag om 10:00 uur", "op woensdag 15 juli om 10:00 uur"),
        ("da", "på fredag kl. 10.00", "på onsdag den 15. juli kl. 10.00"),
        ("nb", "på fredag kl. 10:00", "på onsdag 15. juli kl. 10:00"),
        ("fi", "perjantaina klo 10.00", "keskiviikkona 15. heinäkuuta klo 10.00"),
        ("pl", "w piątek o godz. 10:00", "w środę, 15 lipca, o godz. 10:00"),
        ("zh", "on Friday at 10:00 AM", "on Wednesday, July 15 at 10:00 AM"),
    ],
)
def test_an_opening_is_named_as_the_language_does(locale: str, weekday: str, date: str) -> None:
    assert opening_text(NOW + timedelta(days=4), "Europe/Rome", locale, NOW) == weekday
    assert opening_text(NOW + timedelta(days=9), "Europe/Rome", locale, NOW) == date


@pytest.mark.parametrize(
    ("locale", "opens_at", "text"),
    [
        ("es-MX", datetime(2026, 7, 6, 11, tzinfo=UTC), "hoy a la 1:00 p.m."),
        ("es-MX", datetime(2026, 7, 6, 8, tzinfo=UTC), "hoy a las 10:00 a.m."),
        ("es", datetime(2026, 7, 6, 11, tzinfo=UTC), "hoy a las 13:00"),
        ("es", datetime(2026, 7, 6, 23, tzinfo=UTC), "mañana a la 1:00"),
        ("pt", datetime(2026, 7, 6, 23, tzinfo=UTC), "amanhã à 01:00"),
        ("it", datetime(2026, 7, 6, 23, tzinfo=UTC), "domani alle ore 01:00"),
    ],
)
def test_one_o_clock_bends_the_article(locale: str, opens_at: datetime, text: str) -> None:
    assert opening_text(opens_at, "Europe/Rome", locale, NOW) == text


@pytest.mark.parametrize(
    ("zone", "now", "opens_at", "text"),
    [
        # Rome, night of 29 March 2026, 23 hours long: 9:00 is 7:00 UTC, the day before it was 8:00 UTC.
        ("Europe/Rome", "2026-03-28T12:00Z", "2026-03-29T07:00Z", "tomorrow at 09:00"),
        # 23 hours ahead, and yet the day after tomorrow's midnight is not reached.
        ("Europe/Rome", "2026-03-28T23:00Z", "2026-03-29T21:00Z", "today at 23:00"),
        ("Europe/Rome", "2026-03-28T23:00Z", "2026-03-29T22:00Z", "tomorrow at 00:00"),
        # Rome, 25 October 2026, 25 hours long: 2:30 comes twice.
        ("Europe/Rome", "2026-10-24T22:00Z", "2026-10-25T00:30Z", "today at 02:30"),
        ("Europe/Rome", "2026-10-24T22:00Z", "2026-10-25T01:30Z", "today at 02:30"),
        ("Europe/Rome", "2026-10-24T22:00Z", "2026-10-25T22:00Z", "today at 23:00"),
        # Six days ahead over the change, a quarter of an hour short of a seventh.
        ("Europe/Rome", "2026-10-19T08:00Z", "2026-10-25T22:45Z", "on Sunday at 23:45"),
        # Half-hour and quarter-hour offsets; Lord Howe moves its clocks by half an hour.
        ("Asia/Kolkata", "2026-07-06T18:00Z", "2026-07-06T18:30Z", "tomorrow at 00:00"),
        ("Asia/Kathmandu", "2026-07-06T08:00Z", "2026-07-07T03:15Z", "tomorrow at 09:00"),
        ("Australia/Lord_Howe", "2026-04-04T02:00Z", "2026-04-04T22:30Z", "tomorrow at 09:00"),
        # The day is the zone's, not that of UTC.
        ("Pacific/Auckland", "2026-07-06T11:00Z", "2026-07-06T21:00Z", "tomorrow at 09:00"),
        ("America/Los_Angeles", "2026-07-07T02:00Z", "2026-07-07T03:00Z", "today at 20:00"),
    ],
)
def test_the_day_and_the_time_are_those_of_the_zone(zone: str, now: str, opens_at: str, text: str) -> None:
    assert opening_text(datetime.fromisoformat(opens_at), zone, "en-GB", datetime.fromisoformat(now)) == text


def test_away_until_says_when_and_stops_once() -> None:
    wording = catalog_for("es-MX")
    when = opening_text(NOW + timedelta(days=1), "Europe/Rome", "es-MX", NOW)
    assert wording.opens_again(when) == "Volvemos mañana a las 10:00 a.m."
    assert wording.away_until(when) == (
        "En este momento nuestro equipo no está disponible. Hemos recibido tu mensaje y te responderemos aquí. "
        "Volvemos mañana a las 10:00 a.m."
    )
