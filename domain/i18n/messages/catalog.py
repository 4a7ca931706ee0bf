"""The message catalog of a language: every text of Baton itself for shoppers, and the phrases for opening times."""

from __future__ import annotations

from domain.values.record import Record


class OpeningPhrase(Record):
    """Phrases for an opening time, as patterns: languages differ in prepositions, and some have a form for one o'clock
    ("a la 1:00")."""

    at: str  # {time}
    at_one: str | None = None  # {time}; None: as `at`
    today: str  # {at}
    tomorrow: str  # {at}
    weekdays: tuple[str, str, str, str, str, str, str]  # Monday first, with its preposition
    on_weekday: str = "{weekday} {at}"
    on_date: str  # {weekday}, {date}, {at}


class EmailConfirmationTexts(Record):
    """The mail by which a shopper confirms an e-mail address, and the page that its link opens.

    They contain nothing that anybody wrote in the chat: whoever claims a stranger's address must not write to it.
    """

    subject: str  # {shop}
    claim: str  # {shop}, {email}, {began}: in the mail and on the page
    link: str  # in the mail, before the link
    ignore: str  # in the mail
    effect: str  # {shop}: on the page, what the chat gets by it
    caution: str  # on the page
    button: str
    done: str
    expired: str  # also for links that never were valid
    changed: str  # the shopper has given another address since
    refused: str  # the conversation was proved to be of somebody else, or closed some time ago
    later: str  # the server is busy


class UnseenReplyTexts(Record):
    """The mail with replies that the shopper did not see in the chat."""

    subject: str  # {shop}: to an address that nobody has proved
    opening: str  # {shop}: before the replies
    caution: str  # {shop}: after them, to an address that nobody has proved


class AgentTexts(Record):
    """Messages of Baton's own agent that quote nothing."""

    hello: str
    welcome: str  # after thanks
    unanswered: str  # a question that it does not know the answer to, where the shopper has declined a human


class MessageCatalog(Record):
    locale: str  # BCP 47
    offer_text: str
    accept_label: str
    decline_label: str
    identity_email: str
    identity_signed_in: str
    sent_to_team: str
    answered_by_email: str  # the team replies by e-mail, and the chat ends here
    passed_on: str  # a message that was written after that was forwarded
    not_passed_on: str  # the helpdesk does not accept it for now
    away: str
    back: str  # {when}
    stranded: str
    withdrawn: str
    agent: AgentTexts
    confirmation: EmailConfirmationTexts
    unseen: UnseenReplyTexts
    opening: OpeningPhrase

    def opens_again(self, when: str) -> str:
        """Return the sentence that follows an away message. `when` comes from `opening_text`."""
        return self.back.format(when=when).replace("..", ".")  # a time may end in "p.m."

    def away_until(self, when: str) -> str:
        """Return the away message with the next opening."""
        return f"{self.away} {self.opens_again(when)}"
