"""The commands, with their arguments and their help.

Every command reports an error in one sentence on stderr and exits with 1 (2 for wrong arguments, 130 if interrupted).
With `--json`, stdout carries one JSON value and nothing else.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli import (
    accounts,
    doctor,
    documents,
    encryption,
    fakes,
    generated,
    keys,
    migrate,
    outbox,
    serve,
    staff,
)
from api.cli.backups.commands import backups_app
from api.cli.demo.fill import fill_demo, print_link
from api.cli.imports import conversations, products
from api.cli.output import explained, say
from api.cli.replay.command import ReplayWish, replay
from domain.model.outbox import OutgoingState
from domain.principal import DocumentPolicy, Scope, StaffRole

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys_app = typer.Typer(help="Create, list, rotate and revoke API keys.", no_args_is_help=True)
account_app = typer.Typer(help="Create and list accounts.", no_args_is_help=True)
staff_app = typer.Typer(help="Add, change, suspend and list the staff of an account.", no_args_is_help=True)
outbox_app = typer.Typer(help="List and retry outgoing messages and tickets.", no_args_is_help=True)
documents_app = typer.Typer(help="Register, list and remove trusted documents.", no_args_is_help=True)
app.add_typer(backups_app)  # `baton backup`, `baton restore`
app.add_typer(keys_app, name="keys")
app.add_typer(documents_app, name="documents")
app.add_typer(account_app, name="account")
app.add_typer(staff_app, name="staff")
app.add_typer(outbox_app, name="outbox")

AccountOption = Annotated[
    str | None, typer.Option("--account", help="ID of the account; not needed if there is only one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
DocumentsOption = Annotated[
    DocumentPolicy | None, typer.Option("--documents", help="Documents it may run.", case_sensitive=False)
]
_DAY = "%Y-%m-%d"
LabelOption = Annotated[str | None, typer.Option(help="A note for people on the purpose of the key.")]


@app.callback()
def before_commands(
    _: Annotated[
        bool,
        typer.Option("--version", callback=migrate.print_version, is_eager=True, help="Print the versions."),
    ] = False,
) -> None:
    """Baton: the server behind an AI customer agent."""


@app.command("serve")
def run_server() -> None:
    """Serve GraphQL until SIGTERM or Ctrl-C. Settings are environment variables: `baton settings` lists them."""
    serve.serve()


@app.command("settings")
def print_settings() -> None:
    """Print the settings with their defaults and meanings, as a Markdown page."""
    say(generated.settings_page().rstrip())


@app.command("worker")
def run_worker() -> None:
    """Run timers, the outbox and event forwarding until SIGTERM or Ctrl-C."""
    serve.work()


@app.command("fakes")
def run_fakes(
    port: Annotated[int, typer.Option(min=0, max=65_000, help="First port; 0 takes free ports.")] = 9100,
) -> None:
    """Start stand-ins for helpdesks and other services on this machine, for trying out. Needs a source checkout."""
    fakes.serve_fakes(port)


@app.command("demo")
def run_demo(
    add: Annotated[bool, typer.Option("--add", help="Fill the account although it has conversations.")] = False,
    link: Annotated[bool, typer.Option("--link", help="Fill nothing; print a new link to sign in.")] = False,
) -> None:
    """Fill the demo account with 90 days of a made-up shop. It can run beside the server."""
    if link:
        print_link()
    else:
        fill_demo(add=add)


@keys_app.command("create")
def create_key(  # noqa: PLR0913 - the options of the command
    publishable: Annotated[bool, typer.Option("--publishable", help="A publishable key for a chat widget.")] = False,
    scope: Annotated[list[Scope] | None, typer.Option(help="A secret key with this scope; repeatable.")] = None,
    staff: Annotated[str | None, typer.Option(help="A key for the staff member with this e-mail address.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3_650, help="Days until it expires.")] = None,
    network: Annotated[
        list[str] | None, typer.Option(help="A network from which it may be used, such as 203.0.113.0/24; repeatable.")
    ] = None,
    documents: DocumentsOption = None,
    label: LabelOption = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a key. It is shown only once."""
    wish = keys.KeyWish(
        publishable=publishable,
        scopes=tuple(scope or ()),
        staff=staff,
        days=days,
        label=label,
        networks=tuple(network or ()),
        documents=documents or DocumentPolicy.AUTO,
    )
    if not wish.is_for_one:
        raise typer.BadParameter("give exactly one of --publishable, --scope and --staff.")
    keys.create(wish, account=account, as_json=as_json)


@keys_app.command("list")
def list_keys(account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the keys of an account, without their secrets."""
    keys.show(account=account, as_json=as_json)


@keys_app.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="ID of the key, from `baton keys list`.")],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a key, and close all connections that use it."""
    keys.revoke(key_id, account=account, as_json=as_json)


@keys_app.command("update")
def update_key(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="ID of the key, from `baton keys list`.")],
    documents: DocumentsOption = None,
    label: LabelOption = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change the label of a key, or which documents it may run. Its connections are closed and reconnect."""
    keys.update(key_id, documents, label, account=account, as_json=as_json)


@keys_app.command("rotate")
def rotate_key(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="ID of the key, from `baton keys list`.")],
    hours: Annotated[int, typer.Option(min=0, max=168, help="Hours for which the old key stays valid.")] = 24,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace a key by a new one with the same rights. The new one is shown only once."""
    keys.rotate(key_id, hours, account=account, as_json=as_json)


@keys_app.command("rotate-encryption")
def rotate_encryption(as_json: JsonOption = False) -> None:
    """Encrypt all stored credentials of connected services with the newest encryption key.

    Put the new key first in BATON_ENCRYPTION_KEY, restart all processes with both keys, run this command, and remove
    the old key. The command can run beside servers, and can be interrupted and repeated.
    """
    encryption.rotate(as_json=as_json)


@account_app.command("create")
def create_account(
    name: Annotated[str, typer.Argument(help="The shop's name.")],
    owner_email: Annotated[str, typer.Option(help="The owner's e-mail address.")],
    owner_name: Annotated[str, typer.Option(help="The owner's name.")] = "Owner",
    time_zone: Annotated[str, typer.Option(help="IANA name, such as Europe/Berlin.")] = "UTC",
    as_json: JsonOption = False,
) -> None:
    """Create an account with its owner, and a key for the owner."""
    accounts.create(
        accounts.NewAccount(name=name, time_zone=time_zone, owner_name=owner_name, owner_email=owner_email),
        as_json=as_json,
    )


@account_app.command("list")
def list_accounts(as_json: JsonOption = False) -> None:
    """List the accounts."""
    accounts.show(as_json=as_json)


@staff_app.command("add")
def add_colleague(
    name: Annotated[str, typer.Argument(help="Name that shoppers and colleagues see.")],
    email: Annotated[str, typer.Argument(help="E-mail address, unique within the account.")],
    role: Annotated[StaffRole, typer.Option(help="Role (its permissions).", case_sensitive=False)] = StaffRole.SUPPORT,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a staff member. Create a key for them with `baton keys create --staff EMAIL`."""
    staff.add(staff.NewColleague(name=name, email=email, role=role), account=account, as_json=as_json)


@staff_app.command("set-role")
def set_role(
    email: Annotated[str, typer.Argument(help="E-mail address of the staff member.")],
    role: Annotated[StaffRole, typer.Argument(help="The new role.", case_sensitive=False)],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change the role of a staff member. Connections that are open under the old role are closed."""
    staff.set_role(email, role, account=account, as_json=as_json)


@staff_app.command("suspend")
def suspend_colleague(
    email: Annotated[str, typer.Argument(help="E-mail address of the staff member.")],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suspend a staff member: keys and sessions stop at once, and tickets return to the queue."""
    staff.suspend(email, account=account, as_json=as_json)


@staff_app.command("reinstate")
def reinstate_colleague(
    email: Annotated[str, typer.Argument(help="E-mail address of the staff member.")],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """End the suspension of a staff member."""
    staff.reinstate(email, account=account, as_json=as_json)


@staff_app.command("list")
def list_staff(account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the staff of an account."""
    staff.show(account=account, as_json=as_json)


@documents_app.command("register")
def register_documents(
    manifest: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="JSON: {id: document}, or a manifest of Apollo.")
    ],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register the documents of a manifest. Those that are registered already are left as they are."""
    documents.register(manifest, account=account, as_json=as_json)


@documents_app.command("list")
def list_documents(account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the trusted documents of an account; with --json as a manifest."""
    documents.show(account=account, as_json=as_json)


@documents_app.command("remove")
def remove_documents(
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="IDs of documents.")],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove trusted documents."""
    documents.remove(ids, account=account, as_json=as_json)


@outbox_app.command("list")
def list_outgoing(
    state: Annotated[OutgoingState, typer.Option(help="State to list.", case_sensitive=False)] = OutgoingState.FAILED,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Number of entries at most, the newest first.")] = 100,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """List outgoing messages and tickets with their errors; FAILED ones by default."""
    outbox.show(state, limit=limit, account=account, as_json=as_json)


@outbox_app.command("retry")
def retry_outgoing(
    row: Annotated[str | None, typer.Argument(metavar="ROW", help="ID of the entry, from `baton outbox list`.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All FAILED entries.")] = False,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Retry FAILED entries."""
    outbox.retry(row, all_failed=failed, account=account, as_json=as_json)


@app.command("import")
def import_file(
    source: Annotated[str, typer.Argument(metavar="FORMAT", help="tau-bench, abcd or products.")],
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON, plain or gzipped; products: or CSV."),
    ],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import past conversations, or the products of the catalogue. The command can be repeated."""
    if source == products.SOURCE:
        products.import_products(file, account=account, as_json=as_json)
        return
    conversations.import_batch(source, file, account=account, as_json=as_json)


@app.command("replay")
def replay_rules(
    rules: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, readable=True, help="JSON: a list of rules; without, the account's."),
    ] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=[_DAY], help="First day, as 2026-06-01.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=[_DAY], help="Last day, as 2026-06-30.")] = None,
    rows: Annotated[
        Path | None, typer.Option("--list", dir_okay=False, help="Write a line of JSON for each conversation.")
    ] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run escalation rules over past conversations: who would have been handed over, beside who was."""
    wish = ReplayWish(
        rules=rules, since=since.date() if since else None, until=until.date() if until else None, rows=rows
    )
    replay(wish, account=account, as_json=as_json)


@app.command("schema")
def write_schema(
    check: Annotated[bool, typer.Option("--check", help="Do not write; fail if the file differs.")] = False,
    file: Annotated[Path, typer.Option(dir_okay=False, help="Path of the file.")] = Path("schema.graphql"),
) -> None:
    """Write the GraphQL schema, sorted, to a file."""
    with explained():
        if check:
            generated.check_schema(file)
        else:
            generated.write_schema(file)


@app.command("migrate")
def migrate_database(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")] = False,
    to: Annotated[
        int | None, typer.Option("--to", min=0, help="Schema version; by default this build's, else the one before.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the database to this build's schema version, beside running servers; after a kill, it continues."""
    if dry_run:
        migrate.show_plan(to, as_json=as_json)
    else:
        migrate.migrate(to, as_json=as_json)


@app.command("doctor")
def examine(
    repair: Annotated[bool, typer.Option("--repair", help="Recompute derived data first.")] = False,
    erased: Annotated[
        bool, typer.Option("--erased", help="Search for erased shoppers instead; with --repair, erase them again.")
    ] = False,
    erasures: Annotated[
        Path | None,
        typer.Option("--list", help="With --erased: a file with the list of erasures, which is read and written."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the integrity of the stored data."""
    if erased or erasures is not None:
        doctor.examine_erased(repair=repair, path=erasures, as_json=as_json)
    else:
        doctor.examine(repair=repair, as_json=as_json)
