"""The work of `baton backup` and `baton restore`: copies of the whole database, as it is at one instant."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from api.app import Baton
from api.bootstrap.backup import copying
from api.bootstrap.database import mongodb
from api.cli.context import on_database, operator, read_settings
from api.cli.doctor import read_erasures
from api.cli.output import explained, fail, say, say_json
from api.server.signals import run_promptly
from api.settings import Settings
from domain.backup.model import Backup, BackupWish, LegalHoldsLost, Restored, RestoreWish
from domain.outbox.restored import RestoredRow, settle_rows
from domain.retention.model import RedactedMessage
from domain.storage import TimerKind
from resolvers.relay.global_ids import to_global_id

_MOST_NAMED = 20  # erasures that are printed; `baton doctor --erased` names all
_MOST_HELD = 1_000  # shoppers under a legal hold that are printed: all, as far as people can export them one by one
_MEGABYTE = 1_000_000
_LOOK_SECONDS = 0.5  # between two looks for steps of erasures that are due
_ERASING = timedelta(minutes=10)  # an erasure that takes longer, workers continue


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


def restore(folder: Path | None, wish: RestoreWish, *, erasures: Path | None, gives_up: bool, as_json: bool) -> None:
    """`erasures`: the list of erasures that is kept outside of the database."""
    with explained():
        settings = read_settings()
        if gives_up:
            run_promptly(lambda: _give_up(settings))
            say("The restore is given up. The data are as before it.")
            return
        if folder is None:
            fail("Give the folder of the backup.")
        place = folder.absolute()
        try:
            restored = run_promptly(lambda: _restore(settings, place, wish, erasures))
        except LegalHoldsLost as error:
            fail("\n".join([str(error), *_how_to_keep(error, folder, erasures)]))
    if as_json:
        held = {"heldMessages": restored.held_messages, "heldEvents": restored.held_events}
        erased = {
            "erasures": restored.erasures,
            "redactions": restored.redactions,
            "unfinishedErasures": list(restored.unfinished),
        }
        say_json({**described(restored.backup), **held, **erased})
        return
    _say_restored(restored)


def _say_restored(restored: Restored) -> None:
    taken_at = f"{restored.backup.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    say(f"Restored: {restored.backup.documents:,} documents, the state at {taken_at}.")
    if restored.held_messages:
        say(f"Mails that may have been sent since: {restored.held_messages:,}. `baton outbox list` shows them.")
    if restored.held_events:
        say(f"Business events that webhooks may have got since: {restored.held_events:,}. They are dead letters now.")
    if restored.erasures:
        say(f"Shoppers whose erasure was begun again: {restored.erasures:,}.")
    if restored.redactions:
        say(f"Messages that were redacted again: {restored.redactions:,}.")
    if restored.unfinished:
        say(f"Erasures that are not finished: {len(restored.unfinished):,}. Workers go on with them.")
        for each in restored.unfinished[:_MOST_NAMED]:
            say(f"  {each}")


def _how_to_keep(error: LegalHoldsLost, folder: Path, erasures: Path | None) -> list[str]:
    """Return lines that say how to keep what would be lost, and how to go on."""
    profiles = dict.fromkeys((each.account_id, each.profile_id) for each in error.conversations)
    command = ["baton restore", shlex.quote(str(folder)), "--replace", "--lose-held"]
    command += [] if erasures is None else ["--erasures", shlex.quote(str(erasures))]
    more = len(profiles) - _MOST_HELD
    return [
        "Export their shoppers first, while the servers run: with a key of an owner or admin of the account, call",
        *(
            f'  exportProfile(input: {{profileId: "{to_global_id("Profile", profile)}"}})   account {account}'
            for account, profile in list(profiles)[:_MOST_HELD]
        ),
        *([f"  and {more:,} more: this command names them once these are no longer held"] if more > 0 else []),
        "and download the file at the `url` that it returns. Then restore with",
        f"  {' '.join(command)}",
    ]


async def _give_up(settings: Settings) -> None:
    async with mongodb(settings) as mongo, copying(settings, mongo.uri) as copies:
        await copies.give_up()


async def _restore(settings: Settings, folder: Path, wish: RestoreWish, erasures: Path | None) -> Restored:
    listed = [] if erasures is None else read_erasures(erasures)  # a wrong file is named before anything is done
    async with mongodb(settings) as mongo, copying(settings, mongo.uri) as copies:
        with Console(stderr=True).status("Verifying") as status:

            async def settle(
                backup: Backup, rows: AsyncIterator[RestoredRow], redacted: list[RedactedMessage]
            ) -> Restored:
                async with on_database(settings, mongo, restores=True) as baton:
                    held = await settle_rows(baton.services.outbox, rows)
                    await baton.services.erasure_check.add(listed)
                    count = await baton.services.erasure_check.repair(by=operator())
                    again = await baton.services.redactions.redact_again(redacted, by=operator())
                    status.update("Erasing again")
                    await _erase(baton)
                    unfinished = await baton.services.erasure_check.unfinished()
                    left = tuple(f"{each.where}: {each.problem}" for each in unfinished)
                return Restored(backup=backup, held_messages=held, erasures=count, redactions=again, unfinished=left)

            return await copies.restore(folder, wish, status.update, settle)


async def _erase(baton: Baton) -> None:
    """Take every step of the erasures and redactions that are under way, so that nobody sees the words again."""
    clock, storage = baton.ports.clock, baton.services.storage
    kinds = (TimerKind.ERASE_PROFILE, TimerKind.REDACT_MESSAGE)
    until = clock.now() + _ERASING
    while clock.now() < until and await storage.due_timers(clock.now() + _ERASING, 1, kinds):
        await baton.workers.timers.fire_due(kinds)
        await asyncio.sleep(_LOOK_SECONDS)
