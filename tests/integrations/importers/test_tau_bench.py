"""tau-bench: messages are imported, tool calls are not, and transfers are placed where they happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from domain.imports.model import ImportedConversation, ImportedTransfer, RecordLeftOut
from domain.model.conversation import AuthorKind
from integrations.importers import tau_bench

Written = Callable[[object], Path]
Turn = dict[str, object]


def _call(name: str, arguments: object = "{}") -> Turn:
    return {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": name, "arguments": arguments}}]}


def _user(text: str, **more: object) -> Turn:
    return {"role": "user", "content": text, **more}


def _agent(text: str, **more: object) -> Turn:
    return {"role": "assistant", "content": text, **more}


def _tool(text: str) -> Turn:
    return {"role": "tool", "name": "t", "tool_call_id": "1", "content": text}


def _run(*turns: Turn, **more: object) -> dict[str, object]:
    return {"task_id": 4, "trial": 2, "reward": 1.0, "info": {}, "traj": list(turns), **more}


def _only(path: Path) -> ImportedConversation:
    [record] = tau_bench.read(path)
    assert isinstance(record, ImportedConversation)
    return record


def _said(conversation: ImportedConversation) -> list[tuple[AuthorKind, str]]:
    return [(message.author, message.text) for message in conversation.messages]


S, A = AuthorKind.SHOPPER, AuthorKind.AI_AGENT


def test_messages_are_imported_and_tool_calls_are_not(written: Written) -> None:
    told = _agent("One moment.", tool_calls=[{"function": {"name": "search", "arguments": "{}"}}])
    path = written([_run({"role": "system", "content": "Be kind."}, _user("Hi"), told, _tool("[]"), _agent("Found."))])
    conversation = _only(path)
    assert _said(conversation) == [(S, "Hi"), (A, "One moment."), (A, "Found.")]
    assert (conversation.source, conversation.transfer, conversation.started_at) == ("tau-bench", None, None)


@pytest.mark.parametrize("text", ["שלום 👋🏽 مرحبا", "e\u0301 vs é", "a" * 10_000, "  two\n\tlines  ", "\u202etfel"])
def test_texts_are_kept_exactly(written: Written, text: str) -> None:
    assert _said(_only(written([_run(_user(text), _agent(text))]))) == [(S, text), (A, text)]


def test_the_stop_mark_is_removed(written: Written) -> None:
    ended = _run(_user("Hi"), _agent("Bye ###STOP###"), _user("Thanks! \n\n###STOP###"), _user("###STOP###"))
    assert _said(_only(written([ended]))) == [(S, "Hi"), (A, "Bye ###STOP###"), (S, "Thanks!")]


def test_a_conversation_starts_with_the_shopper(written: Written) -> None:
    assert _said(_only(written([_run(_agent("Welcome!"), _user("Hi"), _agent("Hello"))]))) == [(S, "Hi"), (A, "Hello")]


@pytest.mark.parametrize("turns", [[], [_agent("Welcome!")], [_user(" ")], [_user("###STOP###"), _agent("Bye")]])
def test_a_run_in_which_no_shopper_speaks_is_left_out(written: Written, turns: list[Turn]) -> None:
    left_out = RecordLeftOut(position=1, malformed=False, reason="No shopper speaks.")
    assert list(tau_bench.read(written([_run(*turns)]))) == [left_out]


@pytest.mark.parametrize(
    ("arguments", "summary"),
    [
        ('{"summary": "Wants a refund"}', "Wants a refund"),
        ({"summary": "As is"}, "As is"),
        ("{}", None),
        ('{"su', None),
    ],
)
def test_a_transfer_ends_the_conversation_with_the_agent(written: Written, arguments: object, summary: str) -> None:
    transfer = {**_call("transfer_to_human_agents", arguments), "content": "I will pass you on."}
    conversation = _only(written([_run(_user("A human!"), transfer, _tool("Transfer successful"), _user("Hello?"))]))
    assert _said(conversation) == [(S, "A human!"), (A, "I will pass you on.")]
    assert conversation.transfer == ImportedTransfer(summary=summary, after_sequence=2)


def test_the_only_given_time_is_the_policys(written: Written) -> None:
    policy: Turn = {"role": "system", "content": "# Policy\n\nThe current time is 2024-05-15 15:00:00 EST.\n"}
    conversation = _only(written([_run(policy, _user("Hi"))]))
    assert conversation.started_at == datetime(2024, 5, 15, 20, tzinfo=UTC)
    assert conversation.messages[0].sent_at is None


@pytest.mark.parametrize(
    ("name", "value", "moment"),
    [
        ("timestamp", "2024-03-10T01:59:59.123456-05:00", datetime(2024, 3, 10, 6, 59, 59, 123456, UTC)),
        ("time", "2024-03-10 01:59:59", datetime(2024, 3, 10, 1, 59, 59, 0, UTC)),
        ("created_at", "2024-03-10T01:59:59Z", datetime(2024, 3, 10, 1, 59, 59, 0, UTC)),
        ("sent_at", 1710035999, datetime(2024, 3, 10, 1, 59, 59, 0, UTC)),
        ("sentAt", 1710035999.25, datetime(2024, 3, 10, 1, 59, 59, 250000, UTC)),
        ("createdAt", 1710035999123, datetime(2024, 3, 10, 1, 59, 59, 123000, UTC)),
        ("ts", "1710035999", datetime(2024, 3, 10, 1, 59, 59, 0, UTC)),
        ("timestamp", None, None),
    ],
)
def test_given_times_are_kept(written: Written, name: str, value: object, moment: datetime | None) -> None:
    conversation = _only(written([_run(_user("Hi", **{name: value}), _agent("Hello"))]))
    assert [message.sent_at for message in conversation.messages] == [moment, None]


def test_the_time_of_a_run_takes_precedence_over_the_policys(written: Written) -> None:
    policy: Turn = {"role": "system", "content": "The current time is 2024-05-15 15:00:00 EST."}
    conversation = _only(written([_run(policy, _user("Hi"), started_at="2025-01-02T03:04:05Z")]))
    assert conversation.started_at == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_same_run_has_the_same_key_and_another_has_another(written: Written) -> None:
    run, other = _run(_user("Hi"), _agent("Hello")), _run(_user("Hi"), _agent("Hey"))
    keys = [
        record.key for record in tau_bench.read(written([run, other, run])) if isinstance(record, ImportedConversation)
    ]
    assert keys[0] == keys[2] != keys[1]
    assert all(key.startswith("4/2/") for key in keys)


def test_displayed_lines(written: Written) -> None:
    shown = (
        "user: Hi,\n\nwhere is it?\nassistant: None\ntool: {}\nassistant:\nassistant: Two parcels:\n- user: none\n"
        "user: Thanks ###STOP###"
    )
    first, second = tau_bench.read(written(b"\n".join(orjson.dumps({"messages_display": s}) for s in (shown, ""))))
    assert isinstance(first, ImportedConversation)
    assert _said(first) == [(S, "Hi,\n\nwhere is it?"), (A, "Two parcels:\n- user: none"), (S, "Thanks")]
    assert second == RecordLeftOut(position=2, malformed=False, reason="No shopper speaks.")


def test_the_real_runs(dataset: Callable[[str], Path]) -> None:
    records = list(tau_bench.read(dataset("tau-bench/gpt-4o-airline.json")))
    conversations = [record for record in records if isinstance(record, ImportedConversation)]
    assert len(conversations) == len(records) == len({each.key for each in conversations}) == 200
    transfers = [each for each in conversations if each.transfer]
    assert len(transfers) == 48
    assert all(each.transfer and each.transfer.summary for each in transfers)
    assert all(each.transfer and each.transfer.after_sequence == len(each.messages) for each in transfers)
    assert {each.started_at for each in conversations} == {datetime(2024, 5, 15, 20, tzinfo=UTC)}
    assert {each.messages[0].author for each in conversations} == {S}
    assert sum(len(each.messages) for each in conversations) == 2841  # 1,490 user turns, 29 of them only the stop mark


def test_the_real_few_shot_conversations(dataset: Callable[[str], Path]) -> None:
    records = list(tau_bench.read(dataset("tau-bench/MockRetailDomainEnv-few_shot.jsonl")))
    conversations = [record for record in records if isinstance(record, ImportedConversation)]
    assert len(conversations) == len(records) == 69
    assert not any("###STOP###" in message.text for each in conversations for message in each.messages)
