"""Makes short texts of what changed between two versions of a record, for the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from msgspec.structs import fields

from domain.model.audit import AuditChange
from domain.values.record import Record, SecretRecord
from domain.values.text import one_line

TEXT_LIMIT = 300  # characters of a value
CHANGES_LIMIT = 50  # fields of an entry


def changes_between(before: Record | None, after: Record | None, names: Iterable[str]) -> tuple[AuditChange, ...]:
    """Return the changed fields among `names`, with their values. `before` is `None` for what was created, `after` for
    what was deleted. Each key of a field with a mapping counts as a field of its own: `settings.host`.

    Fields that a `SecretRecord` hides are named without their values.
    """
    return bounded(change for name in names for change in _field_changes(before, after, name))


def values(**given: object) -> tuple[AuditChange, ...]:
    """Return the values of something new, or the parameters of what was done. Those of `None` are left out."""
    return bounded(AuditChange(field=name, after=text_of(value)) for name, value in given.items() if value is not None)


def all_fields(record: type[Record], *, without: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names of a record's fields, for `changes_between`."""
    left_out = {*without}
    return tuple(part.name for part in fields(record) if part.name not in left_out)


def bounded(changes: Iterable[AuditChange]) -> tuple[AuditChange, ...]:
    """Return the changes, cut to the limits of an entry."""
    found = list(changes)
    kept = found[:CHANGES_LIMIT]
    if len(found) > CHANGES_LIMIT:
        kept[-1] = AuditChange(field="…", after=f"{len(found) - CHANGES_LIMIT + 1} more")
    return tuple(AuditChange(field=c.field[:TEXT_LIMIT], before=_cut(c.before), after=_cut(c.after)) for c in kept)


def text_of(value: object) -> str | None:
    """Return a value as one line for people; `None` for `None`."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple | list):
        return ", ".join(text_of(item) or "" for item in value)
    if isinstance(value, frozenset | set):
        return ", ".join(sorted(text_of(item) or "" for item in value))
    if isinstance(value, Record):
        return " ".join(text for _, text in _shown_fields(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return one_line(str(value), limit=TEXT_LIMIT + 1)


def _shown_fields(record: Record) -> Iterator[tuple[str, str]]:
    hidden = record.hidden if isinstance(record, SecretRecord) else ()
    for part in fields(record):
        text = None if part.name in hidden else text_of(getattr(record, part.name))
        if text is not None:
            yield part.name, text


def _field_changes(before: Record | None, after: Record | None, name: str) -> Iterator[AuditChange]:
    old, new = getattr(before, name, None), getattr(after, name, None)
    if old == new:
        return
    if any(isinstance(record, SecretRecord) and name in record.hidden for record in (before, after)):
        yield AuditChange(field=name)
    elif isinstance(old, Mapping) or isinstance(new, Mapping):
        yield from _mapping_changes(old or {}, new or {}, name)
    else:
        yield _change(name, old, new)


def _mapping_changes(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> Iterator[AuditChange]:
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield _change(f"{name}.{key}", old.get(key), new.get(key))


def _change(name: str, old: object, new: object) -> AuditChange:
    """Return the change. If a list is too long, its values are the removed and the added items."""
    before, after = text_of(old), text_of(new)
    if isinstance(old, tuple) and isinstance(new, tuple) and len(before or "") + len(after or "") > TEXT_LIMIT:
        before = text_of(tuple(item for item in old if item not in new))
        after = text_of(tuple(item for item in new if item not in old))
    return AuditChange(field=name, before=before, after=after)


def _duration(value: timedelta) -> str:
    """ISO 8601, like PT12H."""
    seconds = int(value.total_seconds())
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    parts = [f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if number]
    return "PT" + ("".join(parts) or "0S")


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…"
