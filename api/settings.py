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
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from api.server.errors import OperatorError
from domain.values.record import SecretRecord

_SECRET_BYTES = 32  # as long as the HMAC-SHA256 that it keys
_VARIABLES = {"host": "HOST", "port": "PORT"}  # named as platforms name them; the others begin with BATON_
_URL_SAFE = str.maketrans("-_", "+/")


class SettingsError(OperatorError):
    """One line for each variable that is wrong."""


def web_address(text: str) -> str:
    """An http or https address, without a slash at its end. Raises ValueError."""
    address = urlsplit(text)
    if address.scheme not in ("http", "https") or not address.netloc or address.query or address.fragment:
        raise ValueError("write an address in full, starting with http:// or https://")
    return text.rstrip("/")


class Settings(SecretRecord):
    """What a description says completes "Expected: …"."""

    hidden = ("mongodb_uri", "secret", "encryption_key")

    data: Annotated[
        Path, Meta(description="a folder: the embedded MongoDB, the credentials of the demo, the secret")
    ] = Path(".baton")
    mongodb_uri: Annotated[
        str | None,
        Meta(description="mongodb://…, a replica set; without it, Baton runs a MongoDB of its own in BATON_DATA"),
    ] = None
    mongodb_database: Annotated[
        str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,38}\Z", description="a name of at most 38 letters, digits, _ and -")
    ] = "baton"
    mongo_driver: Annotated[Literal["pymongo", "motor"], Meta(description="pymongo or motor")] = "pymongo"
    host: Annotated[str, Meta(description="the address to listen on; 0.0.0.0 for all")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535, description="a number from 0 to 65535; 0 takes any free port")] = 8000
    ide: Annotated[bool, Meta(description="true or false: the GraphQL IDE, for browsers that open /graphql")] = True
    # By default all: a chat widget runs on shops' own domains, and no credential is a cookie.
    allowed_origins: Annotated[
        tuple[str, ...],
        Meta(description="origins of web pages that may call, with commas between them (https://shop.example), or *"),
    ] = ("*",)
    secret: Annotated[
        Annotated[str, Meta(min_length=_SECRET_BYTES)] | None,
        Meta(
            description=f"at least {_SECRET_BYTES} characters, kept secret, the same for all processes; it seals "
            "cursors. Without it, one is made and kept in BATON_DATA"
        ),
    ] = None
    encryption_key: Annotated[
        tuple[str, ...],
        Meta(
            description="keys of 32 random bytes in base 64 (`openssl rand -base64 32`), with commas between them; "
            "they seal the credentials of helpdesks and channels, the first what is new, the others what is older. "
            "Without it, one is made and kept in BATON_DATA"
        ),
    ] = ()
    public_url: Annotated[
        str | None,
        Meta(
            description="where the world reaches this server, like https://baton.example.com: it stands in links and "
            "in the addresses at which helpdesks and channels call back"
        ),
    ] = None
    conversation_url: Annotated[
        str | None,
        Meta(
            description="where your people read a conversation, like https://desk.example.com/c/{id}: it stands on "
            "tickets; without it, they link to the IDE"
        ),
    ] = None
    zendesk_url: Annotated[str, Meta(description="an http or https address; {subdomain} is put in")] = (
        "https://{subdomain}.zendesk.com"
    )
    gorgias_url: Annotated[str, Meta(description="an http or https address; {domain} is put in")] = (
        "https://{domain}.gorgias.com"
    )
    twilio_url: Annotated[str, Meta(description="an http or https address")] = "https://api.twilio.com"
    klaviyo_url: Annotated[str, Meta(description="an http or https address")] = "https://a.klaviyo.com"
    # By default not: whoever manages an account could make us ask whatever answers in there.
    webhook_private_networks: Annotated[
        bool,
        Meta(
            description="true or false: whether partners' webhooks may go to addresses inside private networks, and "
            "there without TLS"
        ),
    ] = False
    worker: Annotated[
        bool, Meta(description="true or false: whether `serve` does the timers' work too, or only `worker` does")
    ] = True
    call_seconds: Annotated[
        float,
        Meta(
            gt=0,
            le=300,
            description="seconds, up to 300, that one try to hand something to a helpdesk or channel may take; what a "
            "process that died had begun goes on after about three times that",
        ),
    ] = 30.0
    smtp_private_networks: Annotated[
        bool,
        Meta(
            description="true or false: whether accounts may name mail servers inside private networks, on any port, "
            "and without encryption on this machine: for trying"
        ),
    ] = False
    # Longer than a weekend offline; a client that is away longer reads its page anew.
    log_days: Annotated[
        int, Meta(ge=1, le=365, description="days, from 1 to 365, for which events can be replayed")
    ] = 7
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="debug, info, warning or error")
    ] = "info"
    # Within the 30 s that container platforms grant, with MongoDB's own end after it.
    drain_seconds: Annotated[
        float,
        Meta(ge=0, le=300, description="seconds, from 0 to 300, for connections to end in when the server stops"),
    ] = 10.0

    @classmethod
    def read(cls) -> Settings:
        given: dict[str, Any] = {}
        wrong = []
        for field in msgspec.structs.fields(cls):
            variable = _VARIABLES.get(field.name, f"BATON_{field.name.upper()}")
            try:
                if text := os.environ.get(variable):
                    given[field.name] = _value(field.name, text, field.type)
            except (ValueError, msgspec.ValidationError):
                expected = next(meta.description for meta in get_args(field.type) if isinstance(meta, Meta))
                wrong.append(f"{variable} cannot be used. Expected: {expected}.")
        if wrong:
            raise SettingsError("\n".join(wrong))
        return cls(**given)

    @property
    def public_address(self) -> str:
        """BATON_PUBLIC_URL, else where it listens: good for trying on one machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"


def _value(name: str, text: str, kind: Any) -> object:
    if name.endswith("_url"):
        return web_address(text)
    match name:
        case "data":
            return Path(text)
        case "allowed_origins":
            return tuple(_origin(part.strip()) for part in text.split(",") if part.strip())
        case "encryption_key":
            keys = tuple(key.strip() for key in text.split(",") if key.strip())
            for key in keys:
                encryption_key(key)
            return keys
    return msgspec.convert(text, kind, strict=False)


def _origin(text: str) -> str:
    if text != "*" and not text.startswith(("http://", "https://")):
        raise ValueError("an origin starts with http:// or https://")
    return text.rstrip("/")


def signing_secret(settings: Settings) -> bytes:
    """BATON_SECRET, else the one in the data folder, which the first process to ask for it makes."""
    if settings.secret is not None:
        return settings.secret.encode()
    kept = settings.data / "secret"
    secret = _kept_in(kept, secrets.token_hex(_SECRET_BYTES)).encode()
    if len(secret) < _SECRET_BYTES:
        raise SettingsError(f"{kept} is no secret of Baton's. Remove it, and a new one is made; cursors begin anew.")
    return secret


def encryption_keys(settings: Settings) -> tuple[bytes, ...]:
    """BATON_ENCRYPTION_KEY, else those in the data folder, one a line, which the first to ask for one makes."""
    if settings.encryption_key:
        return tuple(encryption_key(key) for key in settings.encryption_key)
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
