"""The text of a message that a channel brought: what was written, and a line for each file, which agents read too."""

from __future__ import annotations

from collections.abc import Sequence

from domain.values.text import LABEL_LIMIT, MESSAGE_LIMIT, is_blank, one_line, without_controls

_MOST_LINES = 50  # files that a message lists


def message_text(text: str, files: Sequence[str] = (), left_out: Sequence[str] = ()) -> str:
    """Return the text without characters that cannot be shown, with a line for each file. `left_out`: those of the
    files that could not be kept."""
    shown = without_controls(text).strip()
    lines = [f"[attachment: {label(name) or 'file'}]" for name in files[:_MOST_LINES]]
    lines += [f"[left out: {label(name) or 'file'}]" for name in left_out[:_MOST_LINES]]
    listed = "\n".join(lines)
    room = MESSAGE_LIMIT - len(listed) - 3
    shown = shown if len(shown) <= room else f"{shown[:room]}…"
    if is_blank(shown):
        return listed
    return f"{shown}\n\n{listed}" if listed else shown


def label(text: str | None) -> str | None:
    """Return the text as one line of bounded length; None if nothing is left."""
    return one_line(text or "", limit=LABEL_LIMIT) or None
