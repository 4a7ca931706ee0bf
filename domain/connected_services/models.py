"""Validates the endpoint of a language model before it is called, and reads it from a stored connection."""

from __future__ import annotations

from typing import ClassVar

from domain.connected_services.helpdesks import check_secret
from domain.model.connected_services import ConnectedService, Service, ServiceCredentials, UnsealedConnection
from domain.values.errors import ErrorCode, Invalid, Refusal
from domain.values.record import SecretRecord
from domain.values.text import check_label
from domain.values.urls import check_url

TURN_SECONDS = 30
"""The default of `turn_seconds`. A shopper waits for the end of it at most, and for a human after it."""

LEAST_SECONDS, MOST_SECONDS = 5, 90
STRICT, DEMAND_TOOL = "strict", "demand_tool"  # settings that the check of the endpoint finds out
_MODEL_LIMIT = 200  # characters


class ModelNotConnected(Refusal):
    """A language model was chosen before one was connected."""

    code = ErrorCode.NOT_CONNECTED


class ModelGiven(SecretRecord):
    """An endpoint, as somebody entered it."""

    hidden: ClassVar[tuple[str, ...]] = ("api_key",)

    url: str  # up to and with /v1
    model: str
    api_key: str | None = None
    turn_seconds: int = TURN_SECONDS


class ModelSettings(SecretRecord):
    """An endpoint, and how to speak with it."""

    hidden: ClassVar[tuple[str, ...]] = ("api_key",)

    base_url: str  # up to and with /v1
    model: str
    api_key: str | None = None
    strict: bool = True  # the endpoint knows strict schemas
    demand_tool: bool = True  # it knows `tool_choice: required`
    silence: float = 15.0  # seconds without a byte after which a response is given up
    turn_seconds: float = TURN_SECONDS  # for all calls of a turn


def model_credentials(given: ModelGiven) -> ServiceCredentials:
    """Return the credentials, well-formed and not verified yet. Raises `Invalid` with the wrong field."""
    url = check_url(given.url.strip(), field="url").rstrip("/")
    if "?" in url or "#" in url:
        raise Invalid("Enter the address up to and with /v1, without a query.", field="url")
    if url.endswith("/chat/completions"):
        raise Invalid("Enter the address up to and with /v1: /chat/completions is added to it.", field="url")
    if not LEAST_SECONDS <= given.turn_seconds <= MOST_SECONDS:
        raise Invalid(f"A turn has {LEAST_SECONDS} to {MOST_SECONDS} seconds.", field="turn_seconds")
    model = check_label(given.model, field="model", limit=_MODEL_LIMIT)
    return ServiceCredentials(
        service=Service.MODEL,
        settings={"url": url, "model": model, "turn_seconds": str(given.turn_seconds)},
        secrets={} if given.api_key is None else {"api_key": check_secret(given.api_key, "api_key")},
    )


def model_settings(connection: UnsealedConnection) -> ModelSettings:
    """Return the settings of a connection."""
    return ModelSettings(
        base_url=connection.settings["url"],
        model=connection.settings["model"],
        api_key=connection.secrets.get("api_key"),
        strict=connection.settings.get(STRICT) != "false",
        demand_tool=connection.settings.get(DEMAND_TOOL) != "false",
        turn_seconds=turn_seconds(connection),
    )


def turn_seconds(connection: ConnectedService | UnsealedConnection) -> int:
    """Return the seconds of a turn."""
    return int(connection.settings["turn_seconds"])
