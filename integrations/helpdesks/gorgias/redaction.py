"""Removes the words of one message from the messages of a Gorgias ticket.

    the message itself     found by Baton's id of it: its text is replaced, and its files go
    every other message    where the words are: the summary, older messages in notes, what the team has written there

Gorgias has no redaction, so the messages are updated. `sent_datetime` is kept, or Gorgias would send them again. Wire
format: developers.gorgias.com, "Update a message", "Update a ticket".
"""

from __future__ import annotations

import json
import re
from html import escape

from domain.delivery.errors import PermanentError
from domain.delivery.model import DeliveryResult
from domain.handoff.transcript import REMOVED
from domain.outbox.ports import DeliveryRequest
from integrations.helpdesks.gorgias.client import GorgiasClient
from integrations.helpdesks.gorgias.payloads import MARK
from integrations.helpdesks.words import in_html, in_text
from integrations.http import Json

_GONE = (404, 410)
_KEPT = (
    *("channel", "via", "from_agent", "public", "external_id", "message_id", "subject"),
    *("sender", "receiver", "source", "sent_datetime", "failed_datetime"),
)


async def redact(client: GorgiasClient, request: DeliveryRequest) -> DeliveryResult:
    """Redact the message in the tickets that the request names. Returns the status of the last call.

    Raises `TransientError`, `PermanentError`.
    """
    told: Json = json.loads(request.payload)
    status = 200
    try:
        for number, ticket in (await _tickets(client, request, told)).items():
            status = await _redact_messages(client, request, number, told)
            if told["is_question"] and _is_made_of(str(ticket.get("subject") or ""), told["words"]):
                status = await _put(client, request, f"/api/tickets/{number}", {"subject": REMOVED})
    finally:
        re.purge()
    return DeliveryResult(http_status=status)


async def _redact_messages(client: GorgiasClient, request: DeliveryRequest, number: str, told: Json) -> int:
    status = 200
    query = {"ticket_id": number, "order_by": "created_datetime:desc"}
    async for rows in client.pages(request.connection, "/api/messages", query, whole=True):
        for row in rows:
            if changed := _changed(row, told):
                path = f"/api/tickets/{number}/messages/{row['id']}"
                status = await _put(client, request, path, _body(row, changed))
    return status


async def _tickets(client: GorgiasClient, request: DeliveryRequest, told: Json) -> dict[str, Json]:
    found: dict[str, Json] = {}
    query = {"external_id": told["external_id"]}
    async for rows in client.pages(request.connection, "/api/tickets", query, whole=True):
        found |= {str(row["id"]): row for row in rows if row.get("external_id") == told["external_id"]}
    if told["ticket"] is not None:
        found.setdefault(told["ticket"], {})
    return found


def _changed(row: Json, told: Json) -> Json:
    """Return the fields of a message without the words; empty if it has none of them."""
    if row.get("external_id") == f"{MARK}{told['message_id']}":
        if row.get("body_text") == REMOVED:
            return {}
        return {"body_text": REMOVED, "body_html": f"<p>{escape(REMOVED)}</p>", "attachments": []}
    changed: Json = {}
    text, html = in_text(told["words"]), in_html(told["words"])
    plain, written = str(row.get("body_text") or ""), str(row.get("body_html") or "")
    if text is not None and text.search(plain):
        changed["body_text"] = text.sub(REMOVED, plain)
    if html is not None and any(found["words"] for found in html.finditer(written)):
        changed["body_html"] = html.sub(lambda found: REMOVED if found["words"] else found[0], written)
    return changed


def _body(row: Json, changed: Json) -> Json:
    kept = {name: row[name] for name in _KEPT if row.get(name) is not None}
    is_settled = row.get("sent_datetime") or row.get("failed_datetime")
    sent = {} if is_settled else {"sent_datetime": row.get("created_datetime")}
    both = {name: row[name] for name in ("body_text", "body_html", "attachments") if row.get(name)}
    return {**kept, **sent, **both, **changed}


def _is_made_of(subject: str, words: str) -> bool:
    start = " ".join(subject.split()).removesuffix("…")
    return in_text(start) is not None and " ".join(words.split()).startswith(start)


async def _put(client: GorgiasClient, request: DeliveryRequest, path: str, body: Json) -> int:
    try:
        return (await client.call(request.connection, "PUT", path, body=body))[0]
    except PermanentError as error:
        if error.http_status in _GONE:
            return 200
        # The connected user may have no right to change messages, while all else works.
        raise PermanentError(error.message, http_status=error.http_status) from None
