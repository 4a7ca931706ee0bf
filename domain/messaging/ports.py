"""The port of the mail parser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from domain.messaging.commands import IncomingMail, MailFile
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
