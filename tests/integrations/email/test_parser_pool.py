"""Mail is parsed in processes that end when a mail exceeds its budget (attacks.md 5)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from domain.messaging.ports import Unparsable
from domain.values.ids import AccountId
from integrations.email.parse import Rfc5322Parser
from integrations.email.parser_pool import MailParserPool, _Turns
from tests.e2e.processes import until

A, B = AccountId("A"), AccountId("B")
HTML = b"From: ann@customer.example\r\nSubject: Hi\r\nContent-Type: text/html\r\n\r\n"
HONEST = b"From: Ann <ann@customer.example>\r\nSubject: =?utf-8?q?=C3=89t=C3=A9?=\r\n\r\nWhere is it? \xe2\x82\xac"
HOSTILE = {
    "tags": HTML + b"Where is it? " + b"<a " * 60_000,
    "comments": HTML + b"Where is it? " + b"<!--" * 225_000,
    "end tags": HTML + b"Where is it? " + b"</" * 450_000,
    "instructions": HTML + b"Where is it? " + b"<?" * 450_000,
    "attribute": HTML + b"Where is it? " + b"<a x='" * 150_000,
    "sections": HTML + b"Where is it? " + b"<![CDATA[" * 100_000,
    "encoded words": HTML.replace(b"Hi", b"=?utf-8?q?a?= " * 700_000) + b"Where is it?",
    "open words": HTML.replace(b"Hi", b"=?a?q?" * 1_000_000) + b"Where is it?",
    "parameters": HTML.replace(b"text/html", b"text/html" + b";a*0=b" * 250_000) + b"Where is it?",
    "addresses": HTML.replace(b"ann@", b"(" * 1_000_000 + b"ann@") + b"Where is it?",
    "parts": HTML.replace(b"text/html", b"multipart/mixed; boundary=b") + b"--b\r\n\r\nx\r\n" * 500_000,
}  # fmt: skip
PAGES = b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>x" * 250_000 + b"\r\n"
SLOW = HTML.replace(b"text/html", b"multipart/mixed; boundary=b") + b"--b\r\n\r\nWhere is it?\r\n" + PAGES * 6


@pytest.fixture
async def pool() -> AsyncIterator[MailParserPool]:
    pool = MailParserPool()
    yield pool
    await pool.close()


async def test_a_mail_is_parsed_as_in_the_process_itself(pool: MailParserPool) -> None:
    for _ in range(2):
        mail = await pool.parse(HONEST, account_id=A, authserv_id="mx.example", own=["help@shop.example"])
        assert mail == Rfc5322Parser().parse(HONEST, authserv_id="mx.example", own=["help@shop.example"])


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_mail_ends_within_its_budget(pool: MailParserPool, name: str) -> None:
    """Its words are not lost where the brief parse finds them."""
    mail = await pool.parse(HOSTILE[name], account_id=A, authserv_id=None)
    assert mail.sender == ("" if name == "addresses" else "ann@customer.example")
    assert name == "parts" or "Where is it?" in mail.text
    honest = await pool.parse(HONEST, account_id=A, authserv_id=None)
    assert (honest.sender, honest.subject) == ("ann@customer.example", "Été")


FILE = bytes(range(256)) * (86 << 10)  # 21.5 MiB, which are 29 MiB in base64
FILES = {
    "base64": (base64.encodebytes(FILE).replace(b"\n", b"\r\n"), b"base64"),
    "one line": (base64.b64encode(FILE), b"base64"),
    "binary": (FILE, b"binary"),
}


@pytest.mark.parametrize("name", FILES)
async def test_a_mail_with_a_large_file_takes_little_memory(
    pool: MailParserPool, name: str, children: Callable[[], list[int]], caplog: pytest.LogCaptureFixture
) -> None:
    """The process has 256 MiB of address space, and does not need it all."""
    content, encoding = FILES[name]
    part = b"--b\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n"
    mail = HTML.replace(b"text/html", b"multipart/mixed; boundary=b") + b"--b\r\n\r\nSee the picture.\r\n"
    raw = mail + part + content + b"\r\n--b\r\n\r\nIt is blue.\r\n--b--\r\n"
    found = await pool.parse(raw, account_id=A, authserv_id=None)
    assert found.text == "See the picture.\nIt is blue."
    [file] = found.files
    assert hashlib.sha256(b"".join(pool.file_pieces(raw, file))).digest() == hashlib.sha256(FILE).digest()
    [child] = children()
    assert _peak(child) < 256 << 10
    assert "budget" not in caplog.text


async def test_an_account_takes_one_process(pool: MailParserPool) -> None:
    """The honest mail of another account does not wait for the hostile ones."""
    hostile = [asyncio.create_task(pool.parse(SLOW, account_id=A, authserv_id=None)) for _ in range(7)]
    await asyncio.sleep(0.2)
    await pool.parse(HONEST, account_id=B, authserv_id=None)
    assert not any(task.done() for task in hostile[1:])
    for task in hostile:
        task.cancel()
    await asyncio.gather(*hostile, return_exceptions=True)


async def test_the_shortest_mail_of_an_account_comes_first() -> None:
    turns, taken, go = _Turns(), list[int](), asyncio.Event()

    async def parse(length: int) -> None:
        async with turns.turn(length):
            taken.append(length)
            await go.wait()

    tasks = [asyncio.create_task(parse(length)) for length in (500_000, 1_000_000, 400_000, 300, 200, 1_000_001)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.sleep(0)
    go.set()
    await asyncio.wait(tasks[:1])
    tasks[4].cancel()  # it has the turn by now, or is done
    await asyncio.gather(*tasks, return_exceptions=True)
    assert [length for length in taken if length != 200] == [500_000, 300, 1_000_000, 1_000_001]
    async with turns.turn(1):
        pass


async def test_a_killed_process_is_replaced(pool: MailParserPool, children: Callable[[], list[int]]) -> None:
    await pool.parse(HONEST, account_id=A, authserv_id=None)
    [child] = children()
    os.kill(child, signal.SIGKILL)
    assert (await pool.parse(HONEST, account_id=A, authserv_id=None)).subject == "Été"


async def test_an_idle_process_that_died_does_not_count_as_a_try(
    pool: MailParserPool, children: Callable[[], list[int]], caplog: pytest.LogCaptureFixture
) -> None:
    await pool.parse(HONEST, account_id=A, authserv_id=None)
    [child] = children()
    os.kill(child, signal.SIGKILL)
    await until(lambda: not Path(f"/proc/{child}").exists())
    await asyncio.sleep(0.1)  # until asyncio knows
    assert (await pool.parse(HONEST, account_id=A, authserv_id=None)).subject == "Été"
    assert "budget" not in caplog.text


async def test_what_a_process_that_fails_says_has_no_words(
    pool: MailParserPool, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    order = {"authserv_id": None, "own": (5,)}  # which no process takes
    with pytest.raises(Unparsable):
        await pool.parse(HONEST, account_id=A, **order)  # type: ignore[arg-type]
    failed = [line for line in caplog.messages if line.startswith("The mail parser failed")]
    assert len(failed) == 2
    assert re.fullmatch(r"The mail parser failed: ValidationError at \S+:\d+", failed[0])
    assert capfd.readouterr().err == ""


async def test_no_process_is_left_behind(children: Callable[[], list[int]]) -> None:
    pool = MailParserPool()
    parses = [asyncio.create_task(pool.parse(SLOW, account_id=AccountId(str(n)), authserv_id=None)) for n in "12"]
    await until(lambda: len(children()) == 2)
    for parse in parses:
        parse.cancel()
    await asyncio.gather(*parses, return_exceptions=True)
    await pool.close()
    assert children() == []


async def test_the_processes_do_not_inherit_secrets(
    pool: MailParserPool, monkeypatch: pytest.MonkeyPatch, children: Callable[[], list[int]]
) -> None:
    monkeypatch.setenv("BATON_SECRET", "very secret")
    await pool.parse(HONEST, account_id=A, authserv_id=None)
    [child] = children()
    assert b"very secret" not in _environment(child)


@pytest.fixture
def children() -> Callable[[], list[int]]:
    """The process ids of this process's children that parse mail."""

    def found() -> list[int]:
        return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _is_parser(p)]

    if not Path("/proc/self").exists():
        pytest.skip("This system lists its processes elsewhere.")
    return found


def _environment(process: int) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


def _peak(process: int) -> int:
    """The most KiB of address space that the process has had."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmPeak"))


def _is_parser(process: Path) -> bool:
    try:
        parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        return parent == os.getpid() and b"parser_process" in (process / "cmdline").read_bytes()
    except OSError:  # it has just ended
        return False
