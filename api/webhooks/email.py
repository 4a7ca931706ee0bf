"""Incoming mail, POSTed in raw form (RFC 5322) by the account's mail server or by an inbound mail service.

    POST /hooks/email/TOKEN
    X-Baton-Timestamp: seconds since 1970
    X-Baton-Signature: hex of HMAC-SHA256(hookSecret, timestamp + "." + body)

    <the raw mail>

A timestamp that is more than five minutes off is refused. 2xx: processed. 4xx: the request is wrong; do not retry.
5xx: retry later.
"""

from __future__ import annotations

import hashlib
import hmac
import logging

from starlette.responses import JSONResponse, Response

from api.refusal import RequestRefused
from api.webhooks.endpoint import Incoming
from domain.connected_services.service import Caller, ConnectionService
from domain.messaging.files.mail_files import MailFileService
from domain.messaging.incoming.service import IncomingService
from domain.messaging.ports import MailParser, Unparsable
from domain.model.connected_services import Service
from domain.values.clock import Clock

MAIL_BYTES = 30 << 20  # the most that mail providers accept, attachments included
_WINDOW = 300  # seconds

logger = logging.getLogger("baton.webhooks.email")


class EmailHook:
    """The endpoint for incoming mail."""

    def __init__(
        self,
        *,
        connections: ConnectionService,
        incoming: IncomingService,
        parser: MailParser,
        files: MailFileService,
        clock: Clock,
    ) -> None:
        self._files = files
        self._connections = connections
        self._incoming = incoming
        self._parser = parser
        self._clock = clock

    async def find(self, token: str) -> Caller | None:
        """Return the connection that owns the token, or None. Raises `CannotOpen`."""
        return await self._connections.find_by_webhook_token(Service.EMAIL, token)

    async def handle(self, incoming: Incoming, caller: Caller) -> Response:
        """Process one mail. Returns {"outcome": …}; raises RequestRefused."""
        secret = caller.unsealed.secrets.get("hook_secret")
        if secret is None:
            raise RequestRefused(403, "Incoming mail is off. Connect the channel with a `hookSecret`.")
        _check(secret, incoming, self._clock.now().timestamp())
        settings = caller.connection.settings
        try:
            mail = await self._parser.parse(
                incoming.body,
                account_id=caller.account_id,
                authserv_id=settings.get("authserv_id"),
                own=[settings["from_address"]],
            )
        except Unparsable:  # a mail server would send the same mail again for days
            logger.warning("A mail for account %s cannot be parsed and was passed over.", caller.account_id)
            outcome = await self._incoming.pass_over_unreadable(caller.account_id, incoming.body)
            return JSONResponse({"outcome": outcome.value})
        taken = await self._files.take_in(caller.account_id, mail, incoming.body)
        outcome = await self._incoming.receive_mail(
            caller.account_id, caller.connection, mail, source=incoming.body, taken=taken
        )
        return JSONResponse({"outcome": outcome.value})


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Baton-Signature."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _check(secret: str, incoming: Incoming, now: float) -> None:
    timestamp = incoming.headers.get("x-baton-timestamp", "")
    received = incoming.headers.get("x-baton-signature", "").strip().lower().removeprefix("sha256=")
    if not hmac.compare_digest(received.encode(), signature(secret, timestamp, incoming.body).encode()):
        raise RequestRefused(
            403, 'X-Baton-Signature is wrong. It must be the hex HMAC-SHA256 of timestamp + "." + body.'
        )
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 20) or abs(now - int(timestamp)) > _WINDOW:
        raise RequestRefused(
            403, f"X-Baton-Timestamp is more than {_WINDOW} seconds off. Sign each attempt with the current time."
        )
