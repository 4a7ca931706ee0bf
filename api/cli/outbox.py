"""`baton outbox`: lists outgoing messages and tickets, and retries failed ones."""

from __future__ import annotations

from api.app import Baton
from api.cli.context import chosen_account, operator, with_baton
from api.cli.output import fail, say, say_json
from domain.model.outbox import Outgoing, OutgoingState
from domain.values.ids import AccountId
from domain.values.paging import Slice
from resolvers.relay.global_ids import to_global_id

_PAGE = 100


def show(state: OutgoingState, *, limit: int, account: str | None, as_json: bool) -> None:
    async def read(baton: Baton) -> list[Outgoing]:
        return await _rows(baton, await chosen_account(baton, account), state, limit)

    rows = with_baton(read)
    if as_json:
        say_json([_row(row) for row in rows])
        return
    for row in rows:
        tries = f"{len(row.attempts)} {'try' if len(row.attempts) == 1 else 'tries'}"
        say(
            f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.destination:<8} {row.kind:<8} {tries}: {row.error or '-'}"
        )
    if not rows:
        say(f"No entries are {state}.")


def retry(row_id: str | None, *, all_failed: bool, account: str | None, as_json: bool) -> None:
    if (row_id is None) != all_failed:
        fail("Give the ID of an entry (`baton outbox list` shows them), or --failed for all.")

    async def act(baton: Baton) -> list[Outgoing]:
        account_id = await chosen_account(baton, account)
        outbox = baton.services.outbox
        if row_id is not None:
            return [await outbox.retry_for_operator(account_id, row_id, by=operator())]
        done: list[Outgoing] = []
        while rows := await _rows(baton, account_id, OutgoingState.FAILED, _PAGE):
            done += [await outbox.retry_for_operator(account_id, row.id, by=operator()) for row in rows]
        return done

    rows = with_baton(act)
    if as_json:
        say_json([_row(row) for row in rows])
    else:
        say(f"Scheduled for another attempt: {len(rows)}.")


async def _rows(baton: Baton, account_id: AccountId, state: OutgoingState, limit: int) -> list[Outgoing]:
    found: list[Outgoing] = []
    while len(found) < limit:
        after = (found[-1].created_at, found[-1].id) if found else None
        page = Slice(limit=min(_PAGE, limit - len(found)), after=after)
        read = await baton.ports.outbox_reader.page(account_id, (state,), page)
        found += read.items
        if not read.has_next:
            break
    return found


def _row(row: Outgoing) -> dict[str, object]:
    return {
        "id": row.id,
        "conversation": to_global_id("Conversation", row.conversation_id),
        "destination": row.destination.value,
        "kind": row.kind.value,
        "state": row.state.value,
        "createdAt": row.created_at.isoformat(),
        "error": row.error,
        "attempts": [
            {
                "at": attempt.at.isoformat(),
                "outcome": attempt.outcome.value,
                "httpStatus": attempt.http_status,
                "error": attempt.error,
            }
            for attempt in row.attempts
        ],
    }
