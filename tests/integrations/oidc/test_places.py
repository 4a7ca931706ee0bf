"""A provider that responds slowly does not take the places of the others."""

from __future__ import annotations

import asyncio
from contextlib import closing

from dev.fakes.faults import silent_before
from integrations.oidc.http_client import ProviderHttpClient
from tests.api.graphql.serving import until
from tests.api.sign_in.providers import fake_provider
from tests.harness.stopwatch import Stopwatch

CALLS = 40  # more than the places of the process


async def test_a_silent_provider_leaves_places_to_others() -> None:
    async with fake_provider() as silent, fake_provider() as other:
        silent.fake.faults.plan = lambda _: silent_before()
        with closing(ProviderHttpClient(private_networks=True)) as client:
            waiting = [
                asyncio.create_task(client.send("GET", f"{silent.issuer}/jwks", issuer=silent.issuer))
                for _ in range(CALLS)
            ]
            try:
                await until(lambda: len(silent.fake.received) >= 4)
                with Stopwatch() as watch:  # those that wait end after 8 s
                    response = await client.send("GET", f"{other.issuer}/jwks", issuer=other.issuer)
                begun = len(silent.fake.received)
            finally:
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)

    assert response.status_code == 200
    assert watch.seconds < 3
    assert begun == 4
