"""How MongoDB says that it does not accept Baton's credentials, and what Baton says then.

Passwords are changed and roles withdrawn while Baton runs. Connections that are open go on; new ones are refused.
"""

from __future__ import annotations

import logging
import time

from pymongo.errors import OperationFailure, PyMongoError, ServerSelectionTimeoutError

CREDENTIALS_REFUSED = "The database refuses the server's credentials. The operator has to look at them."

_AUTHENTICATION_FAILED = "AuthenticationFailed"
_CODES = {13: "Unauthorized", 18: _AUTHENTICATION_FAILED, 8_000: "AtlasError"}  # the last: Atlas' own proxy, for both
_LOG_SECONDS = 30.0  # between two lines in the log, because each operation fails

_logger = logging.getLogger("baton.mongo")
_logged_at = float("-inf")  # of `time.monotonic`


def are_credentials_refused(error: PyMongoError) -> bool:
    """Return whether MongoDB refused a command for want of rights, or a connection for its password. After the latter,
    the driver finds no server for a while, and only the text of that error has the reason."""
    if isinstance(error, ServerSelectionTimeoutError):
        return _AUTHENTICATION_FAILED in str(error)
    return isinstance(error, OperationFailure) and error.code in _CODES


def log_refused_credentials(error: PyMongoError) -> None:
    """Log it, not for each operation. MongoDB's text is left out, since it may quote the command."""
    global _logged_at
    now = time.monotonic()
    if now > _logged_at + _LOG_SECONDS:
        _logged_at = now
        code = error.code if isinstance(error, OperationFailure) else None
        name = _CODES.get(code or 0, _AUTHENTICATION_FAILED)
        _logger.error(
            "MongoDB refuses the credentials in BATON_MONGODB_URI, or they give no access to its database (%s).", name
        )
