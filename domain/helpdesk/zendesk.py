"""Rules that Zendesk's events and its API share."""

from __future__ import annotations

from domain.attachments.file_names import clean_file_name
from domain.helpdesk.model import AuthorRole

CLOSED_STATUSES = frozenset({"solved", "closed", "deleted"})
_MOST_FILES = 50  # attachments that a message names


def author_role(author_id: str, *, is_staff: bool, requester_id: str, own_id: str | None) -> AuthorRole:
    """Return the role of a comment's author. `own_id`: the user whose credentials Baton has."""
    if author_id == own_id:
        return AuthorRole.BATON
    if is_staff:
        return AuthorRole.TEAM
    return AuthorRole.REQUESTER if author_id == requester_id else AuthorRole.OTHER


def with_files(text: str, attachments: object) -> str:
    """Return the text of a comment with a line for each attached file, which stays in Zendesk. `attachments`: as
    Zendesk sends them."""
    files = [a for a in attachments if isinstance(a, dict)] if isinstance(attachments, list) else []
    names = (str(file.get("filename") or file.get("file_name") or "file") for file in files[:_MOST_FILES])
    lines = "\n".join(f"[attachment: {clean_file_name(name)}]" for name in names)
    return "\n\n".join(part for part in (text.strip(), lines) if part) if lines else text
