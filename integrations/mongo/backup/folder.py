"""The folder of a backup, in the layout of `mongodump`, so that `mongorestore` and `bsondump` read it too.

    baton.json                                what is in it (`Backup`); written last
    <database>/<collection>.bson              its documents, one after the other
    <database>/<collection>.metadata.json     its indexes
    (with .gz after each name of the last two if they are compressed, as by `mongodump --gzip`)

It is written as `<folder>.partial` and renamed at the end, so that what has the name of a backup is whole.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote

import msgspec

from domain.backup.model import FORMAT, Backup, BackupRefused, CopiedCollection

MANIFEST = "baton.json"
_LENGTH = 4  # bytes at the start of a BSON document that say how long it is
_SMALLEST = 5  # bytes of a document without fields
_LARGEST = (16 << 20) + 16_384  # bytes of a document: MongoDB's limit, and what it allows itself on top
_LEVEL = 1  # of compression: a fifth of the size, at the speed of the disk
_BLOCK = 1 << 20  # bytes read at once


class BackupFolder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Backup:
        """Return the description of the backup. Raises `BackupRefused` if it is none, or of a newer format."""
        try:
            backup = msgspec.json.decode((self.path / MANIFEST).read_bytes(), type=Backup)
        except OSError:
            raise BackupRefused(f"{self.path} is no whole backup: it has no readable {MANIFEST}.") from None
        except msgspec.DecodeError as error:
            raise BackupRefused(f"{self.path / MANIFEST} is damaged: {error}") from None
        if backup.format > FORMAT:
            raise BackupRefused(f"The backup was made by Baton {backup.program}, which is newer. Use that version.")
        return backup

    def verify(self, backup: Backup, collection: CopiedCollection) -> None:
        """Read a collection through. Raises `BackupRefused` if it is not what was written."""
        found, documents, size = hashlib.sha256(), 0, 0
        for document in self.documents(backup, collection):
            found.update(document)
            documents, size = documents + 1, size + len(document)
        if (documents, size, found.hexdigest()) != (collection.documents, collection.size, collection.sha256):
            raise _damaged(collection.name)

    def documents(self, backup: Backup, collection: CopiedCollection) -> Iterator[bytes]:
        """Yield the documents of a collection. Raises `BackupRefused` if the file is damaged or missing."""
        try:
            with self.open(backup, collection.name, "rb") as file:
                while length := file.read(_LENGTH):
                    size = int.from_bytes(length, "little")
                    rest = file.read(size - _LENGTH) if _SMALLEST <= size <= _LARGEST else b""
                    if len(rest) != size - _LENGTH:
                        raise _damaged(collection.name)
                    yield length + rest
        except (OSError, EOFError) as error:  # gzip raises both for a damaged file
            raise BackupRefused(f"The backup's {collection.name} cannot be read: {error}") from None

    def metadata(self, backup: Backup, name: str) -> str:
        """Return the JSON of a collection's indexes. Raises `BackupRefused`."""
        try:
            with _opened(self._place(backup, name, "metadata.json"), "rb", compressed=backup.compressed) as file:
                return file.read().decode()
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise BackupRefused(f"The backup's indexes of {name} cannot be read: {error}") from None

    def write_metadata(self, backup: Backup, name: str, text: str) -> None:
        """Write the JSON of a collection's indexes."""
        with _opened(self._place(backup, name, "metadata.json"), "wb", compressed=backup.compressed) as file:
            file.write(text.encode())

    @contextmanager
    def open(self, backup: Backup, name: str, mode: str) -> Iterator[IO[bytes]]:
        """Open the file of a collection's documents."""
        with _opened(self._place(backup, name, "bson"), mode, compressed=backup.compressed) as file:
            yield file

    def _place(self, backup: Backup, name: str, ending: str) -> Path:
        # mongodump escapes names in the same way.
        file = f"{quote(name, safe='')}.{ending}{'.gz' if backup.compressed else ''}"
        return self.path / quote(backup.database, safe="") / file


@contextmanager
def new_folder(path: Path, database: str) -> Iterator[BackupFolder]:
    """A folder to write a backup into. It gets its name at the end of the block; an error leaves nothing. Raises
    `BackupRefused` if there is something of that name."""
    if path.exists():
        raise BackupRefused(f"{path} exists. Choose another folder.")
    partial = path.with_name(f"{path.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)  # of a backup that was killed
    try:
        # Only the owner may read what shoppers wrote.
        partial.mkdir(parents=True, mode=0o700)
        (partial / quote(database, safe="")).mkdir(mode=0o700)
        yield BackupFolder(partial)
        _synchronize(partial)
        partial.rename(path)
        _flush(path.parent)
    except OSError as error:
        raise BackupRefused(f"The backup cannot be written to {path}: {error.strerror}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_manifest(folder: BackupFolder, backup: Backup) -> None:
    """Write the description of the backup, which makes it whole."""
    content = msgspec.json.format(msgspec.json.encode(backup), indent=2)
    place = folder.path / MANIFEST
    place.touch(mode=0o600)
    place.write_bytes(content + b"\n")


@contextmanager
def _opened(place: Path, mode: str, *, compressed: bool) -> Iterator[IO[bytes]]:
    if "w" in mode:
        place.touch(mode=0o600)
    with place.open(mode, buffering=_BLOCK) as file:
        if not compressed:
            yield cast("IO[bytes]", file)
            return
        # Without name and time, the same content makes the same file.
        with gzip.GzipFile(filename="", mode=mode, compresslevel=_LEVEL, fileobj=file, mtime=0) as zipped:
            yield cast("IO[bytes]", zipped)


def _synchronize(folder: Path) -> None:
    """Flush every file below the folder to the disk, and the folders, so that the rename never comes before them."""
    for place in (*folder.rglob("*"), folder):
        _flush(place)


def _flush(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _damaged(name: str) -> BackupRefused:
    return BackupRefused(f"The backup's {name} is damaged: it is not what was written. Use another backup.")
