"""ABCD: speakers, topics and the shopper's contacts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.imports.model import ImportedConversation, RecordLeftOut
from domain.model.conversation import AuthorKind, Visitor
from integrations.importers import abcd

Written = Callable[[object], Path]

S, A = AuthorKind.SHOPPER, AuthorKind.AI_AGENT
LINES = [["agent", "Hi!"], ["customer", "Hello"], ["action", "Account pulled up."], ["agent", "Done"], ["customer", ""]]


def _only(path: Path) -> ImportedConversation:
    [record] = abcd.read(path)
    assert isinstance(record, ImportedConversation)
    return record


def test_a_record_becomes_a_conversation(written: Written) -> None:
    personal = {"customer_name": "joyce wu", "email": "jwu@Email.com", "phone": "(859) 787-9085", "username": "jwu1"}
    scenario = {"personal": personal, "order": {}, "flow": "product_defect", "subflow": "return_size"}
    conversation = _only(written([{"convo_id": 3592, "scenario": scenario, "original": LINES}]))
    assert (conversation.source, conversation.key) == ("abcd", "3592")
    assert [(message.author, message.text) for message in conversation.messages] == [(S, "Hello"), (A, "Done")]
    assert conversation.visitor == Visitor(name="joyce wu", email="jwu@email.com", phone="+18597879085")
    assert conversation.tags == ("product_defect", "return_size")


def test_an_unusable_contact_loses_no_conversation(written: Written) -> None:
    personal = {"customer_name": " ", "email": "nobody", "phone": "12"}
    conversation = _only(written([{"scenario": {"personal": personal}, "original": LINES}]))
    assert conversation.visitor == Visitor()


def test_without_an_id_the_key_is_a_digest(written: Written) -> None:
    records = [{"original": LINES}, {"original": LINES}, {"original": [["customer", "Other"]]}]
    keys = [record.key for record in abcd.read(written(records)) if isinstance(record, ImportedConversation)]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    "line",
    [["customer", "Hi", 1710035999], {"speaker": "customer", "text": "Hi", "sent_at": "2024-03-10T01:59:59"}],
)
def test_given_times_are_kept(written: Written, line: object) -> None:
    [message] = _only(written([{"original": [line]}])).messages
    assert message.sent_at == datetime(2024, 3, 10, 1, 59, 59, tzinfo=UTC)


def test_a_record_in_which_no_shopper_speaks_is_left_out(written: Written) -> None:
    [record] = abcd.read(written([{"convo_id": 1, "original": [["agent", "Hi!"]]}]))
    assert record == RecordLeftOut(position=1, malformed=False, reason="No shopper speaks.")


def test_the_real_sample(dataset: Callable[[str], Path]) -> None:
    conversations = list(abcd.read(dataset("abcd/abcd_sample.json")))
    seen = [
        (each.key, len(each.messages), each.visitor.name, each.tags)
        for each in conversations
        if isinstance(each, ImportedConversation)
    ]
    assert seen == [
        ("3592", 23, "crystal minh", ("product_defect", "return_size")),
        ("9489", 18, "alessandro phoenix", ("product_defect", "refund_status")),
        ("3695", 19, "joyce wu", ("storewide_query", "timing_4")),
    ]
