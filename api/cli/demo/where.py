"""The database that a command works on, in words, and the command that works on the same one from another terminal."""

from __future__ import annotations

import shlex

from api.settings import Settings

_DATA = Settings.model_fields["data"].default
_DATABASE = Settings.model_fields["mongodb_database"].default


def database_of(settings: Settings) -> str:
    """Return the name of the database, without the credentials of its URI."""
    if settings.mongodb_uri is not None:
        return f"the database {settings.mongodb_database} of BATON_MONGODB_URI"
    return f"the embedded MongoDB in {settings.data.absolute() / 'mongo'}"


def aimed(settings: Settings, command: str) -> str:
    """Return a shell command with the settings that a process needs to use the same database. The value of
    BATON_MONGODB_URI is left out, because it may have a password."""
    given = []
    if settings.data != _DATA:
        given.append(f"BATON_DATA={shlex.quote(str(settings.data))}")
    if settings.mongodb_uri is not None:
        given.append("BATON_MONGODB_URI=…")
    if settings.mongodb_database != _DATABASE:
        given.append(f"BATON_MONGODB_DATABASE={settings.mongodb_database}")
    return " ".join([*given, command])
