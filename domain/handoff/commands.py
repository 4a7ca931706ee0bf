"""Inputs of the commands of a handoff."""

from __future__ import annotations

from domain.model.handoff import EscalationReason
from domain.values.ids import ConversationId, HandoffId
from domain.values.record import Record


class RequestHandoff(Record):
    conversation_id: ConversationId
    epoch: int
    reason: EscalationReason
    reason_detail: str | None = None
    summary: str | None = None
    skill: str | None = None
    tags: tuple[str, ...] = ()
    turn: int | None = None  # number of the claim that it ends


class AnswerOffer(Record):
    handoff_id: HandoffId
    accept: bool


class WithdrawHandoff(Record):
    handoff_id: HandoffId
