"""Every form of file yields the same records; a malformed record is reported by its position."""

from __future__ import annotations

import gzip
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from domain.imports.model import ImportedConversation, RecordLeftOut
from domain.values.errors import Invalid
from integrations.importers import abcd

Written = Callable[[object], Path]


def _record(number: int) -> dict[str, object]:
    return {"convo_id": number, "original": [["customer", f"Where is order {number}?"], ["agent", "On its way."]]}


def _keys(path: Path) -> list[str]:
    return [record.key for record in abcd.read(path) if isinstance(record, ImportedConversation)]


LINES = b"\n".join(orjson.dumps(_record(number)) for number in (1, 2, 3))


@pytest.mark.parametrize(
    "content",
    [
        orjson.dumps([_record(1), _record(2), _record(3)], option=orjson.OPT_INDENT_2),
        orjson.dumps({"train": [_record(1), _record(2)], "dev": [], "test": [_record(3)]}),
        orjson.dumps({"train": [_record(1)], "made": {"by": [{"a": 1}]}, "test": [_record(2), _record(3)]}),
        LINES,
        b"\n" + LINES.replace(b"\n", b"\r\n\r\n") + b"\n",
        b"\xef\xbb\xbf" + LINES,
        b"\xef\xbb\xbf" + orjson.dumps([_record(1), _record(2), _record(3)]),
        gzip.compress(LINES),
        gzip.compress(orjson.dumps({"train": [_record(1), _record(2), _record(3)]})),
    ],
    ids=[
        "list",
        "named lists",
        "named lists and more",
        "lines",
        "spaced lines",
        "mark lines",
        "mark list",
        "gz",
        "gz 2",
    ],
)
def test_every_form_gives_the_same_records(written: Written, content: bytes) -> None:
    assert _keys(written(content)) == ["1", "2", "3"]


def test_a_record_that_begins_with_its_own_list_is_one_record(written: Written) -> None:
    line = {"delexed": [{"speaker": "agent"}], **_record(7)}
    assert _keys(written(orjson.dumps(line))) == ["7"]


@pytest.mark.parametrize("content", [[], {"train": [], "test": []}])
def test_lists_without_records_give_none(written: Written, content: object) -> None:
    assert list(abcd.read(written(content))) == []


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (17, "record: Input should be a valid dictionary or instance of _Record"),
        ({"convo_id": 2}, "original: Field required"),
        ({"original": [["customer", "Hi"], ["robot", "Hello"]]}, r"original\.1\.speaker: Input should be .*"),
        ({"original": [["customer"]]}, "original.0.text: Field required"),
        ({"original": [["customer", 5]]}, "original.0.text: Input should be a valid string"),
        (
            {"original": [["customer", "a\x00b"]]},
            r"original\.0: The text has the control character U\+0000\. Remove it\.",
        ),
        (
            {"original": [["customer", "Hi", "yesterday"]]},
            r"original\.0\.timestamp: Input should be a valid datetime.*",
        ),
    ],
)
@pytest.mark.parametrize("form", ["list", "named", "lines"])
def test_a_malformed_record_is_reported_and_the_others_are_read(
    written: Written, broken: object, reason: str, form: str
) -> None:
    records = [_record(1), broken, _record(3)]
    content = {
        "list": orjson.dumps(records),
        "named": orjson.dumps({"train": records}),
        "lines": b"\n".join(orjson.dumps(record) for record in records),
    }[form]
    if form == "lines" and broken == 17:
        reason = "record: .*"
    first, second, third = abcd.read(written(content))
    assert isinstance(first, ImportedConversation)
    assert isinstance(third, ImportedConversation)
    assert isinstance(second, RecordLeftOut)
    assert (second.position, second.malformed) == (2, True)
    assert re.fullmatch(reason, second.reason)


def test_a_line_that_is_not_json_is_reported_and_the_others_are_read(written: Written) -> None:
    path = written(orjson.dumps(_record(1)) + b'\n{"convo_id": 2, "orig\n' + orjson.dumps(_record(3)))
    first, second, third = abcd.read(path)
    assert second == RecordLeftOut(position=2, malformed=True, reason="The line is not valid JSON.")
    assert isinstance(first, ImportedConversation)
    assert isinstance(third, ImportedConversation)


@pytest.mark.parametrize(
    ("content", "read", "message"),
    [
        (orjson.dumps([_record(1), _record(2)])[:-30], ["1"], "file.json: after record 1 the JSON is truncated"),
        (
            orjson.dumps({"train": [_record(1), _record(2)]})[:-30],
            ["1"],
            "file.json: after record 1 the JSON is truncated",
        ),
        (b'[{"convo_id": "\xff"}]', [], "file.json: after record 0 the JSON is truncated or malformed."),
        (gzip.compress(LINES)[:-4], [], "file.json: after record 0 the file cannot be read."),
        (b"\x1f\x8bnonsense", [], "file.json: after record 0 the file cannot be read."),
        (b" \n", [], "The file is empty."),
    ],
    ids=["list", "named lists", "not UTF-8", "truncated gzip", "no gzip", "empty"],
)
def test_a_malformed_file_names_the_last_good_record(
    written: Written, content: bytes, read: list[str], message: str
) -> None:
    keys: list[str] = []
    with pytest.raises(Invalid, match=re.escape(message)):
        keys.extend(record.key for record in abcd.read(written(content)) if isinstance(record, ImportedConversation))
    assert keys == read


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"^none\.json: No such file or directory\.$"):
        list(abcd.read(tmp_path / "none.json"))


@pytest.mark.parametrize("form", ["list", "named", "lines"])
def test_memory_stays_flat(tmp_path: Path, form: str) -> None:
    record = orjson.dumps({**_record(1), "delexed": [{"candidates": list(range(1000))}]})
    before, between, after = {
        "list": (b"[", b",", b"]"),
        "named": (b'{"a":[', b",", b"]}"),
        "lines": (b"", b"\n", b""),
    }[form]
    path = tmp_path / "large.json.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(before + between.join([record] * 1000) + after)
    tracemalloc.start()
    try:
        assert sum(1 for _ in abcd.read(path)) == 1000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(record) * 1000 > 4_000_000
    assert peak < 2_500_000  # a buffer of 64 KiB, as parsed values
