"""One chat completion of an OpenAI-compatible endpoint, streamed, within bounds of time and size.

Wire format: chat completions, which compatible servers speak. `strict` and `tool_choice: required` are not universal,
so each can be switched off; `stream_options` is not sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from domain.connected_services.models import ModelSettings
from integrations.agents.model.errors import ModelError, ModelProblem
from integrations.agents.model.stream import Completion, ToolCall, read_events
from integrations.agents.model.tools import tool_schemas
from integrations.http import retry_after
from integrations.ssrf import AddressRefused

_PATH = "/chat/completions"
_UNKNOWN_OUTCOME = frozenset({408, 409})
_FILTERED = "content_filter"
CONNECTIONS = 100
"""The most that are open at a time to one host: each streams for seconds, and many accounts use the same vendor."""

Message = dict[str, Any]  # of the chat, as the endpoint takes it


def open_http(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Return the client for all endpoints. No connection is made before the first call. `transport`: that of
    `integrations/ssrf.py`, for hosts that accounts choose."""
    limits = httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=20)
    return httpx.AsyncClient(limits=limits, follow_redirects=False, trust_env=False, transport=transport)


class ModelEndpoint:
    """One endpoint. Its owner closes `http`."""

    def __init__(self, settings: ModelSettings, *, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http

    async def complete(
        self, messages: Sequence[Message], *, on_progress: Callable[[Completion], None] = lambda _: None
    ) -> list[ToolCall]:
        """Return the tool calls of the model's next message, at least one. `on_progress` is called with what has
        arrived. Raises `ModelError`."""
        completion = Completion()
        try:
            url, body = self._settings.base_url.rstrip("/") + _PATH, self._body(messages)
            headers, timeout = self._headers(), self._settings.silence
            async with self._http.stream("POST", url, content=body, headers=headers, timeout=timeout) as response:
                await _check(response)
                async for event in read_events(response.aiter_bytes()):
                    completion.add(event)
                    on_progress(completion)
        except AddressRefused as refused:
            raise ModelError(ModelProblem.REJECTED, f"The endpoint was not called. {refused}") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
            raise ModelError(ModelProblem.NO_CONNECTION, "The endpoint cannot be reached.") from None
        except httpx.InvalidURL:
            raise ModelError(ModelProblem.REJECTED, "The address of the endpoint cannot be used.") from None
        except httpx.HTTPError:
            raise ModelError(ModelProblem.NO_RESPONSE, "The endpoint did not respond, or not to the end.") from None
        return _finished(completion)

    def _body(self, messages: Sequence[Message]) -> bytes:
        settings = self._settings
        body = {
            "model": settings.model,
            "stream": True,
            "messages": list(messages),
            "tools": tool_schemas(strict=settings.strict),
            "tool_choice": "required" if settings.demand_tool else "auto",
            "parallel_tool_calls": False,
        }
        return json.dumps(body, ensure_ascii=False).encode(errors="replace")

    def _headers(self) -> dict[str, str]:
        key = self._settings.api_key
        return {
            "content-type": "application/json",
            "accept": "text/event-stream",
            **({} if key is None else {"authorization": f"Bearer {key}"}),
        }


async def _check(response: httpx.Response) -> None:
    """Raises `ModelError` unless the response is a stream."""
    status = response.status_code
    if status == 429:
        wait = retry_after(response.headers)
        raise ModelError(ModelProblem.RATE_LIMITED, "The endpoint asks for fewer calls.", retry_after=wait)
    if status in (401, 403):
        raise ModelError(ModelProblem.CREDENTIALS, "The endpoint refused the key.")
    if status >= 500 or status in _UNKNOWN_OUTCOME:
        wait = retry_after(response.headers)
        raise ModelError(ModelProblem.SERVER_ERROR, f"The endpoint returned {status}.", retry_after=wait)
    if status != 200:
        raise ModelError(ModelProblem.REJECTED, f"The endpoint returned {status}.")
    if not response.headers.get("content-type", "").startswith("text/event-stream"):
        raise ModelError(ModelProblem.MALFORMED, "The endpoint did not stream.")


def _finished(completion: Completion) -> list[ToolCall]:
    """Return the calls of a complete message. Raises `ModelError`."""
    if completion.refusal or completion.finish_reason == _FILTERED:
        raise ModelError(ModelProblem.FILTERED, "The model, or its content filter, refused.")
    if completion.finish_reason == "length":
        raise ModelError(ModelProblem.TOO_LONG, "The model reached its limit of tokens.")
    if completion.finish_reason is None:
        raise ModelError(ModelProblem.CUT_OFF, "The stream ended before the model did.")
    if not completion.calls:
        raise ModelError(ModelProblem.NO_TOOL_CALL, "The model called no tool.")
    return completion.calls


def wait_before_retry(error: ModelError, attempt: int) -> float:
    """Return the seconds to wait: as many as the endpoint asks for, or with exponential back-off."""
    return error.retry_after.total_seconds() if error.retry_after is not None else 0.25 * 2**attempt
