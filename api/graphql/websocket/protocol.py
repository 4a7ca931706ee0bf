"""The messages of `graphql-transport-ws`: parsed strictly, and written as text frames.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from api.graphql.errors import ErrorEntry
from api.graphql.request import BadRequest, GraphQLRequest, read_request
from api.graphql.websocket.close_codes import UNKNOWN_CREDENTIAL, Close, CloseCode
from domain.values.record import Record

SUBPROTOCOL = "graphql-transport-ws"
PONG = '{"type":"pong"}'
_LONGEST_REASON = 123  # bytes, RFC 6455


class ConnectionInit(Record, kw_only=False):
    authorization: str | None  # the value of an Authorization header
    resume: str | None


class Ping(Record, kw_only=False):
    payload: object


class Pong(Record, kw_only=False):
    pass


class Subscribe(Record, kw_only=False):
    id: str
    request: GraphQLRequest


class Complete(Record, kw_only=False):
    id: str


Message = ConnectionInit | Ping | Pong | Subscribe | Complete


class ProtocolError(Exception):
    """The client broke the protocol; the connection ends with `close`."""

    def __init__(self, close: Close) -> None:
        super().__init__(close.reason)
        self.close = close


def bad_message(reason: str) -> ProtocolError:
    return ProtocolError(Close(CloseCode.BAD_MESSAGE, reason))


def already_subscribed(operation_id: str) -> ProtocolError:
    room = _LONGEST_REASON - len("Subscriber for  already exists")
    shown = operation_id.encode()[:room].decode(errors="ignore")
    return ProtocolError(Close(CloseCode.DUPLICATE_ID, f"Subscriber for {shown} already exists"))


def read_message(text: str) -> Message:
    """Parse a message of the client. Raises `ProtocolError`."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise bad_message("The message is not valid JSON.") from None
    if not isinstance(message, dict):
        raise bad_message("The message is not a JSON object.")
    match message.get("type"):
        case "connection_init":
            return _connection_init(_optional_object(message))
        case "ping":
            return Ping(_optional_object(message))
        case "pong":
            _optional_object(message)
            return Pong()
        case "subscribe":
            return Subscribe(_id(message), _request(message))
        case "complete":
            return Complete(_id(message))
        case _:
            raise bad_message("Clients do not send messages of this type.")


def _optional_object(message: Mapping[str, object]) -> dict[str, object] | None:
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise bad_message("`payload` is not a JSON object.")
    return payload


def _id(message: Mapping[str, object]) -> str:
    operation_id = message.get("id")
    if not isinstance(operation_id, str) or not operation_id:
        raise bad_message("`id` is not a non-empty string.")
    return operation_id


def _request(message: Mapping[str, object]) -> GraphQLRequest:
    try:
        return read_request(message.get("payload"))
    except BadRequest as error:
        raise bad_message(str(error)) from None


def _connection_init(payload: dict[str, object] | None) -> ConnectionInit:
    payload = payload or {}
    resume = payload.get("resume")
    if resume is not None and not isinstance(resume, str):
        raise bad_message("`resume` is not a string.")
    return ConnectionInit(_authorization(payload), resume or None)


def _authorization(payload: Mapping[str, object]) -> str | None:
    """Return the value of `authorization` (in any case, with or without a scheme), or else of `token`."""
    found = next((value for key, value in payload.items() if key.lower() == "authorization" and value), None)
    value = found or payload.get("token")
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ProtocolError(UNKNOWN_CREDENTIAL)
    return value if " " in value else f"Bearer {value}"


def connection_ack(server_time: str) -> str:
    return _text({"type": "connection_ack", "payload": {"serverTime": server_time}})


def ping(cursor: str | None) -> str:
    return _text({"type": "ping", "payload": {"cursor": cursor}} if cursor else {"type": "ping"})


def pong(payload: object) -> str:
    return _text({"type": "pong", "payload": payload}) if payload is not None else PONG


def next_head(operation_id: str) -> str:
    """Return a `next` message up to its payload, which is encoded already and only has to be appended."""
    return f'{{"id":{_text(operation_id)},"type":"next","payload":'


def error(operation_id: str, errors: list[ErrorEntry]) -> str:
    return _text({"id": operation_id, "type": "error", "payload": errors})


def complete(operation_id: str) -> str:
    return _text({"id": operation_id, "type": "complete"})


def _text(message: object) -> str:
    return orjson.dumps(message).decode()
