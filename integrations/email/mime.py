"""MIME parsing (RFC 2045, 2046) of a mail that arrives in chunks: its texts, and where its files are.

The standard library's parser builds the tree of parts. Two things keep its memory small: it gets the mail in chunks, so
that the whole is never in this process, and the content of a file is dropped as soon as it has been read. What is left
of a file is its place in the mail, from which whoever has the mail reads it (`mail_files.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from email.feedparser import BufferedSubFile, BytesFeedParser  # type: ignore[attr-defined]
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Policy, compat32
from typing import Any

MAX_PARTS = 500
_MAX_TEXT = 4 << 20  # bytes of all text parts together, as they are encoded
_LONGEST_FIELD = 16 << 10  # characters of Content-Type and its like, whose parameters take quadratic time
_HEAD = 1 << 20  # bytes from which the headers are read again if the tree cannot be built


class Part(Message):
    """A part of a mail, and its place: the content is at `start` to `end` (excluded), in bytes from the mail's start.

    The content of a part that is no text is not kept.
    """

    def __init__(self, policy: Policy = compat32) -> None:
        super().__init__(policy=policy)
        self._tree: _Tree | None = None
        self.begin = self.start = self.end = 0  # `begin`: of its headers
        self.is_cut = False  # of the mail as a whole: whether a limit left something of it unread

    def join(self, tree: _Tree) -> None:
        """Become the next part of the tree."""
        self._tree, self.begin = tree, tree.position

    def set_raw(self, name: str, value: Any) -> None:
        """Add a header field as it was received."""
        about_content = name.lower().startswith("content-") and isinstance(value, str)
        super().set_raw(name, value[:_LONGEST_FIELD] if about_content else value)

    def set_payload(self, payload: Any, charset: Any = None) -> None:
        """Keep the content if it is text, up to the limit, and note its place."""
        if self._tree is not None and isinstance(payload, str):
            self.start, self.end = self._tree.place_of(payload)
            payload = self._tree.kept(payload) if self._is_text() else ""
        super().set_payload(payload, charset)

    def _is_text(self) -> bool:
        if self.get_content_maintype() not in ("text", "multipart"):
            return False
        return self.get_content_type() == "text/rfc822-headers" or (
            self.get_content_disposition() != "attachment" and not self.get_filename()
        )


def read_mime(chunks: Iterable[bytes]) -> Part:
    """Return the mail. Whatever the bytes are, it has the headers that can be read; of too many or too deeply nested
    parts it has the first, and `is_cut` is true. Raises nothing of its own."""
    tree, head = _Tree(), bytearray()
    stream = iter(chunks)
    for chunk in stream:
        head += chunk[: max(0, _HEAD - len(head))]
        if not tree.feed_safely(chunk):
            break
    for _ in stream:  # the sender of the chunks waits until they are read
        pass
    root = tree.closed()
    if root is None or not root.keys():
        root = BytesHeaderParser(_class=Part).parsebytes(bytes(head))
    root.is_cut = tree.is_cut
    return root


class _TooManyPartsError(Exception):
    pass


class _Input(BufferedSubFile):  # type: ignore[misc]
    """The lines of the mail, and the number of bytes before the next of them."""

    def __init__(self) -> None:
        super().__init__()
        self.position = 0

    def readline(self) -> Any:
        line = super().readline()
        if isinstance(line, str):
            self.position += len(line)
        return line

    def unreadline(self, line: Any) -> None:
        self.position -= len(line)
        super().unreadline(line)


class _Tree(BytesFeedParser):
    """The standard library's parser, with places, and with limits."""

    def __init__(self) -> None:
        super().__init__(Part)
        self._lines = self._input = _Input()
        self._root: Part | None = None
        self._count = 0
        self._text = _MAX_TEXT
        self._broken = False
        self._is_shortened = False

    @property
    def position(self) -> int:
        """The number of bytes that were parsed."""
        return self._lines.position

    @property
    def is_cut(self) -> bool:
        """Whether something was not read."""
        return self._broken or self._is_shortened

    def place_of(self, content: str) -> tuple[int, int]:
        """The place of content that has just been read. The line end above a boundary belongs to the boundary."""
        end = self.position
        inner = content.rstrip("\r\n") if len(self._msgstack) > 1 else content  # type: ignore[attr-defined]
        line_end = content[len(inner) :]
        belongs = 2 if line_end.endswith("\r\n") else min(1, len(line_end))
        return end - len(content), end - belongs

    def kept(self, text: str) -> str:
        """The beginning of the text that the limit leaves room for."""
        kept = text[: self._text]
        self._text -= len(kept)
        self._is_shortened |= len(kept) < len(text)
        return kept

    def feed_safely(self, chunk: bytes) -> bool:
        """Parse the next bytes. Returns whether more of them are of use."""
        try:
            self.feed(chunk)
        except (RecursionError, ValueError, LookupError, AssertionError, TypeError, AttributeError, _TooManyPartsError):
            self._broken = True
        return not self._broken

    def closed(self) -> Part | None:
        """End the mail, and return it; what was parsed of it if it cannot be parsed to the end."""
        if not self._broken:
            try:
                self.close()
            except (RecursionError, ValueError, LookupError, AssertionError, TypeError, AttributeError):
                self._broken = True
        return self._root

    def _new_message(self) -> None:
        self._count += 1
        if self._count > MAX_PARTS:
            raise _TooManyPartsError
        super()._new_message()  # type: ignore[misc]
        part: Part = self._cur  # type: ignore[attr-defined]
        part.join(self)
        self._root = part if self._root is None else self._root

    def _pop_message(self) -> Message:
        """A part that is complete. Of an enclosed mail, the place is that of the whole."""
        part: Message = super()._pop_message()  # type: ignore[misc]
        parent = self._msgstack[-1] if self._msgstack else None  # type: ignore[attr-defined]
        if isinstance(part, Part) and isinstance(parent, Part) and parent.get_content_maintype() == "message":
            parent.start, parent.end = parent.start or part.begin, self.position
        return part
