"""Webhooks from Zendesk: POST /hooks/zendesk/{token}, from event subscriptions or from triggers.

Event subscriptions (`zen:event-type:ticket.comment_added`, `.status_changed`, `.attachment_linked_to_comment`) send
the whole event:

    {"type", "id", "time", "detail": {"id", "external_id", "status", "requester_id", …},
     "event": {"comment": {"id", "body", "is_public", "author": {"id", "name", "is_staff"}}}}

Triggers send a template. Baton's template only names the ticket, because Zendesk does not escape quotation marks in
templates. The ticket is then read over the API, with retries:

    {"ticket_id": "{{ticket.id}}", "external_id": "{{ticket.external_id}}"}

The signature (developer.zendesk.com, "Verifying webhook authenticity"): `X-Zendesk-Webhook-Signature` is the base64 of
HMAC-SHA256, with the webhook's signing secret, of `X-Zendesk-Webhook-Signature-Timestamp` followed by the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from starlette.responses import JSONResponse, Response

from api.refusal import RequestRefused
from api.webhooks.endpoint import Incoming
from domain.connected_services.ports import CannotOpen
from domain.connected_services.service import Caller, ConnectionService
from domain.helpdesk.model import ImportResult, TicketComment, TicketUpdate, comment_files
from domain.helpdesk.service import HelpdeskService
from domain.helpdesk.ticket_sync import TicketSync
from domain.helpdesk.zendesk import CLOSED_STATUSES, author_role, with_files
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.handoff import Helpdesk
from domain.values.clock import Clock
from domain.values.errors import Unavailable

Json = dict[str, Any]

# Maximum difference between the timestamp and Baton's clock. It may be wide, to allow retries and clock skew, because
# duplicates within the window are recognised by their id.
WINDOW = timedelta(minutes=15)
_FILE_LINKED = "ticket.attachment_linked_to_comment"
_UNKNOWN_TICKET = "ignored: Baton did not create this ticket"
_NO_SECRET = "Webhooks need a signing secret. Connect Zendesk again, with `webhookSecret`."  # noqa: S105


class ZendeskHook:
    """The endpoint for Zendesk."""

    def __init__(
        self, *, connections: ConnectionService, helpdesk: HelpdeskService, ticket_sync: TicketSync, clock: Clock
    ) -> None:
        self._connections = connections
        self._helpdesk = helpdesk
        self._ticket_sync = ticket_sync
        self._clock = clock

    async def find(self, token: str) -> Caller | None:
        """Return the connection that owns the token, or None. Raises `Unavailable`."""
        try:
            return await self._connections.find_by_webhook_token(Service.ZENDESK, token)
        except CannotOpen:
            raise Unavailable("The connection's secrets cannot be decrypted; its operator must add the key.") from None

    async def handle(self, incoming: Incoming, caller: Caller) -> Response:
        """Apply an event, or schedule a read of the ticket.

        Returns {"result": text}; raises `RequestRefused`.
        """
        self._check(incoming, caller.unsealed.secrets.get("webhook_secret"))
        payload = _json(incoming.body)
        if "ticket_id" in payload:
            number, external_id = _ticket_number(payload["ticket_id"]), _external_id(payload)
            is_known = await self._ticket_sync.notify(caller.account_id, Helpdesk.ZENDESK, number, external_id)
            return _respond("accepted" if is_known else _UNKNOWN_TICKET)
        if str(payload.get("type")).endswith(_FILE_LINKED):
            return await self._read_for_file(payload, caller)
        update = _update_of(payload, caller.unsealed)
        if update is None:
            return _respond("ignored: event type not used")
        return _respond(_result_text(await self._helpdesk.import_update(caller.account_id, Service.ZENDESK, update)))

    async def _read_for_file(self, payload: Json, caller: Caller) -> Response:
        """Schedule a read of the ticket for a public file, which the event of its comment perhaps did not have. A
        comment that was imported before is not imported again."""
        try:
            number, external_id = _ticket_number(payload["detail"]["id"]), _external_id(payload["detail"])
            is_public = payload["event"]["attachment"]["is_public"] is True
        except (KeyError, TypeError, ValueError):
            raise RequestRefused(400, "The event does not have the documented shape.") from None
        if not is_public:
            return _respond("accepted: nothing new")
        is_known = await self._ticket_sync.notify(caller.account_id, Helpdesk.ZENDESK, number, external_id)
        return _respond("accepted" if is_known else _UNKNOWN_TICKET)

    def _check(self, incoming: Incoming, secret: str | None) -> None:
        if secret is None:
            raise RequestRefused(403, _NO_SECRET)
        received = incoming.headers.get("x-zendesk-webhook-signature", "")
        timestamp = incoming.headers.get("x-zendesk-webhook-signature-timestamp", "")
        if not hmac.compare_digest(received.encode(), signature(secret, timestamp, incoming.body).encode()):
            raise RequestRefused(
                401, "The signature is wrong. `webhookSecret` must be the signing secret of this webhook."
            )
        try:
            sent_at = _instant(timestamp)
        except ValueError:
            raise RequestRefused(400, "The signature's timestamp is not an ISO 8601 time.") from None
        if abs(self._clock.now() - sent_at) > WINDOW:
            minutes = int(WINDOW.total_seconds() // 60)
            raise RequestRefused(401, f"The signature's timestamp is more than {minutes} minutes off.")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Zendesk-Webhook-Signature."""
    mac = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def _json(body: bytes) -> Json:
    try:
        payload = orjson.loads(body)  # bounds the depth, and refuses what MongoDB cannot store
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise RequestRefused(400, "The body is not a JSON object.")
    return payload


def _update_of(payload: Json, connection: UnsealedConnection) -> TicketUpdate | None:
    """The update that an event describes; None for event types that are not used."""
    detail, event = payload.get("detail"), payload.get("event")
    name = payload.get("type")
    kind = name.rpartition(".")[2] if isinstance(name, str) else ""
    if not isinstance(detail, dict) or not isinstance(event, dict) or kind not in ("comment_added", "status_changed"):
        return None
    try:
        return TicketUpdate(
            ticket_external_id=_ticket_number(detail["id"]),
            ticket_id=_external_id(detail),
            comments=(_comment_of(event["comment"], detail, connection),) if kind == "comment_added" else (),
            closed=_text(detail["status"]).lower() in CLOSED_STATUSES,
            at=_instant(payload["time"]),
            delivery_id=_text(payload["id"]),
        )
    except (KeyError, TypeError, ValueError):
        raise RequestRefused(400, "The event does not have the documented shape.") from None


def _comment_of(comment: Mapping[str, Any], detail: Mapping[str, Any], connection: UnsealedConnection) -> TicketComment:
    author = comment["author"]
    return TicketComment(
        id=_text(comment["id"]),
        author_role=author_role(
            _text(author["id"]),
            is_staff=author.get("is_staff") is True,
            requester_id=_text(detail.get("requester_id")),
            own_id=connection.settings.get("user_id"),
        ),
        author_name=_text(author.get("name") or ""),
        text=with_files(_text(comment["body"] or ""), comment.get("attachments")),
        public=comment["is_public"] is True,
        files=comment_files(comment.get("attachments"), name="filename", url="content_url"),
    )


def _text(value: object) -> str:
    """The text of a scalar. Raises `TypeError` for lists and objects, which may be too deep to be shown."""
    if isinstance(value, list | dict):
        raise TypeError
    return str(value)


def _external_id(fields: Mapping[str, Any]) -> str | None:
    value = fields.get("external_id")
    return value if isinstance(value, str) and value else None


def _ticket_number(value: object) -> str:
    """Validate a ticket's id, which becomes part of a URL."""
    number = str(value) if isinstance(value, str | int) else ""
    if not (number.isascii() and number.isdecimal() and len(number) < 20):
        raise RequestRefused(400, "The ticket's id must be a number.")
    return number


def _instant(text: str) -> datetime:
    """Parse an ISO 8601 time, to microseconds. A time without offset is in UTC."""
    instant = datetime.fromisoformat(text)
    try:
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("the time is before the year 1 or after 9999") from None


def _result_text(result: ImportResult) -> str:
    if not result.known:
        return _UNKNOWN_TICKET
    return "accepted" if result.messages or result.state_changed else "accepted: nothing new"


def _respond(result: str) -> Response:
    return JSONResponse({"result": result})
