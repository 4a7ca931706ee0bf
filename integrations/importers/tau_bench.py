"""tau-bench: runs of a service agent with simulated customers (github.com/sierra-research/tau-bench).

A run is {task_id, trial, reward, info, traj}; the retail few-shot file has lines {messages_display} instead. What the
two said to each other is kept; instructions to the agent and its traffic with tools are left out.
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
from integrations.importers.transcript import TIME_NAMES, Moment, digest, from_first_question, message

SOURCE = "tau-bench"

_TRANSFER = "transfer_to_human_agents"
_SIMULATOR_IS_DONE = "###STOP###"  # the sign with which the simulated customer ends the run: no shopper's words
_POLICY_TIME = re.compile(r"current time is (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (EST|UTC)\b")
_POLICY_ZONES = {"EST": timezone(timedelta(hours=-5)), "UTC": UTC}
_DISPLAYED_TURN = re.compile(r"^(system|user|assistant|tool):(?: |$)", re.MULTILINE)
_DISPLAYED_NOTHING = "None"  # how a turn without words, only with tool calls, is printed
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
    return read_records(path, _conversation, own_lists=frozenset({b"traj"}))


def _conversation(record: object) -> ImportedConversation | None:
    run = _displayed_run(record) if isinstance(record, dict) and "messages_display" in record else None
    run = run or _Run.model_validate(record)
    transfer_at = next((index for index, turn in enumerate(run.traj) if turn.transfer), None)
    # In the known runs only the tool's "Transfer successful" follows the call. Were there more, it would be the
    # simulator talking to an agent that has left: the conversation with the agent ends here.
    spoken = run.traj if transfer_at is None else run.traj[: transfer_at + 1]
    messages = from_first_question(_messages(spoken))
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
        {"role": role, "content": None if text.strip() == _DISPLAYED_NOTHING else text.removesuffix("\n")}
        for role, text in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return _Run.model_validate({**record, "traj": turns})


def _messages(turns: tuple[_Turn, ...]) -> Iterator[ImportedMessage]:
    for index, turn in enumerate(turns):
        author = _AUTHORS.get(turn.role)
        if author is None or turn.content is None:
            continue
        text = turn.content
        if author is AuthorKind.SHOPPER and _SIMULATOR_IS_DONE in text:
            text = text.replace(_SIMULATOR_IS_DONE, "").rstrip()
        if said := message(author, text, turn.sent_at, place=("traj", str(index))):
            yield said


def _key(run: _Run) -> str:
    """With the words in it: runs of another model or domain have the same task and trial numbers, and are not these."""
    numbers = [str(number) for number in (run.task_id, run.trial) if number is not None]
    return "/".join([*numbers, digest([(turn.role, turn.content) for turn in run.traj])])


def _time_in_policy(run: _Run) -> datetime | None:
    """The agent's instructions name the instant in which the run is set: the only time that the published runs give."""
    for turn in run.traj:
        if turn.role == "system" and (given := _POLICY_TIME.search(turn.content or "")):
            moment = datetime.fromisoformat(given[1]).replace(tzinfo=_POLICY_ZONES[given[2]])
            return moment.astimezone(UTC)
    return None


def _transfer(turn: _Turn, *, after_sequence: int) -> ImportedTransfer:
    return ImportedTransfer(summary=_summary(turn), after_sequence=after_sequence)


def _summary(turn: _Turn) -> str | None:
    """The arguments are a model's own writing, so not always JSON; the transfer happened all the same."""
    written = turn.transfer.arguments if turn.transfer else None
    if isinstance(written, str):
        try:
            written = orjson.loads(written)
        except orjson.JSONDecodeError:
            return None
    summary = written.get("summary") if isinstance(written, dict) else None
    return summary if isinstance(summary, str) and summary.strip() else None
