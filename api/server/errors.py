"""The errors with which a command of this program ends."""

from __future__ import annotations


class OperatorError(Exception):
    """The operator can resolve it; the text says how."""


class Interrupted(Exception):
    """A signal ended the program early."""
