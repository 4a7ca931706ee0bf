"""The shop's page with other attributes of its widget, and the tokens that the shop's server signs for customers."""

from __future__ import annotations

import time

import jwt
from playwright.async_api import BrowserContext, Route

from tests.browser.windows import Shop


async def give(context: BrowserContext, origin: str, attributes: str) -> None:
    """From its next load on, the shop's page gives its widget these attributes in place of its language."""

    async def changed(route: Route) -> None:
        response = await route.fetch()
        body = (await response.text()).replace('data-locale="en"', attributes)
        await route.fulfill(response=response, body=body)

    await context.unroute(f"{origin}/")
    await context.route(f"{origin}/", changed)


class ShopServer:
    """The server of the shop, which knows its customers and signs for them."""

    def __init__(self, *, account_id: str, key_id: str, secret: str) -> None:
        self._account_id = account_id
        self._key_id = key_id
        self._secret = secret

    @classmethod
    async def of(cls, shop: Shop) -> ShopServer:
        created = (await shop.team("updateIdentityKeys", "created { keyId secret }", newSecret=True))["created"]
        account_id = (await shop.ask("ownerKey", "{ account { id } }"))["account"]["id"]
        return cls(account_id=account_id, key_id=created["keyId"], secret=created["secret"])

    def token(self, customer: str, *, seconds: int = 3600) -> str:
        """A token of a customer, which has expired if `seconds` is negative."""
        expires = int(time.time()) + seconds
        claims = {"sub": customer, "aud": self._account_id, "exp": expires, "email": f"{customer}@example.com"}
        return jwt.encode(claims, self._secret, algorithm="HS256", headers={"kid": self._key_id})

    def attributes(self, customer: str, *, seconds: int = 3600) -> str:
        return f'data-locale="en" data-identity-token="{self.token(customer, seconds=seconds)}"'
