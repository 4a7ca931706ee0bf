"""What an export is asked for: in the address of a GET, or as the JSON body of a POST.

format   ndjson (or left out: what `Accept` prefers, else ndjson), csv
filter   as `conversations(filter:)` takes it, JSON
order    ASC (left out: the oldest start first) or DESC
after    a row's `cursor`: only what stands behind it
notes    false leaves the team's notes out
bom      true puts a byte order mark before a CSV, by which Excel knows UTF-8
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import orjson
from starlette.requests import Request

from domain.values.errors import Invalid
from domain.values.record import Record
from resolvers.conversation.export import read_filter
from resolvers.conversation.page import ConversationFilter
from resolvers.enums import OrderDirection

_NAMES = ("format", "filter", "order", "after", "notes", "bom")
_TRUTH = {"true": True, "false": False}


class Format(StrEnum):
    NDJSON = "ndjson"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        return {Format.NDJSON: "application/x-ndjson", Format.CSV: "text/csv"}[self]


class ExportRequest(Record):
    format: Format
    filter: ConversationFilter
    direction: OrderDirection
    after: str | None
    notes: bool
    bom: bool
    gzip: bool


def from_address(request: Request) -> dict[str, object]:
    given: dict[str, object] = {}
    for name, value in request.query_params.multi_items():
        if name in given:
            raise Invalid("Give it once.", field=(name,))
        given[name] = _json(value, name) if name == "filter" else _TRUTH.get(value, value)
    return given


def from_body(body: bytes) -> dict[str, object]:
    given = _json(body, "body") if body.strip() else {}
    if not isinstance(given, dict):
        raise Invalid("The body must be a JSON object.", field="body")
    return given


def read(given: Mapping[str, object], *, accept: str, accept_encoding: str) -> ExportRequest:
    """Raises Invalid with the field of what cannot be used."""
    for name in given:
        if name not in _NAMES:
            raise Invalid(f"There is {', '.join(_NAMES)}.", field=(name,))
    after = given.get("after")
    if after is not None and not isinstance(after, str):
        raise Invalid("`after` is the cursor of a row.", field="after")
    order = given.get("order") or "ASC"
    if order not in ("ASC", "DESC"):
        raise Invalid("`order` is ASC or DESC.", field="order")
    return ExportRequest(
        format=_format(given.get("format"), accept),
        filter=read_filter(given.get("filter")),
        direction=OrderDirection[str(order)],
        after=after,
        notes=_flag(given, "notes", otherwise=True),
        bom=_flag(given, "bom", otherwise=False),
        gzip=_takes_gzip(accept_encoding),
    )


def _format(given: object, accept: str) -> Format:
    if given is None:
        return Format.CSV if Format.CSV.media_type in accept and "ndjson" not in accept else Format.NDJSON
    if given not in tuple(Format):
        raise Invalid("`format` is ndjson or csv.", field="format")
    return Format(str(given))


def _flag(given: Mapping[str, object], name: str, *, otherwise: bool) -> bool:
    value = given.get(name, otherwise)
    if not isinstance(value, bool):
        raise Invalid(f"`{name}` is true or false.", field=(name,))
    return value


def _takes_gzip(accept_encoding: str) -> bool:
    for item in accept_encoding.lower().split(","):
        name, _, quality = item.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _json(text: bytes | str, name: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid("This is not valid JSON.", field=(name,)) from None
