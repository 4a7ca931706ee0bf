"""The commands, with their arguments and their help.

Every command says what is wrong in a sentence on stderr and ends with 1 (2: it was called wrongly, 130: interrupted).
With `--json`, stdout carries one JSON value and nothing else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import accounts, doctor, encryption, fakes, import_command, keys, outbox, schema, serve, staff
from api.cli.output import explained, say
from api.cli.settings_page import settings_page
from domain.model.outbox import OutgoingState
from domain.principal import Scope, StaffRole

app = typer.Typer(
    help="Baton: the server behind an AI customer agent.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys_app = typer.Typer(help="Hand out and take back keys.", no_args_is_help=True)
account_app = typer.Typer(help="Accounts.", no_args_is_help=True)
staff_app = typer.Typer(help="The team of an account.", no_args_is_help=True)
outbox_app = typer.Typer(help="What leaves an account, and what did not get through.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
app.add_typer(account_app, name="account")
app.add_typer(staff_app, name="staff")
app.add_typer(outbox_app, name="outbox")

AccountOption = Annotated[
    str | None, typer.Option("--account", help="Id of the account; not needed while there is only one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON value on stdout.")]
LabelOption = Annotated[str | None, typer.Option(help="What the key is for, for people.")]


@app.command("serve")
def run_server() -> None:
    """Serve GraphQL until SIGTERM or Ctrl-C. Settings are environment variables: `baton settings` lists them."""
    serve.serve()


@app.command("settings")
def print_settings() -> None:
    """Print the settings with their defaults and meanings, as a Markdown page."""
    say(settings_page().rstrip())


@app.command("worker")
def run_worker() -> None:
    """Do the timers' work, and hand over what leaves, until SIGTERM or Ctrl-C."""
    serve.work()


@app.command("fakes")
def run_fakes(
    port: Annotated[int, typer.Option(min=0, max=65_000, help="Of the first; 0 takes any free ones.")] = 9100,
) -> None:
    """Start stand-ins for helpdesks and other services on loopback, to try Baton with. They need the source."""
    fakes.serve_fakes(port)


@keys_app.command("create")
def create_key(
    publishable: Annotated[bool, typer.Option("--publishable", help="For a chat widget.")] = False,
    scope: Annotated[list[Scope] | None, typer.Option(help="For a program; may be given several times.")] = None,
    staff: Annotated[str | None, typer.Option(help="For a staff member, by e-mail address.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3_650, help="Days until it expires.")] = None,
    label: LabelOption = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key. It is shown now and never again."""
    wish = keys.KeyWish(publishable=publishable, scopes=tuple(scope or ()), staff=staff, days=days, label=label)
    if not wish.is_for_one:
        raise typer.BadParameter("say whom the key is for: --publishable, --scope, or --staff, and only one of them.")
    keys.create(wish, account=account, as_json=as_json)


@keys_app.command("list")
def list_keys(account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the keys of an account, without their secrets."""
    keys.show(account=account, as_json=as_json)


@keys_app.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="Its id, as `baton keys list` shows it.")],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key void, and close what is open under it."""
    keys.revoke(key_id, account=account, as_json=as_json)


@keys_app.command("rotate-encryption")
def rotate_encryption(as_json: JsonOption = False) -> None:
    """Seal all credentials of helpdesks and channels under the newest encryption key.

    Put it first in BATON_ENCRYPTION_KEY, start all processes anew with both, run this, and take the old one out.
    It may be interrupted and run again, beside servers at work.
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
    """Make an account with its owner, and a key for the owner."""
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
    name: Annotated[str, typer.Argument(help="What shoppers and colleagues read.")],
    email: Annotated[str, typer.Argument(help="E-mail address; nobody else of the team may have it.")],
    role: Annotated[StaffRole, typer.Option(help="What they may do.", case_sensitive=False)] = StaffRole.SUPPORT,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a colleague. A key for them: `baton keys create --staff EMAIL`."""
    staff.add(staff.NewColleague(name=name, email=email, role=role), account=account, as_json=as_json)


@staff_app.command("list")
def list_staff(account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the team."""
    staff.show(account=account, as_json=as_json)


@outbox_app.command("list")
def list_outgoing(
    state: Annotated[
        OutgoingState, typer.Option(help="Only what is in this state.", case_sensitive=False)
    ] = OutgoingState.FAILED,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 100,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what leaves the account, with what went wrong: what FAILED, unless another state is asked for."""
    outbox.show(state, limit=limit, account=account, as_json=as_json)


@outbox_app.command("retry")
def retry_outgoing(
    row: Annotated[str | None, typer.Argument(metavar="ROW", help="Its id, as `baton outbox list` shows it.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that FAILED.")] = False,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try once more what FAILED."""
    outbox.retry(row, all_failed=failed, account=account, as_json=as_json)


@app.command("import")
def import_file(
    source: Annotated[str, typer.Argument(metavar="FORMAT", help="tau-bench or abcd.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON, plain or gzipped.")],
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring in conversations of the past. What was brought in before is left alone: run it again at will."""
    import_command.import_batch(source, file, account=account, as_json=as_json)


@app.command("schema")
def write_schema(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where the file differs.")] = False,
    file: Annotated[Path, typer.Option(dir_okay=False, help="Where it stands.")] = Path("schema.graphql"),
) -> None:
    """Write the GraphQL schema, sorted, from the code."""
    with explained():
        if check:
            schema.check_schema(file)
        else:
            schema.write_schema(file)


@app.command("doctor")
def examine(
    repair: Annotated[bool, typer.Option("--repair", help="First put right what is made from other data.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look whether everything that must hold does hold."""
    doctor.examine(repair=repair, as_json=as_json)
