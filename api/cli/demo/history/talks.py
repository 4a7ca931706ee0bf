"""The questions that shoppers of the demo's shop ask, and how each goes on. `talks.json` has the texts.

`{order}`, `{city}`, `{size}` and `{staff}` stand for what is drawn for each conversation.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from domain.model.handoff import EscalationReason
from domain.values.record import Record

_FILE = Path(__file__).with_name("talks.json")


class Talk(Record):
    topic: str
    skill: str
    language: str
    weight: int  # how often it is drawn
    questions: tuple[str, ...]  # one of them begins the conversation
    answers: tuple[str, ...]  # one of them is the agent's
    more: tuple[tuple[str, str], ...]  # further questions, each with the reply to it, in order
    products: tuple[str, ...] = ()  # ids of products that the agent recommends
    reason: EscalationReason | None = None  # why it goes to a human, if it does
    summary: str | None = None
    replies: tuple[str, ...] = ()  # of the member of staff
    responses: tuple[str, ...] = ()  # of the shopper, one after each reply
    note: str | None = None  # of the member of staff, for colleagues


@cache
def talks() -> tuple[Talk, ...]:
    """Return all talks."""
    return tuple(msgspec.json.decode(_FILE.read_bytes(), type=list[Talk]))
