"""Each command as a shell sees it: output, exit code, and effect."""

from __future__ import annotations

import getpass
import json
import logging
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from typer.testing import CliRunner, Result

from api.cli.commands import app
from domain.delivery.model import Attempt, AttemptOutcome
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.outbox import Destination, Outgoing, OutgoingKind, OutgoingState
from domain.values.ids import AccountId, ConversationId
from integrations.mongo.collections import entity_document
from integrations.secrets.fernet import FernetVault, fingerprint
from resolvers.relay.global_ids import parse_global_id
from resolvers.schema import sdl

Baton = Callable[..., Result]


@pytest.fixture
def baton(
    mongo_uri: str,
    database_name: str,
    database: Database[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Baton]:
    """The commands, run in this process, because a new process imports everything again."""
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "BATON_MONGODB_URI": mongo_uri,
        "BATON_MONGODB_DATABASE": database_name,
        "BATON_DATA": str(tmp_path),
        "COLUMNS": "200",
        "NO_COLOR": "1",
    }.items():
        monkeypatch.setenv(name, value)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield lambda *arguments: CliRunner().invoke(app, arguments)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def database(mongo_uri: str, database_name: str) -> Iterator[Database[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        yield client[database_name]
        client.drop_database(database_name)


def _json(done: Result) -> Any:
    assert (done.exit_code, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_a_backup_says_what_it_has_and_what_it_lacks(
    baton: Baton, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _json(baton("account", "create", "Backed up", "--owner-email", "o@example.com", "--json"))
    made = _json(baton("backup", str(tmp_path / "one"), "--json"))
    assert made["collections"]["accounts"] == 1
    assert made["hasFiles"] is True
    assert (tmp_path / "one" / "baton.json").exists()
    spoken = baton("backup", str(tmp_path / "two"))
    assert "BATON_ENCRYPTION_KEY" in spoken.stdout
    assert "bucket" not in spoken.stdout
    monkeypatch.setenv("BATON_S3_BUCKET", "files-of-the-shop")
    assert "files-of-the-shop" in baton("backup", str(tmp_path / "three"), "--gzip").stdout
    again = baton("backup", str(tmp_path / "one"))
    assert (again.exit_code, again.stdout) == (1, "")
    assert "exists" in again.stderr


def test_help() -> None:
    code = "from api.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    for command in ("serve", "worker", "import", "schema", "backup", "doctor", "keys", "account", "staff"):
        assert f" {command} " in done.stdout


def test_an_account_and_its_keys_from_the_first_to_the_last(baton: Baton) -> None:
    made = _json(baton("account", "create", "Shoes & more", "--owner-email", "ann@shop.example", "--json"))
    assert set(made) == {"accountId", "ownerKey"}
    assert made["ownerKey"].startswith("bsk_")
    assert _json(baton("account", "list", "--json")) == [{"accountId": made["accountId"], "name": "Shoes & more"}]

    agent = _json(baton("keys", "create", "--scope", "agent", "--label", "our agent", "--days", "30", "--json"))
    widget = _json(baton("keys", "create", "--publishable", "--account", made["accountId"], "--json"))
    staff = _json(baton("keys", "create", "--staff", "ANN@shop.example", "--json"))
    assert (agent["kind"], agent["scopes"], agent["label"]) == ("AGENT", ["agent"], "our agent")
    assert agent["expiresAt"] is not None
    assert (widget["kind"], widget["key"][:4]) == ("WIDGET", "bpk_")
    assert staff["kind"] == "STAFF"

    listed = _json(baton("keys", "list", "--json"))
    assert [key["kind"] for key in listed] == ["STAFF", "WIDGET", "AGENT", "STAFF"]
    assert not any(secret in json.dumps(listed) for secret in (agent["key"], widget["key"], made["ownerKey"]))

    assert _json(baton("keys", "revoke", agent["id"], "--json"))["revokedAt"] is not None
    again = baton("keys", "revoke", agent["id"])
    assert (again.exit_code, again.stdout, again.stderr) == (1, "", "This key is revoked already.\n")
    text = baton("keys", "list").stdout
    assert [line.split()[0] for line in text.splitlines()] == [key["id"] for key in listed]
    assert "our agent         revoked " in text


@pytest.mark.parametrize(
    "whom", [(), ("--publishable", "--scope", "agent"), ("--staff", "a@b.example", "--publishable")]
)
def test_a_key_is_for_exactly_one(baton: Baton, whom: tuple[str, ...]) -> None:
    done = baton("keys", "create", *whom)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "give exactly one of --publishable, --scope and --staff." in done.stderr


def test_commands_are_in_the_audit_log(baton: Baton, database: Database[dict[str, Any]]) -> None:
    made = _json(
        baton("account", "create", "Shop", "--owner-name", "Ada", "--owner-email", "ada@shop.example", "--json")
    )
    _json(baton("staff", "add", "Ben", "ben@shop.example", "--role", "support", "--json"))
    key = _json(baton("keys", "create", "--publishable", "--label", "widget", "--json"))
    _json(baton("keys", "revoke", key["id"], "--json"))
    found = list(database["audit_entries"].find(sort=[("number", 1)]))
    actions = ["ACCOUNT_CREATED", "KEY_CREATED", "STAFF_INVITED", "KEY_CREATED", "KEY_REVOKED"]
    assert [entry["action"] for entry in found] == actions
    assert [entry["actor"] for entry in found] == [{"kind": "COMMAND_LINE", "name": getpass.getuser()}] * len(actions)
    assert not [secret for secret in (made["ownerKey"], key["key"]) if secret in repr(found)]


def test_without_an_account_it_says_how_to_make_one(baton: Baton) -> None:
    done = baton("keys", "list")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == ("There is no account yet. `baton account create` makes one, `baton serve` a demo.\n")


def test_with_several_accounts_one_must_be_named(baton: Baton) -> None:
    ids = [_json(baton("account", "create", n, "--owner-email", "a@b.example", "--json"))["accountId"] for n in "AB"]
    done = baton("keys", "create", "--publishable")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"There are several accounts. Choose one with --account:\n  {ids[0]}  A\n  {ids[1]}  B\n"
    assert [len(_json(baton("keys", "list", "--account", account, "--json"))) for account in ids] == [1, 1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("keys", "revoke", "x"),
            "This is not an ID of this server. Pass IDs exactly as they were returned.\n",
        ),
        (("keys", "create", "--staff", "who@b.example"), "No staff member of this account has this e-mail address.\n"),
        (
            ("keys", "list", "--account", "x"),
            "This is not an ID of this server. Pass IDs exactly as they were returned.\n",
        ),
    ],
)
def test_refusals_are_sentences(baton: Baton, arguments: tuple[str, ...], words: str) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example")
    done = baton(*arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", words)


def test_import_twice_brings_in_once(baton: Baton, tmp_path: Path) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example")
    runs = [
        {
            "task_id": task,
            "trial": 0,
            "traj": [{"role": "user", "content": text}, {"role": "assistant", "content": "Hi"}],
        }
        for task, text in enumerate(["Where is my order?", "I want my money back"])
    ]
    file = tmp_path / "runs.json"
    file.write_text(json.dumps([*runs, {"task_id": 2, "trial": 0, "traj": "nonsense"}]))

    first = baton("import", "tau-bench", str(file), "--json")
    assert (first.exit_code, first.stderr) == (1, "")
    tally = json.loads(first.stdout)
    assert (tally["imported"], tally["known"], tally["leftOut"]) == (2, 0, 0)
    assert [one["record"] for one in tally["malformed"]] == [3]

    file.write_text(json.dumps(runs))
    assert _json(baton("import", "tau-bench", str(file), "--json")) == {
        "imported": 0,
        "known": 2,
        "erased": 0,
        "leftOut": 0,
        "malformed": [],
    }
    assert _json(baton("doctor", "--json")) == []


def test_products_are_imported_and_repeated(baton: Baton, tmp_path: Path) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example")
    file = tmp_path / "products.json"
    products = [{"id": number, "title": f"Product {number}", "price": "9.50"} for number in range(150)]
    file.write_text(json.dumps([*products, {"id": 1, "title": ""}, {"id": 2, "title": "x", "url": "ftp://x"}]))
    first = baton("import", "products", str(file), "--json")
    assert (first.exit_code, first.stderr) == (1, "")
    tally = json.loads(first.stdout)
    assert (tally["read"], tally["changed"], tally["total"]) == (150, 150, 150)
    assert [one["record"] for one in tally["malformed"]] == [151, 152]
    assert tally["malformed"][1]["reason"].startswith("url: This is not a web address.")

    file.write_text(json.dumps([*products[1:], {**products[0], "title": "Renamed"}]))
    again = baton("import", "products", str(file))
    assert (again.exit_code, again.stdout) == (
        0,
        "150 products read, 1 new or changed. The catalogue has 150.\n",
    )
    assert _json(baton("doctor", "--json")) == []


def test_imported_transfers_wait_in_the_inbox_and_doctor_counts_them(baton: Baton, tmp_path: Path) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example")
    transfer = {"function": {"name": "transfer_to_human_agents", "arguments": '{"summary": "Wants a refund."}'}}
    turns = [
        {"role": "system", "content": "The current time is 2024-05-15 15:00:00 EST."},
        {"role": "user", "content": "A human!"},
        {"role": "assistant", "content": "", "tool_calls": [transfer]},
    ]
    file = tmp_path / "runs.json"
    file.write_text(json.dumps([{"task_id": task, "trial": 0, "traj": turns} for task in range(3)]))
    baton("import", "tau-bench", str(file))
    done = baton("doctor", "--json")
    assert done.exit_code == 1
    [finding] = json.loads(done.stdout)
    assert (finding["severity"], finding["check"]) == ("WARNING", "INBOX")
    assert finding["problem"] == "tickets that nobody is available to take: 3"


def test_a_team_grows(baton: Baton) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example", "--owner-name", "Ann")
    made = _json(baton("staff", "add", " Bea ", "bea@B.example", "--role", "support", "--json"))
    assert {k: v for k, v in made.items() if k != "id"} == {
        "name": "Bea",
        "email": "bea@b.example",
        "role": "SUPPORT",
        "availability": "AWAY",
        "suspendedAt": None,
    }
    done = baton("staff", "add", "Cleo", "cleo@b.example", "--role", "ANALYST")
    said = "Cleo is ANALYST. A key: `baton keys create --staff cleo@b.example`\n"
    assert (done.exit_code, done.stdout, done.stderr) == (0, said, "")
    listed = _json(baton("staff", "list", "--json"))
    assert [(row["name"], row["role"]) for row in listed] == [("Ann", "OWNER"), ("Bea", "SUPPORT"), ("Cleo", "ANALYST")]
    assert listed[1] == made
    assert [line.split() for line in baton("staff", "list").stdout.splitlines()] == [
        ["OWNER", "AWAY", "a@b.example", "Ann"],
        ["SUPPORT", "AWAY", "bea@b.example", "Bea"],
        ["ANALYST", "AWAY", "cleo@b.example", "Cleo"],
    ]
    assert _json(baton("keys", "create", "--staff", "bea@b.example", "--json"))["kind"] == "STAFF"


def test_a_member_leaves(baton: Baton) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example", "--owner-name", "Ann")
    baton("staff", "add", "Bea", "bea@b.example")
    assert baton("staff", "set-role", "BEA@b.example", "manager").stdout == "Bea is MANAGER.\n"
    assert baton("staff", "suspend", "bea@b.example").stdout == "Bea (suspended) is MANAGER.\n"
    assert baton("staff", "list").stdout.splitlines()[1].endswith("Bea (suspended)")
    refused = baton("keys", "create", "--staff", "bea@b.example")
    assert refused.stderr == "Bea is suspended. Reinstate this member of staff first.\n"
    assert _json(baton("staff", "reinstate", "bea@b.example", "--json"))["suspendedAt"] is None
    refused = baton("staff", "suspend", "a@b.example")
    assert refused.stderr == "This is the last owner of the account. Make somebody else an owner first.\n"
    assert baton("staff", "suspend", "x@b.example").exit_code == 1


def test_a_key_is_rotated(baton: Baton) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example")
    old = _json(baton("keys", "create", "--scope", "agent", "--network", "192.0.2.7", "--json"))
    assert old["networks"] == ["192.0.2.7/32"]
    new = _json(baton("keys", "rotate", old["id"], "--hours", "1", "--json"))
    assert (new["scopes"], new["networks"]) == (old["scopes"], old["networks"])
    assert new["key"] != old["key"]
    assert {row["id"]: bool(row["expiresAt"]) for row in _json(baton("keys", "list", "--json"))} == {
        new["id"]: False,
        old["id"]: True,
        **{row["id"]: False for row in _json(baton("keys", "list", "--json")) if row["kind"] == "STAFF"},
    }


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [
        ("Bea", "A@B.example", "A staff member with that e-mail address exists already.\n"),
        ("Bea", "nobody", "This is not an e-mail address. Write it like name@example.com.\n"),
        (" ", "bea@b.example", "The text is blank. Write something.\n"),
    ],
)
def test_nobody_joins_twice_or_without_an_address(baton: Baton, name: str, email: str, words: str) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example")
    done = baton("staff", "add", name, email)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", words)
    assert len(_json(baton("staff", "list", "--json"))) == 1


def test_import_of_what_is_none(baton: Baton, tmp_path: Path) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example")
    (tmp_path / "empty.json").touch()
    done = baton("import", "tau-bench", str(tmp_path / "empty.json"))
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "The file is empty.\n")
    words = "Unknown format csv. Available: tau-bench, abcd, products."
    done = baton("import", "csv", str(tmp_path / "empty.json"))
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"{words}\n")
    assert baton("import", "abcd", str(tmp_path / "missing.json")).exit_code == 2


def test_doctor_finds_what_is_missing(baton: Baton, database: Database[dict[str, Any]], tmp_path: Path) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example")
    run = {"task_id": 1, "trial": 0, "traj": [{"role": "user", "content": text} for text in ("one", "two", "three")]}
    (tmp_path / "run.json").write_text(json.dumps([run]))
    baton("import", "tau-bench", str(tmp_path / "run.json"))
    database["events"].delete_one({"seq": 1})
    conversation = database["conversations"].find_one() or {}
    database["messages"].delete_one({"sequence": 2})

    done = baton("doctor", "--json")
    assert (done.exit_code, done.stderr) == (1, "")
    where = f"account A ({conversation['account']})"
    assert [(f["severity"], f["check"], f["where"], f["problem"]) for f in json.loads(done.stdout)] == [
        ("ERROR", "LOG", where, "event 1 is missing"),
        (
            "ERROR",
            "NUMBERING",
            f"{where}, conversation {conversation['_id']}",
            "messages are missing: 2 are stored, and the last has number 3",
        ),
        (
            "ERROR",
            "NUMBERING",
            f"{where}, conversation {conversation['_id']}",
            "its `message_count` is 3, but 2 messages are stored",
        ),
        (
            "ERROR",
            "SEARCH",
            f"{where}, conversation {conversation['_id']}",
            "its row of the search index differs from what is stored",
        ),
    ]
    done = baton("doctor")
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.splitlines()[0] == f"ERROR {where}: event 1 is missing"
    assert done.stdout.splitlines()[-1] == "Findings: 4."


def test_schema_is_written_and_checked(baton: Baton, tmp_path: Path) -> None:
    file = tmp_path / "schema.graphql"
    assert baton("schema", "--file", str(file)).exit_code == 0
    assert file.read_text() == sdl()
    assert baton("schema", "--check", "--file", str(file)).exit_code == 0

    file.write_text(sdl().replace("agentLive: Boolean!", "agentLive: Boolean", 1))
    done = baton("schema", "--check", "--file", str(file))
    assert done.exit_code == 1
    assert "-  agentLive: Boolean\n+  agentLive: Boolean!\n" in done.stdout
    assert done.stderr == f"{file} differs from the code. `make schema` writes it again.\n"


def test_rotating_the_encryption_key(
    baton: Baton, database: Database[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resealing continues after an interruption, names missing keys, and ends when nothing is left."""
    old, new, lost = (bytes([n]) * 32 for n in (1, 2, 3))
    account = AccountId("A".rjust(26, "0"))
    services = (Service.GORGIAS, Service.ZENDESK, Service.TWILIO)
    for service, key in zip(services, (old, new, lost), strict=True):
        place = connected_service_id(account, service)
        now = datetime(2026, 6, 7, tzinfo=UTC)
        sealed = FernetVault(partial(tuple, [key])).seal({"api_key": service.value}, place=place)
        row = ConnectedService(id=place, service=service, settings={}, sealed=sealed, connected_at=now, checked_at=now)
        database["connected_services"].insert_one(entity_document(account, row))
    monkeypatch.setenv("BATON_ENCRYPTION_KEY", ",".join(b64encode(key).decode() for key in (new, old)))

    for resealed in (1, 0):
        done = baton("keys", "rotate-encryption", "--json")
        assert done.exit_code == 1
        told = json.loads(done.stdout)
        assert (told["resealed"], [problem["service"] for problem in told["problems"]]) == (resealed, ["TWILIO"])
        assert fingerprint(lost) in told["problems"][0]["problem"]
    vault = FernetVault(lambda: (new,))
    for service in services[:2]:
        row = database["connected_services"].find_one({"service": service.value}) or {}
        assert vault.open(row["sealed"], place=row["_id"]) == {"api_key": service.value}

    examined = baton("doctor", "--json")
    [finding] = [f for f in json.loads(examined.stdout) if f["check"] == "CONNECTION"]
    assert finding["where"] == f"account {account}: Twilio"
    assert fingerprint(lost) in finding["advice"]

    database["connected_services"].delete_one({"service": "TWILIO"})
    assert _json(baton("keys", "rotate-encryption", "--json")) == {"resealed": 0, "problems": []}
    assert "Every secret that can be decrypted" in baton("keys", "rotate-encryption").stdout


def test_failed_deliveries_are_listed_and_retried(baton: Baton, database: Database[dict[str, Any]]) -> None:
    made = _json(baton("account", "create", "Shop", "--owner-email", "ann@shop.example", "--json"))
    account = parse_global_id(made["accountId"])
    assert account is not None
    conversation = "0" * 26
    for number in (1, 2, 3):
        row = Outgoing(
            id=f"{conversation}X00000{number}",
            destination=Destination.EMAIL,
            kind=OutgoingKind.MESSAGE,
            ordering_key=f"shopper:{conversation}",
            conversation_id=ConversationId(conversation),
            created_at=datetime(2026, 6, number, tzinfo=UTC),
            due_at=datetime(2026, 6, number, tzinfo=UTC),
            last_sequence=1,
            state=OutgoingState.FAILED,
            attempts=(Attempt(at=datetime(2026, 6, 9, tzinfo=UTC), outcome=AttemptOutcome.FAILED, error="None."),),
        )
        database["outgoing"].insert_one(entity_document(AccountId(account[1]), row))

    listed = _json(baton("outbox", "list", "--json"))
    assert [(row["id"][-1], row["state"], row["error"]) for row in listed] == [
        (number, "FAILED", "None.") for number in "321"
    ]
    assert "EMAIL    MESSAGE  1 try: None." in baton("outbox", "list", "--limit", "1").stdout
    found = json.loads(baton("doctor", "--json").stdout)
    assert [finding["problem"] for finding in found] == ["3 rows could not be delivered, and are not retried"]

    assert [row["state"] for row in _json(baton("outbox", "retry", listed[0]["id"], "--json"))] == ["PENDING"]
    again = baton("outbox", "retry", listed[0]["id"])
    assert (again.exit_code, again.stderr) == (1, "It is pending: it is retried automatically.\n")
    assert baton("outbox", "retry").exit_code == 1
    assert baton("outbox", "retry", "--failed").stdout == "Scheduled for another attempt: 2.\n"
    assert baton("outbox", "list").stdout == "No entries are FAILED.\n"
    assert len(_json(baton("outbox", "list", "--state", "pending", "--json"))) == 3
    queued = [row["_id"][-1] for row in database["outgoing"].find({"queue": {"$exists": True}})]
    assert queued == ["3"], "one after another, in the order in which they were tried again"
