"""The settings of the agent that answers an account's shoppers."""

from __future__ import annotations

from datetime import datetime

from domain.values.ids import AccountId
from domain.values.record import Record, StoredEnum


class AgentKind(StoredEnum):
    """The agent that replies to an account's shoppers."""

    OFF = "OFF"  # none that Baton runs: agents plug in with keys of their own
    BUILT_IN = "BUILT_IN"  # Baton's own, from the account's knowledge
    MODEL = "MODEL"  # a language model, from the account's knowledge


class AgentSettings(Record):
    """The agent settings of an account. Without a record the agent is OFF."""

    id: AccountId
    updated_at: datetime
    answered_by: AgentKind = AgentKind.OFF
    version: int = 1
