"""Importer for tau-bench: runs of a service agent with simulated customers (github.com/sierra-research/tau-bench).

A run is {task_id, trial, reward, info, traj}; records of the retail few-shot file are {messages_display} instead. The
messages of both sides are imported. Instructions to the agent and tool calls are omitted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

import orjson
from pydantic import BaseModel, Field

from domain.imports.model import ImportedConversation, ImportedMessage, ImportedRecord, ImportedTransfer
from domain.model.conversation import AuthorKind
from integrations.importers.records import read_records
from integrations.importers.transcript import TIME_NAMES, Moment, digest, from_first_question, to_message

SOURCE = "tau-bench"

_TRANSFER = "transfer_to_human_agents"
_STOP_MARK = "###STOP###"  # with which the simulated customer ends the run; not part of the text
_POLICY_TIME = re.compile(r"current time is (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (EST|UTC)\b")
_POLICY_ZONES = {"EST": timezone(timedelta(hours=-5)), "UTC": UTC}
_DISPLAYED_TURN = re.compile(r"^(system|user|assistant|tool):(?: |$)", re.MULTILINE)
_DISPLAYED_NONE = "None"  # how a turn with tool calls but without text is printed
_AUTHORS = {"user": AuthorKind.SHOPPER, "assistant": AuthorKind.AI_AGENT}


class _Function(BaseModel):
    name: str
    arguments: object = None


class _ToolCall(BaseModel):
    function: _Function


class _Turn(BaseModel):
    role: Literal["system", "user", "assistant", "tool"]
    content: str | None = None
    tool_calls: tuple[_ToolCall, ...] | None = None
    sent_at: Moment | None = Field(None, validation_alias=TIME_NAMES)

    @property
    def transfer(self) -> _Function | None:
        return next((call.function for call in self.tool_calls or () if call.function.name == _TRANSFER), None)


class _Run(BaseModel):
    traj: tuple[_Turn, ...]
    task_id: int | str | None = None
    trial: int | str | None = None
    started_at: Moment | None = Field(None, validation_alias=TIME_NAMES)


class _Displayed(BaseModel):
    messages_display: str


def read(path: Path) -> Iterator[ImportedRecord]:
    """Yield the records of the file. Raises `Invalid` if the rest of the file cannot be read."""
    return read_records(path, _conversation, own_lists=frozenset({b"traj"}))


def _conversation(record: object) -> ImportedConversation | None:
    run = _displayed_run(record) if isinstance(record, dict) and "messages_display" in record else None
    run = run or _Run.model_validate(record)
    transfer_at = next((index for index, turn in enumerate(run.traj) if turn.transfer), None)
    # In the published runs, only the tool's "Transfer successful" follows the transfer. Messages after it would not be
    # part of the conversation with the agent.
    turns = run.traj if transfer_at is None else run.traj[: transfer_at + 1]
    messages = from_first_question(_messages(turns))
    if not messages:
        return None
    return ImportedConversation(
        source=SOURCE,
        key=_key(run),
        messages=messages,
        started_at=run.started_at or _time_in_policy(run),
        transfer=None if transfer_at is None else _transfer(run.traj[transfer_at], after_sequence=len(messages)),
    )


def _displayed_run(record: dict[str, object]) -> _Run:
    parts = _DISPLAYED_TURN.split(_Displayed.model_validate(record).messages_display)
    turns = [
        {"role": role, "content": None if text.strip() == _DISPLAYED_NONE else text.removesuffix("\n")}
        for role, text in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return _Run.model_validate({**record, "traj": turns})


def _messages(turns: tuple[_Turn, ...]) -> Iterator[ImportedMessage]:
    for index, turn in enumerate(turns):
        author = _AUTHORS.get(turn.role)
        if author is None or turn.content is None:
            continue
        text = turn.content
        if author is AuthorKind.SHOPPER and _STOP_MARK in text:
            text = text.replace(_STOP_MARK, "").rstrip()
        if imported := to_message(author, text, turn.sent_at, field=("traj", str(index))):
            yield imported


def _key(run: _Run) -> str:
    """The key includes a digest, because runs of other models or domains use the same task and trial numbers."""
    numbers = [str(number) for number in (run.task_id, run.trial) if number is not None]
    return "/".join([*numbers, digest([(turn.role, turn.content) for turn in run.traj])])


def _time_in_policy(run: _Run) -> datetime | None:
    """The time named in the agent's instructions, which is the only time in the published runs."""
    for turn in run.traj:
        if turn.role == "system" and (match := _POLICY_TIME.search(turn.content or "")):
            moment = datetime.fromisoformat(match[1]).replace(tzinfo=_POLICY_ZONES[match[2]])
            return moment.astimezone(UTC)
    return None


def _transfer(turn: _Turn, *, after_sequence: int) -> ImportedTransfer:
    return ImportedTransfer(summary=_summary(turn), after_sequence=after_sequence)


def _summary(turn: _Turn) -> str | None:
    """The summary in the call's arguments. A model wrote them, so that they may be malformed JSON."""
    arguments = turn.transfer.arguments if turn.transfer else None
    if isinstance(arguments, str):
        try:
            arguments = orjson.loads(arguments)
        except orjson.JSONDecodeError:
            return None
    summary = arguments.get("summary") if isinstance(arguments, dict) else None
    return summary if isinstance(summary, str) and summary.strip() else None
