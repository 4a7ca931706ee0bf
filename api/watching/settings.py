"""The settings of what an operator sees: logs, metrics and traces. `Settings` inherits them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from api.setting_values import ListenAddress, WebAddress

_LEAST_TOKEN = 16  # characters


class WatchingSettings(BaseSettings):
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="debug, info, warning or error. The least severe messages that the log on stderr shows. Of "
        "libraries, it shows warnings and errors alone, whatever the level.",
        examples=["warning"],
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        description="text or json. How the log is written: for people, or one JSON object a line with the ids of "
        "request and trace. As json it never contains the text of an exception; each response has `X-Request-ID` then.",
        examples=["json"],
    )
    metrics_address: ListenAddress | None = Field(
        default=None,
        description="An address as host:port. Where `/metrics` is served for Prometheus, in `baton serve` and in "
        "`baton worker`; let only your own network reach it. Each process of a machine needs a port of its own.",
        examples=["127.0.0.1:9464"],
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=_LEAST_TOKEN,
        description="A text of at least 16 characters. The bearer token that `/metrics` asks for. Without "
        "`BATON_METRICS_ADDRESS`, `baton serve` has `/metrics` beside GraphQL then; without both, it is switched off.",
        examples=["$(openssl rand -hex 32)"],
    )
    otlp_url: WebAddress | None = Field(
        default=None,
        description="An http or https address. A collector of OpenTelemetry, to which traces are sent by OTLP over "
        "HTTP. It takes the extra `otel` of the package. Without it, nothing is traced.",
        examples=["http://127.0.0.1:4318"],
    )
    trace_share: float = Field(
        default=0.02,  # a traced message takes a quarter more of the processor
        ge=0,
        le=1,
        description="A number from 0 to 1. The share of requests that are traced, by chance, if `BATON_OTLP_URL` is "
        "set.",
        examples=["1"],
    )
