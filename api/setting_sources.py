"""Where settings come from: environment variables, and for secrets also files, as container platforms and systemd mount
them. `BATON_SECRET_FILE` names the file that has the value of `BATON_SECRET`.

Variables are inherited by every child process, and shown by the tools of container platforms; files are not.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from api.setting_values import inside_a_sentence

Fields = Mapping[str, FieldInfo]
_MOST_BYTES = 64 << 10  # of a secret; the longest, a URI with a dozen hosts, has less than one KiB


def variable(name: str, field: FieldInfo) -> str:
    """The environment variable that sets a field."""
    return str(field.validation_alias or f"BATON_{name.upper()}")


def file_variables(fields: Fields) -> dict[str, str]:
    """The environment variable that names a file with the value, for each field with a secret."""
    return {name: f"{variable(name, field)}_FILE" for name, field in fields.items() if _is_secret(field.annotation)}


def secrets_in_files(fields: Fields, environment: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the contents of the files that `environment` names, by field, and a line for each that cannot be used.

    No line contains a secret: neither the content of a file, nor its path, which may be a secret put there by mistake.
    """
    contents: dict[str, Any] = {}
    refused: list[str] = []
    for name, named in file_variables(fields).items():
        itself = variable(name, fields[name])
        path = environment.get(named)
        if path and environment.get(itself):
            refused.append(f"{itself} and {named} are both set. Set one of them.")
        elif path:
            try:
                contents[name] = _content(Path(path))
            except ValueError as error:
                expected = f"Expected: the path of a file with the value of {itself}"
                refused.append(f"{named} cannot be used. {expected} ({error}).")
    return contents, refused


def explained(error: ValidationError, fields: Fields, *, in_files: Container[str]) -> list[str]:
    """A line for each variable that is wrong, once and in the order of the fields, without its value."""
    wrong = {str(detail["loc"][0]) for detail in error.errors(include_input=False, include_context=False)}
    lines = []
    for name, field in fields.items():
        named, place = variable(name, field), ""
        if wrong & {name, named}:
            if name in in_files:
                named, place = f"{named}_FILE", " in the file"
            expected = inside_a_sentence((field.description or "").split(". ", 1)[0].rstrip("."))
            lines.append(f"{named} cannot be used. Expected{place}: {expected}.")
    return lines


def _is_secret(annotation: object) -> bool:
    """Whether values of this type hold a secret, alone or in a list."""
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))


def _content(path: Path) -> str:
    """The text of a file without white space at its ends, where editors put a line break. Raises ValueError."""
    try:
        with path.open("rb") as file:
            read = file.read(_MOST_BYTES + 1)  # some paths have no end, as /dev/zero
        if len(read) > _MOST_BYTES:
            raise ValueError("the file is larger than 64 KiB")
        content = str(read, "utf-8").strip()
    except OSError as error:
        raise ValueError(error.strerror) from None
    except UnicodeDecodeError:
        raise ValueError("it is not a text") from None
    if not content:
        raise ValueError("the file is empty")
    return content
