"""`GET /export/profile/<token>`: the address that `exportProfile` returns. The token stands for a credential."""

from __future__ import annotations

from collections import Counter

from starlette.requests import Request

from api.export.content import BEGIN, Content
from api.export.endpoint import Export
from api.export.person.content import PersonContent
from api.export.request import ExportRequest, Format
from api.graphql.cost.budget import Budgets
from api.graphql.ports import Services
from api.refusal import RequestRefused
from api.server.client_address import client_address
from domain.account.service import AccountService
from domain.attachments.ports import FileReader
from domain.principal import Permission, Principal
from domain.retention.person import PersonLinks, PersonRecords, person_of
from domain.values.errors import Forbidden, Unauthenticated, Unavailable
from domain.values.ids import AccountId, ProfileId
from resolvers.context import Context
from resolvers.enums import OrderDirection

_ENDED = "This link has ended, or was never made. Get a new one with `exportProfile`."


class ProfileExportKind:
    """Implements `ExportKind`. The filter names the profile."""

    name = "profile"
    permission = Permission.EXPORT_PROFILES
    parameters: tuple[str, ...] = ()

    def __init__(self, *, budgets: Budgets, files: FileReader, records: PersonRecords) -> None:
        self._budgets = budgets
        self._files = files
        self._records = records

    async def begin(self, context: Context, asked: ExportRequest) -> Content:
        assert isinstance(asked.filter, dict), "it was made of a token"
        profile = await person_of(context.reader, ProfileId(asked.filter["profile"]))
        self._budgets.charge(context.principal, context.principal.address or "", BEGIN)
        return PersonContent(
            context=context, budgets=self._budgets, files=self._files, records=self._records, profile=profile
        )


class ProfileExport(Export):
    def __init__(
        self,
        *,
        services: Services,
        kind: ProfileExportKind,
        running: Counter[AccountId],
        links: PersonLinks,
        accounts: AccountService,
    ) -> None:
        super().__init__(services=services, kind=kind, running=running)
        self._links = links
        self._accounts = accounts

    async def _authenticate(self, request: Request) -> Principal:
        token = self._links.opened(str(request.path_params["token"]))
        if request.method != "GET":
            raise RequestRefused(405, "Use GET.", code="METHOD_NOT_ALLOWED", headers={"Allow": "GET"})
        if token is None or token.ends_at <= self._services.clock.now():
            raise RequestRefused(404, _ENDED, code="NOT_FOUND")
        try:
            principal = await self._accounts.principal_behind(
                token.account_id, token.credential_id, address=client_address(request.scope)
            )
            principal.require(self._kind.permission)
        except (Unauthenticated, Forbidden) as error:
            raise RequestRefused(403, str(error), code="FORBIDDEN") from None
        except Unavailable as error:
            raise RequestRefused(503, str(error), code="UNAVAILABLE", headers={"Retry-After": "1"}) from None
        return principal

    async def _read(self, request: Request) -> ExportRequest:
        token = self._links.opened(str(request.path_params["token"]))
        return ExportRequest(
            format=Format.ZIP,
            filter={"profile": "" if token is None else token.profile_id},
            direction=OrderDirection.ASC,
            after=None,
            notes=True,
            bom=False,
            gzip=False,
        )
