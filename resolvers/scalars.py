"""Custom scalars, each with its wire format and source."""

from __future__ import annotations

from typing import NewType

Cursor = NewType("Cursor", str)
