"""Texts that pages must show as text: markup, directions, every script, great length; and the widget's own words."""

from __future__ import annotations

import json
import re
import sys
import unicodedata

from tests.docs.pages import ROOT

_ENTRY = re.compile(r'^  (\w+): (".*"),', re.MULTILINE)


def _every_script() -> str:
    """Three letters of each script; the first word of a letter's name says which it is of."""
    letters: dict[str, str] = {}
    for code in range(0xC0, sys.maxunicode + 1):
        letter = chr(code)
        if not unicodedata.category(letter).startswith("L"):
            continue
        script = unicodedata.name(letter, "NAMELESS").split()[0]
        if len(letters.setdefault(script, "")) < 3:
            letters[script] += letter
    return " ".join(letters.values())


HOSTILE = [
    "<script>window.hacked = true</script><img src=x onerror='window.hacked = true'>",
    "</p></article><style>* { display: none }</style><svg onload=window.hacked=true> &lt;b&gt; &#x41; {{7*7}} ${7*7}",
    "javascript:alert(1) [click](javascript:alert(1)) data:text/html,<b>no</b>",
    "\u202eevil\u202c שלום, مرحبا, and back; \u2066isolated\u2069, nothing\u200bwide",
    "漢字 नमस्ते 🧑‍🚀 Z̷͓̈́a̵l̶g̷o̴",
    _every_script(),
    "x" * 10_000,
]
LANGUAGES = sorted(path.stem for path in (ROOT / "web/src/widget/texts").glob("??.ts"))


def words_of(language: str) -> dict[str, str]:
    """The widget's own words in a language."""
    source = (ROOT / f"web/src/widget/texts/{language}.ts").read_text()
    return {name: json.loads(text) for name, text in _ENTRY.findall(source)}
