"""docs/guides/channels.md: a text that comes in through the stand-in for Twilio, and the script for Postfix."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev.fakes.server import Fake, serving
from tests.docs.pages import blocks_of
from tests.docs.shell import reading
from tests.docs.test_helpdesks import standing_in
from tests.e2e.processes import PATIENCE, Machine

PAGE = "docs/guides/channels.md"


class Hook(Fake):
    """An address that takes every mail."""

    name = "hook"

    def routes(self) -> list[Route]:
        return [Route("/{path:path}", self._take, methods=["POST"])]

    async def _take(self, _: Request) -> Response:
        return Response()


async def test_a_text_becomes_a_conversation(machine: Machine, shared_mongo: dict[str, str]) -> None:
    _, twilio, _ = blocks_of(PAGE, "sh")
    first = await standing_in(machine)
    settings = {"BATON_TWILIO_URL": f"http://127.0.0.1:{first + 2}"}
    reader = await reading(machine, ports=first, **settings, **shared_mongo)
    connected, told, listed = await reader.paste(twilio)
    assert connected["data"]["connectChannel"]["errors"] == []
    assert told["status"] == 200
    [conversation] = listed["data"]["conversations"]["nodes"]
    assert (conversation["channel"], conversation["displayName"]) == ("SMS", "+15005550100")
    assert conversation["messages"]["nodes"][0]["text"] == "Where is my order?"


async def test_the_script_for_postfix_posts_a_signed_mail(tmp_path: Path) -> None:
    *_, script = blocks_of(PAGE, "sh")
    (tmp_path / "to-baton").write_text(script)
    hook, mail = Hook(), b"From: ann@example.com\r\nSubject: Hello\r\n\r\nWhere is it?\r\n"

    async def run(url: str) -> int | None:
        environment = {**os.environ, "BATON_HOOK_SECRET": "a secret of the hook", "BATON_HOOK_URL": url}
        process = await asyncio.create_subprocess_exec(
            *("sh", tmp_path / "to-baton"), stdin=asyncio.subprocess.PIPE, env=environment
        )
        await asyncio.wait_for(process.communicate(mail), PATIENCE)
        return process.returncode

    async with serving(hook) as url:
        assert await run(f"{url}/hooks/email/token") == 0
    [request] = hook.received
    signed = request.headers["x-baton-timestamp"].encode() + b"." + mail
    assert request.body == mail
    assert request.headers["x-baton-signature"] == hmac.new(b"a secret of the hook", signed, hashlib.sha256).hexdigest()
    assert await run(f"{url}/hooks/email/token") == 75  # nobody is there any more: Postfix is to try again
