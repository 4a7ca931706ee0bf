"""The whole program in one process, with a real database, a manual clock, accounts, and their keys.

    started = await program.start(shop, "Where is my order?", email="ann@example.com")
    payload = await program.command(shop.agent, "postAgentMessage", conversationId=started.id, epoch=1, text="Soon.")

Each command is checked (`event_consistency.py`): the old state plus its events must equal the new state, and a refused
command must not write anything.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import jwt
from pymongo import AsyncMongoClient

from api.app import Baton, build
from api.bootstrap.database import prepare
from api.bootstrap.ports import open_ports
from api.graphql.documents.store import Documents
from api.graphql.limits import Limits
from api.settings import Settings
from domain.account.keys import NewKey
from domain.account.service import new_staff_member
from domain.connected_services.ports import CannotOpen
from domain.inbox.staff import InviteStaff
from domain.model.account import Staff
from domain.model.connected_services import Service
from domain.model.identity import IdentityKeys, sealing_place_of_identity_keys
from domain.principal import Scope, StaffRole
from domain.values.ids import AccountId, StaffId
from domain.webhooks.model import sealing_place
from resolvers.relay.global_ids import parse_global_id, to_global_id
from resolvers.schema import schema
from tests.harness.clean_database import is_to_be_prepared
from tests.harness.clock import ManualClock
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.fingerprints import LOG_HEADS, fingerprints_of
from tests.harness.operations import bare_mutation, mutation
from tests.harness.secret_leaks import SecretLeakChecker

SECRET = "tests: 32 characters, and some more"
ENCRYPTION_KEY = base64.b64encode(b"k" * 32).decode()
Json = dict[str, Any]
WRITE_LIMITS = tuple(name for name in Settings.model_fields if name.endswith("_per_minute"))

_KEPT_OF_A_DRAFT = {"drafts", "idempotency", LOG_HEADS}  # written although the command is refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """An account with a key of every kind."""

    id: AccountId
    global_id: str
    staff: Mapping[StaffRole, StaffId]
    widget: str
    agent: str
    owner: str
    admin: str
    manager: str
    support: str
    analyst: str
    partners: Mapping[Scope, str]  # keys with one scope each
    keys: Mapping[str, NewKey]

    @property
    def tokens(self) -> dict[str, str]:
        return {name: key.token for name, key in self.keys.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: Json

    @property
    def data(self) -> Json:
        return self.body.get("data") or {}

    @property
    def errors(self) -> list[Json]:
        errors: list[Json] = self.body.get("errors", [])
        return errors

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    shop: Shop
    id: str
    token: str
    conversation: Json
    message: Json
    browser: str | None = None  # browserToken

    @property
    def key(self) -> str:
        """The conversation's id in the database."""
        parsed = parse_global_id(self.id)
        assert parsed is not None
        return parsed[1]


def browser(name: str) -> str:
    """Return the secret that a browser keeps, as `anonymousId`."""
    return f"secret of the browser {name}"


class Program:
    def __init__(
        self,
        *,
        baton: Baton,
        clock: ManualClock,
        http: httpx.AsyncClient,
        mongo: AsyncMongoClient[Json],
        uri: str,
        given: Mapping[str, Any],
    ) -> None:
        self.baton = baton
        self.clock = clock
        self.shops: list[Shop] = []
        self.identity_secrets: dict[AccountId, str] = {}
        self.browser_tokens: set[str] = set()
        self.uri = uri
        self.http = http
        self._given = given
        self.secret_leaks = SecretLeakChecker()
        self.database = mongo[baton.settings.mongodb_database]

    async def ask(self, key: str | None, document: str, **variables: Any) -> Answer:
        self.secret_leaks.add(variables)
        response = await self.post(key, {"query": document, "variables": variables})
        self.secret_leaks.check_response(response.content)
        return Answer(status=response.status_code, body=response.json())

    async def post(self, key: str | None, body: object) -> httpx.Response:
        return await self.post_bytes(key, json.dumps(body).encode())

    async def post_bytes(self, key: str | None, body: bytes) -> httpx.Response:
        headers = {"content-type": "application/json", **({} if key is None else {"authorization": f"Bearer {key}"})}
        return await self.http.post("/graphql", content=body, headers=headers)

    async def call(
        self, method: str, path: str, *, content: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Call another route, without a key."""
        response = await self.http.request(method, path, content=content, headers=dict(headers or {}))
        self.secret_leaks.check_response(response.content)
        return response

    async def data(self, key: str | None, document: str, **variables: Any) -> Json:
        """Execute a document that must succeed, and return its data."""
        answer = await self.ask(key, document, **variables)
        assert (answer.status, answer.errors) == (200, []), answer
        return answer.data

    async def mutate(self, key: str | None, name: str, /, **given: Any) -> Json:
        """Run a mutation without the consistency check, and return its payload."""
        payload: Json = (await self.data(key, mutation(name), input=given))[name]
        return payload

    async def errors_of(self, key: str | None, name: str, /, **given: Any) -> list[Json]:
        """Run a mutation, and return its errors."""
        errors: list[Json] = (await self.data(key, bare_mutation(name), input=given))[name]["errors"]
        return errors

    async def mutate_brief(self, key: str | None, name: str, /, **given: Any) -> Json:
        """Run a mutation without the check, and return a payload with ids only. For large numbers of mutations."""
        payload: Json = (await self.data(key, mutation(name, brief=True), input=given))[name]
        return payload

    async def command(self, key: str, name: str, /, **given: Any) -> Json:
        """Run a mutation with the consistency check, and return its payload."""
        before = await self.fingerprints()
        async with ConsistencyChecker(self).watching(key, given.get("conversationId")) as watched:
            payload = await self.mutate(key, name, **given)
            watched.record(payload)
        if payload["errors"]:
            after = await self.fingerprints()
            if [error["code"] for error in payload["errors"]] in (["NOT_IN_CONTROL"], ["NOT_YOUR_TURN"]):
                before, after = ({k: v for k, v in d.items() if k not in _KEPT_OF_A_DRAFT} for d in (before, after))
            assert after == before, "a refused command wrote something"
        return payload

    async def done(self, key: str, name: str, /, **given: Any) -> Json:
        """Run a mutation that must succeed, with the consistency check, and return its payload."""
        payload = await self.command(key, name, **given)
        assert payload["errors"] == []
        return payload

    async def add_member(self, shop: Shop, name: str, email: str, role: StaffRole) -> Staff:
        """Add a member of staff in the name of the operator."""
        wish = InviteStaff(name=name, email=email, role=role)
        return (await self.baton.services.staff.invite(None, shop.id, wish)).staff

    async def start(
        self, shop: Shop, text: str = "Hello", *, key: str | None = None, channel: str = "WEB_CHAT", **visitor: str
    ) -> Started:
        given = {"channel": channel, "text": text, **({"visitor": visitor} if visitor else {})}
        payload = await self.done(key or shop.widget, "startConversation", **given)
        if payload["browserToken"] is not None:
            self.browser_tokens.add(payload["browserToken"])
        return Started(
            shop=shop,
            id=payload["conversation"]["id"],
            token=payload["visitorToken"],
            conversation=payload["conversation"],
            message=payload["message"],
            browser=payload.get("browserToken"),
        )

    async def say(self, started: Started, text: str = "And then?") -> Json:
        return await self.done(started.token, "sendMessage", conversationId=started.id, text=text)

    async def reply(self, started: Started, text: str = "Gladly.", **more: Any) -> Json:
        """The agent posts a message in epoch 1."""
        given = {"conversationId": started.id, "epoch": 1, "text": text, **more}
        return await self.done(started.shop.agent, "postAgentMessage", **given)

    @asynccontextmanager
    async def twin(self, folder: Path, **given: Any) -> AsyncIterator[Program]:
        """Another process on the same database. `given` overrides its settings."""
        name = self.baton.settings.mongodb_database
        async with running(
            self.uri, name, folder, self.database.client, self.clock, **{**self._given, **given}
        ) as program:
            program.shops = self.shops
            yield program

    async def check_secrets(self) -> None:
        """Check that no secret of this program is in its logs or database."""
        sealed = []
        for shop, service in product(self.shops, Service):
            with suppress(CannotOpen):  # a test may have damaged it
                connection = await self.baton.services.connections.open(shop.id, service)
                sealed += connection.secrets.values() if connection else ()
        ports = self.baton.ports
        for shop in self.shops:
            for endpoint in await ports.endpoints.of(shop.id):
                with suppress(CannotOpen):
                    signing = ports.vault.open(endpoint.sealed, place=sealing_place(shop.id, endpoint.id)).values()
                    sealed += [secret.removeprefix("whsec_") for secret in signing]
            identity = await self.baton.services.storage.read(shop.id).get(IdentityKeys, shop.id)
            if identity is not None:
                sealed += ports.vault.open(identity.sealed, place=sealing_place_of_identity_keys(shop.id)).values()
        tokens = [token for shop in self.shops for token in shop.tokens.values()]
        await self.secret_leaks.check(
            self.database, also=[*sealed, *tokens, *self.browser_tokens, SECRET, ENCRYPTION_KEY]
        )

    async def fingerprints(self) -> dict[str, str]:
        """Hashes of everything that is stored."""
        return await fingerprints_of(self.database)

    async def everything(self) -> dict[str, list[Json]]:
        """Every document of the database, by collection."""
        names = sorted(await self.database.list_collection_names())
        found = await asyncio.gather(*(self.database[n].find(sort=[("_id", 1)]).to_list() for n in names))
        return dict(zip(names, found, strict=True))

    async def open_shop(self, name: str) -> Shop:
        """Create an account with one staff member for each role, and all its keys."""
        accounts = self.baton.services.accounts
        staff = [
            new_staff_member(role.value.title(), f"{role.value.lower()}@{name.lower()}.example", role)
            for role in StaffRole
        ]
        account = await accounts.create(name, staff=staff)
        members = {s.role: s.id for s in await self.baton.services.storage.read(account.id).staff()}
        creating = {
            "widget": accounts.create_publishable_key(account.id),
            "agent": accounts.create_scoped_key(account.id, [Scope.AGENT]),
            **{r.value.lower(): accounts.create_staff_key(account.id, members[r]) for r in StaffRole},
            **{s.value: accounts.create_scoped_key(account.id, [s]) for s in Scope if s is not Scope.AGENT},
        }
        keys = dict(zip(creating, await asyncio.gather(*creating.values()), strict=True))
        by_role = {role.value.lower(): keys[role.value.lower()].token for role in StaffRole}
        shop = Shop(
            id=account.id,
            global_id=to_global_id("Account", account.id),
            staff=members,
            widget=keys["widget"].token,
            agent=keys["agent"].token,
            partners={scope: keys[scope.value].token for scope in Scope if scope is not Scope.AGENT},
            keys=keys,
            **by_role,
        )
        self.shops.append(shop)
        return shop


@asynccontextmanager
async def running(
    uri: str, database: str, folder: Path, mongo: AsyncMongoClient[Json], clock: ManualClock, **given: Any
) -> AsyncIterator[Program]:
    """Run the program with these settings. Two programs on one database behave like two processes."""
    fixed = {
        "data": folder,
        "mongodb_uri": uri,
        "mongodb_database": database,
        "secret": SECRET,
        "encryption_key": (ENCRYPTION_KEY,),
        "public_url": "https://baton.example",
        "worker": False,
        "cost_per_second": 10**9,  # tests select everything, again and again
        **dict.fromkeys(WRITE_LIMITS, 10**9),
    }
    settings = Settings(**{**fixed, **given})
    # Disable TTL deletion: by MongoDB's clock, documents with times of the manual clock may be expired.
    await mongo.admin.command("setParameter", 1, ttlMonitorEnabled=False)
    if is_to_be_prepared(database):
        await prepare(settings, uri)
    async with open_ports(settings, uri, clock) as ports:
        baton = build(settings, ports, documents=_documents())
        transport = httpx.ASGITransport(app=baton.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://baton") as http:
            program = Program(baton=baton, clock=clock, http=http, mongo=mongo, uri=uri, given=given)
            with program.secret_leaks.listening():
                yield program
            await program.check_secrets()


@cache
def _documents() -> Documents:
    """Return one store for all programs of the test process: the long documents of tests are read once, and no account
    rests after each of them."""
    limits = Limits(documents_bytes=128 << 20)  # they select everything, so 25 of them would take what is the default
    return Documents(schema=schema._schema, limits=limits, hide_suggestions=schema.config.disable_field_suggestions)


async def identity_token(program: Program, shop: Shop, external_id: str, **claims: str) -> str:
    """Return an identity token that the shop signed, with a secret that it creates at the first call."""
    secret = program.identity_secrets.get(shop.id)
    if secret is None:
        payload = await program.mutate(shop.owner, "updateIdentityKeys", newSecret=True)
        secret = program.identity_secrets[shop.id] = payload["created"]["secret"]
    expires = int(program.clock.now().timestamp()) + 3_600
    return jwt.encode({"sub": external_id, "aud": shop.global_id, "exp": expires, **claims}, secret, algorithm="HS256")
