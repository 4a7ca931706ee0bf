"""The endpoints of sign-in.

    GET  /sign-in/{account}   to the account's provider; `return_to` is the address to come back to
    GET  /sign-in/callback    from the provider: a session, its refresh token in a cookie, and on to the return address
    POST /sign-in/token       a new access token, for the refresh token in the cookie

Nothing of a request is logged: its address contains an authorization code.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.graphql.cost.budget import Budgets, OverBudget
from api.pages import PAGE_HEADERS
from api.server.client_address import client_address
from api.sign_in.cookies import TOKEN_PATH, Cookies
from api.sign_in.origins import Origins
from api.sign_in.pages import page, redirect
from api.sign_in.responses import browser_of, refusal, unread
from domain.connected_services.ports import CannotOpen
from domain.principal import ANONYMOUS
from domain.sign_in.errors import SessionEnded, SignInExpired, SignInRefused
from domain.sign_in.model import Callback
from domain.sign_in.service import CALLBACK_PATH, START_PATH, SignInService
from domain.values.errors import NotFound, Unavailable
from domain.values.ids import AccountId
from resolvers.relay.global_ids import to_global_id

# Of the budget of an address (`api/graphql/cost`): a start may call the provider, a callback calls it twice.
_START_COST = 1_000
_CALLBACK_COST = 5_000
_RENEWAL_COST = 500
_PREFLIGHT_SECONDS = "86400"
_NO_ORIGIN = (
    "Send the header Origin with the address of your page, as browsers do by themselves with POST. "
    "The page has to be of this server, or of an origin in BATON_SIGN_IN_ORIGINS."
)
_OTHER_ORIGIN = "Pages of this origin may not renew access tokens. The operator lists origins in BATON_SIGN_IN_ORIGINS."
_HOW_TO_RENEW = "A page that staff have signed in to gets an access token here by POST: see docs/guides/sign-in.md."

logger = logging.getLogger("baton.sign_in")

Respond = Callable[[Request], Awaitable[Response]]


class SignInEndpoints:
    def __init__(self, *, sign_in: SignInService, budgets: Budgets, origins: Origins) -> None:
        self._sign_in = sign_in
        self._sessions = sign_in.sessions
        self._budgets = budgets
        self._origins = origins
        self._cookies = Cookies(origins)

    def routes(self) -> list[BaseRoute]:
        return [
            Route(CALLBACK_PATH, self._in_a_browser(self._finish, _CALLBACK_COST)),
            Route(TOKEN_PATH, self._token, methods=["POST", "OPTIONS"]),
            Route(TOKEN_PATH, _not_posted, methods=["GET", "HEAD", "PUT", "PATCH", "DELETE"]),
            Route(START_PATH + "{account}", self._in_a_browser(self._begin, _START_COST)),
        ]

    def _in_a_browser(self, respond: Respond, cost: int) -> Respond:
        """Charge the address, and turn what goes wrong into a page that says what to do."""

        async def endpoint(request: Request) -> Response:
            try:
                self._budgets.charge(ANONYMOUS, client_address(request.scope), cost)
                return await respond(request)
            except OverBudget as over:
                response = page("Too many sign-ins", "Wait a moment, and try again.", 429)
                response.headers.update(over.headers)
                return response
            except Exception as error:  # noqa: BLE001 - request boundary
                return _failure(error)

        return endpoint

    async def _begin(self, request: Request) -> Response:
        return_to = request.query_params.get("return_to", "")
        if return_to and not self._origins.allows_return(return_to):
            return page(
                "Sign-in cannot start",
                "The return address is not one of this server. Use a path, or an origin of BATON_SIGN_IN_ORIGINS.",
                400,
            )
        if not self._origins.is_usable:
            return page("Sign-in cannot start", "The operator has to set BATON_PUBLIC_URL to an https address.", 503)
        account_id = AccountId(request.path_params["account"])
        started = await self._sign_in.begin(account_id, return_to=return_to)
        response = redirect(started.url)
        self._cookies.keep_attempt(response, started.attempt)
        return response

    async def _finish(self, request: Request) -> Response:
        given = request.query_params
        callback = Callback(
            attempt=self._cookies.attempt(request),
            state=given.get("state"),
            code=given.get("code"),
            error=given.get("error"),
            issuer=given.get("iss"),
        )
        try:
            opened = await self._sign_in.finish(callback, browser_of(request))
        except Exception as error:  # noqa: BLE001 - an attempt is over, however it ended
            response = _failure(error)
        else:
            response = (
                redirect(opened.return_to)
                if opened.return_to
                else page("You are signed in", "Go back to the page that you came from.")
            )
            expires_at = opened.session.expires_at
            self._cookies.keep_refresh_token(response, opened.refresh_token, expires_at=expires_at)
        self._cookies.forget_attempt(response)
        return response

    async def _token(self, request: Request) -> Response:
        origin = request.headers.get("origin")
        if not self._origins.allows(origin):
            return unread(request, refusal(403, "FORBIDDEN", _NO_ORIGIN if origin is None else _OTHER_ORIGIN))
        response = _preflight() if request.method == "OPTIONS" else unread(request, await self._renew(request))
        response.headers["access-control-allow-origin"] = origin or ""
        response.headers["access-control-allow-credentials"] = "true"
        response.headers["vary"] = "origin"
        return response

    async def _renew(self, request: Request) -> Response:
        try:
            self._budgets.charge(ANONYMOUS, client_address(request.scope), _RENEWAL_COST)
            renewal = await self._sessions.renew(self._cookies.refresh_token(request), browser_of(request))
        except OverBudget as over:
            return refusal(429, "RATE_LIMITED", str(over), over.headers)
        except SessionEnded as ended:
            response = refusal(401, "UNAUTHENTICATED", str(ended))
            self._cookies.forget_refresh_token(response)
            return response
        except Unavailable as error:
            return refusal(503, "UNAVAILABLE", str(error), {"retry-after": "1"})
        response = JSONResponse(
            {
                "accessToken": renewal.access_token,
                "expiresAt": renewal.expires_at.isoformat(),
                "sessionExpiresAt": renewal.session.expires_at.isoformat(),
                "staffId": to_global_id("Staff", renewal.session.staff_id),
            },
            headers=PAGE_HEADERS,
        )
        expires_at = renewal.session.expires_at
        self._cookies.keep_refresh_token(response, renewal.refresh_token, expires_at=expires_at)
        return response


def _preflight() -> Response:
    headers = {
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": _PREFLIGHT_SECONDS,
    }
    return Response(status_code=204, headers=headers)


async def _not_posted(request: Request) -> Response:
    response = refusal(405, "METHOD_NOT_ALLOWED", _HOW_TO_RENEW, {"allow": "POST, OPTIONS"})
    return unread(request, response)


def _failure(error: Exception) -> Response:
    match error:
        case SignInExpired():
            return page("Start again", str(error), 400)
        case SignInRefused():
            return page("You are not signed in", str(error), 403)
        case NotFound():
            return page("No sign-in here", error.message, 404)
        case Unavailable():
            response = page("Try again in a moment", str(error), 503)
            response.headers["retry-after"] = "5"
            return response
        case CannotOpen():
            logger.error("A sign-in failed: %s", error)
            return page("Sign-in does not work", "The operator has to run `baton doctor`.", 503)
    logger.error("A sign-in failed.", exc_info=error)
    return page("Sign-in failed", "An internal error. Try again, or ask the operator to look into the log.", 500)
