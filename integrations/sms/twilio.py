"""Twilio's REST API, version 2010-04-01: https://www.twilio.com/docs/messaging/api/message-resource.

Forms with names in PascalCase go out, JSON comes back. There is no idempotency key: where a text may have been sent
already, the account's list of messages is looked through before it is sent again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from domain.delivery.errors import PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.messaging.text import pieces, plain_text
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from domain.values.channel import Channel
from domain.values.errors import Invalid, Unavailable
from domain.values.record import Record
from integrations.http import HttpClient, NoResponse, retry_after

_LONGEST_BODY = 1_600  # characters of one message, as Twilio takes them
_PAGE = 100
_MOST_PAGES = 10  # of the list that is looked through: a thousand texts to one number since the first attempt
_WITHIN = timedelta(seconds=2)  # Twilio's dates are whole seconds
_TRIAL = "Sent from your Twilio trial account - "
_WRONG_CREDENTIALS = frozenset({20003, 20005, 20006, 20404, 10001})  # unknown, suspended, not allowed, no such account
_PASSING = frozenset({20429, 14107, 21611, 63018})  # too many requests, or too many texts waiting on that number
_EXPLAINED = {
    21610: "The shopper sent STOP to this number: they must send START before anything reaches them.",
    63016: "WhatsApp takes free text within 24 hours of the shopper's last message only: wait until they write.",
}


class _TwilioResponse(Record, kw_only=False):
    status: int
    body: Mapping[str, Any] | None  # None: no JSON object
    text: str
    headers: Mapping[str, str]

    @property
    def code(self) -> int | None:
        code = (self.body or {}).get("code")
        return code if isinstance(code, int) else None

    @property
    def words(self) -> str:
        """What Twilio says is wrong, on one line."""
        said = (self.body or {}).get("message")
        words = " ".join((said if isinstance(said, str) else self.text).split())[:300] or f"HTTP {self.status}"
        words = _EXPLAINED.get(self.code, words) if self.code else words
        return f"{self.code}: {words}" if self.code else words

    def at(self, otherwise: datetime) -> datetime:
        """Its clock, which need not be ours."""
        return _instant(self.headers.get("date")) or otherwise


class TwilioApi:
    """Every failure to get an answer is a `TransientError`."""

    def __init__(self, *, web: HttpClient, url: str) -> None:
        self._web = web
        self._url = url

    async def ask(
        self,
        connection: UnsealedConnection,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> _TwilioResponse:
        """`path`: behind the accounts' address, or whole, as a list says where it goes on."""
        sid, token = connection.settings["account_sid"], connection.secrets["auth_token"]
        address = f"{self._url}{path}" if path.startswith("/") else f"{self._url}/2010-04-01/Accounts/{path}"
        headers = {"accept": "application/json"}
        content = None
        if form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
            content = urlencode(form).encode()
        try:
            answer = await self._web.send(
                method, address, content=content, params=query or None, headers=headers, auth=(sid, token)
            )
        except NoResponse as error:
            raise TransientError(f"Twilio did not answer: {error}", outcome_unknown=error.outcome_unknown) from None
        body = answer.json()
        text = answer.body.decode(errors="replace").replace(token, "…")
        return _TwilioResponse(answer.status, body if isinstance(body, dict) else None, text, answer.headers)


class TwilioSender:
    """A long text is sent in several; where it stopped half-way, the next attempt goes on with what is not there."""

    def __init__(self, *, api: TwilioApi, public_url: str) -> None:
        self._api = api
        self._public_url = public_url

    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        conversation = context.conversation
        route, (message,) = conversation.route, context.messages
        if route is None:
            raise PermanentError("This conversation has no number to send to.")
        over_whatsapp = conversation.channel is Channel.WHATSAPP
        sender = route.ours or connection.settings.get("whatsapp_from" if over_whatsapp else "sms_from")
        if sender is None:
            raise PermanentError(f"No number is connected for {conversation.channel}: name one with connectChannel.")
        prefix = "whatsapp:" if over_whatsapp else ""
        by_service = sender.startswith("MG")
        return json.dumps(
            {
                "To": prefix + route.theirs,
                ("MessagingServiceSid" if by_service else "From"): sender if by_service else prefix + sender,
                "message": message.id,
                "bodies": pieces(plain_text(message, conversation.locale), _LONGEST_BODY),
            },
            ensure_ascii=False,
        )

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        payload: dict[str, Any] = json.loads(request.payload)
        bodies: list[str] = payload.pop("bodies")
        message_id = payload.pop("message")
        sent = await self._sent_before(request, payload["To"], bodies) if request.outcome_unknown else {}
        status = 200
        for index, body in enumerate(bodies):
            if index in sent:
                continue
            form = {**payload, "Body": body, "StatusCallback": self._callback(request.connection, message_id)}
            try:
                sent[index], status = await self._send(request, form)
            except TransientError as error:
                error.outcome_unknown = error.outcome_unknown or bool(sent)  # what is sent must be found again
                raise
        return DeliveryResult(external_id=" ".join(sent[i] for i in range(len(bodies))), http_status=status)

    def _callback(self, connection: UnsealedConnection, message_id: str) -> str:
        return f"{self._public_url}/hooks/twilio/{connection.secrets['hook_token']}?message={message_id}"

    async def _send(self, request: DeliveryRequest, form: Mapping[str, str]) -> tuple[str, int]:
        sid = request.connection.settings["account_sid"]
        answer = await self._api.ask(request.connection, "POST", f"{sid}/Messages.json", form=form)
        if 200 <= answer.status < 300:
            made = (answer.body or {}).get("sid")
            if isinstance(made, str) and made:
                return made, answer.status
            raise TransientError("Twilio's answer was no message.", http_status=answer.status, outcome_unknown=True)
        raise _error(answer)

    async def _sent_before(self, request: DeliveryRequest, to: str, bodies: list[str]) -> dict[int, str]:
        """Which of them Twilio has since the first attempt, by place. Of two of the same words each is found once;
        nothing else goes to this shopper meanwhile, since their messages leave one after another."""
        sid = request.connection.settings["account_sid"]
        path, query = f"{sid}/Messages.json", {"To": to, "PageSize": str(_PAGE)}
        listed: list[Mapping[str, Any]] = []
        for _ in range(_MOST_PAGES):
            answer = await self._api.ask(request.connection, "GET", path, query=query)
            rows = (answer.body or {}).get("messages")
            if answer.status != 200 or not isinstance(rows, list):
                raise _unsure(answer)
            since = request.first_attempt_at + (answer.at(request.now) - request.now) - _WITHIN
            fresh = [row for row in rows if _is_fresh(row, since)]
            listed += fresh
            following = (answer.body or {}).get("next_page_uri")
            if len(fresh) < len(rows) or not isinstance(following, str) or not following.startswith("/"):
                break
            path, query = following, {}
        found: dict[int, str] = {}
        for row in reversed(listed):  # the oldest first
            place = next((i for i, b in enumerate(bodies) if i not in found and _same(b, str(row.get("body")))), None)
            if place is not None:
                found[place] = str(row.get("sid"))
        return found


class TwilioVerifier:
    def __init__(self, *, api: TwilioApi) -> None:
        self._api = api

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        field = ("twilio", "auth_token")
        try:
            answer = await self._api.ask(connection, "GET", f"{connection.settings['account_sid']}.json")
        except TransientError as error:
            raise Unavailable(f"{error.message} Nothing was kept: try again.") from None
        if answer.status in (401, 403, 404):
            raise Invalid("Twilio does not take this account SID with this auth token: copy both anew.", field=field)
        body = answer.body or {}
        if answer.status != 200 or body.get("sid") != connection.settings["account_sid"]:
            raise Unavailable(f"Twilio answered {answer.status}, and not the account. Nothing was kept: try again.")
        if body.get("status") != "active":
            raise Invalid(f"Twilio says that this account is {body.get('status')}: it cannot send.", field=field)
        name = body.get("friendly_name")
        return VerificationResult(display_name=name if isinstance(name, str) else None)


def _error(answer: _TwilioResponse) -> TransientError | PermanentError:
    """What an answer that is no message means. https://www.twilio.com/docs/api/errors"""
    if answer.status == 429 or answer.code in _PASSING:
        return TransientError(answer.words, http_status=answer.status, retry_after=retry_after(answer.headers))
    if answer.status >= 500 or answer.status in (408, 409):
        wait = retry_after(answer.headers)
        return TransientError(answer.words, http_status=answer.status, retry_after=wait, outcome_unknown=True)
    wrong = answer.status == 401 or answer.code in _WRONG_CREDENTIALS
    return PermanentError(answer.words, http_status=answer.status, credentials=wrong)


def _unsure(answer: _TwilioResponse) -> TransientError | PermanentError:
    """The list could not be had: whether it was sent is as open as before."""
    if answer.status < 300:
        return TransientError(
            "Twilio's list of messages cannot be read.", http_status=answer.status, outcome_unknown=True
        )
    error = _error(answer)
    if isinstance(error, TransientError):
        error.outcome_unknown = True
    return error


def _instant(date: object) -> datetime | None:
    try:
        instant = parsedate_to_datetime(date) if isinstance(date, str) else None
    except ValueError:
        return None
    return instant.replace(tzinfo=instant.tzinfo or UTC) if instant else None


def _is_fresh(row: Mapping[str, Any], since: datetime) -> bool:
    """Ours, and made since then; one without a date is so new that it has none."""
    created = _instant(row.get("date_created"))
    return str(row.get("direction", "outbound-api")).startswith("outbound") and (created is None or created >= since)


def _same(body: str, listed: str) -> bool:
    """Twilio may have changed white space, and puts its own words before what a trial account sends."""
    return " ".join(body.split()) == " ".join(listed.removeprefix(_TRIAL).split())
