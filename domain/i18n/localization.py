"""Texts of Baton itself in the shopper's language: the message catalog of a locale, and when the team is back.

A locale is matched by lookup (RFC 4647, 3.4): subtags are removed from its end until a catalog exists, so `it-CH` is
Italian. English is the fallback. No locale that a client may send raises an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.localedata import normalize_locale

from domain.i18n.messages import EN, NB, WORDINGS, EmailConfirmationTexts, MessageCatalog, OpeningPhrase

__all__ = ["EmailConfirmationTexts", "MessageCatalog", "catalog_for", "formats_for", "moment_text", "opening_text"]

_LONGEST_TAG = 35  # characters: RFC 5646, 4.4.1
_WORDINGS: Mapping[str, MessageCatalog] = MappingProxyType(
    # Norwegians who send no written form, or Nynorsk, read Bokmål as well.
    {wording.locale.lower(): wording for wording in WORDINGS} | {"no": NB, "nn": NB}
)


def catalog_for(locale: str | None) -> MessageCatalog:
    """Return the message catalog for a BCP 47 tag, also one with underscores; English if there is none."""
    return next((_WORDINGS[tag] for tag in _lookup(locale) if tag in _WORDINGS), EN)


def opening_text(opens_at: datetime, time_zone: str, locale: str | None, now: datetime) -> str:
    """Return the time of the next opening as a part of a sentence: "tomorrow at 9:00 AM". Day and time are those of
    `time_zone`. The locale decides the regional form: en is 9:00 AM, en-GB is 09:00.
    """
    wording = catalog_for(locale)
    words = wording.opening
    formats = _formats(locale, wording)
    zone = ZoneInfo(time_zone)
    opens, today = opens_at.astimezone(zone), now.astimezone(zone).date()
    days = (opens.date() - today).days
    at = _clock(opens, words, formats)
    if days == 0:
        return words.today.format(at=at)
    if days == 1:
        return words.tomorrow.format(at=at)
    weekday = words.weekdays[opens.weekday()]
    if 1 < days <= 6:
        return words.on_weekday.format(weekday=weekday, at=at)
    same_year = opens.year == today.year
    date = format_skeleton("MMMMd", opens, locale=formats) if same_year else format_date(opens, "long", locale=formats)
    return words.on_date.format(weekday=weekday, date=_spaced(date), at=at)


def moment_text(at: datetime, time_zone: str, locale: str | None) -> str:
    """Return the date and time of an instant: "July 6, 2026, 10:00 AM". They are those of `time_zone`, in the regional
    form of the locale."""
    local, formats = at.astimezone(ZoneInfo(time_zone)), formats_for(locale)
    return _spaced(f"{format_date(local, 'long', formats)}, {format_time(local, 'short', local.tzinfo, formats)}")


def _clock(opens: datetime, words: OpeningPhrase, formats: Locale) -> str:
    time = _spaced(format_time(opens, "short", tzinfo=opens.tzinfo, locale=formats))
    hour = time.removeprefix("0")
    is_one = hour.startswith("1") and not hour[1:2].isdigit()
    return (words.at_one if is_one and words.at_one else words.at).format(time=time)


def _spaced(text: str) -> str:
    """Replace no-break spaces, as in "9:00 AM", by plain ones: they more than double the price of an SMS."""
    return " ".join(text.split())


def formats_for(locale: str | None) -> Locale:
    """Return the babel locale that formats dates, times and amounts for a shopper."""
    return _formats(locale, catalog_for(locale))


def _formats(locale: str | None, wording: MessageCatalog) -> Locale:
    """The formats of the shopper's region, if its language is the catalog's."""
    language = wording.locale.partition("-")[0]
    for tag in (*_lookup(locale), wording.locale):
        known = normalize_locale(tag.replace("-", "_"))
        if known is not None and known.partition("_")[0] == language:
            return Locale.parse(known)
    raise AssertionError(f"{wording.locale} has no formats")


def _lookup(locale: str | None) -> Iterator[str]:
    """Yield the tags to try, from the whole tag to its language alone, in lower case."""
    tag = (locale or "").replace("_", "-").lower()
    subtags = tag.split("-")
    if len(tag) > _LONGEST_TAG or not all(
        1 <= len(part) <= 8 and part.isascii() and part.isalnum() for part in subtags
    ):
        return
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        while subtags and len(subtags[-1]) == 1:  # a singleton only introduces the subtag after it
            subtags.pop()
