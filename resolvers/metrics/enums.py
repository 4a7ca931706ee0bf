"""Enums of reports."""

from enum import StrEnum

from resolvers.enums import register_enum


class MetricsGroup(StrEnum):
    CHANNEL = "CHANNEL"
    STATUS = "STATUS"
    TAG = "TAG"


register_enum(
    MetricsGroup,
    "By what a series is made.",
    {
        "CHANNEL": "One series a channel; the totals add up to the volume.",
        "STATUS": "One series a status; the totals add up to the volume.",
        "TAG": 'One series a tag: a conversation counts under each of its tags, and under "Untagged" without any.',
    },
)

__all__ = ["MetricsGroup"]
