"""What a language has to say: every text that Baton itself says to a shopper, and how it names a coming opening."""

from __future__ import annotations

from domain.values.record import Record


class OpeningPhrase(Record):
    """Patterns, because each language has its own prepositions, and some a form for one o'clock ("a la 1:00")."""

    at: str  # {time}
    at_one: str | None = None  # {time}; None: as `at`
    today: str  # {at}
    tomorrow: str  # {at}
    weekdays: tuple[str, str, str, str, str, str, str]  # Monday first, with its preposition
    on_weekday: str = "{weekday} {at}"
    on_date: str  # {weekday}, {date}, {at}


class MessageCatalog(Record):
    locale: str  # the BCP 47 tag of this wording
    offer_text: str
    accept_label: str
    decline_label: str
    identity_email: str
    identity_signed_in: str
    sent_to_team: str
    answered_by_email: str  # with the team, who answer by e-mail: the chat ends here
    passed_on: str  # what was written after that
    not_passed_on: str  # the helpdesk does not take it, for now
    away: str
    back: str  # {when}
    stranded: str
    withdrawn: str
    opening: OpeningPhrase

    def opens_again(self, when: str) -> str:
        """A sentence of its own, to follow an away message. `when` comes from `opening_text`."""
        return self.back.format(when=when).replace("..", ".")  # a time may end in "p.m."

    def away_until(self, when: str) -> str:
        return f"{self.away} {self.opens_again(when)}"
