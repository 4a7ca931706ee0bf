"""The errors of a model's endpoint. Each ends the turn at a human; the problem says what happened."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class ModelProblem(StrEnum):
    """The kind of an error in a turn of the model."""

    NO_CONNECTION = "NO_CONNECTION"  # nothing was sent: the host is unknown, refused, or does not accept
    NO_RESPONSE = "NO_RESPONSE"  # the connection was lost, or nothing came for too long
    RATE_LIMITED = "RATE_LIMITED"  # 429
    SERVER_ERROR = "SERVER_ERROR"  # 5xx, 408, 409, or an error within the stream
    CREDENTIALS = "CREDENTIALS"  # 401, 403
    REJECTED = "REJECTED"  # any other 4xx, and redirects
    MALFORMED = "MALFORMED"  # no stream of chat completions
    CUT_OFF = "CUT_OFF"  # the stream ended before the model did
    TOO_LONG = "TOO_LONG"  # more bytes than a turn may have, or the model's own limit of tokens
    FILTERED = "FILTERED"  # the endpoint's content filter, or the model's refusal
    NO_TOOL_CALL = "NO_TOOL_CALL"  # text and no tool call, though a tool was demanded
    UNKNOWN_TOOL = "UNKNOWN_TOOL"
    INVALID_ARGUMENTS = "INVALID_ARGUMENTS"
    OUT_OF_TIME = "OUT_OF_TIME"
    OUT_OF_STEPS = "OUT_OF_STEPS"
    LOOKUP_FAILED = "LOOKUP_FAILED"  # a lookup of the shop's own data


TRANSIENT = frozenset(
    {ModelProblem.NO_CONNECTION, ModelProblem.NO_RESPONSE, ModelProblem.RATE_LIMITED, ModelProblem.SERVER_ERROR}
)


class ModelError(Exception):
    """A turn of the model failed. The message contains neither secrets nor what shoppers wrote."""

    def __init__(self, problem: ModelProblem, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.problem = problem
        self.retry_after = retry_after

    @property
    def transient(self) -> bool:
        """Whether the same call may succeed a moment later."""
        return self.problem in TRANSIENT
