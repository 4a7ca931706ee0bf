"""Enums of the guidance."""

from domain.guidance.replay import ReplayOutcome
from domain.model.agent.guidance import RuleCombination, Sentiment, Tone
from resolvers.enums import register_enum

register_enum(
    Tone,
    "The tone in which the agent writes.",
    {
        "NEUTRAL": "Factual, without a personal note.",
        "PROFESSIONAL": "Polite and formal.",
        "FRIENDLY": "Warm and personal.",
        "PLAYFUL": "Light, with humour.",
        "CUSTOM": "A tone of the account's own, described in `customTone`.",
    },
)

register_enum(
    RuleCombination,
    "The way in which the conditions of a rule are combined.",
    {"ALL": "All conditions that are set must hold.", "ANY": "One of the conditions that are set must hold."},
)

register_enum(
    Sentiment,
    "A degree to which a message sounds unhappy, measured by a lexicon in 12 languages: da, de, en, es, fi, fr, it, "
    "nb, nl, pl, pt and sv.",
    {
        "NEGATIVE": "The message sounds unhappy: its score is -1 or less.",
        "VERY_NEGATIVE": "The message sounds very unhappy: its score is -3 or less.",
    },
)

register_enum(
    ReplayOutcome,
    "The prediction of escalation rules for a past conversation, beside what happened. Predicted means that a rule "
    "matches a message before the handoff.",
    {
        "TRUE_POSITIVE": "Predicted, and handed over.",
        "FALSE_POSITIVE": "Predicted, and not handed over.",
        "FALSE_NEGATIVE": "Not predicted, and handed over.",
        "TRUE_NEGATIVE": "Neither predicted nor handed over.",
    },
)

__all__ = ["ReplayOutcome", "RuleCombination", "Sentiment", "Tone"]
