"""Both clients beside a real server: requests whose responses are lost, a network that breaks, credentials that end."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest

from baton_client import Baton, BatonError
from baton_client.operations import FollowConversation
from tests.api.graphql.stock_clients import install_packages, running
from tests.clients.test_typescript import CLIENT, node
from tests.e2e.clients import Caller, Talk, calling
from tests.e2e.network import Network, relayed
from tests.e2e.processes import PATIENCE, Json, Machine, Server

CREATE = 'mutation { createKey(input: {label: "x", scopes: [AGENT]}) { token key { id } errors { message } } }'
SEVERAL = "{ conversations(first: 20) { nodes { id } } }"
TOKEN = "of a scraper, with some length"
REVOKE = "mutation($id: ID!) { revokeKey(input: {keyId: $id}) { errors { message } } }"


class LostResponses(httpx.AsyncHTTPTransport):
    """A network that loses the response of every second request, which the server has carried out."""

    def __init__(self) -> None:
        super().__init__()
        self._requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        self._requests += 1
        if self._requests % 2:
            await response.aclose()
            raise httpx.ReadError("the connection broke", request=request)
        return response


async def test_the_clients(
    machine: Machine, shared_mongo: dict[str, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = await machine.serve(**shared_mongo)
    # Little to spend at once, and the resumption of a stream takes some seconds to earn.
    poor = await machine.serve("poor", **shared_mongo, BATON_COST_PER_SECOND="30", BATON_METRICS_TOKEN=TOKEN)
    async with relayed(server.port) as network, relayed(poor.port) as spoiled:
        await requests_have_one_effect(server)
        await a_stream_survives(server, network)
        await a_stream_waits_for_its_budget(server, poor, spoiled)
        await a_credential_that_is_refused_ends_the_client(server)
        packages = install_packages(CLIENT, tmp_path_factory) / "node_modules"  # else the rest is skipped, with a word
        script = built(packages, tmp_path)
        await the_client_in_typescript(server, network, script)
        await a_stream_in_typescript_waits_for_its_budget(server, poor, spoiled, script)


async def requests_have_one_effect(server: Server) -> None:
    """The response of each is lost at first; the client repeats it."""
    async with Baton(
        server.url, server.keys["publishableKey"], http=httpx.AsyncClient(transport=LostResponses())
    ) as shop:
        started = await shop.start_conversation(input={"channel": "WEB_CHAT", "text": "Hello"})
    assert started["conversation"] is not None
    assert started["visitorToken"] is not None
    token, id = started["visitorToken"], started["conversation"]["id"]
    async with Baton(server.url, token, http=httpx.AsyncClient(transport=LostResponses())) as shopper:
        sent = await shopper.send_message(input={"conversationId": id, "text": "Are you there?"})
        seen = await shopper.conversation(id=id)
    assert sent["message"] is not None
    assert sent["message"]["sequence"] == 2
    assert seen is not None
    assert [message["text"] for message in seen["messages"]["nodes"]] == ["Hello", "Are you there?"]


async def a_stream_survives(server: Server, network: Network) -> None:
    async with calling(server.url) as caller, Baton(network.url, server.keys["agentKey"]) as agent:
        talk = await caller.start(server.keys["publishableKey"])
        async with aclosing(agent.follow_conversation(id=talk.id, after=talk.cursor)) as items:
            await follows(lambda: _shown(items), network, caller, talk)


async def a_stream_waits_for_its_budget(server: Server, poor: Server, network: Network) -> None:
    key = await new_key(server)
    async with calling(poor.url) as caller, Baton(network.url, key) as agent:
        talk = await caller.start(server.keys["publishableKey"])
        async with aclosing(agent.follow_conversation(id=talk.id, after=talk.cursor)) as items:
            await waits_for_its_budget(lambda: _shown(items), (poor, network), caller, talk, key)


async def a_stream_in_typescript_waits_for_its_budget(
    server: Server, poor: Server, network: Network, script: Path
) -> None:
    key = await new_key(server)
    async with calling(poor.url) as caller:
        talk = await caller.start(server.keys["publishableKey"])
        given = {"direct": server.url, "relayed": network.url, "agent": key, "visitor": talk.token}
        given |= {"id": talk.id, "after": talk.cursor}
        async with running(script.parent, script.name, json.dumps(given)) as process:
            assert (await process.line())["sent"] == 2
            assert (await process.line()) == {"refused": "CLOSED_4401"}
            await waits_for_its_budget(process.line, (poor, network), caller, talk, key, said=2)


async def waits_for_its_budget(
    read: Callable[[], Awaitable[Json]],
    at: tuple[Server, Network],
    caller: Caller,
    talk: Talk,
    key: str,
    *,
    said: int = 1,
) -> None:
    """A stream whose credential has spent its budget when it resumes is refused, waits, and misses nothing."""
    poor, network = at
    await caller.say(talk, "before")
    seen = await messages(read, said)
    network.cut()
    await caller.say(talk, "while it is away")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{poor.port}", timeout=PATIENCE) as http:
        headers = {"authorization": f"Bearer {key}"}
        while (await http.post("/graphql", json={"query": SEVERAL}, headers=headers)).status_code != 429:
            pass
        before = await refusals(http)
        await network.open()
        seen += await messages(read, 1)
        assert await refusals(http) > before, "the stream was not refused"
    await caller.say(talk, "after")
    assert [*seen, *await messages(read, 1)] == list(range(2, said + 4))


async def new_key(server: Server) -> str:
    """A key with a budget of its own."""
    async with calling(server.url) as caller:
        token: str = (await caller.ask(server.keys["ownerKey"], CREATE))["createKey"]["token"]
        return token


async def refusals(http: httpx.AsyncClient) -> int:
    text = (await http.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})).text
    [count] = re.findall(r'^baton_refusals_total\{limit="cost"\} ([\d.]+)$', text, re.MULTILINE)
    return int(float(count))


async def _shown(items: AsyncGenerator[FollowConversation, None]) -> Json:
    item = await anext(items)
    return {
        "type": item["__typename"],
        "sequence": item["message"]["sequence"] if item["__typename"] == "MessageAdded" else None,
    }


async def a_credential_that_is_refused_ends_the_client(server: Server) -> None:
    async with Baton(server.url, "bsk_mistyped") as stranger:
        with pytest.raises(BatonError) as refused:
            await stranger.agent_turns()
        assert refused.value.code == "UNAUTHENTICATED"
        with pytest.raises(BatonError) as ended:
            await anext(stranger.follow_agent_turns())
        assert ended.value.code == "CLOSED_4401"

    owner = server.keys["ownerKey"]
    async with calling(server.url) as caller:
        created = (await caller.ask(owner, CREATE))["createKey"]
        async with Baton(server.url, created["token"]) as agent, aclosing(agent.follow_agent_turns()) as turns:
            assert (await anext(turns))["__typename"] == "StreamReady"
            await caller.ask(owner, REVOKE, id=created["key"]["id"])
            with pytest.raises(BatonError, match="UNAUTHENTICATED"):
                await until_it_ends(turns)


async def until_it_ends(items: AsyncGenerator[object, None]) -> None:
    async with asyncio.timeout(PATIENCE):
        async for _ in items:
            pass


async def the_client_in_typescript(server: Server, network: Network, script: Path) -> None:
    async with calling(server.url) as caller:
        talk = await caller.start(server.keys["publishableKey"])
        given = {"direct": server.url, "relayed": network.url, "agent": server.keys["agentKey"], "visitor": talk.token}
        given |= {"id": talk.id, "after": talk.cursor}
        async with running(script.parent, script.name, json.dumps(given)) as process:
            assert await process.line() == {"sent": 2, "all": ["Hello", "once"]}
            assert await process.line() == {"refused": "CLOSED_4401"}
            await follows(process.line, network, caller, talk, said=2)


async def follows(
    read: Callable[[], Awaitable[Json]], network: Network, caller: Caller, talk: Talk, *, said: int = 1
) -> None:
    """A stream shows each message once, in order, while its network breaks twice."""
    await caller.say(talk, "before")
    seen = await messages(read, said)
    for away in range(2):
        network.cut()
        for number in range(2):
            await caller.say(talk, f"while it is away {away} {number}")
        await network.open()
        seen += await messages(read, 2)
    await caller.say(talk, "after")
    assert [*seen, *await messages(read, 1)] == list(range(2, said + 7))


async def messages(read: Callable[[], Awaitable[Json]], count: int) -> list[int]:
    """The numbers of the next messages of a stream."""
    seen: list[int] = []
    async with asyncio.timeout(PATIENCE):
        while len(seen) < count:
            item = await read()
            assert item["type"] != "StreamReset"
            if item["type"] == "MessageAdded":
                seen.append(item["sequence"])
    return seen


def built(packages: Path, folder: Path) -> Path:
    """Build the client, with the example of its README, and return the path of the script beside it."""
    shutil.copytree(CLIENT, folder / "baton-client", ignore=shutil.ignore_patterns("node_modules", "dist"))
    [example] = re.findall(r"^```ts\n(.*?)^```$", (CLIENT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    example = "declare const token: string;\n" + example.replace('"baton-client"', '"./index.js"')
    (folder / "baton-client" / "src" / "example.ts").write_text(example)
    (folder / "baton-client" / "node_modules").symlink_to(packages)
    node(str(packages / "typescript" / "bin" / "tsc"), "--project", str(folder / "baton-client"))
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "baton-client").symlink_to(folder / "baton-client")
    (folder / "node_modules" / "ws").symlink_to(packages / "ws")
    return Path(shutil.copy(Path(__file__).with_name("follow.mjs"), folder))
