"""What can be set from outside, all in one place: read once from the environment, checked, and handed on.

    settings = Settings.read()      # SettingsError says which variable is wrong and what it should be

Empty variables count as not set. Nothing else reads the environment, but `bootstrap/database.py`: it is in a hurry.
"""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.process import OperatorError

_SECRET_BYTES = 32  # as long as the HMAC-SHA256 that it keys


_URL_SAFE = str.maketrans("-_", "+/")


class SettingsError(OperatorError):
    """One line for each variable that is wrong."""


def web_address(text: str) -> str:
    """An http or https address, without a slash at its end. Raises ValueError."""
    address = urlsplit(text)
    if address.scheme not in ("http", "https") or not address.netloc or address.query or address.fragment:
        raise ValueError("write an address in full, starting with http:// or https://")
    return text.rstrip("/")


VendorUrl = Annotated[str, AfterValidator(web_address)]


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
    encryption_key: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description="keys of 32 random bytes in base 64 (`openssl rand -base64 32`), with commas between them; they "
        "seal the credentials of helpdesks and channels, the first what is new, the others what is older. Without it, "
        "one is made and kept in BATON_DATA",
    )
    public_url: str | None = Field(
        default=None,
        description="where the world reaches this server, like https://baton.example.com: it stands in links and in "
        "the addresses at which helpdesks and channels call back",
    )
    conversation_url: VendorUrl | None = Field(
        default=None,
        description="where your people read a conversation, like https://desk.example.com/c/{id}: it stands on "
        "tickets; without it, they link to the IDE",
    )
    zendesk_url: VendorUrl = Field(
        default="https://{subdomain}.zendesk.com", description="an http or https address; {subdomain} is put in"
    )
    gorgias_url: VendorUrl = Field(
        default="https://{domain}.gorgias.com", description="an http or https address; {domain} is put in"
    )
    twilio_url: VendorUrl = Field(default="https://api.twilio.com", description="an http or https address")
    klaviyo_url: VendorUrl = Field(default="https://a.klaviyo.com", description="an http or https address")
    webhook_private_networks: bool = Field(
        default=False,  # whoever manages an account could make us ask whatever answers in there
        description="true or false: whether partners' webhooks may go to addresses inside private networks, and there "
        "without TLS",
    )
    worker: bool = Field(
        default=True, description="true or false: whether `serve` does the timers' work too, or only `worker` does"
    )
    call_seconds: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description="seconds, up to 300, that one try to hand something to a helpdesk or channel may take; what a "
        "process that died had begun goes on after about three times that",
    )
    smtp_private_networks: bool = Field(
        default=False,
        description="true or false: whether accounts may name mail servers inside private networks, on any port, and "
        "without encryption on this machine: for trying",
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

    @property
    def public_address(self) -> str:
        """BATON_PUBLIC_URL, else where it listens: good for trying on one machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @field_validator("encryption_key", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value

    @field_validator("encryption_key")
    @classmethod
    def _check_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in value:
            encryption_key(key.get_secret_value())
        return value

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str | None) -> str | None:
        return None if value is None else web_address(value)

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
    secret = _kept_in(kept, secrets.token_hex(_SECRET_BYTES)).encode()
    if len(secret) < _SECRET_BYTES:
        raise SettingsError(f"{kept} is no secret of Baton's. Remove it, and a new one is made; cursors begin anew.")
    return secret


def encryption_keys(settings: Settings) -> tuple[bytes, ...]:
    """BATON_ENCRYPTION_KEY, else those in the data folder, one a line, which the first to ask for one makes."""
    if settings.encryption_key:
        return tuple(encryption_key(key.get_secret_value()) for key in settings.encryption_key)
    kept = settings.data / "encryption-key"
    try:
        keys = tuple(encryption_key(line) for line in _kept_in(kept, _new_key()).split())
    except ValueError:
        keys = ()
    if not keys:
        raise SettingsError(f"{kept} holds no encryption keys. Restore it: it opens what is connected.")
    return keys


def encryption_key(text: str) -> bytes:
    """Base 64 of either alphabet. Raises ValueError, without the key."""
    try:
        key = base64.b64decode(text.translate(_URL_SAFE), validate=True)
    except ValueError:
        key = b""
    if len(key) != _SECRET_BYTES:
        raise ValueError("an encryption key is 32 bytes in base 64")
    return key


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _kept_in(kept: Path, new: str) -> str:
    """What stands in the file; the new one, put there for its owner alone, where there is no file yet."""
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new)
        # Linking, unlike renaming, leaves the one that another process made in the same moment.
        with suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return kept.read_text().strip()


def _explain(location: str) -> str:
    name = location if location.isupper() else f"BATON_{location.upper()}"
    return f"{name} cannot be used. Expected: {Settings.model_fields[location.lower()].description}."
