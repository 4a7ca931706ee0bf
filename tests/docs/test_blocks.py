"""Every code block that can be pasted is run or parsed by a test. A new page, or a new language on one, is added here
together with the test that runs it."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess

import pytest
from graphql import parse, validate

from resolvers.schema import schema
from tests.docs.pages import PAGES, ROOT, Block, all_blocks, relative

RUN_BY = {
    ("CONTRIBUTING.md", "sh"): "tests/docs/test_blocks.py",
    ("README.md", "sh"): "tests/docs/test_readme.py",
    ("docs/guides/agents.md", "graphql"): "tests/docs/test_blocks.py",
    ("docs/guides/agents.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/attachments.md", "graphql"): "tests/docs/test_blocks.py",
    ("docs/guides/attachments.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/channels.md", "graphql"): "tests/docs/test_blocks.py",
    ("docs/guides/channels.md", "sh"): "tests/docs/test_channels.py",
    ("docs/guides/guidance.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/helpdesks.md", "sh"): "tests/docs/test_helpdesks.py",
    ("docs/guides/identity.md", "graphql"): "tests/docs/test_blocks.py",
    ("docs/guides/identity.md", "js"): "tests/docs/test_identity.py",
    ("docs/guides/identity.md", "python"): "tests/docs/test_identity.py",
    ("docs/guides/identity.md", "sh"): "tests/docs/test_identity.py",
    ("docs/guides/knowledge.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/live-streams.md", "graphql"): "tests/docs/test_live_streams.py",
    ("docs/guides/live-streams.md", "js"): "tests/docs/test_live_streams.py",
    ("docs/guides/live-streams.md", "python"): "tests/docs/test_live_streams.py",
    ("docs/guides/live-streams.md", "sh"): "tests/docs/test_live_streams.py",
    ("docs/guides/metrics.md", "graphql"): "tests/docs/test_blocks.py",
    ("docs/guides/metrics.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/model.md", "sh"): "tests/docs/test_sign_in.py",
    ("docs/guides/retention.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/sales.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/search-and-export.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/shoppers.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/staff-and-keys.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/chat-widget.md", "graphql"): "tests/docs/test_blocks.py",
    ("docs/guides/chat-widget.md", "html"): "tests/browser/test_snippet.py",
    ("docs/guides/chat-widget.md", "js"): "tests/browser/test_snippet.py",
    ("docs/guides/clients.md", "sh"): "tests/docs/test_guides.py",
    ("docs/guides/sign-in.md", "sh"): "tests/docs/test_sign_in.py",
    ("docs/guides/webhooks.md", "graphql"): "tests/docs/test_blocks.py",
    ("docs/guides/webhooks.md", "python"): "tests/domain/webhooks/test_signature.py",
    ("docs/guides/webhooks.md", "sh"): "tests/docs/test_guides.py",
    ("docs/operations.md", "sh"): "tests/docs/test_operations.py",
    ("docs/operations.md", "yaml"): "tests/docs/test_watching.py",
    ("docs/reference/auth.md", "sh"): "tests/docs/test_operations.py",
}
PICTURES = {"mermaid", "text"}
BLOCKS = [block for page in PAGES for block in all_blocks(relative(page))]


def of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


def test_every_block_is_run_or_parsed() -> None:
    found = {(block.page, block.language) for block in BLOCKS if block.language not in PICTURES}
    assert found == set(RUN_BY)
    for (page, _), test in RUN_BY.items():
        if test != "tests/docs/test_blocks.py":
            assert page in (ROOT / test).read_text(), f"{test} does not read {page}"


def test_every_shell_block_sources_the_functions_that_it_calls() -> None:
    """A reader may begin at any section, in a new terminal."""
    calls = re.compile(r"^(ask|listen|request)\b|\$\((key|value|now)\b|\$url", re.MULTILINE)
    bare = [(b.page, b.heading) for b in of("sh") if calls.search(b.text) and not b.text.startswith(". docs/try.sh\n")]
    assert bare == []


def test_blocks_begin_at_the_margin() -> None:
    """Where `all_blocks` finds them."""
    assert [relative(page) for page in PAGES if re.search(r"^[ \t>]+```", page.read_text(), re.MULTILINE)] == []


@pytest.mark.parametrize("block", of("sh"), ids=lambda b: f"{b.page} {b.heading}")
def test_shell_is_well_formed(block: Block) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    found = subprocess.run([bash, "-n"], input=block.text, capture_output=True, text=True, check=False)
    assert found.stderr == ""


@pytest.mark.parametrize("block", of("graphql"), ids=lambda b: f"{b.page} {b.heading}")
def test_documents_fit_the_schema(block: Block) -> None:
    assert validate(schema._schema, parse(block.text)) == []


@pytest.mark.parametrize("block", of("python"), ids=lambda b: f"{b.page} {b.heading}")
def test_python_is_well_formed(block: Block) -> None:
    ast.parse(block.text)


def test_the_commands_of_contributors_are_targets_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for block in (block for block in BLOCKS if block.page == "CONTRIBUTING.md"):
        for line in block.text.splitlines():
            command, target = line.partition("#")[0].split()[:2]
            assert command == "make"
            assert f"\n{target}:" in makefile
