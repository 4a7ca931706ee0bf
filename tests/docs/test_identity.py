"""The guide to identity: a reader creates a secret, signs tokens in Python and Node.js, proves a
shopper by them, and another one by a click in a mail."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from tests.docs.pages import blocks_of
from tests.docs.shell import Reader, reading
from tests.docs.test_helpdesks import received, standing_in
from tests.e2e.processes import Machine

PAGE = "docs/guides/identity.md"
ANN = {"id": "customer-7", "email": "ann@example.com", "name": "Ann"}
PROVED = {"verified": True, "externalId": "customer-7", "email": "ann@example.com", "name": "Ann"}
SHOWN = "query($id: ID!) { conversation(id: $id) { profile { verified externalId email name } } }"


async def keys_of(machine: Machine, shared_mongo: dict[str, str]) -> tuple[Reader, dict[str, str]]:
    """The reader after the first block, with what it printed."""
    reader = await reading(machine, **shared_mongo)
    [steps] = blocks_of(PAGE, "sh", under="Trying it")
    created, account, started, shown = [answer["data"] for answer in await reader.paste(steps)]
    assert started["startConversation"]["errors"] == []
    assert shown["conversation"]["profile"] == PROVED
    made = created["updateIdentityKeys"]["created"]
    return reader, {"account_id": account["account"]["id"], "key_id": made["keyId"], "secret": made["secret"]}


async def profile_proved_by(reader: Reader, token: str) -> dict[str, Any]:
    start, _ = blocks_of(PAGE, "graphql", under="Using the token")[0].split("\n\n")
    ask = f". docs/try.sh\nask \"$(key publishableKey)\" '{start}' text=Hello token={token} | tee .baton/started.json"
    [started] = await reader.paste(ask)
    assert started["data"]["startConversation"]["errors"] == []
    show = f'. docs/try.sh\nask "$(key ownerKey)" \'{SHOWN}\' id="$(value started startConversation.conversation.id)"'
    [shown] = await reader.paste(show)
    profile: dict[str, Any] = shown["data"]["conversation"]["profile"]
    return profile


async def test_a_token_of_python(machine: Machine, shared_mongo: dict[str, str]) -> None:
    reader, keys = await keys_of(machine, shared_mongo)
    [source] = blocks_of(PAGE, "python")
    program: dict[str, Any] = {}
    exec(compile(source, PAGE, "exec"), program)
    sign: Callable[..., str] = program["identity_token"]
    profile = await profile_proved_by(reader, sign(ANN, **keys))
    assert profile == PROVED


async def test_a_click_in_a_mail(machine: Machine, shared_mongo: dict[str, str]) -> None:
    run, ask, press = blocks_of(PAGE, "sh", under="A click in a mail")
    [(name, value)] = re.findall(r"(BATON_\w+)=(\S+)", run)
    first = await standing_in(machine)
    reader = await reading(machine, ports=first, **{name: value}, **shared_mongo)
    ask = ask.replace("port: 9111", f"port: {first + 11}")
    connected, _, sent = await reader.paste(ask)
    assert connected["data"]["connectChannel"]["errors"] == []
    assert sent["data"]["sendEmailConfirmation"]["email"] == "vic@example.com"
    assert len(await received(reader, 9101, lambda state: state["mails"])) == 1
    [shown] = await reader.paste(press)
    assert shown["data"]["conversation"] == {
        "identityVerified": True,
        "contact": {"email": {"value": "vic@example.com", "verified": True}},
        "profile": {"verified": True},
    }


@pytest.mark.node
async def test_a_token_of_node(machine: Machine, shared_mongo: dict[str, str]) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    reader, keys = await keys_of(machine, shared_mongo)
    [source] = blocks_of(PAGE, "js")
    given = {"accountId": keys["account_id"], "keyId": keys["key_id"], "secret": keys["secret"]}
    module = reader.folder / "sign.mjs"
    module.write_text(f"{source}\nconsole.log(identityToken({json.dumps(ANN)}, {json.dumps(given)}));\n")
    process = await asyncio.create_subprocess_exec(node, str(module), stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    profile = await profile_proved_by(reader, output.decode().strip())
    assert profile["verified"]
    assert profile["externalId"] == "customer-7"
