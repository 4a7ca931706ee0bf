"""The endpoint of the link in a mail that confirms an e-mail address.

    GET  /confirm-email/{token}   the page with the button; programs that scan mail follow links, so it changes nothing
    POST /confirm-email/{token}   the button: the address is proved, once

Whoever has the address of the page can confirm, so it is in no log.
"""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.email_confirmation.pages import busy_page, link_page, unknown_page
from api.graphql.cost.budget import Budgets, OverBudget
from api.server.client_address import client_address
from domain.email_confirmation.service import EmailConfirmationService
from domain.email_confirmation.tokens import CONFIRM_PATH
from domain.principal import ANONYMOUS
from domain.values.errors import Unavailable

# They are taken from the budget of an address (`api/graphql/cost`): three reads, and a command.
_PAGE_COST = 500
_BUTTON_COST = 1_000

logger = logging.getLogger("baton.email_confirmation")


class EmailConfirmationEndpoint:
    def __init__(self, *, confirmations: EmailConfirmationService, budgets: Budgets) -> None:
        self._confirmations = confirmations
        self._budgets = budgets

    def routes(self) -> list[BaseRoute]:
        return [Route(CONFIRM_PATH + "{token}", self._respond, methods=["GET", "POST"])]

    async def _respond(self, request: Request) -> Response:
        languages = request.headers.get("accept-language", "")
        response = await self._page(request, languages)
        if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
            response.headers["connection"] = "close"  # the body is not read
        return response

    async def _page(self, request: Request, languages: str) -> Response:
        token, posted = request.path_params["token"], request.method == "POST"
        address = client_address(request.scope)
        try:
            cost = _BUTTON_COST if posted else _PAGE_COST
            self._budgets.charge(ANONYMOUS, address, cost)
            if posted:
                link = await self._confirmations.confirm(token, address=address or None)
            else:
                link = await self._confirmations.find(token)
        except OverBudget as over:
            response = busy_page(languages, status=429)
            response.headers.update(over.headers)
            return response
        except Unavailable:
            response = busy_page(languages, status=503)
            response.headers["retry-after"] = "5"
            return response
        except Exception:
            logger.exception("A confirmation failed.")
            return busy_page(languages, status=500)
        return unknown_page(languages) if link is None else link_page(link)
