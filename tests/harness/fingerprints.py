"""Hashes of what a database holds, to show that a step wrote nothing, or what it wrote to."""

from __future__ import annotations

import hashlib
from typing import Any

import bson
from pymongo.asynchronous.database import AsyncDatabase

from integrations.mongo.collections import ACCOUNT_STATE

LOG_HEADS = "the log heads in account_state"


async def fingerprints_of(database: AsyncDatabase[dict[str, Any]]) -> dict[str, str]:
    """Return the database's own hash of each collection. The log heads are apart from what is beside them."""
    hashes: dict[str, str] = (await database.command("dbHash"))["collections"]
    rows = await database[ACCOUNT_STATE].find(sort=[("_id", 1)]).to_list()
    return {
        **hashes,
        LOG_HEADS: _hash([row for row in rows if "epoch" in row]),
        ACCOUNT_STATE: _hash([row for row in rows if "epoch" not in row]),
    }


def _hash(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256(bson.encode({"rows": rows})).hexdigest()
