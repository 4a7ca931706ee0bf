"""`baton doctor`: looks whether everything that must hold does hold, and says what does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

import typer
from rich.console import Console

from api.app import Baton
from api.cli.outcome import say_json
from api.cli.running import with_baton
from domain.account.model import Account
from domain.conversation.model import Conversation
from domain.ids import AccountId
from domain.inbox.team import stranded
from domain.paging import Slice
from domain.storage import ConversationQuery

_PAGE = 1_000  # rows a question


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    account: str
    check: str
    problem: str | None = None  # None: it holds
    count: int | None = None  # of what may well be there, but should be known of


def examine(*, as_json: bool) -> None:
    async def look(baton: Baton) -> list[Finding]:
        with Console(stderr=True).status("Looking at every conversation"):
            accounts = await baton.services.storage.accounts()
            return [finding for account in accounts async for finding in _of(baton, account)]

    findings = with_baton(look)
    problems = [finding for finding in findings if finding.problem]
    if as_json:
        say_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            outcome = "yes" if finding.count is None else f"{finding.count:,}"
            mark, outcome = ("!", finding.problem) if finding.problem else (" ", outcome)
            typer.echo(f"{mark} {finding.account}: {finding.check}: {outcome}")
        checks = sum(finding.count is None for finding in findings)
        typer.echo("Everything holds." if not problems else f"{len(problems)} of {checks} do not hold.")
    if problems:
        raise typer.Exit(1)


async def _of(baton: Baton, account: Account) -> AsyncIterator[Finding]:
    yield Finding(account=account.name, check="the event log has no gap", problem=await _log_gap(baton, account.id))
    yield Finding(
        account=account.name, check="messages are numbered 1, 2, 3 …", problem=await _message_gap(baton, account.id)
    )

    reader = baton.services.storage.read(account.id)
    waiting = await reader.count_tickets(await stranded(reader, account, baton.services.clock.now()))
    yield Finding(account=account.name, check="tickets that wait with nobody able to take them", count=waiting)


async def _log_gap(baton: Baton, account_id: AccountId) -> str | None:
    head = await baton.ports.log.head(account_id)
    position = head.floor
    while position < head.seq:
        events = await baton.ports.log.read(account_id, after=position, upto=head.seq, topics=None, limit=_PAGE)
        for event in events:
            if event.seq != position + 1:
                return f"after event {position} comes {event.seq}"
            position = event.seq
        if not events:
            return f"events {position + 1} to {head.seq} are missing"
    return None


async def _message_gap(baton: Baton, account_id: AccountId) -> str | None:
    reader = baton.services.storage.read(account_id)
    after: tuple[object, ...] | None = None
    while True:
        page = await reader.conversations(ConversationQuery(), Slice(limit=_PAGE, after=after))
        for conversation in page.items:
            if problem := await _numbering(baton, account_id, conversation):
                return problem
            after = (conversation.started_at, conversation.id)
        if not page.has_next:
            return None


async def _numbering(baton: Baton, account_id: AccountId, conversation: Conversation) -> str | None:
    """Up to the number the conversation had when it was read: it may have gone on since."""
    reader = baton.services.storage.read(account_id)
    number = 0
    while number < conversation.sequence:
        rest = Slice(limit=_PAGE, after=(number,) if number else None)
        page = await reader.messages(conversation.id, upto=conversation.sequence, notes=True, page=rest)
        for message in page.items:
            if message.sequence != number + 1:
                return f"in conversation {conversation.id}, message {message.sequence} follows {number}"
            number = message.sequence
        if not page.items:
            return f"in conversation {conversation.id}, messages {number + 1} to {conversation.sequence} are missing"
    return None
