"""Random histories of handoffs, in two processes on one database.

Each step runs several commands at once: of the agent, the shopper and staff, or a passage of time. After each step, the
invariants hold (`conversation_invariants.py`), and two clients of the inbox equal a new one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from domain.model.conversation import AuthorKind, Conversation, MessageKind
from domain.principal import StaffRole
from domain.values.paging import Slice
from resolvers.relay.global_ids import to_global_id
from tests.harness.chat import Chat
from tests.harness.program import Json, Program, Shop
from tests.resolvers.conversation_invariants import ConversationInvariants
from tests.resolvers.inbox_client import InboxClient

LONG = "BATON_LONG" in os.environ
STEPS = 50

ON_TICKET = ("take", "release", "return", "close ticket", "reopen", "snooze", "read", "assign", "unassign", "retry")
WORKERS = ("support", "colleague", "manager")
REFUSALS = {"NOT_IN_CONTROL", "CONFLICT", "CONVERSATION_CLOSED", "STALE_VIEW", "NOT_FOUND"}
Deed = tuple[str, str]  # what, and who

# Weights, chosen so that most histories get a ticket and few end early.
_OFTEN: Mapping[Deed, int] = {
    ("request", "agent"): 12,
    ("post", "agent"): 6,
    ("post late", "agent"): 2,
    ("post early", "agent"): 1,
    ("request late", "agent"): 1,
    ("say", "shopper"): 8,
    ("yes", "shopper"): 12,
    ("no", "shopper"): 2,
    ("withdraw", "shopper"): 2,
    ("identify", "shopper"): 4,
    ("leave", "shopper"): 1,
    **{(what, who): 1 for what in (*ON_TICKET, "reply", "reply unseen", "note") for who in WORKERS},
    **{("take", who): 3 for who in WORKERS},
}
deeds = st.sampled_from([deed for deed, times in _OFTEN.items() for _ in range(times)])
spans = st.sampled_from([minutes for minutes in (1, 20, 3 * 60) for _ in range(4)] + [49 * 60])
_MUTATIONS = {
    "post": "postAgentMessage",
    "request": "requestHandoff",
    "say": "sendMessage",
    "yes": "answerHandoffOffer",
    "no": "answerHandoffOffer",
    "withdraw": "withdrawHandoff",
    "identify": "identifyVisitor",
    "leave": "closeConversation",
    "take": "takeTicket",
    "release": "releaseTicket",
    "return": "returnToAgent",
    "close ticket": "closeTicket",
    "reopen": "reopenTicket",
    "snooze": "snoozeTicket",
    "read": "markTicketRead",
    "retry": "retryDelivery",
    "assign": "assignTicket",
    "unassign": "assignTicket",
    "reply": "replyToConversation",
    "note": "addNote",
}


class Scene:
    """A shop with staff in two processes, with one conversation at a time."""

    inbox_empties = True  # once a conversation is closed

    def __init__(self, programs: tuple[Program, Program], shop: Shop, colleague: tuple[str, str]) -> None:
        self._programs = programs
        self._shop = shop
        self._keys = {"agent": shop.agent, "support": shop.support, "manager": shop.manager, "colleague": colleague[1]}
        self._colleague_id = colleague[0]
        self._numbers = count(1)
        self._said: dict[str, bool] = {}  # text: whether it was accepted
        self._drafted: list[str] = []
        views = (("ALL", shop.support), ("MINE", shop.support), ("MINE", colleague[1]), ("UNASSIGNED", shop.owner))
        self.inboxes = [InboxClient(programs[n % 2], shop.id, key, view) for n, (view, key) in enumerate(views)]

    async def begin(self, channel: str, *, known: bool) -> None:
        self._said, self._drafted = {}, []
        visitor = {"email": "ann@example.com"} if known else {}
        self.chat = await Chat.of(self._programs[0], self._shop, channel=channel, watched=False, **visitor)
        self.rules = ConversationInvariants(self.chat)
        self._first = self.chat.started.message["text"]
        await self.rules.check()

    async def at_once(self, deeds: list[Deed]) -> None:
        row = await self.chat.row()
        if row.is_closed:  # checked already; the shop has others
            await self.begin(self.chat.started.conversation["channel"], known=True)
            row = await self.chat.row()
        done = await asyncio.gather(*(self._do(n, deed, row) for n, deed in enumerate(deeds)))
        takers = {who for (what, who), taken in zip(deeds, done, strict=True) if what == "take" and taken}
        undone = {what for what, _ in deeds} & {"release", "unassign", "assign", "return", "request", "leave"}
        assert len(takers) <= 1 or undone, "two took one ticket"
        assert not takers or undone or row.ticket is None or row.ticket.assignee_id in (None, *map(self._id_of, takers))
        await self._check()

    async def let_pass(self, span: timedelta, *, late: bool) -> None:
        """If `late`, the timers do not run before the next command."""
        self.chat.program.clock.move(span)
        if not late:
            await asyncio.gather(*(program.baton.workers.timers.fire_due() for program in self._programs))
        assert [program.baton.workers.timers.failures for program in self._programs] == [0, 0]
        await self._check()

    async def end(self) -> None:
        """Empty the inbox for the next history."""
        await self.chat.leave()
        await self._check()
        for inbox in self.inboxes:
            await inbox.check()
            assert not self.inbox_empties or inbox.tickets == {}

    def _id_of(self, who: str) -> str:
        if who == "colleague":
            return self._colleague_id
        return self._shop.staff[StaffRole.SUPPORT if who == "support" else StaffRole.MANAGER]

    async def _do(self, number: int, deed: Deed, row: Conversation) -> bool:
        """Whether the command succeeded."""
        name, given = self._command(deed, row)
        if given is None:
            return False
        program = self._programs[number % 2]
        key = self._keys.get(deed[1], self.chat.started.token)
        errors = await program.errors_of(key, name, **given)
        assert {error["code"] for error in errors} <= REFUSALS | ({"INVALID"} if deed[0] == "post early" else set())
        text = given.get("text")
        if text is not None:
            self._said[text] = not errors
            if name == "postAgentMessage" and [error["code"] for error in errors] == ["NOT_IN_CONTROL"]:
                self._drafted.append(text)
        return not errors

    def _command(self, deed: Deed, row: Conversation) -> tuple[str, Json | None]:
        what = deed[0]
        kind, _, how = what.partition(" ") if what not in _MUTATIONS else (what, "", "")
        given: Json = {}
        if kind in ("post", "request"):
            given["epoch"] = row.controller.epoch + {"late": -1, "early": 1}.get(how, 0)
        if kind in ("post", "say", "reply", "note"):
            given["text"] = f"{what} {next(self._numbers)}"
        given |= self._extra(kind, how, row)
        if kind in ("yes", "no", "withdraw"):
            return _MUTATIONS[kind], {**given, "handoffId": _id("Handoff", row.handoff)} if row.handoff else None
        if kind in ON_TICKET:
            return _MUTATIONS[kind], {**given, "ticketId": _id("Ticket", row.ticket)} if row.ticket else None
        return _MUTATIONS[kind], {**given, "conversationId": self.chat.id}

    def _extra(self, kind: str, how: str, row: Conversation) -> Json:
        extra: dict[str, Json] = {
            "request": {"reason": "OTHER"},
            "yes": {"accept": True},
            "no": {"accept": False},
            "identify": {"email": "ann@example.com"},
            "snooze": {"until": (self.chat.program.clock.now() + timedelta(hours=2)).isoformat()},
            "assign": {"staffId": to_global_id("Staff", self._colleague_id)},
            "reply": {"lastSeenSequence": max(row.sequence - 2, 0) if how else row.sequence},
        }
        return extra.get(kind, {})

    async def _check(self) -> None:
        row = await self.rules.check()
        reader = self.chat.program.baton.services.storage.read(self._shop.id)
        page = await reader.messages(row.id, upto=row.sequence, notes=True, page=Slice(limit=10_000))
        spoken = [m for m in page.items if m.author.kind is not AuthorKind.SYSTEM]
        texts = sorted(m.text for m in spoken if m.kind in (MessageKind.TEXT, MessageKind.NOTE))
        assert texts == sorted([self._first, *(text for text, taken in self._said.items() if taken)])
        assert sorted(draft.text for draft in await reader.drafts(row.id)) == sorted(self._drafted)


def _id(type_name: str, part: Any) -> str:
    return to_global_id(type_name, part.id)


Run = Callable[[Coroutine[Any, Any, None]], None]


def machine(scene: Scene, run: Run) -> type[RuleBasedStateMachine]:
    class Histories(RuleBasedStateMachine):
        @initialize(channel=st.sampled_from(["WEB_CHAT", "WEB_CHAT", "SMS"]), known=st.booleans())
        def begin(self, channel: str, known: bool) -> None:
            run(scene.begin(channel, known=known))

        @rule(deed=deeds)
        def act(self, deed: Deed) -> None:
            run(scene.at_once([deed]))

        @rule(meeting=st.lists(deeds, min_size=2, max_size=5))
        def meet(self, meeting: list[Deed]) -> None:
            run(scene.at_once(meeting))

        @rule(minutes=spans, late=st.booleans())
        def time_passes(self, minutes: int, late: bool) -> None:
            run(scene.let_pass(timedelta(minutes=minutes), late=late))

        @rule(which=st.integers(0, 3))
        def inbox_reconnects(self, which: int) -> None:
            run(scene.inboxes[which].check())

        @rule(which=st.integers(0, 3))
        def inbox_is_opened_anew(self, which: int) -> None:
            run(scene.inboxes[which].read())

        def teardown(self) -> None:
            run(scene.end())

    return Histories


@pytest.mark.timeout(3_600 if LONG else 600)  # failures are shrunk first
async def test_random_handoffs(baton: Program, second: Program, shop: Shop) -> None:
    accounts = baton.baton.services.accounts
    member = await baton.add_member(shop, "Colleague", "colleague@shop.example", StaffRole.SUPPORT)
    key = await accounts.create_staff_key(shop.id, member.id)
    scene = Scene((baton, second), shop, (member.id, key.token))
    loop = asyncio.get_running_loop()

    def run(coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    await asyncio.to_thread(
        run_state_machine_as_test,
        machine(scene, run),
        settings=settings(
            max_examples=400 if LONG else 24,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
