"""What can be set from outside, all in one place: read once from the environment, checked, and handed on.

    settings = Settings.read()      # SettingsError says which variable is wrong and what it should be

Empty variables count as not set. Nothing else reads the environment, but `bootstrap/database.py`: it is in a hurry.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.process import OperatorError

_SECRET_BYTES = 32  # as long as the HMAC-SHA256 that it keys


class SettingsError(OperatorError):
    """One line for each variable that is wrong."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="BATON_", env_ignore_empty=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    data: Path = Field(
        default=Path(".baton"), description="a folder: the embedded MongoDB, the credentials of the demo, the secret"
    )
    mongodb_uri: SecretStr | None = Field(
        default=None,
        description="mongodb://…, a replica set; without it, Baton runs a MongoDB of its own in BATON_DATA",
    )
    mongodb_database: str = Field(
        default="baton", pattern=r"^[A-Za-z0-9_-]{1,38}$", description="a name of at most 38 letters, digits, _ and -"
    )
    mongo_driver: Literal["pymongo", "motor"] = Field(default="pymongo", description="pymongo or motor")
    host: str = Field(
        default="127.0.0.1",
        validation_alias=AliasChoices("HOST"),
        description="the address to listen on; 0.0.0.0 for all",
    )
    port: int = Field(
        default=8000,
        ge=0,
        le=65_535,
        validation_alias=AliasChoices("PORT"),
        description="a number from 0 to 65535; 0 takes any free port",
    )
    ide: bool = Field(default=True, description="true or false: the GraphQL IDE, for browsers that open /graphql")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("*",),  # a chat widget runs on shops' own domains, and no credential is a cookie
        description="origins of web pages that may call, with commas between them (https://shop.example), or *",
    )
    secret: SecretStr | None = Field(
        default=None,
        min_length=_SECRET_BYTES,
        description=f"at least {_SECRET_BYTES} characters, kept secret, the same for all processes; it seals cursors. "
        "Without it, one is made and kept in BATON_DATA",
    )
    worker: bool = Field(
        default=True, description="true or false: whether `serve` does the timers' work too, or only `worker` does"
    )
    log_days: int = Field(
        default=7,  # longer than a weekend offline; a client that is away longer reads its page anew
        ge=1,
        le=365,
        description="days, from 1 to 365, for which events can be replayed",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug, info, warning or error"
    )
    drain_seconds: float = Field(
        default=10.0,  # within the 30 s that container platforms grant, with MongoDB's own end after it
        ge=0,
        le=300,
        description="seconds, from 0 to 300, for connections to end in when the server stops",
    )

    @classmethod
    def read(cls) -> Settings:
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(
                "\n".join(_explain(str(location)) for location in dict.fromkeys(e["loc"][0] for e in error.errors()))
            ) from None

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(origin.strip().rstrip("/") for origin in value.split(",") if origin.strip())
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _check_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if origin != "*" and not origin.startswith(("http://", "https://")):
                raise ValueError("an origin starts with http:// or https://")
        return value


def signing_secret(settings: Settings) -> bytes:
    """BATON_SECRET, else the one in the data folder, which the first process to ask for it makes."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    kept = settings.data / "secret"
    if not kept.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        draft = settings.data / f"secret.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(_SECRET_BYTES))
        # Linking, unlike renaming, leaves the one that another process made in the same moment.
        with suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    secret = kept.read_bytes().strip()
    if len(secret) < _SECRET_BYTES:
        raise SettingsError(f"{kept} is no secret of Baton's. Remove it, and a new one is made; cursors begin anew.")
    return secret


def _explain(location: str) -> str:
    name = location if location.isupper() else f"BATON_{location.upper()}"
    return f"{name} cannot be used. Expected: {Settings.model_fields[location.lower()].description}."
