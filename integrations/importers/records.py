"""Records out of a JSON file of any size, one at a time: a list, lists by name ({"train": […], …}), or JSON lines.

A record that is broken is answered as such, with its position, and the next one follows. Where the file breaks off or
its JSON cannot be followed any further, `Invalid` says after which record; what came before has been answered by then.
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

_PEEK = 64 * 1024  # bytes: enough to tell the forms apart, whatever the first record looks like
_LONGEST_LINE = 64 * 1024 * 1024  # bytes; the longest record of the known sets has 0.2 MB
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_FIRST_NAME = re.compile(rb'\s*\{\s*"([^"\\]*)"\s*:\s*\[\s*[{\]]')


def read_records(path: Path, convert: Convert, *, own_lists: frozenset[bytes]) -> Iterator[ImportedRecord]:
    """`convert` answers None where no shopper speaks, and raises ValidationError or Invalid for a broken record.

    `own_lists` names what is a list of objects inside a record: it tells one record from lists of records by name.
    """
    position = 0
    with _opened(path) as file:
        try:
            for position, record in enumerate(_records(file, own_lists), start=1):
                yield _converted(position, record, convert)
        except (ijson.JSONError, UnicodeDecodeError):
            raise Invalid(f"{path.name}: after record {position} the JSON breaks off or is malformed.") from None
        except (OSError, EOFError, zlib.error):
            raise Invalid(f"{path.name}: after record {position} the file cannot be read any further.") from None


def _converted(position: int, record: object, convert: Convert) -> ImportedRecord:
    try:
        if isinstance(record, Invalid):
            raise record
        conversation = convert(record)
    except Invalid as refusal:
        place = f"{'.'.join(refusal.field)}: " if refusal.field else ""
        return RecordLeftOut(position=position, malformed=True, reason=f"{place}{refusal.message}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        return RecordLeftOut(position=position, malformed=True, reason=f"{place or 'record'}: {first['msg']}")
    if conversation is None:
        return RecordLeftOut(position=position, malformed=False, reason="No shopper speaks in it.")
    return conversation


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader[Any]]:
    try:
        plain = BufferedReader(FileIO(path), _PEEK)
    except OSError as error:
        raise Invalid(f"{path.name}: {error.strerror or 'it cannot be opened'}.") from None
    with plain:
        if not plain.peek().startswith(_GZIP):
            yield plain
            return
        with BufferedReader(gzip.GzipFile(fileobj=plain), _PEEK) as unpacked:
            yield unpacked


def _records(file: BufferedReader[Any], own_lists: frozenset[bytes]) -> Iterator[object]:
    if file.peek(_PEEK).startswith(_BYTE_ORDER_MARK):
        file.read(len(_BYTE_ORDER_MARK))
    start = file.peek(_PEEK)
    if not start.strip():
        raise Invalid("The file is empty.")
    if start.lstrip().startswith(b"["):
        return _of_list(file)
    named = _FIRST_NAME.match(start)
    return _of_named_lists(file) if named and named[1] not in own_lists else _of_lines(file)


def _of_list(file: BufferedReader[Any]) -> Iterator[object]:
    yield from ijson.items(file, "item", use_float=True)


def _of_named_lists(file: BufferedReader[Any]) -> Iterator[object]:
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
            yield value  # a bare value where a record should be: the conversion refuses it, by position
        if record is not None:
            record.event(event, value)
            if depth == 2:
                yield record.value
                record = None


def _of_lines(file: BufferedReader[Any]) -> Iterator[object]:
    while line := file.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise Invalid(f"A line is longer than {_LONGEST_LINE:,} bytes: these are no JSON lines.")
        if not line.strip():
            continue
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError:
            yield Invalid("The line is no valid JSON.")
