"""The settings: read once from environment variables, checked, and passed on. No other module reads the environment.

    settings = Settings.read()      # SettingsError names each variable that is wrong, with what it should be

An empty variable counts as not set; a secret may also be in a file (`setting_sources.py`). The first sentence of a
field's description says which values are accepted: it completes "Expected: …" in an error. The whole description is the
reference in `docs/reference/settings.md`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import NoDecode, SettingsConfigDict

from api.server.errors import OperatorError
from api.setting_sources import explained, file_variables, secrets_in_files, variable
from api.setting_values import (
    SECRET_BYTES,
    EncryptionKey,
    Folder,
    Network,
    Origin,
    ScannerAddress,
    WebAddress,
    named_origins,
    separated,
)
from api.vendor_settings import VendorSettings
from api.watching.settings import WatchingSettings


class SettingsError(OperatorError):
    """One line for each variable that is wrong."""


class Settings(VendorSettings, WatchingSettings):
    """What an operator can set. Fields with a secret are `SecretStr`: neither `repr` nor an error shows them."""

    model_config = SettingsConfigDict(
        env_prefix="BATON_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_by_name=True,
    )

    # HOST and PORT have no prefix: that is how platforms name them.
    host: str = Field(
        default="127.0.0.1",
        validation_alias="HOST",
        description="The address to listen on. 0.0.0.0 and :: listen on all interfaces.",
        examples=["0.0.0.0"],  # noqa: S104
    )
    port: int = Field(
        default=8000,
        ge=0,
        le=65_535,
        validation_alias="PORT",
        description="A number from 0 to 65535; 0 takes any free port. Baton serves HTTP and WebSockets there.",
        examples=["8080"],
    )
    data: Folder = Field(
        default=Path(".baton"),
        description="The path of a folder, without quotes. It holds the embedded MongoDB, the demo's credentials, and "
        "the secrets that Baton makes itself: `secret`, `encryption-key` and `mongo.key`. Each is made by the first "
        "process that needs it and readable by its owner only. Baton creates the folder when it first writes into it.",
        examples=["/var/lib/baton"],
    )
    demo: bool = Field(
        default=True,
        description="true or false. Whether `baton serve` makes the demo account in a database without accounts, and "
        "has the demo's pages and sign-in link. Set it to false in production.",
        examples=["false"],
    )
    demo_agent: bool = Field(
        default=True, description="true or false. Whether the demo account has the built-in agent.", examples=["false"]
    )
    mongodb_uri: SecretStr | None = Field(
        default=None,
        description="The URI of a MongoDB replica set, version 6 or newer. Without it, Baton runs an embedded MongoDB "
        "in `BATON_DATA`, which is meant for trial and tests.",
        examples=["mongodb://db.example:27017/?replicaSet=rs0"],
    )
    disk_warning_mb: int = Field(
        default=1_000,  # some days of a busy shop; MongoDB needs 300 for its journal
        ge=0,
        description="A whole number of megabytes, 0 or more. The log warns when less is free on the disk of "
        "`BATON_DATA` while Baton runs its embedded MongoDB.",
        examples=["5000"],
    )
    mongodb_database: str = Field(
        default="baton",
        pattern=r"\A[A-Za-z0-9_-]{1,38}\z",
        description="A name of at most 38 letters, digits, _ and -. It is the MongoDB database that Baton uses.",
        examples=["baton_staging"],
    )
    mongo_driver: Literal["pymongo", "motor"] = Field(
        default="pymongo",
        description="pymongo or motor. Motor is the older driver and has to be installed first, as `baton[motor]`.",
        examples=["motor"],
    )
    secret: SecretStr | None = Field(
        default=None,
        min_length=SECRET_BYTES,
        description="A text of at least 32 characters, the same for all processes. It is the key under which cursors, "
        "visitor tokens and reply addresses are signed; a new one makes all earlier ones invalid. Without it, Baton "
        "makes one once and keeps it in the file `secret` in `BATON_DATA`, so processes that share no folder need it.",
        examples=["$(openssl rand -hex 32)"],
    )
    # NoDecode: pydantic-settings would read a list as JSON.
    encryption_key: Annotated[tuple[EncryptionKey, ...], NoDecode, BeforeValidator(separated)] = Field(
        default=(),
        description="Keys of 32 random bytes in base 64 (`openssl rand -base64 32`), with commas or line breaks "
        "between them. They encrypt the credentials of helpdesks, channels and webhooks: the first key encrypts, "
        "all keys decrypt. Without it, Baton makes a key once and keeps it in the file `encryption-key` in "
        "`BATON_DATA` (one key a line); if that file is lost, every service has to be connected again. "
        "`baton keys rotate-encryption` re-encrypts everything under the first key.",
        examples=["$(openssl rand -base64 32)"],
    )
    # By default all: a chat widget runs on shops' own domains, and no credential is a cookie.
    allowed_origins: Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(separated)] = Field(
        default=("*",),
        description="Origins of web pages, with commas between them (https://shop.example), or *. Browsers let only "
        "pages of these origins call the API.",
        examples=["https://shop.example,https://desk.example"],
    )
    sign_in_origins: Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(named_origins)] = Field(
        default=(),
        description="Origins of web pages, with commas between them (https://desk.example). Staff who sign in may "
        "return to these pages, which may then get access tokens. They have to be of the same site as "
        "`BATON_PUBLIC_URL`, whose own pages need no entry.",
        examples=["https://desk.example.com"],
    )
    sign_in_private_networks: bool = Field(
        default=False,
        description="true or false. Whether the providers by which staff sign in may be inside private networks, where "
        "they need no TLS.",
        examples=["true"],
    )
    access_token_minutes: int = Field(
        default=15,
        ge=1,
        le=60,
        description="A whole number of minutes, from 1 to 60. How long an access token of a signed-in staff member is "
        "valid; the page then gets a new one without asking the person.",
        examples=["5"],
    )
    session_hours: int = Field(
        default=12,  # a working day
        ge=1,
        le=720,
        description="A whole number of hours, from 1 to 720. How long a sign-in lasts; then the person signs in again.",
        examples=["8"],
    )
    public_url: WebAddress | None = Field(
        default=None,
        description="The http or https address at which the internet reaches this server, like "
        "https://baton.example.com. It is in links back to Baton, and in the webhook addresses that helpdesks and "
        "channels call. Without it, `http://HOST:PORT`, which works on one machine only.",
        examples=["https://baton.example.com"],
    )
    conversation_url: WebAddress | None = Field(
        default=None,
        description="The http or https address at which your team reads a conversation, with {id} in place of its ID. "
        "Helpdesk tickets link to it. Without it, they link to Baton's API page.",
        examples=["https://desk.example.com/c/{id}"],
    )
    ide: bool = Field(
        default=True,
        description="true or false. Whether browsers that open /graphql get the API page.",
        examples=["false"],
    )
    worker: bool = Field(
        default=True,
        description="true or false. Whether `baton serve` also runs timers, sends outgoing messages and runs the "
        "built-in agent; if false, only `baton worker` does.",
        examples=["false"],
    )
    call_seconds: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description="A number of seconds, more than 0 and at most 300. The time limit of one attempt to deliver to a "
        "helpdesk, channel or webhook. Another process takes over the deliveries of one that died after about three "
        "times that.",
        examples=["10"],
    )
    drain_seconds: float = Field(
        default=10.0,  # within the 30 s that container platforms grant, with MongoDB's own stop after it
        ge=0,
        le=300,
        description="A number of seconds, from 0 to 300. The time for open connections and background work to end when "
        "the server stops. The process ends at most five seconds later.",
        examples=["20"],
    )
    # NoDecode: pydantic-settings would read a list as JSON.
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(separated)] = Field(
        default=(),
        description="IP addresses or networks, with commas between them (10.0.0.0/8). The proxies in front of Baton: "
        "the client's address is read from the `X-Forwarded-For` of their requests, and from nobody else's. Limits for "
        "each address, networks of keys and the audit log need it.",
        examples=["10.0.0.0/8,127.0.0.1"],
    )
    connections_per_address: int = Field(
        default=500,  # an office behind one address has fewer open windows
        ge=1,
        description="A whole number of at least 1. How many connections one public address may have open at once; "
        "private and loopback addresses have no limit, since a proxy stands for everybody behind it.",
        examples=["2000"],
    )
    cost_per_second: int = Field(
        default=100_000,  # about what one processor core does
        ge=1,
        description="A whole number of at least 1. The cost of operations that one credential may spend in a second, "
        "ten times that at once; `docs/reference/limits.md` has the prices. Each process counts by itself.",
        examples=["50000"],
    )
    address_cost_per_second: int = Field(
        default=20_000,  # an office behind one address chats with a few hundred shoppers' widgets at most
        ge=1,
        description="A whole number of at least 1. The same for publishable keys and visitor tokens, of which each "
        "public address has a budget of its own; behind a private address, the credential has one.",
        examples=["5000"],
    )
    browser_starts_per_minute: int = Field(
        default=30,
        ge=1,
        description="A whole number of at least 1. How many conversations one browser, by the secret that it sends, "
        "may start in a minute with a publishable key. Each process counts by itself.",
        examples=["10"],
    )
    address_starts_per_minute: int = Field(
        default=120,  # an office, or the gateway of a mobile carrier, behind one address
        ge=1,
        description="A whole number of at least 1. The same for one public address.",
        examples=["600"],
    )
    account_starts_per_minute: int = Field(
        default=600,  # 100 times the mean of a shop with 10,000 conversations a day
        ge=1,
        description="A whole number of at least 1. The same for one account, over all its publishable keys.",
        examples=["6000"],
    )
    browser_messages_per_minute: int = Field(
        default=600,
        ge=1,
        description="A whole number of at least 1. How many mutations besides `startConversation`, `createUpload` and "
        "`setTyping` may come in a minute under the visitor tokens of one conversation. Each process counts by itself.",
        examples=["60"],
    )
    address_messages_per_minute: int = Field(
        default=3_000,
        ge=1,
        description="A whole number of at least 1. The same for one public address.",
        examples=["10000"],
    )
    account_messages_per_minute: int = Field(
        default=30_000, ge=1, description="A whole number of at least 1. The same for one account.", examples=["100000"]
    )
    browser_uploads_per_minute: int = Field(
        default=30,
        ge=1,
        description="A whole number of at least 1. How many files `createUpload` may reserve in a minute under the "
        "visitor tokens of one conversation. Each process counts by itself.",
        examples=["10"],
    )
    address_uploads_per_minute: int = Field(
        default=300,
        ge=1,
        description="A whole number of at least 1. The same for one public address.",
        examples=["1000"],
    )
    account_uploads_per_minute: int = Field(
        default=3_000, ge=1, description="A whole number of at least 1. The same for one account.", examples=["10000"]
    )
    visitor_writing_hours: float = Field(
        default=24,
        ge=0,
        le=720,
        description="A number of hours, from 0 to 720. How long after the close of a conversation its visitor tokens "
        "may identify the shopper; messages start a new conversation. It applies to later closes.",
        examples=["1"],
    )
    visitor_reading_days: float = Field(
        default=30,
        ge=0,
        le=365,
        description="A number of days, from 0 to 365. How long after the close of a conversation its visitor tokens "
        "may read it and record clicks on its products. Then they expire. It applies to later closes.",
        examples=["7"],
    )
    log_days: int = Field(
        default=7,  # longer than a weekend offline; a client that was away longer reads its page again
        ge=1,
        le=365,
        description="A whole number of days, from 1 to 365. How long events are kept, so that subscriptions can resume "
        "after them.",
        examples=["30"],
    )
    # By default not: whoever manages an account could make the server call whatever is inside its network.
    webhook_private_networks: bool = Field(
        default=False,
        description="true or false. Whether webhook endpoints and JWKS addresses may be inside private networks, "
        "where they need no TLS.",
        examples=["true"],
    )
    model_private_networks: bool = Field(
        default=False,
        description="true or false. Whether language models may be inside private networks, where they need no TLS.",
        examples=["true"],
    )
    s3_bucket: str | None = Field(
        default=None,
        description="The name of a bucket. Where the bytes of attachments are kept, in Amazon S3 or a store with its "
        "protocol, instead of in MongoDB. It takes the extra `s3` of the package. Stored files are not moved.",
        examples=["baton-attachments"],
    )
    s3_endpoint: WebAddress | None = Field(
        default=None,
        description="An http or https address. Where the S3-compatible store is, if it is not Amazon's.",
        examples=["https://minio.example:9000"],
    )
    s3_region: str = Field(
        default="us-east-1", description="The name of a region. Where the bucket is.", examples=["eu-central-1"]
    )
    s3_access_key_id: str | None = Field(
        default=None,
        description="The ID of an access key for the bucket. Without it, botocore finds one, as of the machine's role.",
        examples=["AKIAIOSFODNN7EXAMPLE"],
    )
    s3_secret_access_key: SecretStr | None = Field(
        default=None,
        description="The secret of an access key. That of `BATON_S3_ACCESS_KEY_ID`.",
        examples=["a secret of 40 characters"],
    )
    scanner: ScannerAddress | None = Field(
        default=None,
        description="tcp://host:port or unix:///path. Where clamd listens, which scans every attachment for malware. "
        "Without it, attachments are not scanned.",
        examples=["tcp://127.0.0.1:3310"],
    )
    smtp_private_networks: bool = Field(
        default=False,
        description="true or false. Whether accounts may name mail servers inside private networks, on any port, and "
        "on this machine without TLS; meant for trial.",
        examples=["true"],
    )

    @classmethod
    def read(cls) -> Settings:
        """The settings of the environment. Raises `SettingsError` with a line for each variable that is wrong."""
        contents, wrong = secrets_in_files(described_fields(), os.environ)
        try:
            settings = cls(**contents)
        except ValidationError as error:
            wrong = [*explained(error, described_fields(), in_files=contents), *wrong]
        if wrong:
            raise SettingsError("\n".join(wrong))  # without the cause: it has the values, which may be secret
        return settings

    @property
    def public_address(self) -> str:
        """BATON_PUBLIC_URL, else the address listened on, which works on one machine only."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"


def described_fields() -> dict[str, FieldInfo]:
    """The fields of `Settings` in the order of the reference: those that it inherits are the last."""
    inherited = VendorSettings.model_fields | WatchingSettings.model_fields
    return {name: field for name, field in Settings.model_fields.items() if name not in inherited} | inherited


def variable_of(field: str) -> str:
    """The environment variable that sets a field of `Settings`."""
    return variable(field, Settings.model_fields[field])


def secret_files() -> list[str]:
    """The environment variables that name files with secrets."""
    return list(file_variables(Settings.model_fields).values())
