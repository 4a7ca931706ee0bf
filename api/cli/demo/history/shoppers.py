"""The shoppers of a made-up shop: some are new, and the others were there lately."""

from __future__ import annotations

from datetime import datetime

from api.cli.demo.history.chance import Chance
from domain.model.conversation import Visitor
from domain.model.profile import Profile, proved_keys
from domain.values.ids import ProfileId
from domain.values.record import replace

_FIRST = ("Anna", "Ben", "Chiara", "David", "Elif", "Fatima", "Giulia", "Hanna", "Ivan", "Jana", "Kim", "Lena", "Marco")
_LAST = ("Rossi", "Müller", "Smith", "García", "Nowak", "Öz", "Petrov", "Silva", "Jensen", "Kowalska", "Tanaka", "Weiß")


class Shoppers:
    def __init__(self, chance: Chance, *, recent: int = 5_000) -> None:
        """`recent`: the mean number of shoppers between one who comes back and the newest."""
        self._chance = chance
        self._recent = recent
        self.known: list[Profile] = []

    def draw(self, at: datetime) -> Profile:
        """Return the profile of a shopper: one in three is new."""
        chance = self._chance
        if self.known and chance.random() < 2 / 3:
            return self.known[-1 - min(int(chance.expovariate(1 / self._recent)), len(self.known) - 1)]
        number = len(self.known)
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        profile = Profile(
            id=ProfileId(chance.id(at)),
            created_at=at,
            name=f"{first} {last}" if chance.random() < 0.6 else None,
            email=f"{first}.{number}@example.com".lower() if chance.random() < 0.6 else None,
            phone=f"+39333{number:07d}" if chance.random() < 0.3 else None,
        )
        visitor = visitor_of(profile)
        profile = replace(profile, keys=proved_keys(visitor) or (f"b:{visitor.browser_id}",))
        self.known.append(profile)
        return profile


def visitor_of(profile: Profile) -> Visitor:
    """Return the shopper in a conversation: verified, or known by the browser alone."""
    return Visitor(browser_id=profile.id, name=profile.name, email=profile.email, phone=profile.phone).vouched()
