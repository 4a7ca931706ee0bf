"""`baton --version` says which build this is, without a database or settings."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from domain.versions.model import SCHEMA_VERSION


def test_the_version_of_the_build_and_its_schema(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("baton")
    environment = {"BATON_MONGODB_URI": "not an address", "BATON_DATA": str(tmp_path / "data")}
    done = subprocess.run([program, "--version"], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout == f"baton {version('baton')}, schema version {SCHEMA_VERSION}\n", done.stderr
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "data").exists()
