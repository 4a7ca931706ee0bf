from __future__ import annotations

from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
