"""The delay until an inbox shows a new ticket, and one that a colleague has taken."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import httpx
from websockets.asyncio.client import ClientConnection

from benchmarks.report import Table, percentiles
from benchmarks.server import Running, ask, frame_with, subscribed

_ROUNDS = 100
_SOCKETS = (1, 500)

_START = """mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id } visitorToken }
}"""
_REQUEST = """mutation ($input: RequestHandoffInput!) {
  requestHandoff(input: $input) { handoff { id } errors { message } }
}"""
_ANSWER = """mutation ($input: AnswerHandoffOfferInput!) {
  answerHandoffOffer(input: $input) { handoff { state } errors { message } }
}"""
_TAKE = """mutation ($input: TicketInput!) { takeTicket(input: $input) { ticket { id } errors { message } } }"""
_TICKET = "query ($id: ID!) { conversation(id: $id) { ticket { id } } }"
_INBOX = """subscription { inbox {
  __typename
  ... on TicketAdded { ticket { id state unread conversation { id displayName status handoff { reason summary } } } }
  ... on TicketChanged { ticket { id state assignee { name } conversation { id } } }
} }"""


async def measure(running: Running) -> Table:
    rows = []
    owner = running.credentials["ownerKey"]
    async with httpx.AsyncClient() as client, AsyncExitStack() as stack:
        open_now = 0
        for sockets in _SOCKETS:
            for _ in range(sockets - 1 - open_now):
                await stack.enter_async_context(subscribed(running, owner, _INBOX))
            open_now = sockets - 1
            async with subscribed(running, owner, _INBOX) as socket:
                rounds = [await _round(client, running, socket) for _ in range(_ROUNDS)]
            yes, take = zip(*rounds, strict=True)
            rows.append((f"{sockets:,}", *percentiles(yes), *percentiles(take)))
    return Table(
        title="Yes to frame, take to frame",
        note=f"{_ROUNDS} sequential handoffs: milliseconds from sending the shopper's yes until an inbox socket "
        "receives the ticket, and from sending `takeTicket` until it receives the change.",
        head=("inbox sockets", "yes p50", "yes p99", "take p50", "take p99"),
        rows=rows,
    )


async def _round(client: httpx.AsyncClient, running: Running, socket: ClientConnection) -> tuple[float, float]:
    keys = running.credentials
    visitor = {"email": "ann@example.com"}
    start = {"channel": "WEB_CHAT", "text": "A human, please", "visitor": visitor}
    started = (await ask(client, running, keys["publishableKey"], _START, input=start))["startConversation"]
    conversation = started["conversation"]["id"]
    request = {"conversationId": conversation, "epoch": 1, "reason": "EXPLICIT_ASK", "summary": "Wants a human"}
    handoff = (await ask(client, running, keys["agentKey"], _REQUEST, input=request))["requestHandoff"]["handoff"]

    frame = asyncio.create_task(frame_with(socket, conversation))
    began = time.perf_counter()
    yes = {"handoffId": handoff["id"], "accept": True}
    await ask(client, running, started["visitorToken"], _ANSWER, input=yes)
    accepted = await frame - began

    ticket = (await ask(client, running, keys["ownerKey"], _TICKET, id=conversation))["conversation"]["ticket"]["id"]
    frame = asyncio.create_task(frame_with(socket, '"assignee":{'))
    began = time.perf_counter()
    await ask(client, running, keys["ownerKey"], _TAKE, input={"ticketId": ticket})
    return accepted, await frame - began
