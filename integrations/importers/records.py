"""Streams records from a JSON file of any size: a list, named lists ({"train": […], …}), or JSON lines.

A malformed record is yielded as a `RecordLeftOut` with its position, and reading continues. If the file is truncated or
its JSON is malformed, `Invalid` names the last good record; the records before it were yielded already.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any

import ijson
import orjson
from pydantic import ValidationError

from domain.imports.model import ImportedConversation, ImportedRecord, RecordLeftOut
from domain.values.errors import Invalid

Convert = Callable[[object], ImportedConversation | None]

_PEEK = 64 * 1024  # bytes, enough to detect the form of the file
_MAX_LINE = 64 * 1024 * 1024  # bytes; the longest record of the known datasets has 0.2 MB
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_FIRST_KEY = re.compile(rb'\s*\{\s*"([^"\\]*)"\s*:\s*\[\s*[{\]]')


def read_records(path: Path, convert: Convert, *, own_lists: frozenset[bytes]) -> Iterator[ImportedRecord]:
    """Yield the converted records of the file. Raises `Invalid` if the rest of the file cannot be read.

    `convert` returns None if no shopper speaks, and raises `ValidationError` or `Invalid` for a malformed record.
    `own_lists`: keys of a record that contain lists. They distinguish a record from an object of named lists.
    """
    position = 0
    with _open(path) as file:
        try:
            for position, record in enumerate(_records(file, own_lists), start=1):
                yield _convert(position, record, convert)
        except (ijson.JSONError, UnicodeDecodeError):
            raise Invalid(f"{path.name}: after record {position} the JSON is truncated or malformed.") from None
        except (OSError, EOFError, zlib.error):
            raise Invalid(f"{path.name}: after record {position} the file cannot be read.") from None


def _convert(position: int, record: object, convert: Convert) -> ImportedRecord:
    try:
        if isinstance(record, Invalid):
            raise record
        conversation = convert(record)
    except Invalid as error:
        place = f"{'.'.join(error.field)}: " if error.field else ""
        return RecordLeftOut(position=position, malformed=True, reason=f"{place}{error.message}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        return RecordLeftOut(position=position, malformed=True, reason=f"{place or 'record'}: {first['msg']}")
    if conversation is None:
        return RecordLeftOut(position=position, malformed=False, reason="No shopper speaks.")
    return conversation


@contextmanager
def _open(path: Path) -> Iterator[BufferedReader[Any]]:
    try:
        plain = BufferedReader(FileIO(path), _PEEK)
    except OSError as error:
        raise Invalid(f"{path.name}: {error.strerror or 'cannot be opened'}.") from None
    with plain:
        if not plain.peek().startswith(_GZIP):
            yield plain
            return
        with BufferedReader(gzip.GzipFile(fileobj=plain), _PEEK) as unzipped:
            yield unzipped


def _records(file: BufferedReader[Any], own_lists: frozenset[bytes]) -> Iterator[object]:
    if file.peek(_PEEK).startswith(_BYTE_ORDER_MARK):
        file.read(len(_BYTE_ORDER_MARK))
    start = file.peek(_PEEK)
    if not start.strip():
        raise Invalid("The file is empty.")
    if start.lstrip().startswith(b"["):
        return _read_list(file)
    first_key = _FIRST_KEY.match(start)
    return _read_named_lists(file) if first_key and first_key[1] not in own_lists else _read_lines(file)


def _read_list(file: BufferedReader[Any]) -> Iterator[object]:
    yield from ijson.items(file, "item", use_float=True)


def _read_named_lists(file: BufferedReader[Any]) -> Iterator[object]:
    depth, in_list = 0, False
    record: ijson.ObjectBuilder | None = None
    for event, value in ijson.basic_parse(file, use_float=True):
        if event.startswith("start_"):
            if depth == 1:
                in_list = event == "start_array"
            elif depth == 2 and in_list:
                record = ijson.ObjectBuilder()
            depth += 1
        elif event.startswith("end_"):
            depth -= 1
        elif depth == 2 and in_list:
            yield value  # not an object: the conversion rejects it
        if record is not None:
            record.event(event, value)
            if depth == 2:
                yield record.value
                record = None


def _read_lines(file: BufferedReader[Any]) -> Iterator[object]:
    while line := file.readline(_MAX_LINE):
        if len(line) == _MAX_LINE:
            raise Invalid(f"A line is longer than {_MAX_LINE:,} bytes. The file is not in JSON lines format.")
        if not line.strip():
            continue
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError:
            yield Invalid("The line is not valid JSON.")
