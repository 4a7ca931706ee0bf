"""STOP, START and HELP: what carriers ask every sender of text messages to honour.

Only a message of the one word counts, in any case, as carriers and Twilio have it: "stop please" is for the agent. The
words are those that Twilio takes for its own lists.
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
    """What a text asks for. Where the carrier has decided it by lists of its own (Twilio's `OptOutType`), that holds.

    START counts for one who has stopped; from anybody else it is the caller's to take it as an ordinary word.
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
    return (
        f"{account_name}: write to us here and you get an answer. Reply STOP and you are sent nothing more, START to "
        "hear from us again. Your carrier's message and data rates may apply."
    )
