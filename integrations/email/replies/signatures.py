"""Signatures at the end of what a person wrote: the usual delimiter (RFC 3676, 4.3), and what phones add by themselves.

A line of two hyphens without the space behind them is also typed by people, so that what follows it must look like a
signature: a few lines that are no sentences. Of phones, only whole lines count: "Sent from my iPhone".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_DELIMITER = "-- "
_TYPED = "--"
_MAX_LINES = 6  # of a signature below a delimiter that may be typed
_SENTENCE_ENDS = (".", "?", "!", "。", "？", "！", "…", "؟", ":", "：", ",")
_DEVICE = (
    r"(?:i\s?phon\w*|i\s?pad\w*|i\s?pod\w*|ios|android|galaxy|samsung|huawei|xiaomi|redmi|pixel|nokia|blackberry|handy|"
    r"smartphone|mobile|mobil\w*|tablet|outlook|yahoo|gmx|web\.de|proton ?mail|mail (?:for|für|pour|per|para) windows|"
    r"t-online|aol|mail\.ru|яндекс)"
)
_TAIL = r"[^\n.!?。]{0,40}"
_BY_DEVICE = re.compile(
    "|".join((
        rf"(?:sent|written) (?:from|via|with|by|using) {_TAIL}{_DEVICE}{_TAIL}",
        rf"von mein\S* {_TAIL}{_DEVICE}{_TAIL} gesendet",
        rf"(?:diese \w+ wurde )?gesendet (?:von|mit|aus|über) {_TAIL}{_DEVICE}{_TAIL}",
        rf"envoyé (?:de|depuis|à partir|avec) ?{_TAIL}{_DEVICE}{_TAIL}",
        rf"(?:enviado|enviada) (?:desde|do|de|da|con|com|a partir) ?{_TAIL}{_DEVICE}{_TAIL}",
        rf"inviato (?:da|dal|con) ?{_TAIL}{_DEVICE}{_TAIL}",
        rf"(?:verzonden|verstuurd) (?:vanaf|met|via|vanuit) {_TAIL}{_DEVICE}{_TAIL}",
        rf"wysłan[eo] (?:z|za pomocą|przy użyciu) {_TAIL}{_DEVICE}{_TAIL}",
        rf"(?:skickat|sendt|sänt) (?:från|fra|med) {_TAIL}{_DEVICE}{_TAIL}",
        rf"lähetetty {_TAIL}{_DEVICE}{_TAIL}",
        rf"(?:odesláno|odoslané) (?:z|ze|pomocí) {_TAIL}{_DEVICE}{_TAIL}",
        rf"{_TAIL}{_DEVICE}{_TAIL}(?:küldve|gönderildi|gönderilmiştir)",
        rf"trimis (?:de pe|din|cu) {_TAIL}{_DEVICE}{_TAIL}",
        rf"στάλθηκε από {_TAIL}{_DEVICE}{_TAIL}",
        rf"(?:отправлено|надіслано|відправлено) (?:с|со|из|з|зі|із) {_TAIL}{_DEVICE}{_TAIL}",
        rf"تم الإرسال من {_TAIL}{_DEVICE}{_TAIL}|(?:أرسلت|أُرسلت) من {_TAIL}{_DEVICE}{_TAIL}",
        rf"נשלח מ{_TAIL}{_DEVICE}{_TAIL}",
        rf"{_TAIL}{_DEVICE}{_TAIL}(?:から送信|에서 보냄|傳送)",
        rf"(?:发自|發自){_TAIL}{_DEVICE}{_TAIL}",
        rf"(?:đã gửi|được gửi|gửi) từ {_TAIL}{_DEVICE}{_TAIL}",
        rf"(?:dikirim|terkirim) dari {_TAIL}{_DEVICE}{_TAIL}",
        r"sent with proton ?mail(?: \(https?://[^\s()]{1,60}\))? secure email\.?",
        r"[^\n]{0,60}outlook[^\n]{0,40}[<(]https?://aka\.ms/[^\s<>()]{1,40}[>)]",
    )),
    re.IGNORECASE,
)  # fmt: skip
_LONGEST = 160  # characters of a line


def without_signature(lines: Sequence[str]) -> list[str]:
    """Return the lines without the signature at their end."""
    delimiter = next((i for i, line in enumerate(lines) if _is_delimiter(lines, i, line)), len(lines))
    kept = list(lines[:delimiter])
    last = next((i for i in reversed(range(len(kept))) if kept[i].strip()), None)
    if last is not None and len(kept[last]) <= _LONGEST and _BY_DEVICE.fullmatch(kept[last].strip()):
        del kept[last:]
    return kept


def _is_delimiter(lines: Sequence[str], index: int, line: str) -> bool:
    if line == _DELIMITER:
        return True
    if line != _TYPED:
        return False
    below = [each.strip() for each in lines[index + 1 : index + 2 + 2 * _MAX_LINES] if each.strip()]
    return len(below) <= _MAX_LINES and not any(each.endswith(_SENTENCE_ENDS) for each in below)
