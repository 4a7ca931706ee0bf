"""The parameters of an export: in the address of a GET, or in the JSON body of a POST.

format   ndjson or csv; by default what `Accept` prefers, else ndjson
filter   JSON, as for `conversations(filter:)` or `auditLog(filter:)`
order    ASC (the default: the earliest start first) or DESC
after    the `cursor` of a row: only later rows are exported
notes    false omits the team's internal notes (conversations only)
bom      true puts a byte order mark before a CSV, by which Excel recognises UTF-8
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import orjson
from starlette.requests import Request

from api.http_headers import takes_gzip
from domain.values.errors import Invalid
from domain.values.record import Record
from resolvers.enums import OrderDirection

_TRUTH = {"true": True, "false": False}


class Format(StrEnum):
    NDJSON = "ndjson"
    CSV = "csv"
    ZIP = "zip"  # of everything about one shopper, and of nothing else

    @property
    def media_type(self) -> str:
        return {Format.NDJSON: "application/x-ndjson", Format.CSV: "text/csv", Format.ZIP: "application/zip"}[self]


class ExportRequest(Record):
    format: Format
    filter: object  # JSON, as it was sent
    direction: OrderDirection
    after: str | None
    notes: bool
    bom: bool
    gzip: bool


def from_address(request: Request) -> dict[str, object]:
    given: dict[str, object] = {}
    for name, value in request.query_params.multi_items():
        if name in given:
            raise Invalid("The parameter is given more than once.", field=(name,))
        given[name] = _json(value, name) if name == "filter" else _TRUTH.get(value, value)
    return given


def from_body(body: bytes) -> dict[str, object]:
    given = _json(body, "body") if body.strip() else {}
    if not isinstance(given, dict):
        raise Invalid("The body must be a JSON object.", field="body")
    return given


def read(given: Mapping[str, object], names: tuple[str, ...], *, accept: str, accept_encoding: str) -> ExportRequest:
    """Return the checked parameters, of which these names are known. Raises `Invalid` with the name of a wrong one."""
    for name in given:
        if name not in names:
            raise Invalid(f"Unknown parameter. Available: {', '.join(names)}.", field=(name,))
    after = given.get("after")
    if after is not None and not isinstance(after, str):
        raise Invalid("`after` must be the cursor of a row.", field="after")
    order = given.get("order") or "ASC"
    if order not in ("ASC", "DESC"):
        raise Invalid("`order` must be ASC or DESC.", field="order")
    return ExportRequest(
        format=_format(given.get("format"), accept),
        filter=given.get("filter"),
        direction=OrderDirection[str(order)],
        after=after,
        notes=_flag(given, "notes", default=True),
        bom=_flag(given, "bom", default=False),
        gzip=takes_gzip(accept_encoding),
    )


def _format(given: object, accept: str) -> Format:
    if given is None:
        return Format.CSV if Format.CSV.media_type in accept and "ndjson" not in accept else Format.NDJSON
    if given not in (Format.NDJSON, Format.CSV):
        raise Invalid("`format` must be ndjson or csv.", field="format")
    return Format(str(given))


def _flag(given: Mapping[str, object], name: str, *, default: bool) -> bool:
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise Invalid(f"`{name}` must be true or false.", field=(name,))
    return value


def _json(text: bytes | str, name: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid("This is not valid JSON.", field=(name,)) from None
