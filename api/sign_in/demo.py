"""Sign-in on the pages of the demo.

    GET  /sign-in/demo   the address at which members sign in by the account's provider, if there is a provider
    POST /sign-in/demo   a session, for the one-time link that the server prints at its start

The link carries its secret behind `#`, which browsers send to nobody; the page sends it in the body. It works on the
machine of the server alone: for connections of the loopback interface, to a loopback address, that no proxy passed on.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import ClassVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.body import BodyBudget, read_limited
from api.graphql.cost.budget import Budgets, OverBudget
from api.pages import PAGE_HEADERS
from api.refusal import RequestRefused
from api.server.client_address import client_address
from api.sign_in.cookies import Cookies
from api.sign_in.origins import Origins
from api.sign_in.responses import browser_of, refusal, unread
from domain.principal import ANONYMOUS
from domain.sign_in.errors import SignInExpired, SignInRefused
from domain.sign_in.service import START_PATH, SignInService
from domain.values.errors import DomainError, NotFound, Unavailable
from domain.values.ids import AccountId, StaffId
from domain.values.record import SecretRecord

DEMO_PATH = "/sign-in/demo"
FRAGMENT = "#sign-in="  # followed by the secret of a link; web/src/pages/credentials.ts reads it

_COST = 1_000  # of the budget of an address (`api/graphql/cost`)
_BODY_BYTES = 4_096
_SECONDS = 10.0
_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")  # headers that proxies add
_ELSEWHERE = (
    "A sign-in link works on the machine that Baton runs on, without a proxy between. From elsewhere, sign in with a "
    "key: `baton keys create --staff EMAIL` makes one."
)
_OTHER_PAGE = "A sign-in link is taken from the pages of this server alone: open it at the address that was printed."
_NO_LINK = 'Send JSON: {"link": the part of the link behind `#sign-in=`}.'


class GivenLink(SecretRecord):
    hidden: ClassVar[tuple[str, ...]] = ("link",)

    link: str


class DemoSignIn:
    """They respond with 404 until `open` is called: only the demo account has them."""

    def __init__(self, *, sign_in: SignInService, budgets: Budgets, bodies: BodyBudget, origins: Origins) -> None:
        self._sign_in = sign_in
        self._budgets = budgets
        self._bodies = bodies
        self._origins = origins
        self._cookies = Cookies(origins)
        self._account_id: AccountId | None = None

    def open(self, account_id: AccountId) -> None:
        self._account_id = account_id

    def link(self, page: str, account_id: AccountId, staff_id: StaffId) -> str | None:
        """Return a new one-time link to a page, by which a member of the demo account signs in. None if the page is not
        of the public address, since the session would be refused there."""
        if not (page.startswith(f"{self._origins.own}/") and self._origins.is_usable):
            return None
        return f"{page}{FRAGMENT}{self._sign_in.links.make(account_id, staff_id)}"

    def routes(self) -> list[BaseRoute]:
        return [
            Route(DEMO_PATH, self._provider, methods=["GET"]),
            Route(DEMO_PATH, self._redeem, methods=["POST"]),
        ]

    async def _provider(self, request: Request) -> Response:
        account_id = self._opened()
        try:
            self._budgets.charge(ANONYMOUS, client_address(request.scope), _COST)
            connection = await self._sign_in.connection(account_id)
        except (OverBudget, Unavailable) as error:
            return _refused(error)
        address = None if connection is None else f"{self._origins.base_path}{START_PATH}{account_id}"
        return JSONResponse({"provider": address}, headers=PAGE_HEADERS)

    async def _redeem(self, request: Request) -> Response:
        self._opened()
        if not _is_of_this_machine(request):
            return unread(request, refusal(403, "FORBIDDEN", _ELSEWHERE))
        if (request.headers.get("origin") or "").lower() != self._origins.own:
            return unread(request, refusal(403, "FORBIDDEN", _OTHER_PAGE))
        try:
            self._budgets.charge(ANONYMOUS, client_address(request.scope), _COST)
            opened = await self._sign_in.links.redeem(await self._read(request), browser_of(request))
        except (OverBudget, RequestRefused, DomainError) as error:
            return _refused(error)
        response = JSONResponse({"expiresAt": opened.session.expires_at.isoformat()}, headers=PAGE_HEADERS)
        self._cookies.keep_refresh_token(response, opened.refresh_token, expires_at=opened.session.expires_at)
        return response

    async def _read(self, request: Request) -> str:
        with self._bodies.share() as share:
            body = await read_limited(request, share, max_bytes=_BODY_BYTES, seconds=_SECONDS)
        try:
            return msgspec.json.decode(body, type=GivenLink).link
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise RequestRefused(400, _NO_LINK, code="BAD_REQUEST") from None

    def _opened(self) -> AccountId:
        if self._account_id is None:
            raise HTTPException(404)
        return self._account_id


def _is_of_this_machine(request: Request) -> bool:
    passed_on = any(name in request.headers for name in _PASSED_ON)
    return not passed_on and _is_loopback(client_address(request.scope)) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    """Whether it is a loopback address, or the name of one. Any other name could be of a site that rebinds it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refused(error: Exception) -> Response:
    match error:
        case OverBudget():
            return refusal(429, "RATE_LIMITED", str(error), error.headers)
        case RequestRefused():
            return refusal(error.status, error.code, str(error), error.headers)
        case SignInExpired() | SignInRefused() | NotFound():
            return refusal(403, "FORBIDDEN", str(error))
    return refusal(503, "UNAVAILABLE", str(error), {"retry-after": "1"})
