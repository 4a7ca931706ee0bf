"""An LRU cache of profiles for what is made of events, so that a live frame reads nothing from the database.

A profile is not in the event that its frame is made of: it belongs to many conversations, changes without them, and has
what the log must not keep. So the change stream, which delivers the events, also tells the ID of each profile that
changes (`event_log/change_stream.py`). It keeps the order of the commits, and within a commit that of the writes, where
events come last. Therefore, when it delivers an event, it has told all changes of profiles up to that event's commit:

    entry ──▶ as it is after every event that the stream has delivered
              removed by a change of the profile, whoever makes it: a command, an erasure, `doctor`, an older build

An event that did not come by the stream, since it was read from the log where the stream was late or open only later,
may be ahead of the entries: then the database is asked. It is asked as well while the stream is not known to be
alive, as for credentials (`storage/credentials.py`). Queries do not use the cache at all, since their callers may have
just changed a profile by another process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cachetools import LRUCache

from domain.events import LoggedEvent
from domain.model.profile import Profile
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import is_apart
from integrations.mongo.storage.credentials import FRESH
from integrations.mongo.storage.pages import PageReader

_PROFILES = 10_000  # of all accounts: about 15 MB
_ACCOUNTS = 10_000  # whose last event is known: about 2 MB


class MongoEventProfiles:
    """Implements `EventProfiles`. `lag` returns the seconds by which the stream may be late; infinite without it."""

    def __init__(self, *, database: MongoDatabase, lag: Callable[[], float]) -> None:
        self._database = database
        self._lag = lag
        self._profiles: LRUCache[str, tuple[AccountId, Profile]] = LRUCache(_PROFILES)  # by the profile's ID
        self._delivered: LRUCache[AccountId, int] = LRUCache(_ACCOUNTS)  # the last event that the stream delivered
        self._removals = 0

    def known(self, account_id: AccountId, profile_id: str, *, seq: int) -> Profile | None:
        found = self._profiles.get(profile_id)
        if found is None or found[0] != account_id:
            return None
        is_current = self._lag() <= FRESH and self._delivered.get(account_id, 0) >= seq
        return found[1] if is_current else None

    async def find(self, account_id: AccountId, profile_ids: Iterable[str], *, seq: int) -> dict[str, Profile]:
        found = {each: self.known(account_id, each, seq=seq) for each in profile_ids}
        missing = [profile_id for profile_id, profile in found.items() if profile is None]
        read: list[Profile] = []
        if missing:
            removals, reader = self._removals, PageReader(database=self._database, account_id=account_id)
            read = await reader.get_many(Profile, missing)
            if removals == self._removals:  # else one of these may have changed while it was read
                self._keep(account_id, read)
        known = (profile for profile in found.values() if profile is not None)
        return {profile.id: profile for profile in (*known, *read)}

    def on_event(self, event: LoggedEvent) -> None:
        """Take note of an event that the change stream delivers."""
        self._delivered[event.account_id] = max(event.seq, self._delivered.get(event.account_id, 0))

    def on_changed(self, profile_ids: Iterable[str]) -> None:
        """Remove profiles that were changed or deleted."""
        for profile_id in profile_ids:
            self._removals += 1
            self._profiles.pop(profile_id, None)

    def on_gap(self) -> None:
        """Remove everything: changes may have been missed."""
        self._removals += 1
        self._profiles.clear()
        self._delivered.clear()

    def forget(self, account_id: AccountId) -> None:
        """Remove the profiles of an account: a shopper of it was erased."""
        self._removals += 1
        for profile_id in [key for key, (owner, _) in self._profiles.items() if owner == account_id]:
            del self._profiles[profile_id]

    def _keep(self, account_id: AccountId, profiles: Iterable[Profile]) -> None:
        """Those of test conversations are in another collection, whose changes are not told."""
        for profile in profiles:
            if not is_apart(Profile, profile.id):
                self._profiles[profile.id] = account_id, profile
