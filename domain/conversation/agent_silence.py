"""The timer that watches whether the agent replies in time, where the account has set such a limit."""

from __future__ import annotations

from domain.account.lookup import account_of
from domain.conversation.aggregate import Change
from domain.conversation.events import ShopperWrote
from domain.conversation.lifecycle import owes_reply
from domain.storage import Timer, TimerKind
from domain.timers import timer_of


async def start_silence_timer(change: Change, _: ShopperWrote | None = None) -> None:
    """Start the timer if the agent owes a reply. A timer that runs already is left: asking again gains no time."""
    account = await account_of(change.uow)
    if account.agent_silence is None or not owes_reply(change.conversation):
        return
    timer = timer_of(change.conversation.id, TimerKind.AGENT_SILENCE, change.uow.now + account.agent_silence)
    runs = await change.uow.get(Timer, timer.id) is not None and owes_reply(change.before)
    if not runs:
        change.uow.save(timer)
