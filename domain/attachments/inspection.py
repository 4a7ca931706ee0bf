"""The bytes of a file on their way to the store: counted, scanned, and their type known by the first of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from domain.attachments.commands import Reception
from domain.attachments.errors import FileTooLarge, Infected, TypeNotAllowed, WrongSize
from domain.attachments.ports import Scan
from domain.content_types import HEAD_BYTES, is_allowed, sniff


class InspectedFile:
    """Passes the chunks of a file on, and raises what is wrong with them."""

    def __init__(self, reception: Reception, chunks: AsyncIterator[bytes], scan: Scan) -> None:
        self._reception = reception
        self._source = chunks
        self._scan = scan
        self._head = bytearray()
        self._size = 0
        self.content_type: str | None = None

    async def aclose(self) -> None:
        """Close the source, if it is a generator."""
        close: Callable[[], Awaitable[None]] | None = getattr(self._source, "aclose", None)
        if close is not None:
            await close()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes. Raises `WrongSize`, `FileTooLarge`, `TypeNotAllowed`, `Unavailable`."""
        expected = self._reception.row.size
        async for chunk in self._source:
            if not chunk:
                continue
            self._size += len(chunk)
            if expected is not None and self._size > expected:
                raise WrongSize(f"The upload was created for {expected:,} bytes, and more are sent.")
            if self._size > self._reception.most:
                raise FileTooLarge(f"A file has at most {self._reception.most:,} bytes.")
            if self.content_type is None:
                self._head += chunk[: HEAD_BYTES - len(self._head)]
                if len(self._head) >= HEAD_BYTES:
                    self._judge()
            await self._scan.feed(chunk)
            yield chunk
        self.check_end()

    def check_end(self) -> None:
        """Raises `WrongSize` if bytes are missing, and `TypeNotAllowed`."""
        expected = self._reception.row.size
        if self._size == 0 or (expected is not None and self._size != expected):
            raise WrongSize(f"The upload was created for {expected or 1:,} bytes, and {self._size:,} were sent.")
        if self.content_type is None:
            self._judge()

    def _judge(self) -> None:
        self.content_type = sniff(bytes(self._head), declared=self._reception.row.content_type)
        self._head.clear()
        if not is_allowed(self.content_type, self._reception.allowed):
            raise TypeNotAllowed(not_allowed(self.content_type, self._reception.allowed))


class NoScan:
    """Implements `Scan` for a file that is not scanned."""

    async def feed(self, chunk: bytes) -> None:
        pass

    async def verdict(self) -> str | None:
        return None


async def check_verdict(scan: Scan) -> None:
    """Raises `Infected` if the scanner found malware, `Unavailable`."""
    found = await scan.verdict()
    if found is not None:
        raise Infected(f"The scanner found malware in this file: {found}.")


def not_allowed(content_type: str, patterns: Sequence[str]) -> str:
    """Return the words that refuse a type."""
    return f"This account takes no files of the type {content_type}, but only: {', '.join(patterns)}."
