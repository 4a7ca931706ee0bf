"""The team of the demo's shop: how its members work on tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from api.cli.demo.history.chance import Chance
from api.cli.demo.history.plans import Rest
from api.cli.demo.history.talks import Talk
from api.cli.demo.history.telling import Telling
from domain.account import hours
from domain.model.account import Account, Staff
from domain.principal import StaffRole

_OWNERS = 0.25  # share of the tickets that the owner takes
_SLOWEST_SHOPPER = 900  # seconds until the shopper writes again


class Team:
    def __init__(self, chance: Chance, account: Account, members: Sequence[Staff], *, now: datetime) -> None:
        self._chance = chance
        self._account = account
        self._now = now
        workers = [member for member in members if member.works_on_tickets]
        self._owner = next(member for member in workers if member.role is StaffRole.OWNER)
        self._colleagues = [member for member in workers if member != self._owner] or [self._owner]

    def work(self, telling: Telling, talk: Talk, fill: Mapping[str, str], rest: Rest | None) -> None:
        """Let a member take the ticket and write with the shopper, until it rests where it should."""
        if rest is Rest.WAITING:
            return
        member = self._member(rest)
        if rest is None:
            self._wait_for_opening(telling)
        if not telling.goes_on(60, 1_500):
            telling.at = self._now
        telling.take(member)
        if rest is Rest.OWNER:
            return
        is_whole = rest in (None, Rest.SNOOZED)
        wrote = self._write(telling, talk, {**fill, "staff": member.name.split()[0]}, member, is_whole=is_whole)
        if rest is Rest.SNOOZED:
            telling.snooze(self._tomorrow())
        elif wrote and is_whole and telling.goes_on(30, 900):
            telling.close_ticket()

    def _member(self, rest: Rest | None) -> Staff:
        drawn = rest is None and self._chance.random() < _OWNERS
        is_owners = drawn or rest in (Rest.OWNER, Rest.OWNER_ANSWERED)
        return self._owner if is_owners else self._chance.choice(self._colleagues)

    def _wait_for_opening(self, telling: Telling) -> None:
        if not hours.is_open(self._account, telling.at):
            opens_at = hours.next_opening(self._account, telling.at) or self._now
            telling.at = min(opens_at, self._now)

    def _write(self, telling: Telling, talk: Talk, said: Mapping[str, str], member: Staff, *, is_whole: bool) -> bool:
        """Write the replies, and the shopper's responses between them: all, or the first reply. Returns false if the
        present cuts them off."""
        for number, reply in enumerate(talk.replies if is_whole else talk.replies[:1]):
            if not telling.goes_on(30, 600):
                return False
            telling.reply(member, reply.format_map(said))
            if number == 0 and talk.note is not None and self._chance.random() < 0.6 and telling.goes_on(5, 60):
                telling.note(member, talk.note)
            if is_whole and number < len(talk.responses):
                if not telling.goes_on(20, _SLOWEST_SHOPPER):
                    return False
                telling.shopper(talk.responses[number])
        return True

    def _tomorrow(self) -> datetime:
        opens_at = hours.next_opening(self._account, self._now + timedelta(hours=12))
        return opens_at or self._now + timedelta(days=1)
