"""Files to import: small ones written by the tests, and the published datasets if available."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

_BESIDE_THE_REPOSITORY = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture
def dataset() -> Callable[[str], Path]:
    def at(name: str) -> Path:
        path = Path(os.environ.get("BATON_DATASETS", _BESIDE_THE_REPOSITORY)) / name
        if not path.exists():
            pytest.skip(f"{name} is not at hand: name its folder in BATON_DATASETS")
        return path

    return at


@pytest.fixture
def written(tmp_path: Path) -> Callable[[object], Path]:
    def write(content: object) -> Path:
        path = tmp_path / "file.json"
        path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
        return path

    return write
