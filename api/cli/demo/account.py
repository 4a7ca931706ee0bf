"""The demo account that the first start creates, with its keys in a file that only its owner can read."""

from __future__ import annotations

import json
import os
from pathlib import Path

from api.cli.demo.shop import move_demo_shop, open_demo_shop
from domain.account.service import AccountService
from domain.model.account import Account, Staff
from domain.principal import Scope, StaffRole
from domain.storage import ConversationQuery, Storage
from domain.values.ids import AccountId, StaffId, new_id
from domain.values.record import Record
from resolvers.context import Services
from resolvers.relay.global_ids import to_global_id

_FILE = "credentials.json"
_STAFF = (
    ("Olivia Owner", "olivia@demo.example", StaffRole.OWNER),
    ("Sam Support", "sam@demo.example", StaffRole.SUPPORT),
    ("Ana Analyst", "ana@demo.example", StaffRole.ANALYST),
)


class Demo(Record):
    """The parts of the demo account that a process shows."""

    file: Path  # has its keys
    account_id: AccountId
    owner_id: StaffId
    publishable_key: str
    is_empty: bool  # without conversations


async def ensure_demo(
    *, services: Services, folder: Path, url: str, has_agent: bool, public_url: str | None = None
) -> Demo | None:
    """Create the demo account if the database has no account, and return it; None if the database has other accounts
    only.

    Keys cannot be read back, so the demo account gets new ones if the file is missing. `url`: of the API, on this
    machine. `has_agent`: it has the built-in agent, and a shop's knowledge for it, with addresses below `public_url`.
    """
    storage, accounts = services.storage, services.accounts
    path = folder / _FILE
    accounts_known = await storage.accounts()
    demo = next((account for account in accounts_known if account.demo), None)
    if demo is None:
        if accounts_known:
            return None
        staff = [Staff(id=StaffId(new_id()), name=name, email=email, role=role) for name, email, role in _STAFF]
        demo = await accounts.create("Demo shop", staff=staff, demo=True)
    credentials, shop = _read(path), f"{public_url}/" if public_url else shop_of(url)
    if has_agent:
        await open_demo_shop(storage=storage, knowledge=services.knowledge, account=demo, shop=shop)
    if credentials.get("accountId") != to_global_id("Account", demo.id):
        credentials = await _new_keys(storage, accounts, demo)
    if credentials.get("url") != url:
        if "url" in credentials and public_url is None:
            await move_demo_shop(storage=storage, account_id=demo.id, old=shop_of(credentials["url"]), new=shop)
        _write(path, {**credentials, "url": url})
    known = await storage.read(demo.id).count_conversations(ConversationQuery())
    return Demo(
        file=path,
        account_id=demo.id,
        owner_id=(await owner_of(storage, demo.id)).id,
        publishable_key=credentials["publishableKey"],
        is_empty=known.number == 0,
    )


def shop_of(url: str) -> str:
    """Return the address of the shop's page beside the API's."""
    return url.removesuffix("graphql")


def demo_url(folder: Path) -> str | None:
    """Return the address of the API at which the demo was last served from this folder; None if it was not."""
    return _read(folder / _FILE).get("url")


async def owner_of(storage: Storage, account_id: AccountId) -> Staff:
    """Return the first owner of the demo account."""
    return next(member for member in await storage.read(account_id).staff() if member.role is StaffRole.OWNER)


async def _new_keys(storage: Storage, accounts: AccountService, demo: Account) -> dict[str, str]:
    account_id = demo.id
    owner = await owner_of(storage, account_id)
    return {
        "accountId": to_global_id("Account", account_id),
        "ownerKey": (await accounts.create_staff_key(account_id, owner.id, label="demo owner")).token,
        "agentKey": (await accounts.create_scoped_key(account_id, [Scope.AGENT], label="demo agent")).token,
        "publishableKey": (await accounts.create_publishable_key(account_id, label="demo widget")).token,
    }


def _read(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(path: Path, credentials: dict[str, str]) -> None:
    """Replace the file atomically; it is readable by its owner only, from its creation on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(credentials, file, indent=2)
        file.write("\n")
    draft.replace(path)
