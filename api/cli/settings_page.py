"""`baton settings`: the reference of the settings as a Markdown page, from the class that reads them."""

from __future__ import annotations

from api.settings import Settings, variable_of

_HEAD = """\
# Settings

Settings are environment variables. An empty variable counts as not set. A wrong one is named at the start, with what it
should be. `make settings` writes this page from `api/settings.py`.

| variable | default | meaning | example |
|---|---|---|---|
"""


def settings_page() -> str:
    """The page that is committed as `docs/reference/settings.md`."""
    rows = []
    for name, field in Settings.model_fields.items():
        example = _code(str((field.examples or [""])[0]))
        rows.append(f"| `{variable_of(name)}` | {_code(_text(field.default))} | {field.description} | {example} |\n")
    return _HEAD + "".join(rows)


def _text(value: object) -> str:
    """A default as an operator would write it in the environment."""
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
