"""The formats that `baton import` reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from domain.imports.model import ImportedRecord
from integrations.importers import abcd, tau_bench
from integrations.importers.products import read_products

__all__ = ["IMPORTERS", "read_products"]

IMPORTERS: Mapping[str, Callable[[Path], Iterator[ImportedRecord]]] = {
    "tau-bench": tau_bench.read,
    "abcd": abcd.read,
}
