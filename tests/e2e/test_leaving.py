"""Whoever may do less, or nothing, loses open connections at once, in every process: two servers on one database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.api.graphql.serving import Socket, socket_to
from tests.e2e.clients import Caller, calling
from tests.e2e.processes import PATIENCE, Json, Machine, Server
from tests.harness.stopwatch import Stopwatch

AT_ONCE = 5.0  # seconds, on a machine that has other things to do
INBOX = "subscription { inbox { __typename } }"
INVITE = """mutation($input: InviteStaffInput!) { inviteStaff(input: $input) {
  staff { id } key { id } token errors { code message } } }"""
CHANGES = {
    "updateStaff": ("UpdateStaffInput", {"role": "ANALYST"}, "The role of the staff member has changed: reconnect."),
    "suspendStaff": ("StaffInput", {}, "The staff member of the credential is suspended."),
    "rotateKey": ("RotateKeyInput", {}, "The key was rotated: reconnect, and use the new one soon."),
    "revokeKey": ("RevokeKeyInput", {}, "The credential was revoked."),
}


async def change(caller: Caller, key: str, name: str, **given: Any) -> Json:
    document = f"mutation($input: {CHANGES[name][0]}!) {{ {name}(input: $input) {{ errors {{ message }} }} }}"
    payload: Json = (await caller.ask(key, document, input=given))[name]
    assert payload["errors"] == []
    return payload


@asynccontextmanager
async def socket(server: Server, token: str, *, follow: bool = True) -> AsyncIterator[Socket]:
    async with socket_to(server.url, {"authorization": f"Bearer {token}"}) as opened:
        if follow:
            await opened.subscribe(INBOX)
            while (await opened.next())["data"]["inbox"]["__typename"] != "StreamCaughtUp":
                pass
        yield opened


@asynccontextmanager
async def event_stream(server: Server, token: str) -> AsyncIterator[AsyncIterator[str]]:
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    client = httpx.AsyncClient(timeout=PATIENCE)
    async with client as http, http.stream("POST", server.url, json={"query": INBOX}, headers=headers) as response:
        assert response.status_code == 200
        lines = response.aiter_lines()
        async for line in lines:
            if "StreamCaughtUp" in line:
                break
        yield lines


@pytest.mark.parametrize("name", list(CHANGES))
async def test_connections_end_in_both_processes(machine: Machine, shared_mongo: dict[str, str], name: str) -> None:
    one, other = await machine.serve("one", **shared_mongo), await machine.serve("other", **shared_mongo)
    owner = one.keys["ownerKey"]
    async with calling(one.url) as caller, AsyncExitStack() as stack:
        wish = {"name": "Sue", "email": "sue@demo.example", "role": "SUPPORT", "key": {}}
        sue = (await caller.ask(owner, INVITE, input=wish))["inviteStaff"]
        sockets = [
            await stack.enter_async_context(socket(server, sue["token"], follow=follow))
            for server in (one, other)
            for follow in (True, False)
        ]
        bystander = await stack.enter_async_context(socket(other, owner))
        stream = await stack.enter_async_context(event_stream(other, sue["token"]))

        target = {"keyId": sue["key"]["id"]} if name.endswith("Key") else {"staffId": sue["staff"]["id"]}
        await change(caller, owner, name, **target, **CHANGES[name][1])

        with Stopwatch() as watch:
            async with asyncio.timeout(PATIENCE):
                for ended in sockets:
                    assert await ended.closed() == (4403, CHANGES[name][2])
                rest = [line async for line in stream]
        assert watch.seconds < AT_ONCE
        assert "event: complete" not in rest  # a client resumes a stream that ends without it
        await bystander.send({"type": "ping"})
        assert (await bystander.receive())["type"] == "pong"

    await what_is_left(other, name, sue["token"])


async def what_is_left(server: Server, name: str, token: str) -> None:
    """The rights after the change, for a client that reconnects with the same token."""
    if name in ("suspendStaff", "revokeKey"):
        async with socket_to(server.url, ack=False) as refused:
            await refused.send({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
            assert (await refused.closed())[0] == 4403
        return
    async with socket(server, token, follow=False) as again:
        await again.subscribe(INBOX)
        answer = json.dumps(await again.receive())
        assert ("FORBIDDEN" in answer) is (name == "updateStaff"), answer
