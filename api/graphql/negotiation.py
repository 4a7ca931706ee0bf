"""Content negotiation (RFC 9110, section 12.5.1): the form of response that a client accepts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from domain.values.record import Record

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"

_SHORT = 300  # characters; browsers send some 130
_REMEMBERED = 200  # values of `Accept`; clients send a few


class Accepted(Record, kw_only=False):
    json: str | None  # the media type of a single result; None: JSON is not accepted
    stream: bool
    html: bool


class _Range(Record, kw_only=False):
    media_type: str
    quality: float


def negotiate(accept: str) -> Accepted:
    """Return what the value of `Accept` accepts. Event streams and HTML must be named; `*/*` includes neither."""
    return _remembered(accept) if len(accept) <= _SHORT else _negotiated(accept)


def is_json_in_utf8(content_type: str) -> bool:
    """Return whether the value of `Content-Type` is JSON in UTF-8."""
    if content_type == JSON:
        return True
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = next((p.removeprefix("charset=").strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    return media_type == JSON and charset in ("utf-8", "utf8")


def _negotiated(accept: str) -> Accepted:
    ranges = list(_ranges(accept)) or [_Range("*/*", 1.0)]
    named = {r.media_type for r in ranges if r.quality > 0}
    modern, legacy = _quality(RESPONSE_JSON, ranges), _quality(JSON, ranges)
    json = None
    if max(modern, legacy) > 0:
        # Clients that do not know the newer media type expect the older one, with its statuses.
        json = RESPONSE_JSON if RESPONSE_JSON in named and modern >= legacy else JSON
    return Accepted(json=json, stream=EVENT_STREAM in named, html=HTML in named)


_remembered = lru_cache(_REMEMBERED)(_negotiated)


def _ranges(accept: str) -> Iterator[_Range]:
    for item in accept.split(","):
        media_type, *parameters = (part.strip().lower() for part in item.split(";"))
        if not media_type:
            continue
        quality = next((p[2:].strip() for p in parameters if p.startswith("q=")), "1")
        try:
            yield _Range(media_type, float(quality))
        except ValueError:
            continue


def _quality(media_type: str, ranges: list[_Range]) -> float:
    """Return the quality of the most specific range that matches; 0 if none does."""
    kind = media_type.split("/")[0]
    for pattern in (media_type, f"{kind}/*", "*/*"):
        matching = [r.quality for r in ranges if r.media_type == pattern]
        if matching:
            return max(matching)
    return 0.0
