"""The JSON of lists that come as columns (`resolvers/column_list.py`), without making their rows.

A list is a form, which is its JSON with a gap for each value, and the values. What lists share, such as the series of a
report their days, stands in the form: 69 series of 90 points are one form, filled 69 times.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import orjson

from domain.values.record import Record
from resolvers.column_list import Column, Columns, Lists

_GAP = "%s"
_FORMS = 64  # remembered: of 90 days 4 KB each
_LISTS = 2_048

Shared = tuple[tuple[str, Column], ...]  # by field


class Plan(Record, kw_only=False):
    """What is asked of each row: (response name, field, what of the field's own rows) each."""

    fields: tuple[tuple[str, str, Plan | None], ...]


def text_of(columns: Columns[Any], plan: Plan) -> str:
    values = [_texts(columns.columns[field].written, inner) for _, field, inner in plan.fields]
    return _form(len(columns), (), plan) % tuple(chain.from_iterable(zip(*values, strict=True)))


def _texts(values: Sequence[object], inner: Plan | None) -> Sequence[object]:
    if inner is not None:
        assert isinstance(values, Lists), "a column of lists"
        return _lists(values, inner)
    # Integers write themselves; of a bool that would be the wrong word.
    return values if set(map(type, values)) == {int} else [_text(value) for value in values]


def _lists(lists: Lists[Any], plan: Plan) -> list[str]:
    if not lists:
        return []
    form = _form(len(lists.integers[0]), tuple(lists.shared.items()), plan)
    gaps = sum(field == lists.own for _, field, _ in plan.fields)
    return [_filled(form, tuple(integers), gaps) for integers in lists.integers]


@lru_cache(_LISTS)
def _filled(form: str, integers: tuple[int, ...], gaps: int) -> str:
    """Most lists are what they were at the last question. `gaps`: for each integer."""
    return form % (integers if gaps == 1 else tuple([integer for integer in integers for _ in range(gaps)]))


@lru_cache(_FORMS)
def _form(length: int, shared: Shared, plan: Plan) -> str:
    given, cells = dict(shared), []
    for name, field, _ in plan.fields:
        gaps = (
            [_text(value).replace("%", "%%") for value in given[field].written] if field in given else [_GAP] * length
        )
        cells.append([f'"{name}":{text}' for text in gaps])
    return "[" + ",".join(["{" + ",".join(row) + "}" for row in zip(*cells, strict=True)]) + "]"


def _text(value: object) -> str:
    return orjson.dumps(value).decode()
