"""X-Twilio-Signature, checked against Twilio's documented example."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from api.webhooks.twilio import is_signed

TOKEN, ADDRESS = "12345", "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_the_vendors_vector() -> None:
    assert is_signed(TOKEN, ADDRESS, FORM, SIGNATURE)
    assert is_signed(TOKEN, ADDRESS, FORM[::-1], SIGNATURE)


@pytest.mark.parametrize(
    ("token", "address", "form", "signature"),
    [
        ("12346", ADDRESS, FORM, SIGNATURE),
        (TOKEN, ADDRESS + "&x", FORM, SIGNATURE),
        (TOKEN, ADDRESS.replace("https", "http"), FORM, SIGNATURE),
        (TOKEN, ADDRESS, FORM[1:], SIGNATURE),
        (TOKEN, ADDRESS, [*FORM, ("To", "+1")], SIGNATURE),
        (TOKEN, ADDRESS, FORM, SIGNATURE.lower()),
        (TOKEN, ADDRESS, FORM, ""),
        (TOKEN, ADDRESS, FORM, "ü"),
    ],
)
def test_anything_else_is_refused(token: str, address: str, form: list[tuple[str, str]], signature: str) -> None:
    assert not is_signed(token, address, form, signature)


def made(address: str, said: str) -> str:
    return base64.b64encode(hmac.digest(TOKEN.encode(), (address + said).encode(), hashlib.sha1)).decode()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("https://baton.example/h", "https://baton.example:443/h"),
        ("https://baton.example:443/h", "https://baton.example/h"),
        ("http://baton.example/h", "http://baton.example:80/h"),
        ("https://baton.example:8443/h?a=b", "https://baton.example/h?a=b"),
        ("https://[::1]:8443/h", "https://[::1]/h"),
    ],
)
def test_with_and_without_the_port(ours: str, theirs: str) -> None:
    assert is_signed(TOKEN, ours, [("a", "1")], made(theirs, "a1"))
    assert is_signed(TOKEN, ours, [("a", "1")], made(ours, "a1"))
    assert not is_signed(TOKEN, ours, [("a", "1")], made("https://evil.example/h", "a1"))


def test_repeated_field_names() -> None:
    form = [("b", "2"), ("a", "z"), ("a", "y"), ("a", "z"), ("b", "")]
    assert is_signed(TOKEN, "https://x.example/", form, made("https://x.example/", "ayazbb2"))
