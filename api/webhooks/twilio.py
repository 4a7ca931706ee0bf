"""Webhooks from Twilio: incoming texts, and status reports on texts that were sent.

https://www.twilio.com/docs/usage/security#validating-requests: X-Twilio-Signature is the HMAC-SHA1 of the public
address followed by every form field, sorted by name: name, value. The address is built from BATON_PUBLIC_URL, never
from the request, which a proxy may have changed; Twilio signs it with or without its port.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from urllib.parse import parse_qsl, urlsplit

from starlette.responses import Response

from api.refusal import RequestRefused
from api.webhooks.endpoint import Incoming
from domain.connected_services.channels import KeywordReplies
from domain.connected_services.service import Caller, ConnectionService
from domain.messaging.commands import IncomingOutcome, IncomingText
from domain.messaging.incoming.service import IncomingService
from domain.messaging.keywords import help_text
from domain.messaging.message_receipts import DeliveryService
from domain.model.account import Account
from domain.model.connected_services import Service
from domain.model.messaging import Progress
from domain.storage import Storage
from domain.values.channel import Channel

_WHATSAPP = "whatsapp:"
_MAX_MEDIA = 10
_MAX_FIELDS = 500  # form fields; Twilio sends about forty
_MAX_ERROR_TEXT = 300  # characters
_PROGRESS = {
    "sent": Progress.SENT,
    "delivered": Progress.DELIVERED,
    "read": Progress.READ,
    "undelivered": Progress.FAILED,
    "failed": Progress.FAILED,
    "canceled": Progress.FAILED,
}
_COORDINATE = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")
_ERRORS = {
    "21610": "the shopper sent STOP to this number",
    "63016": "WhatsApp accepts free text only within 24 hours of the shopper's last message",
}

Form = Sequence[tuple[str, str]]


class TwilioHook:
    """The endpoint for Twilio."""

    def __init__(
        self,
        *,
        connections: ConnectionService,
        incoming: IncomingService,
        receipts: DeliveryService,
        storage: Storage,
    ) -> None:
        self._connections = connections
        self._incoming = incoming
        self._receipts = receipts
        self._storage = storage

    async def find(self, token: str) -> Caller | None:
        """Return the connection that owns the token, or None. Raises `CannotOpen`."""
        return await self._connections.find_by_webhook_token(Service.TWILIO, token)

    async def handle(self, incoming: Incoming, caller: Caller) -> Response:
        """Process a text message or a status report. Returns TwiML; raises RequestRefused."""
        form = _form(incoming)
        address = self._connections.hook_address(Service.TWILIO, incoming.token)
        address += f"?{incoming.query}" if incoming.query else ""
        token = caller.unsealed.secrets["auth_token"]
        if not is_signed(token, address, form, incoming.headers.get("x-twilio-signature", "")):
            raise RequestRefused(403, "The signature is wrong: BATON_PUBLIC_URL must be the address that Twilio calls.")
        fields = dict(form)
        if fields.get("AccountSid") != caller.connection.settings["account_sid"]:
            raise RequestRefused(403, "AccountSid is not the SID of the connected Twilio account.")
        message_id = dict(parse_qsl(incoming.query)).get("message")
        if message_id is not None:
            await self._report(caller, message_id, fields)
            return _twiml()
        return await self._text(caller, fields)

    async def _text(self, caller: Caller, fields: Mapping[str, str]) -> Response:
        text = _incoming_text(fields)
        outcome = await self._incoming.receive_text(caller.account_id, text)
        settings = caller.connection.settings
        replies = settings.get("keyword_replies") != KeywordReplies.TWILIO and text.keyword is None
        if outcome is not IncomingOutcome.HELPED or not replies:
            return _twiml()
        account = await self._storage.read(caller.account_id).get(Account, caller.account_id)
        return _twiml(settings.get("help_text") or help_text(account.name if account else ""))

    async def _report(self, caller: Caller, message_id: str, fields: Mapping[str, str]) -> None:
        """Record the progress of a sent text. Statuses before "sent" are ignored."""
        progress = _PROGRESS.get(fields.get("MessageStatus", ""))
        external_id = fields.get("MessageSid")
        if progress is None or not external_id:
            return
        error = _error(fields) if progress is Progress.FAILED else None
        await self._receipts.record_report(caller.account_id, message_id, external_id, progress, error)


def is_signed(token: str, address: str, form: Form, signature: str) -> bool:
    """Whether Twilio signed this form for this URL with the auth token."""
    received = signature.encode()
    return any(
        hmac.compare_digest(received, base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)))
        for text in _signed_texts(address, form)
    )


def _signed_texts(address: str, form: Form) -> Iterator[str]:
    """The texts that Twilio may have signed. A repeated name stands with each of its distinct values, sorted."""
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
            incoming.body.decode(),
            keep_blank_values=True,
            max_num_fields=_MAX_FIELDS,
            strict_parsing=bool(incoming.body),
        )
    except ValueError:
        raise RequestRefused(400, "The body is not a form: Twilio sends application/x-www-form-urlencoded.") from None


def _incoming_text(fields: Mapping[str, str]) -> IncomingText:
    external_id = fields.get("MessageSid") or fields.get("SmsMessageSid") or fields.get("SmsSid")
    if not external_id or "From" not in fields:
        raise RequestRefused(400, "This is not a message: MessageSid and From are required.")
    sender = fields["From"]
    return IncomingText(
        external_id=external_id,
        channel=Channel.WHATSAPP if sender.startswith(_WHATSAPP) else Channel.SMS,
        sender=sender.removeprefix(_WHATSAPP),
        recipient=fields.get("To", "").removeprefix(_WHATSAPP),
        messaging_service=fields.get("MessagingServiceSid") or None,
        text=fields.get("Body", ""),
        media=tuple(_media(fields)),
        media_urls=tuple(fields.get(f"MediaUrl{number}", "") for number, _ in enumerate(_media(fields))),
        details=tuple(_details(fields)),
        name=fields.get("ProfileName"),
        keyword=fields.get("OptOutType", "").upper() or None,
    )


def _media(fields: Mapping[str, str]) -> Iterator[str]:
    count = fields.get("NumMedia", "0")
    for number in range(min(int(count), _MAX_MEDIA) if count.isascii() and count.isdigit() and len(count) < 10 else 0):
        yield fields.get(f"MediaContentType{number}", "file")


def _details(fields: Mapping[str, str]) -> Iterator[str]:
    """Lines for a place, and for a message of WhatsApp without text or files, such as a reaction: it is not lost."""
    latitude, longitude = _degrees(fields.get("Latitude")), _degrees(fields.get("Longitude"))
    if latitude is not None and longitude is not None:
        yield from (fields[name] for name in ("Label", "Address") if fields.get(name, "").strip())
        yield f"https://maps.google.com/?q={latitude},{longitude}"
    elif not fields.get("Body", "").strip() and not any(_media(fields)):
        if words := fields.get("ButtonText") or fields.get("ListTitle") or fields.get("ReactionEmoji"):
            yield words
        elif (kind := fields.get("MessageType", "text").lower()) != "text" or "OriginalRepliedMessageSid" in fields:
            yield f"[{'reply' if kind == 'text' else kind}]"


def _degrees(text: str | None) -> str | None:
    """The text of a coordinate, if it is a number."""
    return text.strip() if text is not None and _COORDINATE.fullmatch(text.strip()) else None


def _error(fields: Mapping[str, str]) -> str:
    code = fields.get("ErrorCode") or ""
    text = _ERRORS.get(code) or fields.get("ErrorMessage") or fields.get("MessageStatus", "")
    return (f"{code}: {text}" if code else text)[:_MAX_ERROR_TEXT]


def _twiml(text: str | None = None) -> Response:
    """A TwiML response: empty, or with a text to send back."""
    message = f"<Message>{escape(text, quote=False)}</Message>" if text else ""
    return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>', media_type="text/xml")
