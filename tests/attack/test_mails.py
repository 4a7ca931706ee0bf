"""Mails that anybody can send, which a parser takes minutes for."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from api.webhooks.email import signature
from tests.attack.conftest import Attacked, MailHook
from tests.attack.stage import Target

HONEST_EVERY = 1.0  # seconds between two honest mails
HONEST_WITHIN = 60.0  # seconds for all of them to be taken


def html(body: str) -> str:
    return f"Content-Type: text/html\r\n\r\n{body}"


def parts(count: int, body: str) -> str:
    part = f"--b\r\nContent-Type: text/html\r\n\r\n{body}\r\n"
    return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + "--b--\r\n"


MAILS: dict[str, Callable[[], str]] = {
    "tags in tags": lambda: html("<a " * 40_000),
    "long tags in tags": lambda: html("<a " * 330_000),
    "comments": lambda: html("<!--" * 220_000),
    "ends": lambda: html("</" * 450_000),
    "instructions": lambda: html("<?" * 450_000),
    "quotes": lambda: html("<a x='" * 150_000),
    "sections": lambda: html("<![CDATA[" * 100_000),
    "parts": lambda: parts(28, "<b>x</b>" * 125_000),
    "subject": lambda: "Subject: " + "=?utf-8?q?=41?=\r\n " * 600_000 + "\r\n" + html("x"),
    "half words": lambda: "Subject: " + "=?a?q?" * 1_500_000 + "\r\n" + html("x"),
    "parameters": lambda: "Content-Type: text/plain" + "; a*0=b" * 200_000 + "\r\n\r\nx",
    "sender": lambda: "From: " + "(" * 1_000_000 + "\r\n" + html("x"),
}
_HEAD = "From: Ann <ann@customer.example>\r\nTo: help@shop.example\r\nSubject: Hello\r\nMessage-ID: <{id}@x>\r\n"


async def mails(at: Target, hook: MailHook, kind: str, callers: int, seconds: float) -> Counter[str]:
    """Hostile mails, and honest mails between them."""
    outcomes, until = Counter[str](), time.monotonic() + seconds
    hostile = MAILS[kind]()

    async with httpx.AsyncClient(timeout=120) as client:

        async def post(who: str, number: int, rest: str) -> None:
            mail = (_HEAD.format(id=f"{who}-{number}") + rest).encode()
            now = str(int(time.time()))
            headers = {"x-baton-timestamp": now, "x-baton-signature": signature(hook.secret, now, mail)}
            began = time.monotonic()
            try:
                response = await client.post(f"http://127.0.0.1:{at.port}{hook.path}", content=mail, headers=headers)
                outcomes[f"{who} {response.status_code}"] += 1
            except httpx.TransportError as error:
                outcomes[f"{who} {type(error).__name__}"] += 1
            if who == "honest" and time.monotonic() - began > 10:
                outcomes["honest after more than 10 s"] += 1

        async def attacker(number: int) -> None:
            while time.monotonic() < until:
                await post("hostile", number, hostile)
                number += callers

        async def honest() -> None:
            number = 0
            while time.monotonic() < until:
                await post("honest", number, "Content-Type: text/plain\r\n\r\nWhere is my order?\r\n")
                number += 1
                await asyncio.sleep(HONEST_EVERY)

        async with asyncio.timeout(seconds + HONEST_WITHIN):
            await asyncio.gather(honest(), *(attacker(number) for number in range(callers)))
    return outcomes


@pytest.mark.parametrize("kind", MAILS)
async def test_mails(attacked: Attacked, mail_hook: MailHook, kind: str) -> None:
    report = await attacked(mails, mail_hook, kind, 7, 10.0)
    assert report.outcomes["honest 200"] >= 2
    assert not [what for what in report.outcomes if what.startswith("honest ") and what != "honest 200"]
    assert report.outcomes["hostile 500"] == 0
