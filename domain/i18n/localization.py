"""What Baton itself says to a shopper, in the shopper's language: the wording of a locale, and when the team is back.

A locale is matched by lookup (RFC 4647, 3.4): from its end it is shortened until a wording fits, so `it-CH` is Italian.
Where none fits, it is English. No locale that a client may send makes any of this fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.localedata import normalize_locale

from domain.i18n.messages import EN, NB, WORDINGS, MessageCatalog, OpeningPhrase

__all__ = ["MessageCatalog", "catalog_for", "formats_for", "opening_text"]

_LONGEST_TAG = 35  # characters: RFC 5646, 4.4.1
_WORDINGS: Mapping[str, MessageCatalog] = MappingProxyType(
    # Norwegians who send no written form, or Nynorsk, read Bokmål as well.
    {wording.locale.lower(): wording for wording in WORDINGS} | {"no": NB, "nn": NB}
)


def catalog_for(locale: str | None) -> MessageCatalog:
    """The wording for a BCP 47 tag (or one with underscores, as some systems write it); English where none fits."""
    return next((_WORDINGS[tag] for tag in _lookup(locale) if tag in _WORDINGS), EN)


def opening_text(opens_at: datetime, time_zone: str, locale: str | None, now: datetime) -> str:
    """When it opens, as a part of a sentence: "tomorrow at 9:00 AM". The day and the time are those of `time_zone`.

    `locale` is best the shopper's own, for its regional forms: en is 9:00 AM, en-GB is 09:00.
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


def _clock(opens: datetime, words: OpeningPhrase, formats: Locale) -> str:
    time = _spaced(format_time(opens, "short", tzinfo=opens.tzinfo, locale=formats))
    hour = time.removeprefix("0")
    is_one = hour.startswith("1") and not hour[1:2].isdigit()
    return (words.at_one if is_one and words.at_one else words.at).format(time=time)


def _spaced(text: str) -> str:
    """Plain spaces: a no-break one, as in "9:00 AM", more than doubles what an SMS costs."""
    return " ".join(text.split())


def formats_for(locale: str | None) -> Locale:
    """How dates, times and amounts are written for a shopper of this locale."""
    return _formats(locale, catalog_for(locale))


def _formats(locale: str | None, wording: MessageCatalog) -> Locale:
    """How the shopper's region writes dates, as long as it speaks the language of the wording."""
    language = wording.locale.partition("-")[0]
    for tag in (*_lookup(locale), wording.locale):
        known = normalize_locale(tag.replace("-", "_"))
        if known is not None and known.partition("_")[0] == language:
            return Locale.parse(known)
    raise AssertionError(f"{wording.locale} has no formats")


def _lookup(locale: str | None) -> Iterator[str]:
    """The tags to try, from the whole one to its language alone, in lower case."""
    tag = (locale or "").replace("_", "-").lower()
    subtags = tag.split("-")
    if len(tag) > _LONGEST_TAG or not all(
        1 <= len(part) <= 8 and part.isascii() and part.isalnum() for part in subtags
    ):
        return
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        while subtags and len(subtags[-1]) == 1:  # such a subtag only opens what follows it
            subtags.pop()
