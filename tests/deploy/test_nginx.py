"""nginx, with the configuration of `deploy/`, in front of two servers over TLS: requests, files, exports, and restarts
of the servers one after the other, in which no stream loses or repeats a message."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.deploy.proxies import certificate, nginx, nginx_program
from tests.deploy.test_files import PERMISSIONS
from tests.e2e.clients import Caller, Talk
from tests.e2e.followers import EventSource, Follower, Stream, following
from tests.e2e.processes import PATIENCE, Json, Machine, Server, free_port, until

CREATE_UPLOAD = """mutation($bytes: Int!) {
  createUpload(input: {name: "film.mp4", contentType: "video/mp4", bytes: $bytes}) {
    attachmentId url errors { message } } }"""
SEND_FILE = """mutation($id: ID!, $file: ID!) {
  sendMessage(input: {conversationId: $id, text: "", attachments: [$file]}) {
    message { attachments { url bytes } } errors { message } } }"""
CREATE_KEY = 'mutation { createKey(input: {label: "x", scopes: [INBOX_READ]}) { key { id } errors { message } } }'
AUDIT = "{ auditLog(first: 1, filter: {actions: [KEY_CREATED]}) { nodes { actor { address } } } }"
PERMISSION = "zzqvx0123456789"
FILM = b"\0\0\0\x18ftypmp42" + os.urandom(3 << 20)  # more than nginx keeps in memory


class ProxiedCaller(Caller):
    """Repeats a request, under its idempotency key, also when the proxy reaches no server."""

    async def once(self, key: str | None, document: str, variables: Json) -> httpx.Response:
        response = await super().once(key, document, variables)
        if response.status_code in (502, 504):
            raise httpx.RemoteProtocolError("the proxy reaches no server")
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Two servers behind nginx."""

    address: str
    plain: str  # without TLS
    servers: tuple[Server, Server]
    caller: ProxiedCaller

    @property
    def keys(self) -> dict[str, str]:
        return self.servers[1].keys

    @property
    def url(self) -> str:
        return f"{self.address}/graphql"


@pytest.fixture
async def site(
    machine: Machine, shared_mongo: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    nginx_program()  # before servers are started in vain
    https, http = free_port(), free_port()
    address = f"https://localhost:{https}"
    chain, _ = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))  # httpx and websockets trust it
    secret = tmp_path / "secret.txt"
    secret.write_text("of both servers, so that their cursors are the same\n")
    settings = {
        **shared_mongo,
        "BATON_SECRET_FILE": str(secret),
        "BATON_PUBLIC_URL": address,
        "BATON_TRUSTED_PROXIES": "127.0.0.1",
        "BATON_DRAIN_SECONDS": "2",
    }
    one, other = await machine.serve("one", **settings), await machine.serve("other", **settings)
    async with nginx(tmp_path, https=https, http=http, servers=(one.port, other.port)):
        caller = ProxiedCaller([f"{address}/graphql"])
        yield Site(address=address, plain=f"http://localhost:{http}", servers=(one, other), caller=caller)
        await caller.close()


async def test_the_site(site: Site) -> None:
    talk = await site.caller.start(site.keys["publishableKey"])
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        await requests_pass(site, http)
        await files_and_exports_pass(site, http, talk)
        await the_address_of_the_client_is_not_what_it_says(site, http)
    await streams_survive_restarts(site, talk)
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        await no_permission_is_logged(site, http)


async def requests_pass(site: Site, http: httpx.AsyncClient) -> None:
    assert (await http.get(f"{site.address}/schema.graphql")).status_code == 200
    for inside in ("/readyz", "/metrics"):
        assert (await http.get(f"{site.address}{inside}")).status_code == 404
    assert (await http.post(site.url, content=bytes(2 << 20))).status_code == 413
    moved = await http.get(f"{site.plain}/inbox")
    assert (moved.status_code, moved.headers["location"]) == (301, "https://localhost/inbox")


async def files_and_exports_pass(site: Site, http: httpx.AsyncClient, talk: Talk) -> None:
    upload = (await site.caller.ask(talk.token, CREATE_UPLOAD, bytes=len(FILM)))["createUpload"]
    assert upload["url"].startswith(f"{site.address}/uploads/")
    assert (await http.put(upload["url"], content=FILM)).status_code == 201
    sent = await site.caller.ask(talk.token, SEND_FILE, id=talk.id, file=upload["attachmentId"])
    [file] = sent["sendMessage"]["message"]["attachments"]
    assert (await http.get(file["url"])).content == FILM
    owner = {"authorization": f"Bearer {site.keys['ownerKey']}"}
    exported = await http.post(f"{site.address}/export", json={"format": "ndjson"}, headers=owner)
    assert [json.loads(line)["id"] for line in exported.text.splitlines()] == [talk.id]
    log = logs()
    assert '"POST /export HTTP/' in log
    assert '"PUT /uploads/... HTTP/' in log
    assert upload["url"].rpartition("/")[2] not in log, "an address that is a permission is in the log"
    assert file["url"].rpartition("/")[2] not in log


def logs() -> str:
    """Everything that nginx has written."""
    written = Path(os.environ["SSL_CERT_FILE"]).parent.glob("*.log")
    return "".join(path.read_text() for path in written)


async def no_permission_is_logged(site: Site, http: httpx.AsyncClient) -> None:
    """One of the servers is down, so that nginx has errors to log as well."""
    places = [*PERMISSIONS, "sign-in/callback?state=1&code=", "graphql?query="]
    for place in places:
        for address in (site.address, site.plain):
            for _ in range(3):  # of which some meet the server that is down
                separator = "" if "?" in place else "/"
                url = f"{address}/{place}{separator}{PERMISSION}"
                await http.get(url, headers={"referer": f"{site.address}/files/{PERMISSION}"})
    log = logs()
    assert '"GET /sign-in/callback HTTP/' in log
    assert '"GET /hooks/zendesk/... HTTP/' in log
    assert PERMISSION not in log


async def the_address_of_the_client_is_not_what_it_says(site: Site, http: httpx.AsyncClient) -> None:
    headers = {"authorization": f"Bearer {site.keys['ownerKey']}", "x-forwarded-for": "203.0.113.9"}
    created = (await http.post(site.url, json={"query": CREATE_KEY}, headers=headers)).json()
    assert created["data"]["createKey"]["errors"] == []
    [entry] = (await site.caller.ask(site.keys["ownerKey"], AUDIT))["auditLog"]["nodes"]
    assert entry["actor"]["address"] == "127.0.0.1"


async def streams_survive_restarts(site: Site, talk: Talk) -> None:
    """A WebSocket and an event stream, while one server restarts, and then the other one ends."""
    key = site.keys["agentKey"]
    events = EventSource(site.url, key, Stream.of(talk.id, talk.cursor))
    socket = Follower([site.url], key, [Stream.of(talk.id, talk.cursor)], stock=True)
    streams = [events.stream, socket.streams[0]]
    one, other = site.servers
    said = 2  # the first message, and the one with the file
    async with following(socket, events):
        for server in (one, other):
            said = await say(site.caller, talk, said, 2)
            for stream in streams:
                await stream.has(said - 1)
            server.send(signal.SIGTERM)
            said = await say(site.caller, talk, said, 3)
            assert (await server.ended()).code == 0
            if server is one:
                await server.start()
        await until(lambda: socket.is_live)
        said = await say(site.caller, talk, said, 1)
        for stream in streams:
            await stream.has(said - 1)
    for stream in streams:
        assert [message["sequence"] for message in stream.messages] == list(range(2, said + 1))
    assert socket.closed[1012] >= 1, "no restart met the socket"


async def say(caller: Caller, talk: Talk, said: int, more: int) -> int:
    """Send so many messages, and return the number of all."""
    for number in range(said + 1, said + more + 1):
        assert (await caller.say(talk, f"message {number}"))["sequence"] == number
    return said + more
