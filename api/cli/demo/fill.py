"""`baton demo`: fills the demo account with 90 days of a made-up shop, and makes links to sign in."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.app import Baton
from api.cli.context import operator, with_baton
from api.cli.demo.account import demo_url, owner_of, shop_of
from api.cli.demo.history.drawing import SOURCE, DemoShop
from api.cli.demo.history.starts import DAYS
from api.cli.demo.shop import demo_products
from api.cli.demo.where import aimed, database_of
from api.cli.output import say
from api.server.errors import OperatorError
from domain.imports.past import PastService
from domain.model.account import Account, Availability, Staff
from domain.model.conversation import ProductCard
from domain.principal import Principal, PrincipalKind, StaffRole
from domain.storage import ConversationQuery, UnitOfWork
from domain.values.ids import AccountId, CredentialId
from domain.values.record import Record

_BATCH = 50  # conversations, or orders, of a transaction

T = TypeVar("T")


class Filled(Record):
    """The numbers of what was stored."""

    conversations: int
    orders: int
    seconds: float


def fill_demo(*, add: bool) -> None:
    """Fill the demo account. `add`: also if it has conversations already."""

    async def act(baton: Baton) -> tuple[Filled, str | None]:
        account = await demo_account(baton)
        say(f"This fills the demo account of {database_of(baton.settings)}.")
        filled = await fill(baton, account, add=add)
        return filled, await _link(baton, account.id)

    filled, link = with_baton(act)
    say(
        f"{filled.conversations:,} conversations of {DAYS} days and {filled.orders:,} orders are stored, in "
        f"{filled.seconds:.0f} s."
    )
    _say_link(link)


def print_link() -> None:
    """Print a new one-time link."""

    async def act(baton: Baton) -> str | None:
        return await _link(baton, (await demo_account(baton)).id)

    _say_link(with_baton(act))


async def demo_account(baton: Baton) -> Account:
    """Return the demo account. Raises `OperatorError`, with what to do, if there is none."""
    database = database_of(baton.settings)
    accounts = await baton.services.storage.accounts()
    demo = next((account for account in accounts if account.demo), None)
    if demo is not None:
        return demo
    if accounts:
        raise OperatorError(
            f"This is {database}. It has accounts, and none of them is the demo's, which is the only one that is "
            "filled. Choose an empty database: another BATON_DATA or BATON_MONGODB_DATABASE."
        )
    raise OperatorError(
        f"There is no demo account yet: this is {database}. `make run` or `baton serve` creates it: start it once. A "
        "server that runs already has another database: it prints the command that fills it, with its settings."
    )


async def _check_empty(baton: Baton, account: Account) -> None:
    known = (await baton.services.storage.read(account.id).count_conversations(ConversationQuery())).number
    if known:
        raise OperatorError(
            f"The demo account of {database_of(baton.settings)} has conversations already: {known:,}. "
            f"`{aimed(baton.settings, '.venv/bin/baton demo --add')}` fills it nevertheless, once. "
            f"To begin anew, stop the server, delete {_data(baton)}, and start it again."
        )


async def _check_first(baton: Baton, account_id: AccountId) -> None:
    key = f"{SOURCE}:1"

    async def look(uow: UnitOfWork) -> bool:
        return key in await uow.imported([key])

    if await baton.services.storage.write(account_id, look):
        raise OperatorError(
            f"The demo account of {database_of(baton.settings)} was filled before. To begin anew, stop the server, "
            f"delete {_data(baton)}, and start it again."
        )


def _data(baton: Baton) -> str:
    settings = baton.settings
    return f"the database {settings.mongodb_database}" if settings.mongodb_uri else str(settings.data)


async def fill(
    baton: Baton, account: Account, *, add: bool = False, days: int = DAYS, console: Console | None = None
) -> Filled:
    """Store the last days of the made-up shop in the demo account. `add`: also if it has conversations. The console
    shows the progress, if it is a terminal.

    Raises `OperatorError`, with what to do, if it has, or if it was filled before; `Unavailable`.
    """
    if not add:
        await _check_empty(baton, account)
    await _check_first(baton, account.id)
    began = time.perf_counter()
    past = PastService(storage=baton.services.storage, source=SOURCE)
    team = await baton.services.storage.read(account.id).staff()
    shop = DemoShop(account, team, _cards(baton, account), now=baton.services.clock.now())
    plans = shop.plans(days=days)
    await baton.history.begin(account.id, SOURCE, by=operator())
    with _progress(console or Console(stderr=True)) as progress:
        task = progress.add_task("Conversations", total=len(plans))
        for conversations in _batches(shop.conversations(plans)):
            await past.bring_conversations(account.id, conversations)
            progress.advance(task, len(conversations))
        task = progress.add_task("Orders", total=len(shop.orders))
        for orders in _batches(shop.orders):
            await past.bring_orders(account.id, orders)
            progress.advance(task, len(orders))
    await _put_support_online(baton, account.id, team)
    return Filled(conversations=len(plans), orders=len(shop.orders), seconds=time.perf_counter() - began)


def _cards(baton: Baton, account: Account) -> dict[str, ProductCard]:
    drafts = demo_products(currency=account.currency, shop=_shop(baton))
    return {
        draft.product_id: ProductCard(product_id=draft.product_id, title=draft.title, url=draft.url, price=draft.price)
        for draft in drafts
    }


def _shop(baton: Baton) -> str:
    settings = baton.settings
    url = None if settings.public_url else demo_url(settings.data)
    return f"{settings.public_address}/" if url is None else shop_of(url)


async def _put_support_online(baton: Baton, account_id: AccountId, team: Sequence[Staff]) -> None:
    """Make the members of the support available: somebody has to be there for the tickets that wait."""
    for member in team:
        if member.role is StaffRole.SUPPORT and member.works_on_tickets:
            support = Principal(
                kind=PrincipalKind.STAFF,
                account_id=account_id,
                credential_id=CredentialId(""),
                staff_id=member.id,
                role=member.role,
            )
            await baton.services.inbox.set_availability(support, Availability.ONLINE)


async def _link(baton: Baton, account_id: AccountId) -> str | None:
    owner = await owner_of(baton.services.storage, account_id)
    return baton.demo.sign_in.link(f"{_shop(baton)}inbox", account_id, owner.id)


def _say_link(link: str | None) -> None:
    if link is None:
        say("Sign in with the key `ownerKey` of credentials.json.")
        return
    say(f"Sign in as the owner, once, within 15 minutes, on this machine, while the server runs:\n  {link}")


def _batches(items: Iterable[T]) -> Iterator[Sequence[T]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
