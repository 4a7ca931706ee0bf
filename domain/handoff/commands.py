"""What callers may ask of a handoff, as it came."""

from __future__ import annotations

from dataclasses import dataclass

from domain.handoff.model import EscalationReason
from domain.ids import ConversationId, HandoffId


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHandoff:
    conversation_id: ConversationId
    epoch: int
    reason: EscalationReason
    reason_detail: str | None = None
    summary: str | None = None
    skill: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer:
    handoff_id: HandoffId
    accept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawHandoff:
    handoff_id: HandoffId
