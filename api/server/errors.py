"""How a program of ours ends where it cannot go on."""

from __future__ import annotations


class OperatorError(Exception):
    """Something the operator can put right; its text says what."""


class Interrupted(Exception):
    """A signal ended the program before it was done."""
