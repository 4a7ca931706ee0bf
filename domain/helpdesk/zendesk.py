"""Rules that Zendesk's events and its API share."""

from __future__ import annotations

from domain.helpdesk.model import AuthorRole

CLOSED_STATUSES = frozenset({"solved", "closed", "deleted"})


def author_role(author_id: str, *, is_staff: bool, requester_id: str, own_id: str | None) -> AuthorRole:
    """Return the role of a comment's author. `own_id`: the user whose credentials Baton has."""
    if author_id == own_id:
        return AuthorRole.BATON
    if is_staff:
        return AuthorRole.TEAM
    return AuthorRole.REQUESTER if author_id == requester_id else AuthorRole.OTHER
