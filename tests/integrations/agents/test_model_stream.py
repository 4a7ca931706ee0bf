"""The stream of a model's endpoint, whatever its form: it takes no more of the process than a reply needs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import pytest

from integrations.agents.model.errors import ModelError, ModelProblem
from integrations.agents.model.stream import LONGEST_ARGUMENTS, MOST_CALLS, Completion, read_events


def chunk(*fragments: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": {"tool_calls": [*fragments]}}]}


async def pieces(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def test_a_message_with_too_many_calls_is_refused_before_they_are_compared() -> None:
    completion = Completion()
    with pytest.raises(ModelError) as refused:
        completion.add(chunk(*({"id": f"call {number}"} for number in range(40_000))))
    assert refused.value.problem is ModelProblem.TOO_LONG
    assert len(completion.calls) == MOST_CALLS + 1


def test_arguments_that_no_tool_takes_are_not_collected() -> None:
    completion = Completion()
    part = {"index": 0, "function": {"name": "answer", "arguments": "x" * (LONGEST_ARGUMENTS // 2)}}
    completion.add(chunk(part))
    completion.add(chunk(part | {"function": {"arguments": "x" * (LONGEST_ARGUMENTS // 2)}}))
    with pytest.raises(ModelError) as refused:
        completion.add(chunk({"index": 0, "function": {"arguments": "x"}}))
    assert refused.value.problem is ModelProblem.TOO_LONG


async def test_a_stream_that_arrives_byte_by_byte() -> None:
    stream = b'data: {"a": "\xc3\xa9"}\r\n\r\n: a comment\n\ndata: [1]\n\ndata: [DONE]\n\ndata: 2\n'
    found = [event async for event in read_events(pieces(bytes([byte]) for byte in stream))]
    assert found == [{"a": "é"}, [1]]


async def test_an_event_that_is_nested_too_deeply_is_malformed() -> None:
    with pytest.raises(ModelError) as refused:
        _ = [event async for event in read_events(pieces([b"data: " + b"[" * 100_000 + b"\n\n"]))]
    assert refused.value.problem is ModelProblem.MALFORMED
