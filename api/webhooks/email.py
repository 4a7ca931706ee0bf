"""Mail that came in, as it stands on the wire: POSTed by the account's own mail server, or by whoever receives for it.

    POST /hooks/email/TOKEN
    X-Baton-Timestamp: seconds since 1970
    X-Baton-Signature: hex of HMAC-SHA256(hookSecret, timestamp + "." + body)

    the mail, RFC 5322

A timestamp that is more than five minutes off is refused. 2xx: taken, or not to be taken. 4xx: wrong; 5xx: again later.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac

from starlette.responses import JSONResponse, Response

from api.webhooks.endpoint import UNKNOWN, HookRefused, Incoming, Take
from domain.model.connected_services import Service
from resolvers.context import Services

MAIL_BYTES = 30 << 20  # what mail providers take at most, with its files
_WINDOW = 300  # seconds


def hook(services: Services) -> Take:
    async def take(incoming: Incoming) -> Response:
        caller = await services.connections.behind(Service.EMAIL, incoming.token)
        if caller is None:
            raise UNKNOWN
        secret = caller.opened.secrets.get("hook_secret")
        if secret is None:
            raise HookRefused(403, "No mail is taken in: connect the channel with a `hookSecret`.")
        _check(secret, incoming, services.clock.now().timestamp())
        from api.webhooks.rfc5322 import read  # with the email package, which is slow to import

        settings = caller.connection.settings
        own = [settings["from_address"]]
        # A mail may have thirty megabytes: the others' requests go on meanwhile.
        mail = await asyncio.to_thread(read, incoming.body, authserv_id=settings.get("authserv_id"), own=own)
        outcome = await services.incoming.mail(caller.account_id, caller.connection, mail)
        return JSONResponse({"outcome": outcome.value})

    return take


def signature(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _check(secret: str, incoming: Incoming, now: float) -> None:
    timestamp = incoming.headers.get("x-baton-timestamp", "")
    given = incoming.headers.get("x-baton-signature", "").strip().lower().removeprefix("sha256=")
    if not hmac.compare_digest(given.encode(), signature(secret, timestamp, incoming.body).encode()):
        raise HookRefused(
            403, "X-Baton-Signature is wrong: the hex of HMAC-SHA256 over timestamp, a dot, and the body."
        )
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(now - int(timestamp)) > _WINDOW:
        raise HookRefused(403, f"X-Baton-Timestamp is more than {_WINDOW} seconds off: sign anew when you send.")
