"""What Zendesk tells: POST /hooks/zendesk/{token}, in both of its forms.

Event subscriptions (`zen:event-type:ticket.comment_added`, `.status_changed`) send an envelope that says it all:

    {"type", "id", "time", "detail": {"id", "external_id", "status", "requester_id", …},
     "event": {"comment": {"id", "body", "is_public", "author": {"id", "name", "is_staff"}}}}

Triggers send what their template says. Ours only says which ticket, because Zendesk puts texts into templates as they
are, quotation marks and all; the rest is read over the API, soon, and until it could be read:

    {"ticket_id": "{{ticket.id}}", "external_id": "{{ticket.external_id}}"}

Signed (developer.zendesk.com, Verifying webhook authenticity): `X-Zendesk-Webhook-Signature` is base 64 of HMAC-SHA256,
under the webhook's secret as it stands, of the text of `X-Zendesk-Webhook-Signature-Timestamp` and the body behind it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from api.refusal import RequestRefused
from api.webhooks.endpoint import UNKNOWN, Incoming
from domain.connected_services.ports import CannotOpen
from domain.connected_services.service import ConnectionService
from domain.helpdesk.model import ImportResult, TicketComment, TicketUpdate
from domain.helpdesk.service import HelpdeskService
from domain.helpdesk.ticket_sync import TicketSync
from domain.helpdesk.zendesk import CLOSED_STATUSES, author_role
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.handoff import Helpdesk
from domain.values.clock import Clock
from domain.values.errors import Unavailable

Json = dict[str, Any]

# How far a delivery's timestamp may lie from our clock. Zendesk tries for some minutes, and what comes twice within
# the window is known by its id; so it may be wide, and clocks a little wrong.
WINDOW = timedelta(minutes=15)
_NOT_OURS = "ignored: no ticket of Baton's"
_NO_SECRET = "Connect Zendesk again, with `webhookSecret`: without it nobody can tell who calls."  # noqa: S105


class ZendeskHook:
    def __init__(
        self, *, connections: ConnectionService, helpdesk: HelpdeskService, ticket_sync: TicketSync, clock: Clock
    ) -> None:
        self._connections = connections
        self._helpdesk = helpdesk
        self._ticket_sync = ticket_sync
        self._clock = clock

    async def take(self, incoming: Incoming) -> Response:
        try:
            caller = await self._connections.find_by_webhook_token(Service.ZENDESK, incoming.token)
        except CannotOpen:
            raise Unavailable("This connection cannot be opened now: its operator has to look.") from None
        if caller is None:
            raise UNKNOWN
        self._check(incoming, caller.unsealed.secrets.get("webhook_secret"))
        payload = _json(incoming.body)
        if "ticket_id" in payload:
            number, ours = _number(payload["ticket_id"]), str(payload.get("external_id") or "") or None
            known = await self._ticket_sync.notify(caller.account_id, Helpdesk.ZENDESK, number, ours)
            return _answered("taken" if known else _NOT_OURS)
        update = _ticket_update(payload, caller.unsealed)
        if update is None:
            return _answered("ignored: nothing that Baton follows")
        return _answered(_result(await self._helpdesk.import_update(caller.account_id, Service.ZENDESK, update)))

    def _check(self, incoming: Incoming, secret: str | None) -> None:
        if secret is None:
            raise RequestRefused(403, _NO_SECRET)
        given = incoming.headers.get("x-zendesk-webhook-signature", "")
        stamp = incoming.headers.get("x-zendesk-webhook-signature-timestamp", "")
        if not hmac.compare_digest(given.encode(), signature(secret, stamp, incoming.body).encode()):
            raise RequestRefused(401, "The signature is wrong: is `webhookSecret` the signing secret of this webhook?")
        try:
            sent_at = _instant(stamp)
        except ValueError:
            raise RequestRefused(400, "The signature's timestamp is no instant of ISO 8601.") from None
        if abs(self._clock.now() - sent_at) > WINDOW:
            minutes = int(WINDOW.total_seconds() // 60)
            raise RequestRefused(401, f"The signature's timestamp is more than {minutes} minutes from now.")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    mac = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def _json(body: bytes) -> Json:
    try:
        payload = json.loads(body)
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise RequestRefused(400, "The body is no JSON object.")
    return payload


def _ticket_update(payload: Json, connection: UnsealedConnection) -> TicketUpdate | None:
    """None for events of other kinds."""
    detail, event = payload.get("detail"), payload.get("event")
    kind = str(payload.get("type", "")).rpartition(".")[2]
    if not isinstance(detail, dict) or not isinstance(event, dict) or kind not in ("comment_added", "status_changed"):
        return None
    try:
        return TicketUpdate(
            ticket_external_id=_number(detail["id"]),
            ticket_id=detail.get("external_id") or None,
            comments=(_comment(event["comment"], detail, connection),) if kind == "comment_added" else (),
            closed=str(detail["status"]).lower() in CLOSED_STATUSES,
            at=_instant(payload["time"]),
            delivery_id=str(payload["id"]),
        )
    except (KeyError, TypeError, ValueError):
        raise RequestRefused(400, "The event is not as Zendesk documents it.") from None


def _comment(comment: Mapping[str, Any], detail: Mapping[str, Any], connection: UnsealedConnection) -> TicketComment:
    author = comment["author"]
    return TicketComment(
        id=str(comment["id"]),
        author_role=author_role(
            str(author["id"]),
            is_staff=author.get("is_staff") is True,
            requester_id=str(detail.get("requester_id")),
            own_id=connection.settings.get("user_id"),
        ),
        author_name=str(author.get("name") or ""),
        text=str(comment["body"] or ""),
        public=comment["is_public"] is True,
    )


def _number(value: object) -> str:
    """It becomes part of an address."""
    number = str(value)
    if not (number.isascii() and number.isdecimal() and len(number) < 20):
        raise RequestRefused(400, "A ticket's id is a number.")
    return number


def _instant(text: str) -> datetime:
    """ISO 8601; what is finer than a microsecond is left out, and without a zone it is UTC."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _result(imported: ImportResult) -> str:
    if not imported.known:
        return _NOT_OURS
    return "taken" if imported.messages or imported.state_changed else "taken: nothing new"


def _answered(result: str) -> Response:
    return JSONResponse({"result": result})
