from __future__ import annotations

import string
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.realtime.cursor import CursorCodec, Position, UnknownCursor, operation_key
from domain.values.errors import Invalid
from domain.values.ids import AccountId

SECRET = b"a secret of the tests"
CODEC = CursorCodec(SECRET)
ACCOUNT = AccountId("01J0000000000000000000000A")
PLAIN = Position(epoch="e1", seq=41)

seqs = st.integers(0, 2**63 - 1)


@st.composite
def positions(draw: st.DrawFn) -> Position:
    each = draw(st.dictionaries(st.integers(0, 2**32 - 1), seqs, max_size=50))
    return Position(epoch=draw(st.text(max_size=30)), seq=draw(seqs), positions=each)


@given(positions(), st.text(max_size=30))
def test_a_cursor_says_what_was_put_into_it(position: Position, account: str) -> None:
    account_id = AccountId(account)
    assert CODEC.decode(CODEC.encode(account_id, position), account_id) == position


@given(positions())
def test_a_cursor_is_plain_ascii_without_padding(position: Position) -> None:
    assert set(CODEC.encode(ACCOUNT, position)) <= set(string.ascii_letters + string.digits + "-_")


@given(st.data())
def test_a_changed_character_is_noticed(data: st.DataObject) -> None:
    cursor = CODEC.encode(ACCOUNT, Position(epoch="e1", seq=7, positions={1: 7, 2: 900}))
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_").filter(lambda c: c != cursor[place]))
    with pytest.raises((UnknownCursor, Invalid)):
        CODEC.decode(cursor[:place] + other + cursor[place + 1 :], ACCOUNT)


def test_another_account_s_cursor_is_unknown() -> None:
    with pytest.raises(UnknownCursor):
        CODEC.decode(CODEC.encode(ACCOUNT, PLAIN), AccountId("01J0000000000000000000000B"))


def test_another_server_s_cursor_is_unknown() -> None:
    with pytest.raises(UnknownCursor):
        CODEC.decode(CursorCodec(b"another secret").encode(ACCOUNT, PLAIN), ACCOUNT)


@given(st.text(max_size=60))
def test_an_invalid_cursor_is_refused_with_its_path(text: str) -> None:
    with pytest.raises((Invalid, UnknownCursor)) as refused:
        CODEC.decode(text, ACCOUNT, field=("resume",))
    if isinstance(refused.value, Invalid):
        assert refused.value.field == ("resume",)
        assert refused.value.message == (
            "`resume` is no cursor of this server: send one exactly as it came from a stream or a query."
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "41",
        "no cursor",
        "é" * 40,
        "A" * 3_000,
        urlsafe_b64encode(b"\x03" + b"x" * 40).decode(),  # of a future version
        CODEC.encode(ACCOUNT, PLAIN) + "=",
        CODEC.encode(ACCOUNT, PLAIN)[:12],
        CODEC.encode(ACCOUNT, PLAIN) + "\n",
    ],
)
def test_garbage_is_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        CODEC.decode(text, ACCOUNT)


def test_a_cursor_does_not_show_how_far_the_log_is() -> None:
    near, far = (CODEC.encode(ACCOUNT, Position(epoch="e1", seq=seq)) for seq in (100, 101))
    assert len(near) == len(far)
    assert near[2:] != far[2:]
    assert sum(a == b for a, b in zip(near[2:], far[2:], strict=True)) < 8


def test_fifty_operations_fit_into_a_header() -> None:
    cursor = CODEC.encode(
        ACCOUNT, Position(epoch="01J00000", seq=10**9, positions={2**32 - 1 - i: 10**9 + i * 1000 for i in range(50)})
    )
    assert len(cursor) < 600


def test_an_operation_is_recognised_only_unchanged() -> None:
    key = operation_key("1", "abc", ["conversation:A", "business"])
    assert operation_key("1", "abc", ["business", "conversation:A"]) == key
    others = [
        operation_key("2", "abc", ["business", "conversation:A"]),
        operation_key("1", None, ["business", "conversation:A"]),
        operation_key("1", "abc", ["business"]),
    ]
    assert key not in others
    assert len(set(others)) == 3


def test_an_operation_id_may_be_any_json_string() -> None:
    assert operation_key("\ud800", None, []) != operation_key("\ud801", None, [])
