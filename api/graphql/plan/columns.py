"""The JSON of lists that resolvers return as columns (`resolvers/column_list.py`), without making their rows.

The JSON of a list is a template, with a placeholder for each value, filled with the values. Values that several lists
share, such as the days of a report's series, are part of the template: 69 series of 90 points are one template, filled
69 times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import orjson
from cachetools import LRUCache

from domain.values.record import Record
from resolvers.column_list import Column, Columns, Lists

if TYPE_CHECKING:
    from api.graphql.plan.fields import ObjectPlan

TYPENAME = "__typename"  # clients with a normalised cache add it to each selection
_PLACEHOLDER = "%s"
_TEMPLATES = 64  # cached; one of 90 days has 4 KB
_LISTS_BYTES = 32 * 2**20  # of all cached lists, with their keys: some 2,000 of 90 days
_LARGEST = 32 << 10  # characters of a cached text; one of 366 days has 16 KB
_INTEGER = 40  # bytes of an integer of a key, with the pointer to it
_ENTRY = 500  # bytes of a cached list besides its text and its key's

Shared = tuple[tuple[str, Column], ...]  # by field name


class Selected(Record, kw_only=False):
    """The selected columns of each row: (response name, field, those of the field's own rows) each."""

    type_name: str
    fields: tuple[tuple[str, str, Selected | None], ...]


def columns_text(rows: ObjectPlan | None, columns: Columns[Any]) -> orjson.Fragment | None:
    """Return the JSON of the list; None if anything but columns is selected, so that the rows have to be made."""
    plan = _selected(rows, columns)
    return None if plan is None else orjson.Fragment(text_of(columns, plan))


def _selected(rows: ObjectPlan | None, columns: Columns[Any]) -> Selected | None:
    if rows is None:
        return None
    fields: list[tuple[str, str, Selected | None]] = []
    for field in rows.fields:
        if field.field_name == TYPENAME:
            fields.append((field.name, TYPENAME, None))
            continue
        column = columns.columns.get(field.field_name)
        if column is None:
            return None
        inner, lists = None, column.written
        if field.nodes[0].selection_set is not None:
            inner = _selected(field.value.item_plan, lists[0]) if isinstance(lists, Lists) and lists else None
            if inner is None:
                return None
        fields.append((field.name, field.field_name, inner))
    return Selected(rows.type.name, tuple(fields)) if fields else None


def text_of(columns: Columns[Any], plan: Selected) -> str:
    """Return the JSON text of the list, with the selected columns."""
    values = [_texts(columns.columns[field].written, inner) for _, field, inner in plan.fields if field != TYPENAME]
    return _template(len(columns), (), plan) % tuple(chain.from_iterable(zip(*values, strict=True)))


def _texts(values: Sequence[object], inner: Selected | None) -> Sequence[object]:
    if inner is not None:
        assert isinstance(values, Lists), "a column of lists"
        return _lists(values, inner)
    # `%s` writes integers as JSON does; a bool would become `True`.
    return values if set(map(type, values)) == {int} else [_text(value) for value in values]


def _lists(lists: Lists[Any], plan: Selected) -> list[str]:
    if not lists:
        return []
    template = _template(len(lists.integers[0]), tuple(lists.shared.items()), plan)
    placeholders = sum(field == lists.own for _, field, _ in plan.fields)
    fill = _filled if len(template) <= _LARGEST else _fill
    return [fill(template, tuple(integers), placeholders) for integers in lists.integers]


def _size(entry: tuple[int, str]) -> int:
    return entry[0]


_LISTS: LRUCache[tuple[str, tuple[int, ...], int], tuple[int, str]] = LRUCache(_LISTS_BYTES, getsizeof=_size)


def _filled(template: str, integers: tuple[int, ...], repeats: int) -> str:
    """Return the filled template; cached, because most lists of a report do not change between two requests.

    Bounded in bytes, because aliases make a text as long as the caller likes. The template counts with each list: once
    `_made_template` has dropped it, the keys of the lists alone may hold it.
    """
    key = template, integers, repeats
    try:
        return _LISTS[key][1]
    except KeyError:
        text = _fill(template, integers, repeats)
        size = len(text) + len(template) + _INTEGER * len(integers) + _ENTRY
        if size <= _LISTS.maxsize:
            _LISTS[key] = size, text
        return text


def _fill(template: str, integers: tuple[int, ...], repeats: int) -> str:
    """Return the filled template. `repeats` is the number of placeholders for each integer."""
    return template % (integers if repeats == 1 else tuple([integer for integer in integers for _ in range(repeats)]))


def _template(length: int, shared: Shared, plan: Selected) -> str:
    is_small = length * sum(len(name) for name, _, _ in plan.fields) <= _LARGEST
    make: Callable[..., str] = _made_template if is_small else _made_template.__wrapped__
    return make(length, shared, plan)


@lru_cache(_TEMPLATES)
def _made_template(length: int, shared: Shared, plan: Selected) -> str:
    given, cells = dict(shared), []
    for name, field, _ in plan.fields:
        if field == TYPENAME:
            texts = [_text(plan.type_name)] * length
        elif field in given:
            texts = [_text(value).replace("%", "%%") for value in given[field].written]
        else:
            texts = [_PLACEHOLDER] * length
        cells.append([f'"{name}":{text}' for text in texts])
    return "[" + ",".join(["{" + ",".join(row) + "}" for row in zip(*cells, strict=True)]) + "]"


def _text(value: object) -> str:
    return orjson.dumps(value).decode()
