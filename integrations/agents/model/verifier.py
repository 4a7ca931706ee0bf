"""Verifies the endpoint of a language model, when it is connected: it must call a tool.

Endpoints differ in what they know. The check asks with all features first, and leaves out one after the other; those
that the endpoint knows are stored with the connection.
"""

from __future__ import annotations

import asyncio

import httpx

from domain.connected_services.models import DEMAND_TOOL, STRICT, model_settings
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.public_addresses import MODELS, check_address
from domain.values.errors import Invalid, Unavailable
from domain.values.record import replace
from integrations.agents.model.endpoint import ModelEndpoint
from integrations.agents.model.errors import ModelError, ModelProblem
from integrations.agents.model.tools import parse_call

SECONDS = 8.0  # for all calls of a check: within the 10 s of an operation (`api/graphql/limits.py`)
_VARIANTS = ((True, True), (False, True), (False, False))  # strict schemas, and a tool that is demanded
_MESSAGES = (
    {"role": "system", "content": "This is a test of the connection. Call the tool handoff, with the reason other."},
    {"role": "user", "content": "Hello"},
)
_PASSING = frozenset({ModelProblem.NO_CONNECTION, ModelProblem.NO_RESPONSE, ModelProblem.RATE_LIMITED})
_NOT_SAVED = "Nothing was saved; try again in a moment."


class ModelVerifier:
    """Port: `CredentialVerifier`."""

    def __init__(self, http: httpx.AsyncClient, *, private_networks: bool) -> None:
        self._http = http
        self._private_networks = private_networks

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        """Return the features that the endpoint knows. Raises `Invalid` with advice if it cannot be used,
        `Unavailable` if it does not respond."""
        settings = model_settings(connection)
        check_address(settings.base_url, private_networks=self._private_networks, field="url", traffic=MODELS)
        problem = ModelError(ModelProblem.NO_TOOL_CALL, "The model called no tool.")
        try:
            async with asyncio.timeout(SECONDS):
                for strict, demand_tool in _VARIANTS:
                    variant = replace(settings, strict=strict, demand_tool=demand_tool)
                    try:
                        await self._check(ModelEndpoint(variant, http=self._http))
                    except ModelError as error:
                        if error.problem in _PASSING or error.problem is ModelProblem.CREDENTIALS:
                            raise
                        problem = error
                        continue
                    found = {STRICT: _flag(strict), DEMAND_TOOL: _flag(demand_tool)}
                    return VerificationResult(display_name=settings.model, settings=found)
        except ModelError as error:
            raise _refusal(error) from None
        except TimeoutError:
            raise Unavailable(f"The endpoint did not respond within {SECONDS:g} s. {_NOT_SAVED}") from None
        raise _refusal(problem)

    async def _check(self, endpoint: ModelEndpoint) -> None:
        """Raises `ModelError` unless the model calls a tool with valid arguments."""
        for call in await endpoint.complete(_MESSAGES):
            parse_call(call.name, call.arguments)


def _refusal(error: ModelError) -> Invalid | Unavailable:
    if error.problem is ModelProblem.CREDENTIALS:
        return Invalid("The endpoint refuses this key: copy it again.", field="api_key")
    if error.problem in _PASSING or error.problem is ModelProblem.SERVER_ERROR:
        return Unavailable(f"{error} {_NOT_SAVED}")
    if error.problem in (ModelProblem.REJECTED, ModelProblem.MALFORMED):
        return Invalid(f"{error} Check the address and the name of the model. Nothing was saved.", field="url")
    return Invalid(f"{error} Choose a model that calls tools. Nothing was saved.", field="model")


def _flag(known: bool) -> str:
    return "true" if known else "false"
