"""From a credential (an `Authorization` header, or its equivalent in `connection_init`) to the principal behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol

from starlette.requests import Request

from api.realtime.gathered_reads import GatheredReads
from api.refusal import RequestRefused
from api.server.client_address import client_address
from api.time_limit import within
from domain.account.service import AccountService
from domain.account.stored_rights import StoredRights
from domain.principal import ANONYMOUS, Principal
from domain.values.errors import Forbidden, Unauthenticated, Unavailable
from domain.values.ids import AccountId
from domain.values.record import replace

_MAX_CHARACTERS = 256  # of a token; the server's own have 47
_PAUSE = 0.1  # seconds between two reads of the rights in an account; so much longer lives a connection without them

ReadRights = Callable[[AccountId, Sequence[Principal]], Awaitable[StoredRights]]


class Authenticate(Protocol):
    def __call__(self, authorization: str | None, *, address: str) -> Coroutine[Any, Any, Principal]:
        """Return the principal of the value of `Authorization`, for a client with this address.

        Raises `Unauthenticated` (`CredentialEnded` for a token that was valid once), `Forbidden` for an address that
        the credential does not allow, and `Unavailable`.
        """


class Authenticator:
    def __init__(self, *, accounts: AccountService) -> None:
        self._accounts = accounts

    async def __call__(self, authorization: str | None, *, address: str) -> Principal:
        """Return the principal of `Bearer <token>`, or of the bare token; an anonymous one without a token.

        Raises `Unauthenticated` (`CredentialEnded` for a token that was valid once), `Forbidden` for an address that
        the credential does not allow, and `Unavailable`.
        """
        if authorization is None or not authorization.strip():
            return replace(ANONYMOUS, address=address or None)
        scheme, _, rest = authorization.strip().partition(" ")
        token = rest.strip() if rest and scheme.lower() == "bearer" else authorization.strip()
        if len(token) > _MAX_CHARACTERS or not token.isascii():
            raise Unauthenticated("This credential is unknown.")
        return await self._accounts.principal_of(token, address=address or None)


class RightsCheck:
    """Whether connections that have just opened still have their rights, by one read for all that open at about a time.
    `read` is `AccountService.stored_rights`."""

    def __init__(self, read: ReadRights) -> None:
        self._reads: GatheredReads[AccountId, Principal, StoredRights] = GatheredReads(read, pause=_PAUSE)

    async def __call__(self, principal: Principal) -> bool:
        """Whether a principal still has the rights that it was authenticated with. Raises `Unavailable`."""
        rights = await self._reads.ask(principal.account_id, principal)
        return rights.hold_for(principal)


async def authenticate_request(request: Request, authenticate: Authenticate, *, seconds: float) -> Principal:
    """Return the principal of an HTTP request. Raises `RequestRefused` with 401, with 403 for an address that
    the credential does not allow, or with 503 if it cannot be checked within `seconds`."""
    try:
        authorization = request.headers.get("authorization")
        return await within(seconds, authenticate(authorization, address=client_address(request.scope)))
    except Unauthenticated as error:
        headers = {"WWW-Authenticate": "Bearer"}
        raise RequestRefused(401, str(error), code="UNAUTHENTICATED", headers=headers) from None
    except Forbidden as error:
        raise RequestRefused(403, str(error), code=error.code) from None
    except Unavailable as error:
        raise RequestRefused(503, str(error), code="UNAVAILABLE", headers={"Retry-After": "1"}) from None
    except TimeoutError:
        message = "The credential could not be checked in time."
        raise RequestRefused(503, message, code="TIMEOUT", headers={"Retry-After": "1"}) from None
