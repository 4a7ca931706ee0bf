"""`baton replay`: runs draft escalation rules over past conversations, and prints how well they would have done."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from api.app import Baton
from api.cli.context import chosen_account, with_baton
from api.cli.output import explained, say_json
from api.cli.replay.report import line, print_report, summary
from api.server.errors import OperatorError
from domain.guidance.replay import ReplayReport
from domain.guidance.replay_service import ReplayQuery
from domain.model.account import Account
from domain.model.agent.guidance import EscalationRule
from domain.values.calendar import day_range, instants_of
from domain.values.ids import AccountId
from domain.values.record import Record
from resolvers.guidance.inputs import rules_of
from resolvers.guidance.mutations.update_guidance import UpdateGuidanceInput
from resolvers.value_input import read_input

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class ReplayWish(Record):
    """The options of the command."""

    rules: Path | None
    since: date | None
    until: date | None
    rows: Path | None


def replay(wish: ReplayWish, *, account: str | None, as_json: bool) -> None:
    with explained():
        rules = None if wish.rules is None else _read(wish.rules)
    report, seconds = ReplayReport(), 0.0

    async def act(baton: Baton) -> None:
        nonlocal seconds
        account_id = await chosen_account(baton, account)
        query = await _query(baton, account_id, wish, rules)
        began = time.perf_counter()
        with _opened(wish.rows) as file, Console(stderr=True).status("Replaying") as status:
            async for rows in baton.services.replays.stream(account_id, query):
                for row in rows:
                    report.add(row)
                if file is not None:
                    file.writelines(f"{json.dumps(line(row), ensure_ascii=False)}\n" for row in rows)
                status.update(f"Replaying: {report.total.conversations:,} conversations")
        seconds = time.perf_counter() - began

    with_baton(act)
    if as_json:
        say_json(summary(report, seconds))
    else:
        print_report(report, seconds)


def _read(file: Path) -> tuple[EscalationRule, ...]:
    """Return the rules of a file: a list, or an object with the list `escalationRules`, as `updateGuidance` takes it.
    Raises `Invalid`, `OperatorError`."""
    try:
        content = json.loads(file.read_bytes())
    except ValueError as error:
        raise OperatorError(f"{file} is not JSON: {error}") from None
    given = content if isinstance(content, dict) else {"escalationRules": content}
    return rules_of(read_input(UpdateGuidanceInput, given, field="rules").escalation_rules or ())


async def _query(
    baton: Baton, account_id: AccountId, wish: ReplayWish, rules: tuple[EscalationRule, ...] | None
) -> ReplayQuery:
    account = await baton.services.storage.read(account_id).get(Account, account_id)
    zone = "UTC" if account is None else account.time_zone
    since, before = _FIRST, baton.services.clock.now() + timedelta(days=1)
    if wish.since is not None:
        since, _ = instants_of(day_range(wish.since, wish.since, field="from"), zone)
    if wish.until is not None:
        _, before = instants_of(day_range(wish.until, wish.until, field="to"), zone)
    return ReplayQuery(started_from=since, started_before=before, rules=rules)


def _opened(file: Path | None) -> Any:
    return nullcontext(None) if file is None else file.open("w", encoding="utf-8")
