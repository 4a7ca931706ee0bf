"""The shell functions of docs/try.sh say what is wrong in one line."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import ROOT


def _run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("BATON_")}
    return subprocess.run(
        ["bash", "-c", f". {ROOT / 'docs' / 'try.sh'}\n{command}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout after some examples."""
    saved = tmp_path / ".baton"
    saved.mkdir()
    (saved / "credentials.json").write_text(json.dumps({"ownerKey": "bk_1", "agentKey": "bk_2"}))
    payload = {"conversation": None, "ok": True, "tags": [{"id": "t0"}, {"id": "t1"}]}
    (saved / "started.json").write_text(json.dumps({"data": {"startConversation": payload}}))
    (saved / "refused.json").write_text(json.dumps({"errors": [{"message": "Wait."}]}))
    (saved / "empty.json").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("key agentKey", "bk_2"),
        ("value started startConversation.tags.1.id", "t1"),
        ("value started startConversation.ok", "true"),
        ("request '{ me { id } }' id=1=2 n:=3", '{"query": "{ me { id } }", "variables": {"id": "1=2", "n": 3}}'),
    ],
)
def test_what_they_print(folder: Path, command: str, output: str) -> None:
    ran = _run(folder, command)
    assert (ran.stdout, ran.stderr, ran.returncode) == (f"{output}\n", "", 0)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("key ownrKey", "key: .baton/credentials.json has no `ownrKey`. It has: ownerKey, agentKey"),
        ("key", "key: .baton/credentials.json has no ``. It has: ownerKey, agentKey"),
        ("rm .baton/credentials.json; key ownerKey", "Start the server with `make run`"),
        ("echo x > .baton/credentials.json; key ownerKey", ".baton/credentials.json cannot be read: "),
        ("value other a", "value: .baton/other.json does not exist. The example that saves it comes before this one."),
        ("value empty a", "value: .baton/empty.json has no response"),
        ("value refused startConversation.id", 'The response was: {"errors": [{"message": "Wait."}]}'),
        ("value started startConversation.conversation.id", "has no `startConversation.conversation.id`"),
        ("value started startConversation.tags.2.id", "has no `startConversation.tags.2.id`"),
        ("value started", "value: write `value NAME PATH`"),
        ("request '{ a }' n:=x", "request: the value of `n:=x` is not JSON; for a text, write n="),
    ],
)
def test_what_is_wrong_is_said_in_one_line(folder: Path, command: str, says: str) -> None:
    ran = _run(folder, command)
    assert says in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert (ran.stdout, ran.returncode) == ("", 1)
