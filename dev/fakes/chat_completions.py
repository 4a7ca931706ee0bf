"""A fake of an OpenAI-compatible endpoint: scripted replies, streamed in each of the ways in which such servers differ,
and each way in which a stream can go wrong.

    model = ChatModel()
    model.replies += [calling("track_order", order_id="1001"), calling("answer", text="On its way", …)]
    model.replies.append(too_many(retry_after=1))           # a fault instead of a reply
    model.replies.append(calling("answer", …, ends=Ends.CUT))  # the connection drops in the middle
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.server.abort import abort
from dev.fakes.faults import Fault, Received
from dev.fakes.server import Fake
from dev.vendor_contracts import contract_if_there

KEY = "sk-a-key-of-the-fake"
_PIECE = 7  # characters of a fragment
_PATH = "/chat/completions"  # as in the contract: the base address is that of the server


class Ends(StrEnum):
    """How a stream ends."""

    DONE = "done"
    NO_MARK = "no_mark"  # without [DONE]
    CUT = "cut"  # the connection drops in the middle
    SILENT = "silent"  # nothing more comes, in the middle
    ERROR = "error"  # an error within the stream
    SHORT = "short"  # it ends in the middle, as if it were complete
    NO_JSON = "no_json"  # an event in the middle is no JSON
    ENDLESS = "endless"  # it never stops


class Style(StrEnum):
    """How fragments of tool calls name the call that they belong to."""

    OPENAI = "openai"
    NO_INDEX = "no_index"
    ZERO_INDEX = "zero_index"  # also of a second call
    FROM_ONE = "from_one"
    NO_ID = "no_id"
    LATE_ID = "late_id"
    ID_IN_FUNCTION = "id_in_function"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A message of the model."""

    calls: Sequence[tuple[str, str]] = ()  # name and arguments
    content: str = ""
    refusal: str = ""
    finish_reason: str = "tool_calls"
    ends: Ends = Ends.DONE
    style: Style = Style.OPENAI
    crlf: bool = False
    pause: float = 0.0  # seconds before each event
    extra: Sequence[dict[str, Any]] = field(default_factory=list)  # chunks before the end


def calling(name: str, /, *, ends: Ends = Ends.DONE, style: Style = Style.OPENAI, **arguments: object) -> Reply:
    return Reply(calls=[(name, json.dumps(arguments, ensure_ascii=False))], ends=ends, style=style)


def answering(text: str, *, ends: Ends = Ends.DONE, style: Style = Style.OPENAI, **given: object) -> Reply:
    arguments = {"source_ids": [], "product_ids": [], "confidence": "high", **given}
    return calling("answer", ends=ends, style=style, text=text, **arguments)


class ChatModel(Fake):
    """One endpoint. If no reply is scripted, `think` makes it; by default it repeats the last message. `pause`: seconds
    before each fragment."""

    name = "chat-completions"
    url = ""  # set by `serving`

    def __init__(self, *, think: Callable[[Received], Reply | Fault] | None = None, pause: float = 0.0) -> None:
        self.replies: list[Reply | Fault] = []
        self.key = KEY
        self.think = think or (lambda received: answering(_last_text(received)))
        self._pause = pause
        super().__init__(contract=contract_if_there("openai/openai.chat-completions.json"))

    def routes(self) -> list[Route]:
        return [Route(_PATH, self._refuse, methods=["POST"])]

    async def _refuse(self, request: Request) -> Response:
        return JSONResponse({"error": {"message": "Incorrect API key", "type": "invalid_request_error"}}, 401)

    async def _respond(self, received: Received, scope: Scope, receive: Receive, send: Send) -> None:
        reply = self.replies.pop(0) if self.replies else self.think(received)
        if isinstance(reply, Fault):
            self.faults.add(reply)
        authorized = received.headers.get("authorization") == f"Bearer {self.key}"
        if isinstance(reply, Fault) or not authorized or received.call != f"POST {_PATH}":
            await super()._respond(received, scope, receive, send)
            return
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _stream(replace(reply, pause=self._pause), scope, receive, send)


async def _stream(reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
    chunks = list(_chunks(reply))
    stops = reply.ends not in (Ends.DONE, Ends.NO_MARK)
    for chunk in chunks[: len(chunks) // 2] if stops else chunks:
        await _event(json.dumps(chunk), reply, send)
    if reply.ends is Ends.CUT:
        abort(scope)
        return
    if reply.ends is Ends.SILENT:
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    if reply.ends is Ends.ERROR:
        await _event(json.dumps({"error": {"message": "overloaded", "type": "server_error"}}), reply, send)
    if reply.ends is Ends.NO_JSON:
        await _event("{", reply, send)
    if reply.ends is Ends.ENDLESS:
        long = replace(reply, calls=[("answer", '{"text": "' + "x" * 4_000_000)])
        for chunk in _chunks(long, piece=10_000):
            await _event(json.dumps(chunk), reply, send)
    if reply.ends is Ends.DONE:
        await _event("[DONE]", reply, send)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _event(data: str, reply: Reply, send: Send) -> None:
    if reply.pause:
        await asyncio.sleep(reply.pause)
    end = "\r\n\r\n" if reply.crlf else "\n\n"
    await send({"type": "http.response.body", "body": f"data: {data}{end}".encode(), "more_body": True})


def _chunks(reply: Reply, piece: int = _PIECE) -> Iterator[dict[str, Any]]:
    yield _chunk({"role": "assistant", "content": None})
    for delta in ({"content": reply.content}, {"refusal": reply.refusal}):
        if any(delta.values()):
            yield _chunk(delta)
    for number, (name, arguments) in enumerate(reply.calls):
        pieces = [arguments[at : at + piece] for at in range(0, len(arguments), piece)] or [""]
        for part, text in enumerate(pieces):
            yield _chunk({"tool_calls": [_fragment(reply.style, number, part, name, text)]})
    yield from reply.extra
    yield _chunk({}, reply.finish_reason)
    yield {"object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 9}}


def _fragment(style: Style, number: int, part: int, name: str, text: str) -> dict[str, Any]:
    call_id, first = f"call_{number}", part == 0
    function: dict[str, Any] = {"arguments": text, **({"name": name} if first else {})}
    fragment: dict[str, Any] = {"index": number, "function": function}
    if style is Style.NO_INDEX:
        del fragment["index"]
    if style is Style.ZERO_INDEX:
        fragment["index"] = 0
    if style is Style.FROM_ONE:
        fragment["index"] = number + 1
    if style is Style.ID_IN_FUNCTION:
        function |= {"id": call_id} if first else {}
    elif style is Style.LATE_ID:
        fragment |= {"id": call_id} if part == 1 else {}
    elif style is not Style.NO_ID and first:
        fragment |= {"id": call_id, "type": "function"}
    return fragment


def _chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }


def _last_text(received: Received) -> str:
    messages = received.json.get("messages") or [{}]
    return str(messages[-1].get("content") or "Hello")
