"""A fake of Klaviyo's API (developers.klaviyo.com): keys with scopes, and events deduplicated by `unique_id`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.fakes.faults import responding
from dev.fakes.server import Fake
from dev.vendor_contracts import contract_if_there

REVISION = "2026-07-15"
KEY = "pk_1234567890abcdef1234567890abcdef12"
FULL = frozenset({"accounts:read", "data-privacy:write", "events:write", "profiles:read"})
_BEYOND = ("GET /api/accounts", "GET /api/profiles", "POST /api/data-privacy-deletion-jobs")


def too_fast(retry_after: int | None) -> Any:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return responding(429, _errors("throttled", "Request was throttled."), headers=headers)


def refused(detail: str, *, pointer: str = "/data/attributes/profile", status: int = 400, code: str = "invalid") -> Any:
    return responding(status, _errors(code, detail, pointer))


class Klaviyo(Fake):
    """One account."""

    name = "klaviyo"
    url = ""  # set by `serving`

    def __init__(self, *, keys: Mapping[str, frozenset[str]] | None = None) -> None:
        self.keys = dict(keys or {KEY: FULL})  # scopes by key
        self.deletions: list[Any] = []  # identifiers of profiles whose deletion was requested
        self.events: dict[tuple[str, str, str], Any] = {}  # by profile, metric and unique id; the first is kept
        super().__init__(contract=contract_if_there("klaviyo/stable.events.json", beyond=_BEYOND))

    def routes(self) -> list[Route]:
        return [
            Route("/api/accounts", self._accounts, methods=["GET"]),
            Route("/api/events", self._record, methods=["POST"]),
            Route("/api/profiles", self._profiles, methods=["GET"]),
            Route("/api/data-privacy-deletion-jobs", self._delete, methods=["POST"]),
        ]

    def state(self) -> object:
        return {"events": list(self.events.values())}

    @property
    def recorded(self) -> list[Any]:
        """The attributes of the events, in the order of arrival."""
        return list(self.events.values())

    def _refusal_of(self, request: Request, scope: str) -> Response | None:
        if request.headers.get("revision") != REVISION:
            return JSONResponse(_errors("invalid", "The revision header is required."), 400)
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        scopes = self.keys.get(key) if scheme == "Klaviyo-API-Key" else None
        if scopes is None:
            return JSONResponse(_errors("not_authenticated", "Authentication credentials were not provided."), 401)
        if scope not in scopes:
            return JSONResponse(_errors("permission_denied", f"Missing scope {scope}."), 403)
        return None

    async def _accounts(self, request: Request) -> Response:
        refusal = self._refusal_of(request, "accounts:read")
        if refusal is not None:
            return refusal
        contact = {"organization_name": "Acme Shoes", "default_sender_email": "hello@acme.example"}
        account = {
            "type": "account",
            "id": "AbC123",
            "attributes": {"contact_information": contact, "public_api_key": "AbC123"},
        }
        return JSONResponse({"data": [account]})

    async def _delete(self, request: Request) -> Response:
        refusal = self._refusal_of(request, "data-privacy:write")
        if refusal is not None:
            return refusal
        data = (await request.json())["data"]
        profile = data["attributes"]["profile"]["data"]
        identifiers = {**profile.get("attributes", {}), **({"id": profile["id"]} if "id" in profile else {})}
        if data["type"] != "data-privacy-deletion-job" or len(identifiers) != 1:
            return JSONResponse(_errors("invalid", "Give one identifier."), 400)
        self.deletions.append(identifiers)
        return Response(status_code=202)

    async def _profiles(self, request: Request) -> Response:
        """Profiles by the shop's own id, of those that events have: `equals(external_id,"42")`."""
        refusal = self._refusal_of(request, "profiles:read")
        if refusal is not None:
            return refusal
        name, _, value = request.query_params["filter"].removeprefix("equals(").removesuffix(")").partition(",")
        known = {event["profile"]["data"]["attributes"].get(name) for event in self.recorded}
        wanted = json.loads(value)
        rows = [{"type": "profile", "id": f"K{wanted}", "attributes": {name: wanted}}] if wanted in known else []
        return JSONResponse({"data": rows})

    async def _record(self, request: Request) -> Response:
        refusal = self._refusal_of(request, "events:write")
        if refusal is not None:
            return refusal
        attributes = (await request.json())["data"]["attributes"]
        profile = attributes["profile"]["data"]["attributes"]
        identifiers = {name: profile[name] for name in ("email", "phone_number", "external_id") if name in profile}
        if len(identifiers) > 1:
            return JSONResponse(_errors("duplicate_profile", "The identifiers belong to two profiles."), 409)
        key = (str(profile), attributes["metric"]["data"]["attributes"]["name"], attributes["unique_id"])
        self.events.setdefault(key, attributes)
        return Response(status_code=202)


def _errors(code: str, detail: str, pointer: str | None = None) -> object:
    error = {"id": "6d7e", "code": code, "title": code, "detail": detail}
    return {"errors": [{**error, "source": {"pointer": pointer}} if pointer else error]}
