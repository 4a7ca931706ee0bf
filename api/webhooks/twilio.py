"""What Twilio tells: texts that came in, and how far those that went out have come.

https://www.twilio.com/docs/usage/security#validating-requests: X-Twilio-Signature is the HMAC-SHA1 of the address, as
the world sees it, followed by every field of the form, sorted by name: name, value. The address is BATON_PUBLIC_URL's,
never that of the request, which a proxy may have changed; Twilio signs it with its port or without.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from urllib.parse import parse_qsl, urlsplit

from starlette.responses import Response

from api.webhooks.endpoint import UNKNOWN, HookRefused, Incoming, Take
from domain.connected_services.channels import KeywordReplies
from domain.connected_services.service import Caller
from domain.messaging.commands import IncomingOutcome, IncomingText
from domain.messaging.keywords import help_text
from domain.model.account import Account
from domain.model.connected_services import Service
from domain.model.messaging import Progress
from domain.values.channel import Channel
from resolvers.context import Services

_WHATSAPP = "whatsapp:"
_MOST_MEDIA = 10
_FIELDS = 500  # of a form; Twilio sends some forty
_PROGRESS = {
    "sent": Progress.SENT,
    "delivered": Progress.DELIVERED,
    "read": Progress.READ,
    "undelivered": Progress.FAILED,
    "failed": Progress.FAILED,
    "canceled": Progress.FAILED,
}
_ERRORS = {
    "21610": "the shopper sent STOP to this number",
    "63016": "WhatsApp takes free text within 24 hours of the shopper's last message only",
}

Form = Sequence[tuple[str, str]]


def hook(services: Services) -> Take:
    async def take(incoming: Incoming) -> Response:
        caller = await services.connections.behind(Service.TWILIO, incoming.token)
        if caller is None:
            raise UNKNOWN
        form = _form(incoming)
        address = services.connections.hook_address(Service.TWILIO, incoming.token)
        address += f"?{incoming.query}" if incoming.query else ""
        token = caller.opened.secrets["auth_token"]
        if not is_signed(token, address, form, incoming.headers.get("x-twilio-signature", "")):
            raise HookRefused(403, "The signature is wrong: BATON_PUBLIC_URL must be the address that Twilio calls.")
        fields = dict(form)
        if fields.get("AccountSid") != caller.connection.settings["account_sid"]:
            raise HookRefused(403, "This is another Twilio account's.")
        about = dict(parse_qsl(incoming.query)).get("message")
        if about is not None:
            await _report(services, caller, about, fields)
            return _answer()
        return await _text(services, caller, fields)

    return take


def is_signed(token: str, address: str, form: Form, signature: str) -> bool:
    given = signature.encode()
    return any(
        hmac.compare_digest(given, base64.b64encode(hmac.digest(token.encode(), said.encode(), hashlib.sha1)))
        for said in _said(address, form)
    )


def _said(address: str, form: Form) -> Iterator[str]:
    """What may have been signed: a name that comes several times stands with each of its values, sorted, once."""
    fields = "".join(f"{name}{value}" for name, value in sorted(set(form)))
    parts = urlsplit(address)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    for netloc in (parts.netloc, host, f"{host}:{port}"):
        yield parts._replace(netloc=netloc).geturl() + fields


def _form(incoming: Incoming) -> Form:
    try:
        return parse_qsl(
            incoming.body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, strict_parsing=bool(incoming.body)
        )
    except ValueError:
        raise HookRefused(400, "This is no form: Twilio sends one.") from None


async def _text(services: Services, caller: Caller, fields: Mapping[str, str]) -> Response:
    external_id = fields.get("MessageSid") or fields.get("SmsMessageSid")
    if not external_id or "From" not in fields:
        raise HookRefused(400, "This is no message: MessageSid and From are missing.")
    sender = fields["From"]
    incoming = IncomingText(
        external_id=external_id,
        channel=Channel.WHATSAPP if sender.startswith(_WHATSAPP) else Channel.SMS,
        sender=sender.removeprefix(_WHATSAPP),
        recipient=fields.get("To", "").removeprefix(_WHATSAPP),
        messaging_service=fields.get("MessagingServiceSid") or None,
        text=fields.get("Body", ""),
        media=tuple(_media(fields)),
        name=fields.get("ProfileName"),
        keyword=fields.get("OptOutType"),
    )
    outcome = await services.incoming.text(caller.account_id, incoming)
    settings = caller.connection.settings
    by_us = settings.get("keyword_replies") != KeywordReplies.TWILIO and incoming.keyword is None
    if outcome is not IncomingOutcome.HELPED or not by_us:
        return _answer()
    account = await services.storage.read(caller.account_id).get(Account, caller.account_id)
    return _answer(settings.get("help_text") or help_text(account.name if account else ""))


def _media(fields: Mapping[str, str]) -> Iterator[str]:
    count = fields.get("NumMedia", "0")
    for number in range(min(int(count), _MOST_MEDIA) if count.isascii() and count.isdigit() else 0):
        yield fields.get(f"MediaContentType{number}", "file")


async def _report(services: Services, caller: Caller, message_id: str, fields: Mapping[str, str]) -> None:
    """Of a text that went out; what is no news, like "queued", is passed over."""
    progress = _PROGRESS.get(fields.get("MessageStatus", ""))
    external_id = fields.get("MessageSid")
    if progress is None or not external_id:
        return
    code = fields.get("ErrorCode") or ""
    words = _ERRORS.get(code) or fields.get("ErrorMessage") or fields.get("MessageStatus", "")
    error = f"{code}: {words}"[:300] if code else words[:300]
    await services.message_deliveries.reported(
        caller.account_id, message_id, external_id, progress, error if progress is Progress.FAILED else None
    )


def _answer(text: str | None = None) -> Response:
    """TwiML: nothing, or a text to send back."""
    said = f"<Message>{escape(text, quote=False)}</Message>" if text else ""
    return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>', media_type="text/xml")
