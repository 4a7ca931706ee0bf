"""Enums of forwarding."""

from domain.forwarding.model import DeadLetterReason
from resolvers.enums import register_enum

register_enum(
    DeadLetterReason,
    "Why an event became a dead letter.",
    {
        "REFUSED": "The receiver will never accept it.",
        "EXHAUSTED": "Every attempt failed for three days.",
        "NEWER": "Only a newer version of Baton knows its type. Retry it once the upgrade is finished.",
        "UNREADABLE": "Its stored form is damaged, as `baton doctor` says. Retry it once that is repaired.",
        "RESTORED": "It waited in a backup that was restored, and may have been delivered since.",
    },
)

__all__ = ["DeadLetterReason"]
