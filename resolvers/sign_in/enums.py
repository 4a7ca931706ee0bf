"""Enum of the list of sessions."""

from enum import StrEnum

from resolvers.enums import register_enum


class SessionView(StrEnum):
    MINE = "MINE"
    ALL = "ALL"


register_enum(
    SessionView,
    "The sessions of a list.",
    {"MINE": "The sessions of the caller.", "ALL": "The sessions of all staff. For OWNER and ADMIN."},
)

__all__ = ["SessionView"]
