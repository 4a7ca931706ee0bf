"""`clients/python`: its operations are those of the schema, and it is small."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import httpx
import pytest

from baton_client import Baton, BatonError
from baton_client.connection import Connection
from dev import python_client

CLIENTS = Path(__file__).parents[2] / "clients"
WRITTEN_BY_HAND = 300  # lines of a client at most, without what is generated


def test_the_operations_are_those_of_the_schema() -> None:
    """If not: `make clients`."""
    assert python_client.TARGET.read_text() == python_client.generated()


@pytest.mark.parametrize("client", ["python", "typescript"])
def test_a_client_is_small(client: str) -> None:
    generated = {"operations.py", "generated.ts"}
    written = [
        path
        for path in (CLIENTS / client).rglob("*.*")
        if path.is_file()
        and path.suffix in (".py", ".ts", ".js", ".toml")
        and path.name not in generated
        and not {"node_modules", "dist"} & set(path.parts)
    ]
    assert sum(len(path.read_text().splitlines()) for path in written) < WRITTEN_BY_HAND
    assert len((CLIENTS / client / "README.md").read_text().splitlines()) < 20


@pytest.mark.parametrize("repeatable", [True, False])
async def test_it_waits_when_a_proxy_says_so(repeatable: bool) -> None:
    """A limit of requests (429) of nginx has a page without JSON, that of a gateway JSON of its own.
    Nothing came to Baton, so all can be repeated."""
    responses = [
        httpx.Response(429, headers={"retry-after": "0"}, html="<h1>429</h1>"),
        httpx.Response(429, headers={"retry-after": "0"}, json={"message": "Too many requests"}),
    ]
    responses.append(httpx.Response(200, json={"data": {"sent": 1}}))
    document = ("query" if repeatable else "mutation") + " Sent { sent }"
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: responses.pop(0)))
    async with Connection("http://baton.example/graphql", "token", http=http) as baton:
        assert await baton.execute(document, {}) == 1
        responses.append(httpx.Response(413, html="<h1>413</h1>"))
        with pytest.raises(BatonError, match="BAD_REQUEST: HTTP 413"):
            await baton.execute(document, {})


def test_the_example_is_python_and_names_what_there_is() -> None:
    [example] = re.findall(
        r"^```python\n(.*?)^```$", (CLIENTS / "python/README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    ast.parse("async def example():\n" + "".join(f"    {line}\n" for line in example.splitlines()))
    called = re.findall(r"\bbaton\.(\w+)\(", example)
    assert called
    assert [name for name in called if not hasattr(Baton, name)] == []
