"""Calls to helpdesks connect to addresses that were checked, since an account's name is a part of the host."""

from __future__ import annotations

import pytest

from api.bootstrap.vendors import Vendors
from api.settings import Settings
from domain.public_addresses import HELPDESKS
from domain.values.clock import SystemClock
from integrations.http import HttpClient, NoResponse
from integrations.ssrf import GuardedHosts
from tests.harness.files import HeldFiles
from tests.integrations.webhooks.test_http_client import Names


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.8", "::1", "64:ff9b::7f00:1"])
async def test_a_helpdesk_inside_the_network_is_not_called(address: str) -> None:
    names = Names([address])
    http = HttpClient(transport=GuardedHosts(traffic=HELPDESKS, resolve=names))
    with pytest.raises(
        NoResponse, match=r"^it leads into a private network, where calls to helpdesks may not go$"
    ) as refused:
        await http.send("GET", "https://acme.zendesk.example/api/v2/users/me.json")
    assert not refused.value.outcome_unknown
    assert names.asked == [("acme.zendesk.example", 443)]
    await http.close()


async def test_calls_without_tls_are_refused() -> None:
    http = HttpClient(transport=GuardedHosts(traffic=HELPDESKS, resolve=Names(["192.0.2.1"])))
    with pytest.raises(NoResponse):
        await http.send("GET", "http://acme.zendesk.example/")
    with pytest.raises(NoResponse, match="host name cannot be used"):
        await http.send("GET", "https://a\u2024b.zendesk.example\u2100/")
    await http.close()


async def test_hosts_with_the_accounts_name_are_guarded() -> None:
    """The operator's own addresses, such as those of the stand-ins, are not."""
    for template, guarded in {
        "https://{subdomain}.zendesk.com": True,
        "http://127.0.0.1:9103": False,
        "http://127.0.0.1:9103/{subdomain}": False,
    }.items():
        vendors = Vendors(Settings(zendesk_url=template), SystemClock(), HeldFiles({}))
        assert (vendors._client_for(template) is vendors._guarded) is guarded
        await vendors.close()
