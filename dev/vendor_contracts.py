"""Validates requests against the vendors' OpenAPI files. A key that the file does not list is a violation.

    contract = contract_of("zendesk/own-zendesk-contract.yaml")     # skips the test if the file does not exist
    assert contract.violations(received) == []

The files are in the folder `BATON_SPECS` (default: ../shared/specs beside the checkout). Most of them allow additional
keys, so that a misspelt key would pass. Here, every schema with `properties` is closed (`additionalProperties: false`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import yaml
from jsonschema import Draft202012Validator, FormatChecker

if TYPE_CHECKING:
    from dev.fakes.faults import Received

SPECS = Path(os.environ.get("BATON_SPECS", Path(__file__).parents[1] / "../shared/specs"))
Json = dict[str, Any]

_FORMATS = FormatChecker(formats=("email",))


@_FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def contract_of(file: str, *, also: Mapping[str, Json] | None = None, beyond: Sequence[str] = ()) -> Contract:
    """Return the contract in a file. Skips the test if the file does not exist.

    `also`, `beyond`: what the vendor documents but the file omits: properties by schema name, and calls such as
    "GET /api/v2/tickets/*/comments.json".
    """
    if not (SPECS / file).is_file():
        import pytest  # the demo's fakes run without pytest

        pytest.skip(f"{SPECS} has no file {file}. Set BATON_SPECS to the folder with the vendors' OpenAPI files.")
    return Contract(SPECS / file, also=also, beyond=beyond)


def contract_if_there(
    file: str, *, also: Mapping[str, Json] | None = None, beyond: Sequence[str] = ()
) -> Contract | None:
    """Return the contract in a file, or None if the file does not exist: fakes then validate nothing."""
    return Contract(SPECS / file, also=also, beyond=beyond) if (SPECS / file).is_file() else None


class Contract:
    """A closed OpenAPI document."""

    def __init__(self, path: Path, *, also: Mapping[str, Json] | None = None, beyond: Sequence[str] = ()) -> None:
        self._beyond = beyond
        self._document = _closed_document(path)
        if also:
            self._document = json.loads(json.dumps(self._document))
            for schema, properties in also.items():
                self._document["components"]["schemas"][schema]["properties"].update(properties)

    def relax(self, schema: str, key: str) -> None:
        """Make a required property optional, if the vendor accepts another one instead."""
        self._document = json.loads(json.dumps(self._document))
        self._document["components"]["schemas"][schema]["required"].remove(key)

    def allow_query(self, path: str, name: str) -> None:
        """Let GET take a parameter that the vendor documents for all its lists."""
        self._document = json.loads(json.dumps(self._document))
        self._document["paths"][path]["get"]["parameters"].append({"name": name, "in": "query"})

    def errors(self, schema: str, value: object) -> list[str]:
        """Return the errors of a value against a named schema."""
        return list(self._errors({"$ref": f"#/components/schemas/{schema}"}, value))

    def violations(self, received: Received) -> list[str]:
        """Return the errors of a request: unknown operation, headers, parameters, body."""
        operation = self._operation(received)
        if operation is None:
            known = any(fnmatchcase(received.call, call) for call in self._beyond)
            return [] if known else [f"{received.call}: no such operation"]
        found = [*self._parameters(operation, received), *self._body(operation, received)]
        return [f"{received.call}: {problem}" for problem in found]

    def _operation(self, received: Received) -> Json | None:
        exact = [(p, item) for p, item in self._document["paths"].items() if _matches(p, received.path)]
        for _, item in sorted(exact, key=lambda pair: "{" in pair[0]):
            operation: Json | None = item.get(received.method.lower())
            if operation is not None:
                return {**operation, "parameters": [*item.get("parameters", []), *operation.get("parameters", [])]}
        return None

    def _parameters(self, operation: Json, received: Received) -> Iterator[str]:
        known = [self._resolved(parameter) for parameter in operation["parameters"]]
        sources = {"query": received.query, "header": received.headers}
        for parameter in known:
            values = sources.get(parameter["in"])
            if values is None:
                continue
            name = parameter["name"].lower() if parameter["in"] == "header" else parameter["name"]
            if name in values:
                yield from self._errors(parameter.get("schema", {}), _typed(parameter, values[name]))
            elif parameter.get("required"):
                yield f"{parameter['in']} {name} is missing"
        names = {parameter["name"] for parameter in known if parameter["in"] == "query"}
        # `deepObject` parameters come as name[key]
        yield from (
            f"query {n} is unknown" for n in received.query if n not in names and re.split(r"\[", n)[0] not in names
        )

    def _body(self, operation: Json, received: Received) -> Iterator[str]:
        described = self._resolved(operation.get("requestBody", {}))
        if not described:
            if received.body:
                yield "unexpected body"
            return
        media_type = received.headers.get("content-type", "").split(";")[0]
        content = described["content"].get(media_type)
        if content is None:
            yield f"content type {media_type!r} is unknown"
        elif media_type == "application/x-www-form-urlencoded":
            yield from self._errors(content["schema"], self._form(content["schema"], received.body))
        else:
            yield from self._errors(content["schema"], json.loads(received.body))

    def _form(self, schema: Json, body: bytes) -> Json:
        properties = self._resolved(schema).get("properties", {})
        form: Json = {}
        for name, value in parse_qsl(body.decode(), keep_blank_values=True):
            described = properties.get(name, {})
            if described.get("type") == "array":
                form.setdefault(name, []).append(value)
            else:
                form[name] = _typed({"schema": described}, value)
        return form

    def _resolved(self, node: Json) -> Json:
        return _at(self._document, node["$ref"]) if "$ref" in node else node

    def _errors(self, schema: Json, value: object) -> Iterator[str]:
        whole = {**schema, "components": self._document.get("components", {})}
        validator = Draft202012Validator(whole, format_checker=_FORMATS)
        for error in validator.iter_errors(value):
            yield f"{error.json_path}: {error.message}"


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(template)), path.rstrip("/") or "/") is not None


def _typed(parameter: Json, value: str) -> object:
    """The value that a text stands for, by the parameter's schema."""
    kind = parameter.get("schema", {}).get("type")
    if kind == "integer" and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _at(document: Json, reference: str) -> Json:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    found: Json = node
    return found


@cache
def _closed_document(path: Path) -> Json:
    text = path.read_text()
    document: Json = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    closed: Json = _closed(document, document)
    return closed


def _closed(node: Any, document: Json) -> Any:
    if isinstance(node, list):
        return [_closed(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("allOf"), list):
        node = _merged(node, document)
    closed = {key: _closed_member(key, value, document) for key, value in node.items()}
    if isinstance(closed.get("properties"), dict) and closed.get("type", "object") == "object":
        closed.setdefault("additionalProperties", False)
    if closed.get("nullable") is True:  # OpenAPI 3.0 keyword, unknown to JSON Schema
        return _nullable(closed)
    return closed


def _closed_member(key: str, value: Any, document: Json) -> Any:
    """Close one member of a schema. Inside `properties`, keys such as `type` are names, not keywords."""
    if key == "properties" and isinstance(value, dict):
        return {name: _closed(schema, document) for name, schema in value.items()}
    return _closed(value, document)


def _nullable(schema: Json) -> Json:
    bare = {key: value for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [bare, {"type": "null"}]}


def _merged(node: Json, document: Json) -> Json:
    """Merge `allOf` into one object schema, because closed parts would refuse each other's keys."""
    merged: Json = {key: value for key, value in node.items() if key != "allOf"}
    properties, required = dict(merged.get("properties", {})), list(merged.get("required", []))
    rest: list[Json] = []
    for item in node["allOf"]:
        part = _at(document, item["$ref"]) if "$ref" in item else item
        if "allOf" in part:
            part = _merged(part, document)
        if "properties" not in part:
            rest.append(part)
            continue
        properties.update(part["properties"])
        required += part.get("required", [])
        merged.setdefault("type", part.get("type", "object"))
    if properties:
        merged.update(properties=properties, **({"required": required} if required else {}))
    if rest:
        merged["allOf"] = rest
    return merged
