"""A browser in front of the program: cookies, redirects, and the header `Origin`, over https://baton.example."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.api.sign_in.providers import Provider
from tests.harness.program import Program, Shop

BATON = "https://baton.example"


class Browser:
    def __init__(self, program: Program, web: httpx.AsyncClient) -> None:
        self.program = program
        self.web = web

    async def get(self, path: str) -> httpx.Response:
        return await self.web.get(BATON + path if path.startswith("/") else path)

    async def start(self, shop: Shop, query: str = "") -> str:
        """Start a sign-in, and return the address at the provider."""
        response = await self.get(f"/sign-in/{shop.id}{query}")
        assert response.status_code == 303, response.text
        return response.headers["location"]

    async def sign_in(self, shop: Shop, provider: Provider, email: str, query: str = "") -> httpx.Response:
        """Sign in, and return the response of the callback."""
        back = await provider.log_in(self.web, await self.start(shop, query), email)
        return await self.get(back)

    async def renew(self, origin: str | None = BATON) -> httpx.Response:
        return await self.web.post(f"{BATON}/sign-in/token", headers={} if origin is None else {"origin": origin})

    async def access_token(self) -> str:
        response = await self.renew()
        assert response.status_code == 200, response.text
        token: str = response.json()["accessToken"]
        return token

    @property
    def refresh_cookie(self) -> str:
        return next(cookie.value or "" for cookie in self.web.cookies.jar if cookie.name == "__Secure-baton-refresh")

    def keep_refresh_cookie(self, value: str) -> None:
        """Go back to an earlier refresh token, as a thief of it would."""
        for cookie in self.web.cookies.jar:
            if cookie.name == "__Secure-baton-refresh":
                cookie.value = value

    async def me(self) -> Any:
        return (await self.program.data(await self.access_token(), "{ me { name role } }"))["me"]


@asynccontextmanager
async def browsing(program: Program, *, address: str = "192.0.2.7") -> AsyncIterator[Browser]:
    mounts = {"all://baton.example": httpx.ASGITransport(app=program.baton.app, client=(address, 1))}
    async with httpx.AsyncClient(mounts=mounts, headers={"user-agent": "Browser of the tests"}) as web:
        yield Browser(program, web)
