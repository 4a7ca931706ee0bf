"""Sales of several conversations as one list, the youngest conversation's first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.commerce.commands import Credited
from domain.model.conversation import Conversation
from domain.values.paging import Page, Slice


def sale_place(credited: Credited) -> tuple[datetime, str]:
    """The sort key of a sale: (start of its conversation, id)."""
    return credited.conversation.started_at, credited.sale.id


def cut(conversations: Iterable[Conversation], page: Slice) -> Page[Credited]:
    """Return a page of all sales of these conversations."""
    rows = sorted(
        (Credited(sale=sale, conversation=c) for c in conversations for sale in c.sales), key=sale_place, reverse=True
    )
    if page.after is not None:
        rows = [row for row in rows if sale_place(row) < page.after]
    if page.before is not None:
        rows = [row for row in rows if sale_place(row) > page.before]
    more = len(rows) > page.limit
    if page.from_end:
        return Page(items=rows[-page.limit :], has_next=page.before is not None, has_previous=more)
    return Page(items=rows[: page.limit], has_next=more, has_previous=page.after is not None)
