"""Which parts of a mail are read, and HTML that is not well formed. The sources are public reports, as symptoms."""

from __future__ import annotations

import pytest

from integrations.email.parse import Rfc5322Parser

HTML = {  # every one of these says "My parcel is broken"
    "html-head-left-open (tempo-email-parser#31, 100eyes#488, usermin#76)": (
        "<html><head><meta charset=utf-8><body><p>My parcel is broken</p></body></html>"
    ),
    "html-head-open-with-style (tempo-email-parser#31)": (
        "<HTML><HEAD><TITLE>Mail</TITLE><STYLE>p{color:red}</STYLE><BODY bgcolor=white>"
        "<P>My parcel is broken</BODY></HTML>"
    ),
    "html-two-heads (usermin#76)": ("<html><head><head><title>x</title></head><body>My parcel is broken</body></html>"),
    "html-usual (control)": (
        "<html><head><title>x</title><style>p{color:red}</style></head><body><p>My parcel is broken</p>"
        "<script>alert(1)</script></body></html>"
    ),
    "a title that is left open": "<html><head><title>My parcel is broken</html>",
    "no body": "<style>p{}</style>My parcel is broken",
    "a template": "<template>no</template><noscript>no</noscript>My parcel is broken",
}
PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\n"
RICH = "Content-Type: text/html; charset=utf-8\r\n\r\n"
PICTURE = 'Content-Type: image/png; name="p.png"\r\n\r\nAAAA'
AMP = "Content-Type: text/x-amp-html; charset=utf-8\r\n\r\n<!doctype html><html ⚡4email><body>AMP</body></html>"
CALENDAR = "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR"


def multipart(kind: str, *parts: str, boundary: str = "rim1") -> str:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{body}--{boundary}--\r\n'


def text_of(mail: str) -> tuple[str, tuple[str, ...]]:
    parsed = Rfc5322Parser().parse(f"From: part@example.com\r\n{mail}".encode(), authserv_id=None)
    return parsed.whole, parsed.attachments


@pytest.mark.parametrize("markup", HTML.values(), ids=HTML.keys())
def test_html_says_what_a_browser_shows(markup: str) -> None:
    assert text_of(RICH + markup) == ("My parcel is broken", ())


def test_a_mail_of_pictures_has_no_text() -> None:
    assert text_of(f"{RICH}<style>p {{}}</style><img src=x>") == ("", ())


@pytest.mark.parametrize(
    ("mail", "text", "attachments"),
    [
        (  # mixed-html-and-footer (zammad#5640, nextcloud/mail#12655, mu#522)
            multipart("mixed", f"{RICH}<p>My parcel is broken</p>", f"{PLAIN}This e-mail was scanned by X."),
            "My parcel is broken\nThis e-mail was scanned by X.",
            (),
        ),
        (  # mixed-plain-then-html (nextcloud/mail#12655)
            multipart("mixed", f"{PLAIN}See the picture.", PICTURE, f"{RICH}<p>It is order 1007.</p>"),
            "See the picture.\nIt is order 1007.",
            ("p.png",),
        ),
        (  # alternative-with-amp (zammad#5640)
            multipart("alternative", f"{PLAIN}My parcel is broken", AMP, f"{RICH}<p>My parcel is broken</p>"),
            "My parcel is broken",
            (),
        ),
        (  # alternative-with-calendar (zammad#5640)
            multipart("alternative", f"{PLAIN}On Monday?", f"{RICH}<p>On Monday?</p>", CALENDAR),
            "On Monday?",
            (),
        ),
        (  # Apple Mail: pictures between the paragraphs of the rich alternative
            multipart(
                "alternative",
                f"{PLAIN}One\r\n\r\nTwo",
                multipart("mixed", f"{RICH}<p>One</p>", PICTURE, f"{RICH}<p>Two</p>", boundary="inner"),
            ),
            "One\n\nTwo",
            ("p.png",),
        ),
        (  # a plain alternative that is empty
            multipart("alternative", f"{PLAIN}\r\n", f"{RICH}<p>My parcel is broken</p>"),
            "My parcel is broken",
            (),
        ),
        (
            multipart("alternative", AMP, multipart("related", f"{RICH}<p>Hi</p>", PICTURE, boundary="i")),
            "Hi",
            ("p.png",),
        ),
        (multipart("mixed", f"{PLAIN}Meet?", CALENDAR), "Meet?", ()),
        (
            multipart("signed", f"{PLAIN}Signed", "Content-Type: application/pgp-signature\r\n\r\nx"),
            "Signed",
            ("application-pgp-signature",),
        ),
        (  # a picture without a name, as phones paste it
            multipart("mixed", f"{PLAIN}See", "Content-Type: image/png\r\n\r\nAAAA"),
            "See",
            ("image.png",),
        ),
        (  # mixed-with-a-file (control)
            multipart(
                "mixed",
                f"{PLAIN}My parcel is broken",
                'Content-Type: text/plain; name="log.txt"\r\nContent-Disposition: attachment\r\n\r\nlong',
            ),
            "My parcel is broken",
            ("log.txt",),
        ),
    ],
)
def test_the_parts_that_people_see(mail: str, text: str, attachments: tuple[str, ...]) -> None:
    assert text_of(mail) == (text, attachments)


NESTED = "".join(f"Content-Type: multipart/mixed; boundary=b{n}.\r\n\r\n--b{n}.\r\n" for n in range(60))
CUT = {
    "parts": multipart("mixed", f"{PLAIN}My parcel", *[PICTURE] * 600),
    "depth": multipart("mixed", f"{PLAIN}My parcel", NESTED + f"{PLAIN}is broken"),
    "text": f"{PLAIN}My parcel {'is broken ' * 110_000}",
    "markup": f"{RICH}My parcel {'<i>is</i> broken ' * 70_000}",
    "a picture in the markup": f"{RICH}<p>My parcel</p><img src='data:image/png;base64,{'iVBORw0K' * 1_000}'>",
}


@pytest.mark.parametrize("mail", CUT.values(), ids=CUT)
def test_a_mail_that_is_read_in_part_is_a_file_of_itself(mail: str) -> None:
    raw = f"From: part@example.com\r\n{mail}".encode()
    parsed = Rfc5322Parser().parse(raw, authserv_id=None)
    assert parsed.whole.startswith("My parcel")
    assert parsed.attachments[0] == "mail.eml"
    assert (parsed.files[0].content_type, parsed.files[0].start, parsed.files[0].end) == ("message/rfc822", 0, len(raw))


def test_pictures_in_the_markup_hide_no_words() -> None:
    picture = f'<img src="data:image/png;base64,{"iVBORw0K" * 200_000}">'
    assert text_of(f"{RICH}<p>My parcel</p>{picture}<p>is broken</p>") == ("My parcel\n\nis broken", ("mail.eml",))
    pixel = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
    assert text_of(f"{RICH}<p>My parcel</p>{pixel}<p>is broken</p>") == ("My parcel\n\nis broken", ())
