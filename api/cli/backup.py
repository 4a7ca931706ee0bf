"""`baton backup`: copies the whole database, as it is at one instant."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from rich.console import Console

from api.bootstrap.backup import copying
from api.bootstrap.database import mongodb
from api.cli.context import read_settings
from api.cli.output import explained, say, say_json
from api.server.signals import run_promptly
from api.settings import Settings
from domain.backup.model import Backup, BackupWish

_MEGABYTE = 1_000_000


def make(folder: Path, *, compressed: bool, window: int | None, as_json: bool) -> None:
    """`window`: minutes for which MongoDB is to keep the state that is copied."""
    with explained():
        settings = read_settings()
        wish = BackupWish(
            compressed=compressed,
            window=None if window is None else timedelta(minutes=window),
            has_files=settings.s3_bucket is None,
        )
        place = folder.absolute()
        backup = run_promptly(lambda: _make(settings, place, wish))
    if as_json:
        say_json(described(backup))
        return
    megabytes = f"{backup.size / _MEGABYTE:,.1f} MB"
    say(f"{folder}: {backup.documents:,} documents of {len(backup.collections)} collections, {megabytes}.")
    say(f"It has the state at {backup.taken_at:%Y-%m-%d %H:%M:%S} UTC.")
    say("Not in it: BATON_SECRET and BATON_ENCRYPTION_KEY. Without the second, no stored credential can be decrypted.")
    if not backup.has_files:
        say(f"Not in it: the bytes of attachments, in the bucket {settings.s3_bucket}. Copy it after this backup.")


async def _make(settings: Settings, folder: Path, wish: BackupWish) -> Backup:
    async with mongodb(settings) as mongo, copying(settings, mongo.uri) as copies:
        with Console(stderr=True).status("Copying") as status:
            return await copies.back_up(folder, wish, status.update)


def described(backup: Backup) -> dict[str, object]:
    """Return what a backup has, for JSON."""
    return {
        "takenAt": backup.taken_at.isoformat(),
        "clusterTime": backup.cluster_time,
        "documents": backup.documents,
        "bytes": backup.size,
        "hasFiles": backup.has_files,
        "collections": {each.name: each.documents for each in backup.collections},
    }
