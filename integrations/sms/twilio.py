"""SMS and WhatsApp through Twilio's REST API, version 2010-04-01.

Wire format: https://www.twilio.com/docs/messaging/api/message-resource. Requests are forms with field names in
PascalCase, responses are JSON. The API has no idempotency key. If an earlier attempt may have sent the text, the
sender searches the account's list of messages before it sends again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from domain.connected_services.channels import TEMPLATE_SETTING
from domain.delivery.errors import PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.messaging.markup import PLAIN, WHATSAPP
from domain.messaging.text import pieces, plain_text
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.outbox.ports import DeliveryContext, DeliveryRequest, OutgoingFile, within_size
from domain.values.channel import Channel
from domain.values.errors import Invalid, Unavailable
from domain.values.record import Record
from integrations.http import HttpClient, NoResponse, retry_after

_MAX_BODY = 1_600  # characters of one message: Twilio's limit
_MAX_VARIABLE = 900  # characters of a template's variable: a template has at most 1,024
_MMS_TYPES = frozenset({"image/jpeg", "image/png", "image/gif"})  # which Twilio fits to each carrier
_MMS_BYTES = 5 << 20  # of the media of a message
_WHATSAPP_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4", "application/pdf"}
)
_WHATSAPP_BYTES = 16 << 20  # of a file
_PAGE = 100  # messages
_MAX_PAGES = 10  # of the list that is searched: 1,000 texts to one number since the first attempt
_DATE_TOLERANCE = timedelta(seconds=2)  # Twilio's dates have whole seconds
_TRIAL_PREFIX = "Sent from your Twilio trial account - "
_WRONG_CREDENTIALS = frozenset({20003, 20005, 20006, 20404, 10001})  # unknown, suspended, forbidden, no such account
_TRANSIENT_CODES = frozenset({20429, 14107, 21611, 63018})  # too many requests, or the number's queue is full
_EXPLANATIONS = {
    21610: "The shopper sent STOP to this number. They receive nothing until they send START.",
    63016: "WhatsApp accepts free text only within 24 hours of the shopper's last message. Wait for the next, or "
    "connect a template for later messages (`templateSid`).",
}


class _TwilioResponse(Record, kw_only=False):
    status: int
    body: Mapping[str, Any] | None  # None: not a JSON object
    text: str
    headers: Mapping[str, str]

    @property
    def code(self) -> int | None:
        code = (self.body or {}).get("code")
        return code if isinstance(code, int) else None

    @property
    def error_text(self) -> str:
        """Twilio's error code and message, on one line."""
        message = (self.body or {}).get("message")
        text = " ".join((message if isinstance(message, str) else self.text).split())[:300] or f"HTTP {self.status}"
        text = _EXPLANATIONS.get(self.code, text) if self.code else text
        return f"{self.code}: {text}" if self.code else text

    def date(self, *, default: datetime) -> datetime:
        """The time by Twilio's clock, from the header `Date`."""
        return _instant(self.headers.get("date")) or default


class TwilioClient:
    """Calls Twilio for one connection, with basic authentication: account SID and auth token."""

    def __init__(self, *, http: HttpClient, url: str) -> None:
        self._http = http
        self._url = url

    async def call(
        self,
        connection: UnsealedConnection,
        method: str,
        path: str,
        *,
        form: Mapping[str, str | list[str]] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> _TwilioResponse:
        """Make one call and return the response, whatever its status. Raises `TransientError` if there is none.

        `path`: relative to `/2010-04-01/Accounts/`, or absolute as in a list's `next_page_uri`.
        """
        sid, token = connection.settings["account_sid"], connection.secrets["auth_token"]
        address = f"{self._url}{path}" if path.startswith("/") else f"{self._url}/2010-04-01/Accounts/{path}"
        headers = {"accept": "application/json"}
        content = None
        if form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
            content = urlencode(form, doseq=True).encode()
        try:
            response = await self._http.send(
                method, address, content=content, params=query or None, headers=headers, auth=(sid, token)
            )
        except NoResponse as error:
            raise TransientError(f"Twilio did not respond: {error}", outcome_unknown=error.outcome_unknown) from None
        body = response.json()
        text = response.body.decode(errors="replace").replace(token, "…")
        return _TwilioResponse(response.status, body if isinstance(body, dict) else None, text, response.headers)


class TwilioSender:
    """The outbox sender for SMS and WhatsApp (port: `OutboxSender`).

    A text of more than 1,600 characters is sent as several messages. If an attempt ends after some of them, the next
    attempt sends the others.
    """

    def __init__(self, *, client: TwilioClient, public_url: str) -> None:
        self._client = client
        self._public_url = public_url

    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        """Return JSON: the form fields `To` and `From` or `MessagingServiceSid`, the bodies to send, and the addresses
        of the media of each (`media`), which Twilio fetches. Files that the channel does not carry are links in the
        text.

        Raises `PermanentError` if the conversation has no number, or none of the account's numbers fits its channel.
        """
        conversation = context.conversation
        route, (message,) = conversation.route, context.messages
        if route is None:
            raise PermanentError("The conversation has no phone number to send to.")
        over_whatsapp = conversation.channel is Channel.WHATSAPP
        sender = route.account_sender or connection.settings.get("whatsapp_from" if over_whatsapp else "sms_from")
        if sender is None:
            raise PermanentError(f"No number is connected for {conversation.channel}. Add one with connectChannel.")
        prefix = "whatsapp:" if over_whatsapp else ""
        by_service = sender.startswith("MG")
        template = _template_for(context, connection)
        media, linked = _media_of(context, over_whatsapp=over_whatsapp, template=template)
        style, links = WHATSAPP if over_whatsapp else PLAIN, [(file.name, file.url) for file in linked]
        text = plain_text(message, conversation.locale, style, links)
        form = {
            "To": prefix + route.shopper_address,
            ("MessagingServiceSid" if by_service else "From"): sender if by_service else prefix + sender,
            "message": message.id,
        }
        if message.template is not None:
            variables = {variable.name: variable.value for variable in message.template.variables}
            return json.dumps({**form, "ContentSid": template, "bodies": [""], "variables": variables})
        if template is None:
            bodies = pieces(text, _MAX_BODY)
            bodies += [""] * (len(media) - len(bodies))
        else:  # a variable is one line of text
            form["ContentSid"], bodies = template, pieces(" ".join(text.split()), _MAX_VARIABLE)
        return json.dumps({**form, "bodies": bodies, **({"media": media} if media else {})}, ensure_ascii=False)

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        """Send the messages that were not sent yet. Returns their SIDs, separated by spaces.

        Raises `TransientError` or `PermanentError` by Twilio's status and error code.
        """
        payload: dict[str, Any] = json.loads(request.payload)
        bodies: list[str] = payload.pop("bodies")
        media: list[list[str]] = payload.pop("media", [])
        message_id = payload.pop("message")
        variables: dict[str, str] | None = payload.pop("variables", None)  # of a template that its author chose
        same = _same_template(variables) if variables is not None else _contained if "ContentSid" in payload else _same
        sent = await self._sent_before(request, payload["To"], bodies, same) if request.outcome_unknown else {}
        status = 200
        for index, body in enumerate(bodies):
            if index in sent:
                continue
            filled = {"1": body} if variables is None else variables
            content: dict[str, str | list[str]] = (
                {"ContentVariables": json.dumps(filled)} if "ContentSid" in payload else {"Body": body}
            )
            if index < len(media):
                content = {**({"Body": body} if body else {}), "MediaUrl": media[index]}
            form = {**payload, **content, "StatusCallback": self._callback(request.connection, message_id)}
            try:
                sent[index], status = await self._send(request, form)
            except TransientError as error:
                error.outcome_unknown = error.outcome_unknown or bool(sent)  # the next attempt must find those sent
                raise
        return DeliveryResult(external_id=" ".join(sent[i] for i in range(len(bodies))), http_status=status)

    def _callback(self, connection: UnsealedConnection, message_id: str) -> str:
        return f"{self._public_url}/hooks/twilio/{connection.secrets['hook_token']}?message={message_id}"

    async def _send(self, request: DeliveryRequest, form: Mapping[str, str | list[str]]) -> tuple[str, int]:
        sid = request.connection.settings["account_sid"]
        response = await self._client.call(request.connection, "POST", f"{sid}/Messages.json", form=form)
        if 200 <= response.status < 300:
            message_sid = (response.body or {}).get("sid")
            if isinstance(message_sid, str) and message_sid:
                return message_sid, response.status
            raise TransientError("Twilio's response has no message.", http_status=response.status, outcome_unknown=True)
        raise _error_of(response)

    async def _sent_before(
        self, request: DeliveryRequest, to: str, bodies: list[str], same: Callable[[str, str], bool]
    ) -> dict[int, str]:
        """Return the SIDs of the bodies that Twilio received since the first attempt, by index. `same` compares a body
        with a listed one.

        Equal bodies are matched one to one. No other text to this shopper can be among them, because the outbox sends
        the messages of a conversation one after another.
        """
        sid = request.connection.settings["account_sid"]
        path, query = f"{sid}/Messages.json", {"To": to, "PageSize": str(_PAGE)}
        listed: list[Mapping[str, Any]] = []
        for _ in range(_MAX_PAGES):
            response = await self._client.call(request.connection, "GET", path, query=query)
            rows = (response.body or {}).get("messages")
            if response.status != 200 or not isinstance(rows, list):
                raise _unknown(response)
            since = request.first_attempt_at + (response.date(default=request.now) - request.now) - _DATE_TOLERANCE
            fresh = [row for row in rows if _is_fresh(row, since)]
            listed += fresh
            following = (response.body or {}).get("next_page_uri")
            if len(fresh) < len(rows) or not isinstance(following, str) or not following.startswith("/"):
                break
            path, query = following, {}
        sids: dict[int, str] = {}
        for row in reversed(listed):  # oldest first
            index = next((i for i, b in enumerate(bodies) if i not in sids and same(b, str(row.get("body")))), None)
            if index is not None:
                sids[index] = str(row.get("sid"))
        return sids


class TwilioVerifier:
    """Checks an account SID and auth token by reading the account (port: `CredentialVerifier`)."""

    def __init__(self, *, client: TwilioClient) -> None:
        self._client = client

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        """Return the account's friendly name. Raises `Invalid` at `twilio.auth_token`, or `Unavailable`.

        `GET /2010-04-01/Accounts/{sid}.json`: https://www.twilio.com/docs/iam/api/account.
        """
        field = ("twilio", "auth_token")
        try:
            response = await self._client.call(connection, "GET", f"{connection.settings['account_sid']}.json")
        except TransientError as error:
            raise Unavailable(f"{error.message}. Nothing was saved; try again in a moment.") from None
        if response.status in (401, 403, 404):
            raise Invalid("Twilio rejected the account SID or auth token. Copy both from its console.", field=field)
        body = response.body or {}
        if response.status != 200 or body.get("sid") != connection.settings["account_sid"]:
            raise Unavailable(f"Twilio returned {response.status} without the account. Nothing was saved; try again.")
        if body.get("status") != "active":
            raise Invalid(f"The status of the Twilio account is {body.get('status')}, so it cannot send.", field=field)
        name = body.get("friendly_name")
        return VerificationResult(display_name=name if isinstance(name, str) else None)


def _error_of(response: _TwilioResponse) -> TransientError | PermanentError:
    """The error of a response without a message. Codes: https://www.twilio.com/docs/api/errors"""
    if response.status == 429 or response.code in _TRANSIENT_CODES:
        return TransientError(
            response.error_text, http_status=response.status, retry_after=retry_after(response.headers)
        )
    if response.status >= 500 or response.status in (408, 409):
        wait = retry_after(response.headers)
        return TransientError(response.error_text, http_status=response.status, retry_after=wait, outcome_unknown=True)
    credentials = response.status == 401 or response.code in _WRONG_CREDENTIALS
    return PermanentError(response.error_text, http_status=response.status, credentials=credentials)


def _unknown(response: _TwilioResponse) -> TransientError | PermanentError:
    """The error if the list could not be read, so that the outcome of the earlier attempt stays unknown."""
    if response.status < 300:
        return TransientError(
            "Twilio's list of messages cannot be read.", http_status=response.status, outcome_unknown=True
        )
    error = _error_of(response)
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
    """Whether the message was sent by the API since then. Very new messages have no date yet."""
    created = _instant(row.get("date_created"))
    return str(row.get("direction", "outbound-api")).startswith("outbound") and (created is None or created >= since)


def _template_for(context: DeliveryContext, connection: UnsealedConnection) -> str | None:
    """Return the template in which a message leaves: its own, or that of the account after WhatsApp's 24 hours; `None`
    within them. Raises `PermanentError` if none is connected."""
    ends_at, (message,) = context.conversation.window_ends_at, context.messages
    if message.template is not None:
        return message.template.sid
    if ends_at is None or message.sent_at < ends_at:
        return None
    template = connection.settings.get(TEMPLATE_SETTING)
    if template is None:
        raise PermanentError(f"63016: {_EXPLANATIONS[63016]}")
    return template


def _media_of(
    context: DeliveryContext, *, over_whatsapp: bool, template: str | None
) -> tuple[list[list[str]], list[OutgoingFile]]:
    """Return the addresses of the media of each message to send, and the files that are to be links: WhatsApp carries
    one file with each message, MMS several images of 5 MB together, and a template none."""
    files = context.files_of(context.messages[0])
    if template is not None or not all(file.url.startswith("https://") for file in files):
        return [], files
    if over_whatsapp:
        carried = [file for file in files if file.content_type in _WHATSAPP_TYPES and file.size <= _WHATSAPP_BYTES]
        return [[file.url] for file in carried], [file for file in files if file not in carried]
    images = [file for file in files if file.content_type in _MMS_TYPES]
    carried, _ = within_size(images, _MMS_BYTES)
    left = [file for file in files if file not in carried]
    return ([[file.url for file in carried]] if carried else []), left


def _same_template(variables: Mapping[str, str]) -> Callable[[str, str], bool]:
    """Whether a listed text has all variables of a template."""
    return lambda _, listed: all(_contained(" ".join(value.split()), listed) for value in variables.values())


def _contained(body: str, listed: str) -> bool:
    """Whether a template's text has the variable."""
    return body in " ".join(listed.split())


def _same(body: str, listed: str) -> bool:
    """Whether the bodies are equal. Twilio may change white space, and adds a prefix to texts of trial accounts."""
    return " ".join(body.split()) == " ".join(listed.removeprefix(_TRIAL_PREFIX).split())
