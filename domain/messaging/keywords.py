"""STOP, START and HELP: what carriers ask every sender of text messages to honour.

A message counts if the word is all of it, in any case, which is the rule of carriers and of Twilio: "stop please" goes
to the agent. The words are those of Twilio's own lists.
"""

from __future__ import annotations

from enum import StrEnum

_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_START = frozenset({"START", "UNSTOP", "YES"})
_HELP = frozenset({"HELP", "INFO"})
_AROUND = " \t\r\n.!\"'“”"


class Keyword(StrEnum):
    STOP = "STOP"
    START = "START"
    HELP = "HELP"


def keyword_of(text: str, *, carrier_says: str | None = None) -> Keyword | None:
    """Return the keyword that a text is, or `None`. If the carrier has recognised one by its own lists (Twilio's
    `OptOutType`), that one counts.

    The caller decides whether START counts: from a shopper who has not opted out it is an ordinary word.
    """
    if carrier_says is not None and carrier_says in Keyword.__members__:
        return Keyword[carrier_says]
    word = text.strip(_AROUND).upper()
    if word in _STOP:
        return Keyword.STOP
    if word in _START:
        return Keyword.START
    return Keyword.HELP if word in _HELP else None


def help_text(account_name: str) -> str:
    """Return the reply to HELP."""
    return (
        f"{account_name}: write to us here and we reply. Reply STOP to opt out of messages, START to "
        "opt in again. Your carrier's message and data rates may apply."
    )
