"""Enums of reports."""

from enum import StrEnum

from resolvers.enums import register_enum


class MetricsGroup(StrEnum):
    CHANNEL = "CHANNEL"
    STATUS = "STATUS"
    TAG = "TAG"


register_enum(
    MetricsGroup,
    "The attribute by which a report is divided into series.",
    {
        "CHANNEL": "A series for each channel. The totals add up to the volume.",
        "STATUS": "A series for each status. The totals add up to the volume.",
        "TAG": "A series for each tag. A conversation counts under each of its tags, and under `Untagged` if it "
        "has none.",
    },
)

__all__ = ["MetricsGroup"]
