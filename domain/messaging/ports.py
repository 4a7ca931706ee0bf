"""The ports of messaging: the mail parser, and the source of files that channels name by an address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from domain.messaging.commands import IncomingMail, MailFile
from domain.model.attachments import RemoteFile
from domain.model.connected_services import UnsealedConnection
from domain.values.ids import AccountId


class Unparsable(Exception):
    """A mail that takes too much time or memory to parse."""


class MailParser(Protocol):
    async def parse(
        self, raw: bytes, *, account_id: AccountId, authserv_id: str | None, own: Iterable[str] = ()
    ) -> IncomingMail:
        """Parse a mail as it stands on the wire (RFC 5322, MIME), for the account that received it.

        Returns a mail whatever the bytes are: what cannot be decoded is shown as well as possible. Raises `Unparsable`
        if the mail exceeds the budget of a parse.
        `authserv_id`: the server whose `Authentication-Results` are trusted (RFC 8601, 1.6); None trusts nobody.
        `own`: the account's own addresses, from which no shopper writes.
        """

    def file_pieces(self, raw: bytes, file: MailFile) -> Iterator[bytes]:
        """Yield the decoded bytes of a file of the mail `raw`, a piece at a time. What is not of the file's encoding is
        skipped. Raises nothing."""


class RemoteFileSource(Protocol):
    def open(
        self, connection: UnsealedConnection, file: RemoteFile
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Fetch a file, and give its bytes as they arrive. The credentials go to the service's own host only.

        Entering and reading raise `TransientError` if another attempt may succeed, `PermanentError` if not.
        """
