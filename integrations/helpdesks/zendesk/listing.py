"""Lists rows of Zendesk to the end, page by page.

Zendesk returns 100 rows of a list at once. Asked for `page[size]`, it continues at a cursor; a list that knows no
cursors names its next page. Wire format: developer.zendesk.com, "Pagination".
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.outbox.ports import DeliveryRequest
from integrations.helpdesks.zendesk.client import ZendeskResponse
from integrations.http import Json

Call = Callable[..., Awaitable[ZendeskResponse]]

_PAGE = 100  # rows: Zendesk's limit
_MOST_PAGES = 50  # of one list: more than an attempt has the time for


async def tickets_with(call: Call, request: DeliveryRequest, external_id: str) -> list[Json]:
    """Return all tickets with an external id, which Zendesk does not keep unique: a ticket that was closed goes on as
    another. Raises as `listed` does."""
    params = {"external_id": external_id}
    return [row async for row in listed(call, request, "/api/v2/tickets.json", "tickets", params)]


async def listed(
    call: Call, request: DeliveryRequest, path: str, name: str, params: Mapping[str, str]
) -> AsyncIterator[Json]:
    """Yield the rows of a list. Rows without an id are omitted.

    Raises the errors of `call`; `TransientError` if a response is not a list, `PermanentError` if there is no end.
    """
    query = {**params, "page[size]": str(_PAGE)}
    for number in range(1, _MOST_PAGES + 1):
        response = await call(request, "GET", path, params=query)
        rows = response.body.get(name)
        if not isinstance(rows, list):
            text = f"Zendesk returned {response.status} with an unreadable body"
            raise TransientError(text, http_status=response.status)
        for row in rows:
            if isinstance(row, dict) and row.get("id"):
                yield row
        following = _following(response.body, number)
        if not following or not rows:
            return
        query |= following
    raise PermanentError(f"Zendesk lists more than {_MOST_PAGES * _PAGE} {name}.")


def _following(body: Mapping[str, Any], number: int) -> dict[str, str]:
    """Return the parameters of the page after this one; none if it is the last."""
    meta = body.get("meta")
    if isinstance(meta, dict):
        return {"page[after]": str(meta["after_cursor"])} if meta.get("has_more") and meta.get("after_cursor") else {}
    return {"page": str(number + 1)} if body.get("next_page") else {}
