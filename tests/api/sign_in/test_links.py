"""One-time links of the demo: once, for a short time, on the machine of the server alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.account.service import new_staff_member
from domain.model.account import Account, Staff
from domain.principal import StaffRole
from domain.values.record import replace
from tests.api.sign_in.providers import FakeProvider
from tests.harness.program import Program

LOCAL = "http://127.0.0.1:8000"
ORIGIN = {"origin": LOCAL}


@dataclass(frozen=True, slots=True)
class Demo:
    program: Program
    account: Account
    owner: Staff
    origin: str = LOCAL

    def link(self) -> str:
        """Return the secret of a new link; the teardown looks for it in the log and the database."""
        page = f"{self.origin}/inbox"
        link = self.program.baton.demo.sign_in.link(page, self.account.id, self.owner.id)
        assert link is not None
        assert link.startswith(f"{page}#sign-in=")
        secret = link.partition("=")[2]
        self.program.browser_tokens.add(secret)
        return secret

    @asynccontextmanager
    async def browsing(self, address: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=self.program.baton.app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=self.origin) as web:
            yield web


@pytest.fixture
async def demo(baton: Program, tmp_path: Path) -> AsyncIterator[Demo]:
    async with baton.twin(tmp_path / "demo", public_url=LOCAL) as program:
        member = new_staff_member("Olivia", "olivia@demo.example", StaffRole.OWNER)
        account = await program.baton.services.accounts.create("Demo", staff=[member], demo=True)
        [owner] = await program.baton.services.storage.read(account.id).staff()
        program.baton.demo.sign_in.open(account.id)
        yield Demo(program, account, owner)


@pytest.fixture
async def web(demo: Demo) -> AsyncIterator[httpx.AsyncClient]:
    async with demo.browsing() as web:
        yield web


async def redeem(web: httpx.AsyncClient, link: str, headers: Mapping[str, str] = ORIGIN) -> httpx.Response:
    return await web.post("/sign-in/demo", json={"link": link}, headers=headers)


async def access_token(web: httpx.AsyncClient, headers: Mapping[str, str] = ORIGIN) -> str:
    response = await web.post("/sign-in/token", headers=headers)
    assert response.status_code == 200, response.text
    token: str = response.json()["accessToken"]
    return token


def refusal(response: httpx.Response) -> tuple[int, Any, Any]:
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], error["message"]


async def test_a_link_signs_the_owner_in_once(demo: Demo, web: httpx.AsyncClient) -> None:
    link = demo.link()

    response = await redeem(web, link)

    assert response.status_code == 200, response.text
    assert set(response.json()) == {"expiresAt"}
    [cookie] = response.headers.get_list("set-cookie")
    assert {"HttpOnly", "Path=/sign-in/token", "SameSite=strict"} <= set(cookie.split("; "))
    token = await access_token(web)
    known = await demo.program.data(token, "{ me { name role } sessions { nodes { issuer current } } }")
    assert known["me"] == {"name": "Olivia", "role": "OWNER"}
    assert known["sessions"]["nodes"] == [{"issuer": "one-time link", "current": True}]
    log = "{ auditLog(first: 1) { nodes { action actor { name } target { name } } } }"
    [entry] = (await demo.program.data(token, log))["auditLog"]["nodes"]
    assert entry == {"action": "SIGNED_IN", "actor": {"name": "Olivia"}, "target": {"name": "Olivia"}}

    async with demo.browsing() as another:
        status, code, message = refusal(await redeem(another, link))
        assert (status, code) == (403, "FORBIDDEN")
        assert "was used before" in message
        assert (await another.post("/sign-in/token", headers=ORIGIN)).status_code == 401

    await demo.program.data(token, "mutation { signOut(input: {}) { errors { code } } }")
    assert (await web.post("/sign-in/token", headers=ORIGIN)).status_code == 401
    status, _, message = refusal(await redeem(web, link))
    assert (status, "was used before" in message) == (403, True)


async def test_servers_of_one_machine_do_not_sign_each_other_out(
    baton: Program, demo: Demo, web: httpx.AsyncClient, tmp_path: Path
) -> None:
    """Browsers send a cookie to every port of a host."""
    origin = "http://127.0.0.1:8001"
    headers = {"origin": origin}
    async with baton.twin(tmp_path / "neighbour", public_url=origin) as program:
        program.baton.demo.sign_in.open(demo.account.id)
        neighbour = Demo(program, demo.account, demo.owner, origin)
        assert (await redeem(web, demo.link())).status_code == 200
        async with neighbour.browsing() as other:
            other.cookies = web.cookies.jar  # of the same browser
            assert (await redeem(other, neighbour.link(), headers)).status_code == 200
            token = await access_token(web)
            await demo.program.data(token, "mutation { signOut(input: {}) { errors { code } } }")
            assert (await web.post("/sign-in/token", headers=ORIGIN)).status_code == 401

            assert await access_token(other, headers) != token


@pytest.mark.parametrize(
    ("address", "headers", "says"),
    [
        ("192.0.2.7", ORIGIN, "on the machine that Baton runs on"),
        ("127.0.0.1", {**ORIGIN, "x-forwarded-for": "192.0.2.7"}, "without a proxy"),
        ("127.0.0.1", {**ORIGIN, "forwarded": "for=192.0.2.7"}, "without a proxy"),
        ("127.0.0.1", {**ORIGIN, "host": "rebound.example:8000"}, "on the machine that Baton runs on"),
        ("127.0.0.1", {"origin": "http://127.0.0.1:9000"}, "from the pages of this server alone"),
        ("127.0.0.1", {}, "from the pages of this server alone"),
    ],
    ids=["another machine", "a proxy", "a standard proxy", "a rebound name", "another page", "no page"],
)
async def test_a_link_is_refused_elsewhere_and_stays_good(
    demo: Demo, web: httpx.AsyncClient, address: str, headers: dict[str, str], says: str
) -> None:
    link = demo.link()
    async with demo.browsing(address) as elsewhere:
        status, code, message = refusal(await redeem(elsewhere, link, headers))
    assert (status, code) == (403, "FORBIDDEN")
    assert says in message

    assert (await redeem(web, link)).status_code == 200


@pytest.mark.parametrize("address", ["::1", "::ffff:127.0.0.1", "127.8.8.8"])
async def test_every_loopback_address_is_this_machine(demo: Demo, address: str) -> None:
    async with demo.browsing(address) as web:
        assert (await redeem(web, demo.link())).status_code == 200


async def test_a_link_is_over_after_a_quarter_of_an_hour(demo: Demo, web: httpx.AsyncClient) -> None:
    early, late = demo.link(), demo.link()
    demo.program.clock.move(timedelta(minutes=15) - timedelta(seconds=1))
    assert (await redeem(web, early)).status_code == 200
    demo.program.clock.move(timedelta(seconds=1))
    status, code, message = refusal(await redeem(web, late))
    assert (status, code, "too old" in message) == (403, "FORBIDDEN", True)


async def test_what_is_no_link_is_refused(demo: Demo, web: httpx.AsyncClient) -> None:
    link = demo.link()
    changed = ("A" if link[40] != "A" else "B").join((link[:40], link[41:]))
    for wrong in (changed, link[:-1], "", "x" * 3_000):
        assert refusal(await redeem(web, wrong))[:2] == (403, "FORBIDDEN"), wrong
    for body in (b"", b"{}", b"[1]", b'{"link": 1}', b"\xff"):
        response = await web.post("/sign-in/demo", content=body, headers=ORIGIN)
        assert refusal(response)[:2] == (400, "BAD_REQUEST"), body
    large = await web.post("/sign-in/demo", content=b" " * 5_000, headers=ORIGIN)
    assert refusal(large)[:2] == (413, "PAYLOAD_TOO_LARGE")


async def test_a_link_of_another_account_or_of_a_suspended_member_opens_nothing(
    demo: Demo, baton: Program, web: httpx.AsyncClient
) -> None:
    shop = await baton.open_shop("Shop")
    links = demo.program.baton.services.sign_in.links
    for link in (
        links.make(shop.id, shop.staff[StaffRole.OWNER]),
        links.make(demo.account.id, shop.staff[StaffRole.OWNER]),
    ):
        status, _, message = refusal(await redeem(web, link))
        assert (status, "nobody who may sign in" in message) == (403, True)

    link = demo.link()
    member = replace(demo.owner, suspended_at=demo.program.clock.now())
    await demo.program.database["staff"].update_one({"_id": member.id}, {"$set": {"suspended_at": member.suspended_at}})
    assert refusal(await redeem(web, link))[0] == 403


async def test_a_provider_comes_and_goes_and_the_session_of_the_link_goes_on(
    demo: Demo, web: httpx.AsyncClient, fake: FakeProvider
) -> None:
    assert (await web.get("/sign-in/demo")).json() == {"provider": None}
    assert (await redeem(web, demo.link())).status_code == 200
    token = await access_token(web)

    connected = await demo.program.mutate(token, "connectSignIn", issuer=fake.issuer, **fake.client)
    assert connected["errors"] == []
    assert (await web.get("/sign-in/demo")).json() == {"provider": f"/sign-in/{demo.account.id}"}
    token = await access_token(web)
    await demo.program.mutate(token, "disconnectSignIn", issuer=fake.issuer)
    assert (await web.get("/sign-in/demo")).json() == {"provider": None}
    await access_token(web)


async def test_without_a_demo_there_are_no_links(baton: Program) -> None:
    assert (await baton.call("GET", "/sign-in/demo")).status_code == 404
    assert (await baton.call("POST", "/sign-in/demo", content=b'{"link": "x"}', headers=ORIGIN)).status_code == 404
    shop = await baton.open_shop("Shop")
    # The public address of this server is elsewhere: a session would be refused on this machine's own.
    assert baton.baton.demo.sign_in.link(f"{LOCAL}/inbox", shop.id, shop.staff[StaffRole.OWNER]) is None
