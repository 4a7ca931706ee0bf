"""The child process in which mail is parsed: `python -m integrations.email.parser_process`.

The parent (`parser_pool.py`) writes requests to its standard input, and reads a response to each from its output:

    request:  4 bytes (big endian): length of the order, the order as JSON, 4 bytes: length of the mail, the mail
    response: 4 bytes: length, the `IncomingMail` as JSON

The process ends at the end of its input, and by SIGXCPU when a mail takes more CPU time than its budget: parsers of the
standard library have inputs that take quadratic time, and code in C cannot be interrupted otherwise.
"""

from __future__ import annotations

import math
import os
import resource
import struct
import sys
import traceback
import warnings
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO

import msgspec

from domain.messaging.commands import IncomingMail
from domain.values.record import Record
from integrations.email.parse import CHUNK, Rfc5322Parser

LENGTH = struct.Struct(">I")
_CPU_SECONDS = 2  # a mail; 30 MB of attachments take 0.6 s
_MEMORY = 256 << 20  # bytes of address space, the program itself included (30 MB)


class ParseOrder(Record):
    """The arguments of a parse."""

    authserv_id: str | None
    own: tuple[str, ...]
    brief: bool  # see `Rfc5322Parser.parse_brief`


def _say_where(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
    """Tell the parent what ended this process. The text of an error may quote the mail."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-1:]]
    sys.stderr.write(" at ".join([kind.__name__, *places]))


def main() -> None:
    sys.excepthook = _say_where
    sys.unraisablehook = lambda _: None  # this and warnings may quote the mail, too
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    parser = Rfc5322Parser()
    while (head := _block(source)) is not None:
        order = msgspec.json.decode(head, type=ParseOrder)
        _allow_seconds(_CPU_SECONDS)
        try:
            result = msgspec.json.encode(_parsed(parser, order, source))
        except MemoryError:
            os._exit(1)  # the parent sees the end
        sink.write(LENGTH.pack(len(result)) + result)
        sink.flush()


def _parsed(parser: Rfc5322Parser, order: ParseOrder, source: BinaryIO) -> IncomingMail:
    if order.brief:
        return parser.parse_brief(_block(source) or b"", authserv_id=order.authserv_id, own=order.own)
    return parser.parse_stream(_chunks(source), authserv_id=order.authserv_id, own=order.own)


def _block(source: BinaryIO) -> bytes | None:
    """The next block of the input; None at its end."""
    length = _length(source)
    return None if length is None else source.read(length)


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    """The next block of the input in pieces, so that it is never in memory as a whole."""
    left = _length(source) or 0
    while left and (chunk := source.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk


def _length(source: BinaryIO) -> int | None:
    head = source.read(LENGTH.size)
    return LENGTH.unpack(head)[0] if len(head) == LENGTH.size else None


def _allow_seconds(seconds: int) -> None:
    """Set the limit of CPU time, which counts from the start of the process, to `seconds` from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
