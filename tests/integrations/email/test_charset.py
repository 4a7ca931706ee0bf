"""Characters of mails that other products misread. `SOURCE` names the public reports, as symptoms."""

from __future__ import annotations

import base64

import pytest

from integrations.email.charset import decode
from integrations.email.parse import Rfc5322Parser

# name, source, label, base64 of the bytes, right text
CASES = [
    ("iso-2022-jp-nec", "Alinto/sogo#380, zammad#4680 (field 5).", "iso-2022-jp", "GyRCQ21KOC0hGyhC", "注文①"),
    (
        "gb2312-is-gbk",
        "osTicket PR#2000, mikel/mail PR#504, helpy#2059, Kanmail#178 (field 5).",
        "gb2312",
        "wO7pRrXEtqm1pQ==",
        "李镕的订单",
    ),
    ("shift-jis-is-cp932", "zammad#4680 (field 5).", "shift_jis", "ko2VtodAh4ru4A==", "注文①㈱髙"),
    ("ks-c-5601-is-cp949", "stalwart PR#20 (field 5).", "ks_c_5601-1987", "jGO55rCix88=", "똠방각하"),
    ("big5-is-cp950", "freescout#5356 (field 5).", "big5", "+da9TKq6rXGz5qFB+ds=", "碁盤的訂單，粧"),
    ("windows-874", "zammad#6144 (field 5).", "windows-874", "ytS5pOnS4MrVwiCT4bWhlA==", "สินค้าเสีย “แตก”"),
    ("latin-1-is-cp1252", "neomutt#462 (field 5).", "iso-8859-1", "SXSScyBicm9rZW4gliBoZWxw", "It’s broken – help"),
    (
        "latin-5-is-cp1254",
        "variation of neomutt#462 (field 5).",
        "iso-8859-9",
        "U2lwYXJp/iCTZ2VsbWVkaZQgliDw",
        "Sipariş “gelmedi” – ğ",
    ),
    ("no-charset-iso-2022-jp", "zammad#6144 (field 5).", None, "GyRCQ21KOEhWOWYbKEIgNw==", "注文番号 7"),
    ("euc-jp-nec", "variation of Alinto/sogo#380 (field 5).", "euc-jp", "w+3KuK2h", "注文①"),
    ("x-sjis", "variation of zammad#4680 (field 5).", "x-sjis", "ko2VtpTUjYY=", "注文番号"),
    ("windows-31j", "variation of zammad#4680 (field 5).", "Windows-31J", "ko2VtodAlNQ=", "注文①番"),
    ("iso-8859-8-i", "variation of field 5.", "iso-8859-8-i", "5OTm7vDkIPns6Q==", "ההזמנה שלי"),
    ("utf-8", "control", "utf-8", "T8O5IGVzdCBtYSBjb21tYW5kZSA/IOazqOaWhyDwn5Om", "Où est ma commande ? 注文 📦"),
    ("latin-1-accents", "control", "iso-8859-1", "T/kgZXN0LWVsbGUsIFpv6z8=", "Où est-elle, Zoë?"),
    ("koi8-r", "control", "koi8-r", "58TFIM3PyiDawcvB2j8=", "Где мой заказ?"),
    ("iso-2022-jp-plain", "control", "iso-2022-jp", "GyRCQ21KOEhWOWYkRyQ5GyhC", "注文番号です"),
    ("no-charset-utf-8", "control", None, "T8O5IGVzdC1lbGxlID8g5rOo5paH", "Où est-elle ? 注文"),
]
HEADERS = [
    ("subject-iso-2022-jp-nec", "Alinto/sogo#380", "=?ISO-2022-JP?B?GyRCQ21KOC0hGyhC?=", "注文①"),
    ("subject-gb2312-is-gbk", "mikel/mail PR#504", "=?gb2312?B?wO7pRrXEtqm1pQ==?=", "李镕的订单"),
    ("subject-latin-1-is-cp1252", "neomutt#462", "=?iso-8859-1?Q?It=92s_late?=", "It’s late"),
    ("subject-utf-8-words", "control", "=?utf-8?Q?Ma_commande_n=C2=B0?=\r\n =?utf-8?Q?_7?=", "Ma commande n° 7"),
]


@pytest.mark.parametrize(("label", "encoded", "right"), [case[2:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_body(label: str | None, encoded: str, right: str) -> None:
    charset = "" if label is None else f"; charset={label}"
    head = f"From: chars@example.com\r\nContent-Type: text/plain{charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    mail = Rfc5322Parser().parse(head.encode() + base64.b64decode(encoded), authserv_id=None)
    assert mail.whole == right


@pytest.mark.parametrize(("header", "right"), [case[2:] for case in HEADERS], ids=[case[0] for case in HEADERS])
def test_a_subject(header: str, right: str) -> None:
    mail = Rfc5322Parser().parse(f"Subject: {header}\r\n\r\nHello".encode(), authserv_id=None)
    assert mail.subject == right


def test_the_name_of_a_sender() -> None:
    """from-name-gb2312-is-gbk (mikel/mail PR#504)."""
    mail = Rfc5322Parser().parse(b"From: =?gb2312?B?wO7pRg==?= <li@example.com>\r\n\r\nHello", authserv_id=None)
    assert (mail.name, mail.sender) == ("李镕", "li@example.com")


LABELS = {  # of mail, which the standard for the web does not have; variations
    "cp932": "注文①",
    "cp936": "订单",
    "gb_2312-80": "订单",
    "hz-gb-2312": "订单",
    "cp949": "똠방각하",
    "ks_c_5601": "주문",
    "iso-2022-kr": "주문",
    "cp950": "訂單",
    "iso-2022-jp-1": "注文",
    "iso-2022-jp-2": "注文",
    "cp50220": "注文",
    "us-ascii": "Zoë",  # in UTF-8
    "unicode-1-1-utf-7": "Zoë",
    "latin-9": "Œ€",
    "ibm850": "Zoë",
    "cp65001": "Zoë",
    "x-unknown": "Zoë",
}
_CODECS = {
    "gb_2312-80": "gbk",
    "hz-gb-2312": "hz",
    "ks_c_5601": "cp949",
    "cp50220": "iso-2022-jp",
    "unicode-1-1-utf-7": "utf-7",
    "latin-9": "iso-8859-15",
    **dict.fromkeys(("us-ascii", "cp65001", "x-unknown"), "utf-8"),
}


@pytest.mark.parametrize("label", LABELS)
def test_labels_of_mail(label: str) -> None:
    text = LABELS[label]
    assert decode(text.encode(_CODECS.get(label, label)), label) == text
    assert decode(text.encode(_CODECS.get(label, label)), f" {label.upper()}") == text


def test_a_charset_of_seven_bits_with_other_bytes() -> None:
    assert decode("It’s – 5 €".encode("cp1252"), "us-ascii") == "It’s – 5 €"
    assert decode("注文".encode("iso-2022-jp"), "us-ascii") == "注文"


@pytest.mark.parametrize(
    "codec", ["cp932", "euc_jp", "iso2022_jp", "gb18030", "big5hkscs", "cp949", "cp1252", "koi8-r"]
)
def test_every_character_of_a_codec_comes_back(codec: str) -> None:
    labels = {"cp932": "shift_jis", "euc_jp": "euc-jp", "iso2022_jp": "iso-2022-jp", "cp949": "euc-kr"}
    text = "".join(c for c in map(chr, range(0x20, 0xFFFF)) if _encodes(c, codec))
    label = labels.get(codec, codec.removesuffix("hkscs"))
    got = decode(text.encode(codec), label)
    wrong = [(a, b) for a, b in zip(text, got, strict=True) if a != b]
    assert len(wrong) <= 8, wrong[
        :20
    ]  # signs that Microsoft's tables have at other places of Unicode, such as the wave dash


def _encodes(character: str, codec: str) -> bool:
    try:
        return character.encode(codec).decode(codec) == character
    except UnicodeError:
        return False


@pytest.mark.parametrize(
    "label", ["utf-8", "us-ascii", "unknown-8bit", "idna", "unicode_escape", "x" * 100, "", "\x00"]
)
def test_a_wrong_label_keeps_what_can_be_read(label: str) -> None:
    assert decode("Où ?".encode("cp1252"), label) == "Où ?"
    assert decode("Où ?".encode(), label) in ("Où ?", "OÃ¹ ?")


def test_one_odd_byte_leaves_the_rest() -> None:
    assert decode("注文".encode("cp932") + b"\xff" + "番号".encode("cp932"), "shift_jis").startswith("注文")
