"""STOP, START and HELP: what carriers ask every sender of text messages to honour.

A message counts if the word is all of it, in any case and width, with any punctuation or emoji around it, which is the
rule of carriers and of Twilio: "stop please" goes to the agent. "Stop. Stop!" is the word twice. The words are those of
Twilio's own lists, and Canada's ARRÊT. On WhatsApp, which has no such rule of carriers, the words that also reply to a
question (Cancel, End, Quit) stop nothing.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from domain.values.channel import Channel

_STOP = frozenset({
    "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "UN SUBSCRIBE", "REVOKE", "OPTOUT", "OPT OUT", "ARRET", "ARRÊT",
})  # fmt: skip
_STOP_BY_SMS = _STOP | {"CANCEL", "END", "QUIT"}  # replies to a question on WhatsApp
_START = frozenset({"START", "UNSTOP", "YES"})
_HELP = frozenset({"HELP", "INFO"})
_NO_LETTERS = re.compile(r"[\W_]+")  # punctuation, emoji with their selectors, white space
_LONGEST = 200  # characters of a text that can be a keyword


class Keyword(StrEnum):
    STOP = "STOP"
    START = "START"
    HELP = "HELP"


def keyword_of(text: str, *, channel: Channel = Channel.SMS, carrier_says: str | None = None) -> Keyword | None:
    """Return the keyword that a text is, or `None`. If the carrier has recognised one by its own lists (Twilio's
    `OptOutType`), that one counts.

    The caller decides whether START counts: from a shopper who has not opted out it is an ordinary word.
    """
    if carrier_says is not None and carrier_says in Keyword.__members__:
        return Keyword[carrier_says]
    word = _word(text)
    if _said_once(word) in (_STOP if channel is Channel.WHATSAPP else _STOP_BY_SMS):
        return Keyword.STOP
    if word in _START:
        return Keyword.START
    return Keyword.HELP if word in _HELP else None


def _word(text: str) -> str:
    """The letters of a text in upper case and usual width, with single spaces between words; empty for a question."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST])
    if len(text) > _LONGEST or "?" in plain:
        return ""
    visible = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")  # such as zero-width spaces
    return _NO_LETTERS.sub(" ", visible).strip().upper()


def _said_once(word: str) -> str:
    words = set(word.split())
    return words.pop() if len(words) == 1 else word


def help_text(account_name: str) -> str:
    """Return the reply to HELP."""
    return (
        f"{account_name}: write to us here and we reply. Reply STOP to opt out of messages, START to "
        "opt in again. Your carrier's message and data rates may apply."
    )
