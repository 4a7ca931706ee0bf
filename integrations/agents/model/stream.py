"""Reads a streamed chat completion: server-sent events, and the tool calls that arrive in fragments.

Endpoints differ: the index of a fragment may be missing, always 0, or begin at 1; the id may be missing, late, or in
`function`. A fragment belongs to the call with its id if it has a known one; a new id begins a call; without an id it
belongs to the call with its index, and without both to the last call. A second name begins a call in any case.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from integrations.agents.model.errors import ModelError, ModelProblem

MAX_BYTES = 2_000_000  # of one streamed response: a reply has some thousand, with some hundred bytes of wrapping each
_MAX_LINE = 500_000  # characters of one event
MOST_CALLS = 16  # of one message: the model is asked for one at a time, and each fragment is compared with all
LONGEST_ARGUMENTS = 100_000  # characters of a call: a text of 8,000 has 96,000 if all is escaped
_DONE = "[DONE]"
_LONGEST_ESCAPE = 6  # characters, as in \u1234


@dataclass(slots=True)
class ToolCall:
    """A tool call as far as it has arrived."""

    id: str
    index: int | None = None
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Completion:
    """A completion as far as it has arrived."""

    calls: list[ToolCall] = field(default_factory=list)
    text: str = ""
    refusal: str = ""
    finish_reason: str | None = None

    def add(self, chunk: object) -> None:
        """Add a chunk. Raises `ModelError` for an error within the stream, what is no chunk, and too many calls."""
        if not isinstance(chunk, dict):
            raise ModelError(ModelProblem.MALFORMED, "An event of the stream is no object.")
        if chunk.get("error"):
            raise ModelError(ModelProblem.SERVER_ERROR, "The endpoint reported an error within the stream.")
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():  # the chunk with the usage has none
            if isinstance(choice, dict) and choice.get("index", 0) == 0:
                self._add_choice(choice)

    def _add_choice(self, choice: dict[str, Any]) -> None:
        delta = choice.get("delta")
        delta = delta if isinstance(delta, dict) else {}
        self.text += _text(delta.get("content"))
        self.refusal += _text(delta.get("refusal"))
        self.finish_reason = choice.get("finish_reason") or self.finish_reason
        calls = delta.get("tool_calls")
        for fragment in calls if isinstance(calls, list) else ():
            if isinstance(fragment, dict):
                self._add_fragment(fragment)

    def _add_fragment(self, fragment: dict[str, Any]) -> None:
        function = fragment.get("function")
        function = function if isinstance(function, dict) else {}
        call = self._call_of(fragment, _text(fragment.get("id")) or _text(function.get("id")), function)
        call.name = call.name or _text(function.get("name"))
        call.arguments += _text(function.get("arguments"))
        if len(self.calls) > MOST_CALLS or len(call.arguments) > LONGEST_ARGUMENTS:
            raise ModelError(ModelProblem.TOO_LONG, "The model called too many tools, or one with too long arguments.")

    def _call_of(self, fragment: dict[str, Any], call_id: str, function: dict[str, Any]) -> ToolCall:
        index = fragment.get("index")
        index = index if isinstance(index, int) else None
        by_id = next((call for call in self.calls if call_id and call.id == call_id), None)
        if by_id is not None:
            return by_id
        last = self.calls[-1] if self.calls else None
        same = [call for call in self.calls if index is not None and call.index == index]
        known = same[-1] if same else (last if index is None else None)
        begins = bool(_text(function.get("name"))) and known is not None and bool(known.name)
        if known is None or begins or (call_id and not known.id.startswith(_INVENTED)):
            known = ToolCall(id=call_id or f"{_INVENTED}{len(self.calls) + 1}", index=index)
            self.calls.append(known)
        elif call_id:
            known.id = call_id  # it came late
        return known


_INVENTED = "call-"  # before the number of a call whose id the endpoint has not sent


async def read_events(chunks: AsyncIterator[bytes]) -> AsyncIterator[object]:
    """Yield the JSON values of the events, up to `[DONE]`. Raises `ModelError`."""
    decoder, rest, size = codecs.getincrementaldecoder("utf-8")(errors="replace"), "", 0
    async for chunk in chunks:
        size += len(chunk)
        piece = decoder.decode(chunk)
        rest += piece
        if size > MAX_BYTES or len(rest) > _MAX_LINE:
            raise ModelError(ModelProblem.TOO_LONG, f"The response has more than {MAX_BYTES:,} bytes.")
        if "\n" not in piece:
            continue  # else a long line that arrives byte by byte would be split again for each of them
        *lines, rest = rest.replace("\r\n", "\n").split("\n")
        for line in lines:
            data = _data(line)
            if data == _DONE:
                return
            if data:
                yield _parsed(data)
    if (data := _data(rest)) and data != _DONE:
        yield _parsed(data)


def _data(line: str) -> str:
    return line[5:].strip() if line.startswith("data:") else ""


def _parsed(data: str) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise ModelError(ModelProblem.MALFORMED, "An event of the stream is no JSON.") from None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def partial_text(arguments: str, name: str = "text") -> str:
    """Return as much of a text as has arrived in the JSON of arguments; empty before it begins."""
    marker = f'"{name}"'
    at = arguments.find(marker)
    start = arguments.find('"', at + len(marker)) if at >= 0 else -1
    if start < 0 or arguments[at + len(marker) : start].strip() != ":":
        return ""
    for body in _endings(arguments[start:]):
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(body)
        except ValueError:
            continue
        if not isinstance(value, str):
            return ""
        return value[:-1] if "\ud800" <= value[-1:] <= "\udbff" else value  # half of a pair of escapes
    return ""


def _endings(text: str) -> Iterator[str]:
    """Yield a JSON text, and it closed where it breaks off: at its end, or before what may be half an escape."""
    yield text
    for cut in range(_LONGEST_ESCAPE):
        yield text[: len(text) - cut] + '"'
