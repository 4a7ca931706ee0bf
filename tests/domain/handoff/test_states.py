"""The state machine of a handoff as a table: what each event makes of each state, or why it is refused.

A state is four letters: the handoff (o offered, d declined, w withdrawn, e expired, i awaiting identity, D delivered,
m message shown), who has the conversation (a agent, q queue, h human, n nobody), the ticket (O open, S snoozed,
C closed) and the status (. open, N not resolved by AI, C closed). A cell is the state that the event leads to, or

    =     done, and nothing of this has changed
    conf  Conflict        ctrl  NotInControl        clsd  ConversationClosed
    ·     cannot be asked: there is no handoff or ticket yet

A command that is refused writes nothing but a draft; the table is walked with one conversation for each cell.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import pytest

from tests.harness.chat import Chat
from tests.harness.program import Json, Program, Shop

WEB_CHAT = """
                      now  requ yes  no   back iden shop agnt humn take othr rele retn snoo clos reop leav 48h
nothing asked         -a-. oa-. ·    ·    ·    =    =    =    ctrl ·    ·    ·    ·    ·    ·    ·    -n-C -n-C
offered               oa-. =    ia-N da-. wa-. =    =    =    ctrl ·    ·    ·    ·    ·    ·    ·    en-C en-C
declined              da-. oa-. conf =    conf =    =    =    ctrl ·    ·    ·    ·    ·    ·    ·    dn-C dn-C
withdrawn             wa-. oa-. conf conf =    =    =    =    ctrl ·    ·    ·    ·    ·    ·    ·    wn-C wn-C
expired               en-C clsd conf conf conf =    clsd clsd clsd ·    ·    ·    ·    ·    ·    ·    =    =
awaiting identity     ia-N =    =    conf wa-N DqON =    =    ctrl ·    ·    ·    ·    ·    ·    ·    en-N en-N
in the queue          DqON ctrl =    conf waCN =    =    ctrl ctrl DhON DhON ctrl ctrl DqSN DqCN =    DnCN =
snoozed in the queue  DqSN ctrl =    conf waCN =    DqON ctrl ctrl DhON DhON ctrl ctrl =    DqCN DqON DnCN DqON
closed in the queue   DqCN ctrl =    conf waCN =    DqON ctrl ctrl DhON DhON ctrl ctrl conf =    DqON DnCN DnCN
taken back            waCN oaCN conf conf =    =    =    =    ctrl conf conf conf conf conf =    conf wnCN wnCN
taken                 DhON ctrl =    conf conf =    =    ctrl =    =    ctrl DqON DaCN DhSN DhCN =    DnCN =
taken and snoozed     DhSN ctrl =    conf conf =    DhON ctrl =    DhON ctrl DqSN DaCN =    DhCN DhON DnCN DhON
taken and closed      DhCN ctrl =    conf conf =    DhON ctrl =    DhON ctrl DqCN DaCN conf =    DhON DnCN DnCN
returned              DaCN oaCN =    conf conf =    =    =    ctrl conf conf conf conf conf =    conf DnCN DnCN
offered again         oaCN =    DqON daCN waCN =    =    =    ctrl conf conf conf conf conf =    conf enCN enCN
over                  DnCN clsd =    conf conf =    clsd clsd clsd clsd clsd clsd clsd clsd =    clsd =    =
"""

# SMS, WhatsApp and e-mail have no offer: the request hands over.
OTHER_CHANNELS = """
                      now  requ yes  no   back iden shop agnt humn take othr rele retn snoo clos reop leav 48h
nothing asked         -a-. DqON ·    ·    ·    =    =    =    ctrl ·    ·    ·    ·    ·    ·    ·    -n-C -n-C
in the queue          DqON ctrl conf conf waCN =    =    ctrl ctrl DhON DhON ctrl ctrl DqSN DqCN =    DnCN =
taken back            waCN DqON conf conf =    =    =    =    ctrl conf conf conf conf conf =    conf wnCN wnCN
taken                 DhON ctrl conf conf conf =    =    ctrl =    =    ctrl DqON DaCN DhSN DhCN =    DnCN =
taken and snoozed     DhSN ctrl conf conf conf =    DhON ctrl =    DhON ctrl DqSN DaCN =    DhCN DhON DnCN DhON
taken and closed      DhCN ctrl conf conf conf =    DhON ctrl =    DhON ctrl DqCN DaCN conf =    DhON DnCN DnCN
returned              DaCN DqON conf conf conf =    =    =    ctrl conf conf conf conf conf =    conf DnCN DnCN
over                  DnCN clsd conf conf conf =    clsd clsd clsd clsd clsd clsd clsd clsd =    clsd =    =
"""

MESSAGE = """
                      now  requ yes  no   back iden shop agnt humn take othr rele retn snoo clos reop leav 48h
nothing asked         -a-. ma-N ·    ·    ·    =    =    =    ctrl ·    ·    ·    ·    ·    ·    ·    -n-C -n-C
shown                 ma-N =    conf conf conf =    =    =    ctrl ·    ·    ·    ·    ·    ·    ·    mn-N mn-N
shown and left        mn-N clsd conf conf conf =    clsd clsd clsd ·    ·    ·    ·    ·    ·    ·    =    =
"""

PATHS: Mapping[str, tuple[str, ...]] = {
    "nothing asked": (),
    "offered": ("requ",),
    "declined": ("requ", "no"),
    "withdrawn": ("requ", "back"),
    "expired": ("requ", "leav"),
    "awaiting identity": ("requ", "yes"),
    "in the queue": ("iden", "requ", "yes"),
    "snoozed in the queue": ("iden", "requ", "yes", "snoo"),
    "closed in the queue": ("iden", "requ", "yes", "clos"),
    "taken back": ("iden", "requ", "yes", "back"),
    "taken": ("iden", "requ", "yes", "take"),
    "taken and snoozed": ("iden", "requ", "yes", "take", "snoo"),
    "taken and closed": ("iden", "requ", "yes", "take", "clos"),
    "returned": ("iden", "requ", "yes", "take", "retn"),
    "offered again": ("iden", "requ", "yes", "take", "retn", "requ"),
    "over": ("iden", "requ", "yes", "take", "leav"),
    "shown": ("requ",),
    "shown and left": ("requ", "leav"),
}

EVENTS: Mapping[str, Callable[[Chat], Awaitable[Json]]] = {
    "requ": lambda chat: chat.request(),
    "yes": lambda chat: chat.accept(),
    "no": lambda chat: chat.decline(),
    "back": lambda chat: chat.withdraw(),
    "iden": lambda chat: chat.identify(),
    "shop": lambda chat: chat.say(),
    "agnt": lambda chat: chat.post(),
    "humn": lambda chat: chat.reply(),
    "take": lambda chat: chat.take(),
    "othr": lambda chat: chat.take(chat.shop.admin),
    "rele": lambda chat: chat.release(),
    "retn": lambda chat: chat.give_back(),
    "snoo": lambda chat: chat.snooze(),
    "clos": lambda chat: chat.close(),
    "reop": lambda chat: chat.reopen(),
    "leav": lambda chat: chat.leave(),
}
SILENCE = "48h"

_LETTERS: tuple[Mapping[str, str], ...] = (
    {
        "-": "-",
        "OFFERED": "o",
        "DECLINED": "d",
        "WITHDRAWN": "w",
        "EXPIRED": "e",
        "AWAITING_IDENTITY": "i",
        "DELIVERED": "D",
        "MESSAGE_SHOWN": "m",
    },
    {"AI_AGENT": "a", "QUEUE": "q", "HUMAN_AGENT": "h", "NOBODY": "n"},
    {"-": "-", "OPEN": "O", "SNOOZED": "S", "CLOSED": "C"},
    {"OPEN": ".", "NOT_RESOLVED_BY_AI": "N", "CLOSED": "C"},
)
_REFUSALS = {"CONFLICT": "conf", "NOT_IN_CONTROL": "ctrl", "CONVERSATION_CLOSED": "clsd"}


def table(text: str) -> dict[str, dict[str, str]]:
    """Yield row, column and cell."""
    head, *rows = text.strip("\n").splitlines()
    starts = {column[0]: column.start() for column in re.finditer(r"\S+", head)}
    return {row[:22].strip(): {c: row[at : at + 4].strip() for c, at in starts.items()} for row in rows}


async def standing(chat: Chat) -> str:
    words = (await chat.standing()).split()
    return "".join(letters[word] for letters, word in zip(_LETTERS, words, strict=True))


async def led_to(baton: Program, shop: Shop, channel: str, row: str) -> Chat:
    chat = await Chat.of(baton, shop, channel=channel, watched=False)
    for event in PATHS[row]:
        if channel == "WEB_CHAT" or event not in ("iden", "yes"):
            assert (await EVENTS[event](chat))["errors"] == []
    return chat


async def outcome(chat: Chat, event: str) -> str:
    before = await standing(chat)
    payload = await EVENTS[event](chat)
    after = await standing(chat)
    if payload["errors"]:
        assert after == before
        return _REFUSALS[payload["errors"][0]["code"]]
    return "=" if after == before else after


async def walk(baton: Program, shop: Shop, channel: str, expected: dict[str, dict[str, str]]) -> None:
    async def cell(row: str, column: str) -> str:
        if expected[row][column] == "·":
            return "·"
        chat = await led_to(baton, shop, channel, row)
        return await standing(chat) if column == "now" else await outcome(chat, column)

    for key in (shop.support, shop.admin):
        await baton.done(key, "setAvailability", availability="ONLINE")  # a member who is AWAY loses a reopened ticket
    found: dict[str, dict[str, str]] = {}
    columns = ("now", *EVENTS)
    for row in expected:
        cells = await asyncio.gather(*(cell(row, column) for column in columns))
        found[row] = dict(zip(columns, cells, strict=True))
    silent = {row: await led_to(baton, shop, channel, row) for row in expected}
    baton.clock.move(timedelta(hours=49))
    await baton.baton.workers.timers.fire_due()
    for row, chat in silent.items():
        after = await standing(chat)
        found[row][SILENCE] = "=" if after == found[row]["now"] else after
    assert found == expected
    assert baton.baton.workers.timers.failures == 0


async def test_web_chat(baton: Program, shop: Shop) -> None:
    await walk(baton, shop, "WEB_CHAT", table(WEB_CHAT))


async def test_other_channels(baton: Program, shop: Shop) -> None:
    await walk(baton, shop, "SMS", table(OTHER_CHANNELS))


@pytest.mark.parametrize("channel", ["WHATSAPP", "EMAIL"])
async def test_first_step_of_other_channels(baton: Program, shop: Shop, channel: str) -> None:
    rows = ("nothing asked", "in the queue")
    await walk(baton, shop, channel, {row: cells for row, cells in table(OTHER_CHANNELS).items() if row in rows})


@pytest.mark.parametrize("channel", ["WEB_CHAT", "SMS"])
async def test_message(baton: Program, shop: Shop, channel: str) -> None:
    await baton.done(shop.owner, "updateHandoffSettings", method="MESSAGE", customMessage="Call us.")
    await walk(baton, shop, channel, table(MESSAGE))


async def test_signed_in(baton: Program, shop: Shop) -> None:
    """Only the shop's own id proves an identity; an e-mail address does not."""
    await baton.done(shop.owner, "updateHandoffSettings", identityPolicy="SIGNED_IN")
    chat = await Chat.of(baton, shop, email="ann@example.com")
    await chat.request()
    states = []
    for step in (chat.accept(), chat.identify(name="Ann"), chat.identify(profileId="ann")):
        await step
        states.append(await standing(chat))
    assert states == ["ia-N", "ia-N", "ia-N"], "a browser may say any id"
    proved = await Chat.of(baton, shop, key=shop.owner, profileId="bea")
    await proved.request()
    await proved.accept()
    assert await standing(proved) == "DqON"
