"""The child process in which mail is parsed: `python -m integrations.email.parser_process`.

The parent (`parser_pool.py`) writes requests to its standard input, and reads a response to each from its output:

    request:  4 bytes (big endian): length of the order, the order as JSON, 4 bytes: length of the mail, the mail
    response: 4 bytes: length, the `IncomingMail` as JSON

The process ends at the end of its input, and by SIGXCPU when a mail takes more CPU time than its budget: parsers of the
standard library have inputs that take quadratic time (CVE-2025-6069), and code in C cannot be interrupted otherwise.
"""

from __future__ import annotations

import math
import resource
import struct
import sys
from typing import BinaryIO

import msgspec

from domain.values.record import Record
from integrations.email.parse import Rfc5322Parser

LENGTH = struct.Struct(">I")
_CPU_SECONDS = 2  # a mail; 30 MB of attachments take 0.6 s
_MEMORY = 640 << 20  # bytes of address space; 30 MB of attachments take 330 MB


class ParseOrder(Record):
    """The arguments of a parse."""

    authserv_id: str | None
    own: tuple[str, ...]
    brief: bool  # see `Rfc5322Parser.parse_brief`


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    parser = Rfc5322Parser()
    while (head := _block(source)) is not None and (raw := _block(source)) is not None:
        order = msgspec.json.decode(head, type=ParseOrder)
        _allow_seconds(_CPU_SECONDS)
        parse = parser.parse_brief if order.brief else parser.parse
        result = msgspec.json.encode(parse(raw, authserv_id=order.authserv_id, own=order.own))
        sink.write(LENGTH.pack(len(result)) + result)
        sink.flush()


def _block(source: BinaryIO) -> bytes | None:
    """The next block of the input; None at its end."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    return source.read(length)


def _allow_seconds(seconds: int) -> None:
    """Set the limit of CPU time, which counts from the start of the process, to `seconds` from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
