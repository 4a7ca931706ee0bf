"""Who a key stands for."""

from __future__ import annotations

from domain.principal import Principal
from tests.program import Program


async def principal_of(baton: Program, key: str) -> Principal:
    return await baton.baton.services.accounts.principal_of(key)
