"""Cross-origin requests (CORS): pages of the allowed origins may call with any header.

Credentials travel in `Authorization` and never in cookies, so a page can only send what its own code holds, and a list
of allowed request headers would protect nothing. It would break tracing (`traceparent`, `sentry-trace`) and the names
that clients give themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

_EXPOSED = ("allow", "content-disposition", "etag", "retry-after", "www-authenticate")  # scripts may read only these
_PREFLIGHT_SECONDS = 86_400  # browsers keep a preflight's result for a day at most (Chrome for two hours)


def cors(allowed_origins: Sequence[str]) -> Middleware:
    return Middleware(
        CORSMiddleware,
        allow_origins=list(allowed_origins),
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=list(_EXPOSED),
        max_age=_PREFLIGHT_SECONDS,
    )
