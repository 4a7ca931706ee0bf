"""Draws 90 days of the demo's shop: the same seed, account and instant draw the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from api.cli.demo.history.chance import Chance
from api.cli.demo.history.plans import Plan, plans
from api.cli.demo.history.sales import MadeUpSales
from api.cli.demo.history.shoppers import Shoppers, visitor_of
from api.cli.demo.history.starts import DAYS
from api.cli.demo.history.talks import Talk, talks
from api.cli.demo.history.team import Team
from api.cli.demo.history.telling import Telling
from domain.conversation import lifecycle
from domain.i18n.localization import catalog_for
from domain.imports.past import PastOrder, WholeConversation
from domain.model.account import Account, Staff
from domain.model.conversation import Conversation, ProductCard
from domain.model.handoff import EscalationReason
from domain.model.profile import Profile
from domain.values.channel import Channel
from domain.values.ids import ConversationId, ProfileId
from domain.values.record import replace

SOURCE = "demo"
SEED = 7

_CHANNELS = {Channel.WEB_CHAT: 62, Channel.EMAIL: 16, Channel.WHATSAPP: 13, Channel.SMS: 9}
_PACES = {  # seconds in which shoppers write the next message
    Channel.WEB_CHAT: (15, 110),
    Channel.EMAIL: (1_200, 30_000),
    Channel.WHATSAPP: (40, 1_500),
    Channel.SMS: (40, 1_200),
}
_RECENT = 250  # shoppers
_HANDED_OVER = (0.24, 0.11)  # share of the conversations, at the beginning and now: the agent has learned
_LEFT = 0.11  # of the others: the shopper has the last word
_DECLINED, _IGNORED = 0.12, 0.04  # of the offers
_THANKS = {
    "en": ("Thanks!", "Thank you, that helps", "Perfect, thanks", "ok thank you"),
    "de": ("Danke!", "Vielen Dank, das hilft mir"),
    "fr": ("Merci !", "Merci beaucoup"),
    "es": ("¡Gracias!", "Muchas gracias"),
    "it": ("Grazie!", "Grazie mille"),
}
_GONE = {  # last words of shoppers who do not come back
    "en": ("Hm, I'll think about it", "ok", "That does not help me", "I'll look elsewhere then"),
    "de": ("Hm, ich überlege es mir", "ok"),
    "fr": ("Bon, je vais réfléchir",),
    "es": ("Bueno, lo pensaré",),
    "it": ("Mah, ci penso",),
}
_CITIES = {
    "en": ("Dublin", "Edinburgh", "Boston", "Toronto", "Bristol"),
    "de": ("Wien", "München", "Zürich", "Hamburg"),
    "fr": ("Lyon", "Bruxelles", "Lille"),
    "es": ("Sevilla", "Bilbao", "Valencia"),
    "it": ("Torino", "Bologna", "Trento"),
}


class DemoShop:
    """Draws the conversations of an account, oldest first, and its orders."""

    def __init__(
        self,
        account: Account,
        team: Sequence[Staff],
        cards: Mapping[str, ProductCard],
        *,
        now: datetime,
        seed: int = SEED,
    ) -> None:
        self._chance = Chance(seed)
        self._account = account
        self._team = Team(self._chance, account, team, now=now)
        self._cards = cards
        self._now = now
        self._shoppers = Shoppers(self._chance, recent=_RECENT)
        self._sales = MadeUpSales(self._chance, now=now)
        self._stored: set[ProfileId] = set()
        self._until: dict[tuple[ProfileId, Channel], datetime] = {}  # when the shopper's last conversation closed
        self._drawn = 0

    @property
    def orders(self) -> list[PastOrder]:
        """The orders of the conversations that were drawn so far."""
        return self._sales.orders

    def plans(self, *, days: int = DAYS) -> list[Plan]:
        """Return when each conversation starts, in order, on the last `days`."""
        return plans(self._chance, self._now, self._account.time_zone, days)

    def conversations(self, planned: Iterable[Plan]) -> Iterator[WholeConversation]:
        for plan in planned:
            yield self._conversation(plan)

    # ------------------------------------------------------------------ one conversation

    def _conversation(self, plan: Plan) -> WholeConversation:
        chance = self._chance
        is_handed_over = plan.rest is not None or chance.random() < self._share_handed_over(plan.start)
        talk = self._talk(is_handed_over, quick=plan.rest is not None)
        web_chat = plan.rest is not None and chance.random() < 0.7
        channel = Channel.WEB_CHAT if web_chat else chance.choices(list(_CHANNELS), weights=list(_CHANNELS.values()))[0]
        if plan.rest is not None and channel is Channel.EMAIL:
            channel = Channel.WHATSAPP  # mails go back and forth for hours
        profile = self._shopper(channel, plan.start)
        fill = self._filling(talk)
        question = chance.choice(talk.questions).format_map(fill)
        telling = self._opened(question, talk, channel, profile, plan.start)
        telling.begin(question)
        profile = self._told(telling, talk, fill, profile, plan)
        self._end(telling, plan)
        conversation = telling.conversation
        self._until[profile.id, channel] = conversation.closed_at or self._now + timedelta(days=2)
        is_new = profile.id not in self._stored
        self._stored.add(profile.id)
        return telling.told(profile if is_new else None)

    def _told(self, telling: Telling, talk: Talk, fill: Mapping[str, str], profile: Profile, plan: Plan) -> Profile:
        """Let the agent, the shopper and the team write. Returns the profile, perhaps with what the shopper claims."""
        self._answer(telling, talk, fill, quick=plan.rest is not None)
        if talk.reason is None:
            return profile
        return self._hand_over(telling, talk, talk.reason, fill, profile, plan)

    def _share_handed_over(self, at: datetime) -> float:
        first, last = _HANDED_OVER
        age = (self._now - at) / timedelta(days=DAYS)
        return last + (first - last) * age

    def _talk(self, is_handed_over: bool, *, quick: bool) -> Talk:
        fitting = [talk for talk in talks() if (talk.reason is not None) is is_handed_over]
        if quick:
            fitting = [talk for talk in fitting if talk.language == "en"]
        return self._chance.choices(fitting, weights=[talk.weight for talk in fitting])[0]

    def _shopper(self, channel: Channel, at: datetime) -> Profile:
        """Return a shopper who can be reached on the channel and has no conversation there at the time."""
        while True:
            profile = self._shoppers.draw(at)
            reachable = {Channel.EMAIL: profile.email, Channel.SMS: profile.phone, Channel.WHATSAPP: profile.phone}
            is_free = self._until.get((profile.id, channel), at) <= at
            if is_free and reachable.get(channel, "yes") is not None:
                return profile

    def _opened(self, question: str, talk: Talk, channel: Channel, profile: Profile, at: datetime) -> Telling:
        opened = lifecycle.open_conversation(
            channel=channel, visitor=visitor_of(profile), profile_id=profile.id, first_question=question, now=at
        )
        self._drawn += 1
        conversation = replace(
            opened,
            id=ConversationId(self._chance.id(at)),
            version=1,
            locale=talk.language,
            import_key=f"{SOURCE}:{self._drawn}",
        )
        return Telling(self._chance, self._account, conversation, now=self._now)

    def _filling(self, talk: Talk) -> dict[str, str]:
        chance = self._chance
        return {
            "order": f"#{chance.randint(21_000, 29_999)}",
            "city": chance.choice(_CITIES[talk.language]),
            "size": str(chance.choice((38, 39, 40, 42, 43, 45))),
            "staff": "{staff}",  # until a member takes the ticket
        }

    def _pause(self, telling: Telling) -> bool:
        return telling.goes_on(*_PACES[telling.conversation.channel])

    # ------------------------------------------------------------------ the agent

    def _answer(self, telling: Telling, talk: Talk, fill: Mapping[str, str], *, quick: bool) -> None:
        chance = self._chance
        if not telling.goes_on(1.2, 6):
            return
        also = chance.choice(("shipping", "stock", "discounts", "sizes", talk.topic))
        tags = (talk.topic, also) if chance.random() < 0.18 else (talk.topic,)
        telling.label(talk.skill, () if chance.random() < 0.03 else tags)
        cards = tuple(self._cards[product] for product in talk.products if product in self._cards)
        message = telling.agent(chance.choice(talk.answers).format_map(fill), cards)
        if cards and not quick:
            self._sales.follow(telling, message)
        for question, answer in () if quick else talk.more:
            if chance.random() < 0.45 and self._pause(telling):
                telling.shopper(question.format_map(fill))
                if telling.goes_on(1.2, 6):
                    telling.agent(answer.format_map(fill))

    # ------------------------------------------------------------------ the team

    def _hand_over(
        self,
        telling: Telling,
        talk: Talk,
        reason: EscalationReason,
        fill: Mapping[str, str],
        profile: Profile,
        plan: Plan,
    ) -> Profile:
        chance = self._chance
        if not telling.goes_on(0.2, 1.5):
            return profile
        telling.request_human(reason, talk.summary and talk.summary.format_map(fill))
        if telling.conversation.channel.asks_first:
            fate = chance.random() if plan.rest is None else 1.0
            if fate < _IGNORED or not telling.goes_on(4, 40):
                return profile
            if fate < _IGNORED + _DECLINED:
                telling.decline()
                if telling.goes_on(1.2, 6):
                    telling.agent(chance.choice(talk.answers).format_map(fill))
                return profile
            if not telling.accept():
                if not telling.goes_on(6, 40):
                    return profile
                profile = telling.identify(profile, f"shopper{self._drawn}@example.com")
        self._team.work(telling, talk, fill, plan.rest)
        return profile

    # ------------------------------------------------------------------ the end

    def _end(self, telling: Telling, plan: Plan) -> None:
        chance, conversation = self._chance, telling.conversation
        language = conversation.locale or "en"
        if conversation.ticket is None and self._pause(telling):
            if chance.random() < _LEFT:
                telling.shopper(chance.choice(_GONE[language]))
            elif chance.random() < 0.55:
                telling.shopper(chance.choice(_THANKS[language]))
                if telling.goes_on(1, 4):
                    telling.agent(catalog_for(language).agent.welcome)
        closes = conversation.channel is Channel.WEB_CHAT and chance.random() < 0.5
        if closes and not telling.conversation.has_open_ticket and plan.rest is None and telling.goes_on(5, 120):
            telling.close()
        elif not telling.close_if_due():
            telling.stays_open(self._open_keys(telling.conversation))

    @staticmethod
    def _open_keys(conversation: Conversation) -> tuple[str, ...]:
        """Return the keys by which the shopper continues the conversation. No other open conversation has them, since a
        shopper has one at a time on a channel."""
        channel, visitor = conversation.channel, conversation.visitor
        own = lifecycle.browser_open_key(channel, visitor)
        return (*lifecycle.proved_open_keys(channel, visitor), *((own,) if own is not None else ()))
