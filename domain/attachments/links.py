"""The addresses of files. Whoever has one may use it, so each ends soon, and none is in a log.

    PUT {public address}/uploads/{token}    the upload, as long as its record waits for it
    GET {public address}/files/{token}      the file, until the end that the token has

A token is sealed with the server's secret. The end of a download is rounded to a window of the clock: within a window,
everybody who reads a message gets the same address, so that frames can be shared, and every new address works for an
hour at least. Frames are kept for 15 minutes (`api/realtime/frame_cache.py`); results with an address are not kept.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.values.ids import AccountId, AttachmentId
from domain.values.record import Record
from domain.values.sealed_token import ForeignToken, MalformedToken, SealedTokens

UPLOAD_PATH = "/uploads/"
FILE_PATH = "/files/"

WINDOW = timedelta(hours=1)  # an address works for one window at least, and for two at most
HANDED_ON = timedelta(days=7)  # of an address in a ticket, a mail or an exported file, which wait for readers


class FileToken(Record):
    """The content of a token."""

    account_id: AccountId
    attachment_id: AttachmentId
    ends_at: datetime | None = None  # None: of an upload, whose record has its end


class FileLinks:
    def __init__(self, secret: bytes, *, public_url: str) -> None:
        self._uploads = SealedTokens(secret, purpose="upload")
        self._downloads = SealedTokens(secret, purpose="download")
        self._public_url = public_url

    def upload(self, account_id: AccountId, attachment_id: AttachmentId) -> str:
        """Return the address that takes the bytes of an upload: the same text each time."""
        return f"{self._public_url}{UPLOAD_PATH}{self._uploads.seal(f'{account_id}:{attachment_id}'.encode())}"

    def download(
        self, account_id: AccountId, attachment_id: AttachmentId, now: datetime, *, life: timedelta = WINDOW
    ) -> str:
        """Return an address of the file that works for `life` at least, and for twice as long at most."""
        window = int(life.total_seconds())
        ends_at = (int(now.timestamp()) // window + 2) * window
        token = self._downloads.seal(f"{account_id}:{attachment_id}:{ends_at}".encode())
        return f"{self._public_url}{FILE_PATH}{token}"

    def opened_upload(self, token: str) -> FileToken | None:
        """Return the content of an upload's token; `None` if this server did not make it."""
        parts = _parts(self._uploads, token)
        if len(parts) != 2:
            return None
        return FileToken(account_id=AccountId(parts[0]), attachment_id=AttachmentId(parts[1]))

    def opened_download(self, token: str) -> FileToken | None:
        """Return the content of a download's token; `None` if this server did not make it."""
        parts = _parts(self._downloads, token)
        if len(parts) != 3:
            return None
        ends_at = datetime.fromtimestamp(int(parts[2]), UTC)
        return FileToken(account_id=AccountId(parts[0]), attachment_id=AttachmentId(parts[1]), ends_at=ends_at)


def _parts(tokens: SealedTokens, token: str) -> list[str]:
    try:
        return tokens.open(token).decode().split(":")
    except (MalformedToken, ForeignToken):
        return []
