"""Decoding of text in the charsets that mail programs write.

Labels are read as the WHATWG Encoding Standard reads them (https://encoding.spec.whatwg.org), since mail programs
label text as browsers do: `gb2312` is GB 18030, `iso-8859-1` is windows-1252, `ks_c_5601-1987` is code page 949. Mail
has some more labels and charsets, such as `cp932` and ISO-2022-KR. Where Python's codec has fewer characters than the
standard's index, a wider codec takes its place.
"""

from __future__ import annotations

import re
from functools import cache

import webencodings

_CODECS = {  # the codec of Python that has all characters of the standard's index, where its name is another one
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "windows-874": "cp874",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-user-defined": "latin-1",
    "replacement": "latin-1",
}
_OTHER = {  # labels of mail that the standard does not have, or gives up, and the codec or label for each
    **dict.fromkeys(("cp932", "ms932", "windows-932", "x-mac-japanese"), "cp932"),
    **dict.fromkeys(("cp936", "ms936", "windows-936", "x-mac-chinesesimp"), "gb18030"),
    **dict.fromkeys(("cp949", "ms949", "uhc", "ks_c_5601", "x-mac-korean"), "cp949"),
    **dict.fromkeys(("cp950", "ms950", "windows-950", "x-mac-chinesetrad"), "big5hkscs"),
    **dict.fromkeys(("hz-gb-2312", "hz-gb2312", "hz"), "hz"),
    **dict.fromkeys(("iso-2022-kr", "csiso2022kr"), "iso2022_kr"),
    **dict.fromkeys(("iso-2022-jp-1", "iso-2022-jp-3", "iso-2022-jp-ms"), "iso-2022-jp"),
    **dict.fromkeys(("cp50220", "cp50221", "cp50222"), "iso-2022-jp"),
    **dict.fromkeys(("utf-7", "unicode-1-1-utf-7", "unicode-2-0-utf-7", "csunicode11utf7"), "utf-7"),
    **dict.fromkeys(("latin-9", "latin9", "iso-latin-9"), "iso-8859-15"),
    **{f"{prefix}{page}": f"cp{page}" for prefix in ("cp", "ibm", "ibm-", "") for page in (437, 850, 852, 855, 858)},
    "iso-2022-jp-2": "iso2022_jp_2",
    "utf-32": "utf-32",
}
_SEVEN_BITS = frozenset({"us-ascii", "ascii", "ansi_x3.4-1968", "ansi_x3.4-1986", "iso-ir-6", "iso646-us", "646"})
_SINGLE_BYTE = re.compile(r"windows-\d+|cp874|iso-8859-\d+|koi8-[ru]|mac-\w+|ibm866")
_EUC_JP = re.compile(rb"((?:[\xa1-\xfe]{2})+)|(?:\x8f[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|[\x00-\x7f])+|.", re.DOTALL)
_ISO_2022_JP = re.compile(rb"\x1b(?:\$[@B]|\([BIJ])")


def decode(raw: bytes, label: str | None) -> str:
    """Return the text in the labelled charset, else in UTF-8, else in windows-1252, whichever fits first. Bytes that
    fit nothing become U+FFFD. Without a label of use, ISO-2022-JP is told by its escape sequences."""
    name = _codec(label) if label else None
    if name is None and _ISO_2022_JP.search(raw) and raw.isascii():
        name = "iso-2022-jp"
    for candidate in dict.fromkeys((name, "utf-8")):
        if candidate is None:
            continue
        try:
            return _storable(_decoded(raw, candidate, "strict"))
        except (LookupError, ValueError):
            continue
    # "utf-8" for text that is not is the usual wrong label of old programs
    return _storable(_decoded(raw, name if name and name != "utf-8" else "windows-1252", "replace"))


def _codec(label: str) -> str | None:
    """The codec of a label; None for one that nobody knows."""
    label = label.strip(" \"'").lower()
    if label in _OTHER:
        return _OTHER[label]
    encoding = None if label in _SEVEN_BITS else webencodings.lookup(label)
    if encoding is None:
        return None  # also for bytes of eight bits in a charset of seven: they are UTF-8 or windows-1252
    name = str(encoding.name)
    return _CODECS.get(name, name)


def _decoded(raw: bytes, codec: str, errors: str) -> str:
    if codec == "iso-2022-jp":
        return _decode_iso_2022_jp(raw, errors)
    if codec == "euc-jp":
        return _decode_euc_jp(raw, errors)
    if _SINGLE_BYTE.fullmatch(codec):
        return _decode_single_bytes(raw, codec)
    return raw.decode(codec, errors)


def _decode_single_bytes(raw: bytes, codec: str) -> str:
    return raw.decode("latin-1").translate(_table(codec))


@cache
def _table(codec: str) -> str:
    """The character of each byte. Bytes without one are C1 controls, as in the standard's indexes."""
    return "".join(bytes([n]).decode(codec, "ignore") or chr(n) for n in range(256))


def _decode_iso_2022_jp(raw: bytes, errors: str) -> str:
    """JIS X 0208 with the rows that NEC added (code page 50220), which Python's codec does not have: its characters are
    those of code page 932 at computed places."""
    text, double, katakana = [], False, False
    for part in re.split(rb"(\x1b(?:\$[@B]|\([BIJ]|\$\(D))", raw):
        if part.startswith(b"\x1b"):
            double, katakana = part in (b"\x1b$@", b"\x1b$B"), part == b"\x1b(I"
        elif double:
            text.append(_shift_jis(part).decode("cp932", errors))
        elif katakana:
            text.append(bytes(byte | 0x80 for byte in part).decode("cp932", errors))
        elif b"\x1b" in part:
            raise UnicodeDecodeError("iso-2022-jp", part, 0, 1, "unknown escape sequence")
        else:
            text.append(part.decode("ascii", errors))
    return "".join(text)


def _decode_euc_jp(raw: bytes, errors: str) -> str:
    """As Python's codec, with the rows that NEC added (code page 51932)."""
    return "".join(
        _shift_jis(bytes(byte & 0x7F for byte in match[0])).decode("cp932", errors)
        if match[1]
        else match[0].decode("euc_jp", errors)
        for match in _EUC_JP.finditer(raw)
    )


def _shift_jis(jis: bytes) -> bytes:
    """Two-byte characters from JIS to Shift JIS (JIS X 0208:1997, annex 1). Line ends are kept."""
    result, index = bytearray(), 0
    while index < len(jis):
        first = jis[index]
        if first < 0x21 or index + 1 == len(jis):
            result.append(first)
            index += 1
            continue
        second = jis[index + 1]
        lead = (first + 1) // 2 + (0x70 if first < 0x5F else 0xB0)
        trail = second + (0x1F + (second >= 0x60) if first % 2 else 0x7E)
        result += bytes((lead & 0xFF, trail & 0xFF))
        index += 2
    return bytes(result)


def _storable(text: str) -> str:
    """The text without lone surrogates, which some codecs decode to and which cannot be encoded again."""
    return text.encode("utf-8", "replace").decode()
