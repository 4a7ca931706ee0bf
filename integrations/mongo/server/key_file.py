"""The password of the embedded MongoDB: a random key in a file that only its owner may read.

The file is mongod's `--keyFile`. With one, mongod refuses every command without credentials, and its internal user
`__system` has the content as its password. Baton signs in as that user: its password is in no database, so a folder
from before, a restored one, and one whose key was lost all open with the key that is in the file at the start. There is
no moment at which another user could create a first user of the database.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

USER = "__system"
DATABASE = "local"  # where MongoDB keeps the user
MECHANISM = "SCRAM-SHA-256"  # also proves to Baton that the server knows the key

_BYTES = 32
_KEY = re.compile(rf"[0-9a-f]{{{2 * _BYTES}}}")


def key_of(path: Path) -> str:
    """Return the key in the file. A file that is missing or damaged is written anew.

    Only the holder of the turn calls it. Raises `OSError`, also if another user of the machine made the file.
    """
    with suppress(FileNotFoundError, UnicodeDecodeError):
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW)) as file:
            if os.fstat(file.fileno()).st_uid not in {0, os.geteuid(), path.parent.stat().st_uid}:
                raise PermissionError(None, "it belongs to another user of this machine", str(path))
            key = file.read(1_024).strip()
        if _KEY.fullmatch(key):
            return key
    return _write(path, secrets.token_hex(_BYTES))


def _write(path: Path, key: str) -> str:
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)  # one left by a crash may be readable by others
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return key
