"""The codes with which the server closes a connection, and the reasons it gives.

The stock graphql-ws client reconnects by itself after 1012, 1013, 4403 and 4408, and gives up after the other codes
named here. So the server uses those four where reconnecting helps, and the others where it does not.
"""

from __future__ import annotations

from enum import IntEnum

from api.realtime.credential_watch import AccessEnd
from domain.values.record import Record


class CloseCode(IntEnum):
    NONE = 1005  # never sent (RFC 6455): the peer has gone, or an HTTP response has ended
    TOO_BIG = 1009
    RESTART = 1012  # the server goes away: reconnect, and resume
    TRY_AGAIN = 1013  # reconnect after a pause, and resume
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401  # the credential is not one of this server: the same client will not get in
    FORBIDDEN = 4403  # the credential has ended or changed: reconnect, with a new one if this one is refused
    SUBPROTOCOL = 4406
    INIT_TIMEOUT = 4408
    DUPLICATE_ID = 4409
    TOO_MANY_INITS = 4429


class Close(Record, kw_only=False):
    code: CloseCode
    reason: str  # at most 123 bytes (RFC 6455)


GONE = Close(CloseCode.NONE, "")
DRAINING = Close(CloseCode.RESTART, "The server restarts.")
LIFETIME_OVER = Close(CloseCode.RESTART, "The connection has reached its maximum age: reconnect.")
SLOW_CONSUMER = Close(CloseCode.TRY_AGAIN, "slow consumer")
SILENT = Close(CloseCode.TRY_AGAIN, "The client sent nothing for too long.")
UNAVAILABLE_NOW = Close(CloseCode.TRY_AGAIN, "Try again later.")
TOO_MANY_SOCKETS = Close(CloseCode.TRY_AGAIN, "This visitor has too many connections at once.")
NOT_INITIALISED = Close(CloseCode.UNAUTHORIZED, "Unauthorized")
UNKNOWN_CREDENTIAL = Close(CloseCode.UNAUTHORIZED, "The credential is unknown.")
CREDENTIAL_ENDED = Close(CloseCode.FORBIDDEN, "The credential has expired or was revoked.")
WRONG_NETWORK = Close(CloseCode.FORBIDDEN, "This key may not be used from this network.")
EXPIRED = Close(CloseCode.FORBIDDEN, "The credential expired.")
REVOKED = Close(CloseCode.FORBIDDEN, "The credential was revoked.")
ROTATED = Close(CloseCode.FORBIDDEN, "The key was rotated: reconnect, and use the new one soon.")
KEY_CHANGED = Close(CloseCode.FORBIDDEN, "The key has changed: reconnect.")
ROLE_CHANGED = Close(CloseCode.FORBIDDEN, "The role of the staff member has changed: reconnect.")
SUSPENDED = Close(CloseCode.FORBIDDEN, "The staff member of the credential is suspended.")
INIT_TIMEOUT = Close(CloseCode.INIT_TIMEOUT, "Connection initialisation timeout")
ACCESS_ENDS = {
    AccessEnd.REVOKED: REVOKED,
    AccessEnd.ROTATED: ROTATED,
    AccessEnd.KEY_CHANGED: KEY_CHANGED,
    AccessEnd.ROLE_CHANGED: ROLE_CHANGED,
    AccessEnd.SUSPENDED: SUSPENDED,
}
TOO_MANY_INITS = Close(CloseCode.TOO_MANY_INITS, "Too many initialisation requests")
SUBPROTOCOL_REFUSED = Close(CloseCode.SUBPROTOCOL, "Subprotocol not acceptable")
TOO_BIG = Close(CloseCode.TOO_BIG, "The message is too big.")
BINARY = Close(CloseCode.BAD_MESSAGE, "The message is not text.")
