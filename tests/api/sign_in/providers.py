"""OpenID providers of the tests: the certified one of npm, and the small one of `dev/fakes`. Both are driven alike."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin

import httpx

from dev.fakes import openid
from dev.fakes.openid import OpenId
from dev.fakes.server import serving
from tests.api.graphql.stock_clients import running

CALLBACK = "https://baton.example/sign-in/callback"
SECRET = "the-client-secret-of-these-tests"
_FORM = re.compile(r'<form[^>]*action="([^"]+)"')
_HIDDEN = re.compile(r'name="(\w+)" value="([^"]*)"')


class Provider(Protocol):
    issuer: str
    client: dict[str, str]  # the input of connectSignIn, without the issuer

    async def log_in(self, web: httpx.AsyncClient, url: str, email: str) -> str:
        """Log in at the provider, and return the address to which it sends the browser back."""


class FakeProvider:
    def __init__(self, fake: OpenId) -> None:
        self.fake = fake
        self.issuer = fake.issuer
        self.client = {"clientId": openid.CLIENT_ID, "clientSecret": openid.CLIENT_SECRET}

    async def log_in(self, web: httpx.AsyncClient, url: str, email: str) -> str:
        self.fake.user = {"sub": email, "email": email, "email_verified": not email.startswith("unverified")}
        response = await web.get(url)
        assert response.status_code == 303, response.text
        return response.headers["location"]


class CertifiedProvider:
    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.client = {"clientId": "baton-tests", "clientSecret": SECRET}

    async def log_in(self, web: httpx.AsyncClient, url: str, email: str) -> str:
        given: dict[str, str] = {"login": email, "password": "any"}
        for _ in range(12):
            response = await web.get(url)
            if response.is_redirect:
                url = urljoin(url, response.headers["location"])
                if url.startswith(CALLBACK):
                    return url
                continue
            form = _FORM.search(response.text)
            assert form is not None, response.text
            fields = {name: unescape(value) for name, value in _HIDDEN.findall(response.text)}
            response = await web.post(urljoin(url, unescape(form[1])), data={**fields, **given})
            assert response.is_redirect, response.text
            url, given = urljoin(url, response.headers["location"]), {}
        raise AssertionError("the provider never came back")


@asynccontextmanager
async def fake_provider(now: Any = None) -> AsyncIterator[FakeProvider]:
    fake = OpenId(now=now)
    async with serving(fake) as url:
        fake.issuer = url
        yield FakeProvider(fake)


@asynccontextmanager
async def certified_provider(folder: Path) -> AsyncIterator[CertifiedProvider]:
    async with running(folder, "provider.mjs", "baton-tests", SECRET, CALLBACK) as script:
        yield CertifiedProvider((await script.line())["issuer"])
