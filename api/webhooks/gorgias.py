"""What Gorgias tells us: an HTTP integration that calls `/hooks/gorgias/<token>` when something happens to a ticket.

Gorgias documents no signature. So the address is one that nobody guesses, a token of the account's comes in a header,
and nothing that is said is believed but that something happened to a ticket: what did is read over its API. The body is
what the integration's form says, all values as texts:

    {"ticket_id": "{{ticket.id}}", "external_id": "{{ticket.external_id}}"}

Answered with {"taken": true}; false for tickets that are none of ours. Wire format: developers.gorgias.com,
"HTTP integrations".
"""

from __future__ import annotations

import hmac
import json
import re

from starlette.responses import JSONResponse, Response

from api.refusal import RequestRefused
from api.webhooks.endpoint import UNKNOWN, Incoming
from domain.connected_services.ports import CannotOpen
from domain.connected_services.service import ConnectionService
from domain.helpdesk.ticket_sync import TicketSync
from domain.model.connected_services import Service
from domain.model.handoff import Helpdesk
from domain.values.errors import Unavailable

HEADER = "x-baton-token"
_TICKET_ID = re.compile(r"[1-9][0-9]{0,18}")
_OUR_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}[0-9]{3}")

_NO_TOKEN = RequestRefused(
    403, "Connect Gorgias anew with a webhookToken, and send it as X-Baton-Token: without, nothing is believed."
)
_WRONG_TOKEN = RequestRefused(401, "X-Baton-Token is not the webhookToken with which Gorgias was connected.")
_NO_TICKET = RequestRefused(400, 'Send {"ticket_id": "{{ticket.id}}"} as JSON.')


class GorgiasHook:
    def __init__(self, *, connections: ConnectionService, ticket_sync: TicketSync) -> None:
        self._connections = connections
        self._ticket_sync = ticket_sync

    async def take(self, incoming: Incoming) -> Response:
        try:
            caller = await self._connections.find_by_webhook_token(Service.GORGIAS, incoming.token)
        except CannotOpen:
            raise Unavailable("Not now: send it again.") from None  # what it needs is the operator's affair
        if caller is None:
            raise UNKNOWN
        wanted = caller.unsealed.secrets.get("webhook_token")
        if wanted is None:
            raise _NO_TOKEN
        if not hmac.compare_digest(incoming.headers.get(HEADER, "").encode(), wanted.encode()):
            raise _WRONG_TOKEN
        ticket_id, our_id = _named(incoming.body)
        taken = await self._ticket_sync.notify(caller.account_id, Helpdesk.GORGIAS, ticket_id, our_id)
        return JSONResponse({"taken": taken})


def _named(body: bytes) -> tuple[str, str | None]:
    """The ticket, by Gorgias' id and by ours where that is told."""
    try:
        given = json.loads(body)
    except ValueError:
        raise _NO_TICKET from None
    if not isinstance(given, dict):
        raise _NO_TICKET
    ticket_id, our_id = (str(given.get(name, "")).strip() for name in ("ticket_id", "external_id"))
    if not _TICKET_ID.fullmatch(ticket_id):
        raise _NO_TICKET
    return ticket_id, our_id if _OUR_ID.fullmatch(our_id) else None
