"""House rules that a program can check: dependencies between packages, sizes, names, and side effects of imports."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "domain", "integrations", "resolvers")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST_FILE = 400  # lines
LONGEST_FUNCTION = 40
VAGUE = {"utils", "util", "core", "common", "helpers", "helper", "misc", "base", "manager"}
EMITTERS = {"domain/conversation/aggregate.py", "domain/imports/past.py", "domain/imports/service.py"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in MODULES:
        yield relative(path), parsed(path)


def test_there_is_something_to_check() -> None:
    assert len(MODULES) > 100


def test_dependencies_between_packages() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def test_files_are_short() -> None:
    lengths = {relative(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path}:{node.lineno} {node.name}", node


def test_functions_are_short() -> None:
    lengths = {place: (node.end_lineno or 0) - node.lineno + 1 for place, node in functions()}
    assert {place: lines for place, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_every_module_has_a_docstring() -> None:
    assert [path for path, tree in trees() if not ast.get_docstring(tree)] == []


def test_everything_is_annotated() -> None:
    bare = [
        place
        for place, node in functions()
        if node.returns is None
        or any(
            argument.annotation is None
            for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            if argument.arg not in ("self", "cls")
        )
    ]
    assert bare == []


def test_values_are_records() -> None:
    """Values derive from `Record`. Frozen dataclasses are slower to create, and `replace` rejects Records."""
    other = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        if path != "domain/values/record.py"
        for node in ast.walk(tree)
        if (
            (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dataclass")
            and any(keyword.arg == "frozen" for keyword in node.keywords)
        )
        or (
            (isinstance(node, ast.ImportFrom) and node.module == "dataclasses")
            and {alias.name for alias in node.names} - {"dataclass", "field"}
        )
    ]
    assert other == []


def test_no_module_has_a_vague_name() -> None:
    parts = {part for path in MODULES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & VAGUE == set()


def test_conversation_events_are_created_only_where_conversations_are_saved() -> None:
    """So a conversation cannot be saved without its event."""
    events = {"MessageAdded", "ConversationChanged", "BusinessEvent"}
    creating = {
        path
        for path, tree in trees()
        if path.startswith(("domain/", "integrations/", "api/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in events
    }
    assert creating == EMITTERS


def test_only_services_emit_events_to_a_unit_of_work() -> None:
    emitting = {
        path
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "emit"
    }
    assert emitting <= {
        *EMITTERS,
        "domain/account/documents.py",
        "domain/account/keys.py",
        "domain/agent/settings.py",
        "domain/agent/turns.py",
        "domain/conversation/visitor_access.py",
        "domain/account/service.py",
        "domain/inbox/staff.py",
        "domain/account/sessions.py",
        "domain/sign_in/service.py",
        "domain/connected_services/service.py",
        "domain/commerce/crediting.py",
        "domain/erasure/eraser.py",
        "domain/erasure/profile_eraser.py",
        "domain/erasure/search.py",
        "domain/retention/redaction.py",
        "domain/retention/sweeper.py",
        "domain/guidance/service.py",
        "domain/handoff/service.py",
        "domain/identity/service.py",
        "domain/inbox/assignment.py",
        "domain/inbox/service.py",
        "domain/imports/service.py",
        "domain/knowledge/articles.py",
    }


def test_only_the_writer_appends_to_the_log() -> None:
    appending = {
        path
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "event_documents" for alias in node.names)
    }
    assert appending == {"integrations/mongo/storage/batch.py"}


_READS_STORED = {"domain/model/outbox.py": "the queues of destinations that a build does not know are left to others"}


def test_values_of_enums_that_were_stored_may_be_unknown() -> None:
    """A newer build may have stored a value that this one does not know, which must spoil nothing else: a value that
    comes from the database is read by `StoredEnum.stored`. Inputs are read in `api` and `resolvers`."""
    defined = {
        node.name
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name) and base.id == "StoredEnum"
    }
    assert len(defined) > 40
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        if path.startswith(("domain/", "integrations/")) and path not in _READS_STORED
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in defined
    ]
    assert found == []


def test_a_mutation_is_a_function_of_its_name() -> None:
    """`grep -r "def take_ticket" resolvers` finds the mutation `takeTicket`, and every such function is a mutation."""
    from resolvers.schema import schema

    mutation = schema._schema.mutation_type
    assert mutation is not None
    named = {
        node.name
        for path, tree in trees()
        if path.startswith("resolvers/") and "/mutations/" in path
        for node in tree.body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")
    }
    assert {"".join(f"_{c.lower()}" if c.isupper() else c for c in field) for field in mutation.fields} == named


def test_tasks_have_an_owner() -> None:
    """A task of a TaskGroup is awaited by its group; a bare `asyncio.create_task` is awaited by nobody."""
    allowed = {
        "integrations/mongo/storage/account_writer.py",  # kept by the writer, and awaited by `finish`
        "integrations/mongo/storage/shared_commits.py",  # kept there, and awaited by the writers of the accounts
        "integrations/mongo/knowledge_indexes.py",  # kept by the entry of its account, and awaited by `close`
        "integrations/mongo/search/gathered_pages.py",  # kept there; the bulkhead's `drain` awaits what it waits for
        "integrations/mongo/bulkhead.py",  # kept by the bulkhead, and awaited by `drain`
        "api/graphql/result_cache/revisions.py",  # awaited by the callers, ends after the driver's time limit
        "domain/identity/key_sets.py",  # kept by the cached keys, awaited by the callers, ends after a time limit
        "api/workers/loop.py",  # cancelled in the function that creates them
        "api/restores/restore_watch.py",  # also
        "api/export/stream.py",  # also
        "domain/attachments/leases.py",  # also
        "domain/erasure/profile_eraser.py",  # also
        "domain/guidance/replay_service.py",  # also
        "integrations/mongo/backup/restoring.py",  # also
        "domain/versions/service.py",  # also
        "api/bootstrap/versions.py",  # also; a group would wrap the errors of the commands inside
        "api/bootstrap/database.py",  # also; a group would wrap the errors of the commands inside
        "api/realtime/retry.py",  # awaited where it is created, also after a cancellation
        "api/graphql/plan/slices.py",  # also; a group would wrap the errors of fields
    }
    bare = {
        path
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("create_task", "ensure_future")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "asyncio"
    }
    assert bare <= allowed, bare - allowed


def test_importing_does_nothing() -> None:
    """Import every module in one process with an empty environment and without network."""
    lines = [f"import {name_of(path)}" for path in MODULES if path.stem != "__main__"]
    program = "\n".join(
        [
            "import socket, sys",
            "def refuse(*_, **__): raise AssertionError('an import opened a connection')",
            "socket.socket.connect = refuse",
            f"sys.path.insert(0, {str(ROOT)!r})",
            *lines,
        ]
    )
    found = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", program],
        env={"SYSTEMROOT": os.environ.get("SYSTEMROOT", "")},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_imports_are_at_the_top() -> None:
    """Exceptions: what optional packages bring, GraphQL types, which import one another in a circle, and the start."""
    inside = [
        f"{path}: {ast.unparse(node)}"
        for path, tree in trees()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and not (
            path.startswith("resolvers/") and isinstance(node, ast.ImportFrom) and "resolvers." in str(node.module)
        )
    ]
    assert inside == [
        "api/bootstrap/ports.py: from integrations.files.s3 import S3Files, S3Settings",
        "api/bootstrap/tracing.py: from integrations.tracing.mongo_client import TracedClient",
        "api/bootstrap/tracing.py: from integrations.tracing.spans import OtlpSpans, otlp_exporter",
        "api/bootstrap/tracing.py: from integrations.tracing.storage import TracedStorage",
        "api/cli/__init__.py: from api.cli.commands import app",
        "integrations/mongo/client.py: from integrations.mongo.motor import MotorClient",
    ]
