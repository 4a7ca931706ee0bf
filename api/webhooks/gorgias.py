"""Webhooks from Gorgias: an HTTP integration calls `/hooks/gorgias/<token>` when a ticket changes.

Gorgias documents no signature. The URL is therefore unguessable, the account's `webhookToken` is required in a header,
and the request only triggers a read of the ticket over the API; its content is not trusted. The body is the template of
the integration, in which all values are strings:

    {"ticket_id": "{{ticket.id}}", "external_id": "{{ticket.external_id}}"}

The response is {"accepted": true}, or false for tickets that Baton did not create. Wire format:
developers.gorgias.com, "HTTP integrations".
"""

from __future__ import annotations

import hmac
import re

import orjson
from starlette.responses import JSONResponse, Response

from api.refusal import RequestRefused
from api.webhooks.endpoint import Incoming
from domain.connected_services.ports import CannotOpen
from domain.connected_services.service import Caller, ConnectionService
from domain.helpdesk.ticket_sync import TicketSync
from domain.model.connected_services import Service
from domain.model.handoff import Helpdesk
from domain.values.errors import Unavailable

HEADER = "x-baton-token"
_TICKET_ID = re.compile(r"[1-9][0-9]{0,18}")
_BATON_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}[0-9]{3}")

_NO_TOKEN = RequestRefused(
    403, "Webhooks need a token. Connect Gorgias again with a `webhookToken`, and send it as X-Baton-Token."
)
_WRONG_TOKEN = RequestRefused(401, "X-Baton-Token is not the `webhookToken` with which Gorgias was connected.")
_NO_TICKET = RequestRefused(400, 'Send {"ticket_id": "{{ticket.id}}"} as JSON.')


class GorgiasHook:
    """The endpoint for Gorgias."""

    def __init__(self, *, connections: ConnectionService, ticket_sync: TicketSync) -> None:
        self._connections = connections
        self._ticket_sync = ticket_sync

    async def find(self, token: str) -> Caller | None:
        """Return the connection that owns the token, or None. Raises `Unavailable`."""
        try:
            return await self._connections.find_by_webhook_token(Service.GORGIAS, token)
        except CannotOpen:
            raise Unavailable("Temporarily unavailable; retry the webhook.") from None  # the operator must add a key

    async def handle(self, incoming: Incoming, caller: Caller) -> Response:
        """Schedule a read of the ticket. Returns {"accepted": …}; raises `RequestRefused`."""
        expected = caller.unsealed.secrets.get("webhook_token")
        if expected is None:
            raise _NO_TOKEN
        if not hmac.compare_digest(incoming.headers.get(HEADER, "").encode(), expected.encode()):
            raise _WRONG_TOKEN
        ticket_id, external_id = _ticket_of(incoming.body)
        accepted = await self._ticket_sync.notify(caller.account_id, Helpdesk.GORGIAS, ticket_id, external_id)
        return JSONResponse({"accepted": accepted})


def _ticket_of(body: bytes) -> tuple[str, str | None]:
    """The ticket's id in Gorgias, and Baton's id if the body contains it."""
    try:
        payload = orjson.loads(body)  # bounds the depth
    except ValueError:
        raise _NO_TICKET from None
    if not isinstance(payload, dict):
        raise _NO_TICKET
    ticket_id, external_id = (_text(payload.get(name)) for name in ("ticket_id", "external_id"))
    if not _TICKET_ID.fullmatch(ticket_id):
        raise _NO_TICKET
    return ticket_id, external_id if _BATON_ID.fullmatch(external_id) else None


def _text(value: object) -> str:
    """The text of a string or number; empty for anything else, since nested lists may be too deep to be shown."""
    return str(value).strip() if isinstance(value, str | int) else ""
