"""E-mail addresses and phone numbers: checked, and normalised for storage and comparison."""

from __future__ import annotations

import re
import unicodedata

import idna
import phonenumbers
from email_validator import EmailNotValidError, validate_email

from domain.values.errors import Field, Invalid

_DOTS = re.compile(r"\.{2,}")
_WITH_ANY_DOTS = frozenset({"docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp"})
_LONGEST = 320  # characters of an address: RFC 3696 erratum 1690
_SEPARATORS = re.compile(r"[\s().-]")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_TWO_FORMS = (
    (re.compile(r"^\+521([0-9]{10})$"), r"+52\1"),
    (re.compile(r"^\+54([1-8][0-9]{9})$"), r"+549\1"),
    (re.compile(r"^\+55([1-9][0-9])([6-9][0-9]{7})$"), r"+55\g<1>9\2"),
)
_OTHER_FORMS = (
    (re.compile(r"^\+52([0-9]{10})$"), r"+521\1"),
    (re.compile(r"^\+549([1-8][0-9]{9})$"), r"+54\1"),
    (re.compile(r"^\+55([1-9][0-9])9([6-9][0-9]{7})$"), r"+55\1\2"),
)


def check_email(text: str, *, field: Field, exists: bool = False) -> str:
    """Return the address with its domain normalised. Raises `Invalid`. Deliverability is not checked, since that would
    take a network call.

    RFC 5321 (4.1.2) allows single dots inside the local part. Japanese carriers gave out others, such as
    abc..def@docomo.ne.jp: they are taken at these carriers, and at any domain where the address `exists`, since mail
    came from it.
    """
    if len(text) > _LONGEST:
        raise Invalid("This e-mail address is too long.", field=field)
    local, at, domain = text.strip().rpartition("@")
    regular = local
    if exists or domain.lower() in _WITH_ANY_DOTS:
        regular = _DOTS.sub(".", local).strip(".")
    try:
        normal = validate_email(f"{regular}{at}{domain}", check_deliverability=False).normalized
    except EmailNotValidError:
        raise Invalid("This is not an e-mail address. Write it like name@example.com.", field=field) from None
    if regular == local:
        return normal
    return f"{unicodedata.normalize('NFC', local)}@{normal.rpartition('@')[2]}"


def check_phone(text: str, *, field: Field) -> str:
    """Return the number in E.164, e.g. +393331234567. Raises `Invalid`, also for a number without country code."""
    wrong = Invalid("This is not a phone number. Write it with its country code, like +39 333 1234567.", field=field)
    compact = _SEPARATORS.sub("", text)
    text = phone_key(compact) if compact.startswith("+521") else text  # which no numbering plan has any more
    if len(text) > _LONGEST:
        raise wrong
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise wrong from None
    if not phonenumbers.is_possible_number(number):
        raise wrong
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def carrier_phone(text: str, *, field: Field) -> str:
    """Return the number that a carrier gave, in E.164. It is kept as given even if no numbering plan that is known here
    has it, since messages come from it. Raises `Invalid` for a short code or a name."""
    if _INTERNATIONAL.fullmatch(text.strip()):
        return text.strip()
    return check_phone(text, field=field)


def phone_key(number: str) -> str:
    """Return the form in which E.164 numbers are compared. Three countries write a mobile number in two ways: Mexico
    with a 1 after +52, until 2019; Argentina with a 9 after +54 from abroad only; Brazil without the ninth digit in
    older WhatsApp accounts."""
    for pattern, form in _TWO_FORMS:
        number = pattern.sub(form, number)
    return number


def phone_forms(number: str) -> tuple[str, ...]:
    """Return every way to write the number, the form in which numbers are compared first."""
    key = phone_key(number)
    others = (pattern.sub(form, key) for pattern, form in _OTHER_FORMS)
    return tuple(dict.fromkeys((key, *others, number)))


def national_number(number: str) -> tuple[str, str] | None:
    """Return the country code of an E.164 number, and its digits within the country, without the 0 that some countries
    dial before them. `None` if no numbering plan that is known here has it."""
    if not number.startswith("+"):
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    return str(parsed.country_code), phonenumbers.national_significant_number(parsed)


def is_country_code(digits: str) -> bool:
    """Return whether an international number may begin with these digits alone before those within the country."""
    return digits.isdigit() and int(digits) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE


def email_key(address: str) -> str:
    """Return the form in which addresses are compared: NFC, lower case, and the domain in ASCII by IDNA 2008.

    No other letters are folded: a sharp s is not ss, and a long s (U+017F) is not s, as `str.casefold` would have it.
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", address.strip()).lower())
    local, at, domain = plain.rpartition("@")
    return f"{local}{at}{ascii_host(domain)}"


def ascii_host(name: str) -> str:
    """Return a host name in the ASCII form of the DNS, by IDNA 2008, in lower case. A name that IDNA does not allow is
    returned in lower case."""
    lower = name.lower()
    if lower.isascii():
        return lower
    try:
        return idna.encode(lower).decode()
    except idna.IDNAError:
        return lower
