"""The tools of the model: their schemas, and the validation of the arguments.

The model gets nothing that could change the shop's state. The tools `answer` and `handoff` end the turn, and the others
read, within what is the shopper's own. Arguments are a JSON text that the model wrote: unknown names,
missing values and wrong types are refused, and nothing is guessed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from integrations.agents.model.errors import ModelError, ModelProblem

_Text = Annotated[str, Meta(min_length=1, max_length=8_000)]
_Short = Annotated[str, Meta(min_length=1, max_length=500)]
_Id = Annotated[str, Meta(min_length=1, max_length=200)]


class Confidence(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class HandoffReason(StrEnum):
    EXPLICIT_ASK = "explicit_ask"
    ESCALATION_RULE = "escalation_rule"
    NO_ANSWER = "no_answer"
    UNINTELLIGIBLE = "unintelligible"
    OTHER = "other"


class AnswerCall(Struct, frozen=True, forbid_unknown_fields=True):
    """Reply to the shopper from the given sources, and show products that were found."""

    text: _Text
    source_ids: Annotated[list[_Id], Meta(max_length=20)]
    product_ids: Annotated[list[_Id], Meta(max_length=20)]
    confidence: Confidence


class HandoffCall(Struct, frozen=True, forbid_unknown_fields=True):
    """Pass the conversation to a human. Always do so if the sources do not contain the answer."""

    reason: HandoffReason
    detail: _Short
    summary: _Text


class RecommendProductsCall(Struct, frozen=True, forbid_unknown_fields=True):
    """Find products of the shop by a description."""

    query: _Short


class TrackOrderCall(Struct, frozen=True, forbid_unknown_fields=True):
    """Look up an order of this shopper by its number."""

    order_id: _Id


Call = AnswerCall | HandoffCall | RecommendProductsCall | TrackOrderCall
TOOLS: dict[str, type[Call]] = {
    "answer": AnswerCall,
    "handoff": HandoffCall,
    "recommend_products": RecommendProductsCall,
    "track_order": TrackOrderCall,
}
_DROPPED = ("title", "minLength", "maxLength", "maxItems")  # strict schemas of some endpoints do not know them


def tool_schemas(*, strict: bool) -> list[dict[str, Any]]:
    """Return the tools as the endpoint takes them. `strict`: the endpoint knows `strict`."""
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": call.__doc__ or "",
                "parameters": _parameters(call),
                **({"strict": True} if strict else {}),
            },
        }
        for name, call in TOOLS.items()
    ]


def parse_call(name: str, arguments: str) -> Call:
    """Return the validated call. Raises `ModelError`."""
    tool = TOOLS.get(name)
    if tool is None:
        raise ModelError(ModelProblem.UNKNOWN_TOOL, "The model called a tool that does not exist.")
    try:
        return msgspec.json.decode(arguments.encode(errors="surrogatepass"), type=tool, strict=True)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise ModelError(ModelProblem.INVALID_ARGUMENTS, f"The model called {name} with wrong arguments.") from None


def _parameters(call: type[Call]) -> dict[str, Any]:
    (schema,), parts = msgspec.json.schema_components([call], ref_template="{name}")
    own: dict[str, Any] = parts[schema["$ref"]]
    plain = _plain(own, parts)
    assert isinstance(plain, dict)
    plain.pop("description", None)
    return plain


def _plain(schema: Any, parts: dict[str, Any]) -> Any:
    """Return a schema with its references resolved, and without what strict endpoints refuse."""
    if isinstance(schema, list):
        return [_plain(each, parts) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(parts[schema["$ref"]], parts)
    kept = {name: _plain(value, parts) for name, value in schema.items() if name not in _DROPPED}
    return {**kept, "type": "string"} if "enum" in kept else kept
