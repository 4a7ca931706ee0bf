"""Generates the history of a shop: conversations over 365 days, stored as Baton would have stored them.

    python -m benchmarks.history --uri mongodb://… --database bench --count 1000000

The same seed makes the same shop. Documents are written in bulk, before the indexes. The program's own functions make
the projections (counters, search rows), and `baton doctor` finds no fault in the result.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from api.cli.demo.history.chance import Chance
from api.cli.demo.history.shoppers import Shoppers, visitor_of
from domain.account.service import AccountService, new_staff_member
from domain.conversation import lifecycle
from domain.events import BusinessEvent, EventType
from domain.model.conversation import (
    Author,
    AuthorKind,
    Conversation,
    ConversationStatus,
    Message,
    MessageKind,
)
from domain.model.handoff import EscalationReason, Handoff, HandoffMethod, HandoffState, Helpdesk, Ticket
from domain.model.profile import Profile
from domain.principal import StaffRole
from domain.reactions import REACTIONS
from domain.search.terms import message_terms
from domain.storage import Timer, TimerKind
from domain.timers import timer_of
from domain.values.channel import Channel
from domain.values.clock import SystemClock
from domain.values.ids import AccountId, ConversationId, MessageId
from domain.values.record import replace
from integrations.mongo.activity.activity_index import ACTIVITY, event_counts_id
from integrations.mongo.client import MongoDatabase, connect
from integrations.mongo.collections import COLLECTIONS, entity_document
from integrations.mongo.indexes import INDEXES, create_indexes
from integrations.mongo.search.reindex import fill_search_index
from integrations.mongo.search.search_index import TERMS, VOCABULARY, row_of, words_in
from integrations.mongo.stats.maintenance import MongoCounterMaintenance
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.storage import MongoStorage

DAYS = 365
_LONG = 20  # messages
ZONE = "Europe/Rome"
_KINDS = (Conversation, Message, Profile, Timer, BusinessEvent)
_CHUNK = 2_000  # conversations written at once
_TEXTS = 20_000  # different messages, with half as many words more: people ask the same things
_CHANNELS = {Channel.WEB_CHAT: 60, Channel.EMAIL: 18, Channel.WHATSAPP: 12, Channel.SMS: 10}
_TOPICS = ("order status", "returns", "sizes", "shipping", "discounts", "stock", "warranty", "gift cards", "payment")
_TAGS = (*_TOPICS, *(f"topic {number}" for number in range(10, 60)))
_SKILLS = ("orders", "products", "policies", "smalltalk")
_LATIN, _CYRILLIC, _GREEK, _HAN, _HANGUL = (  # letters
    "abcdefghilmnoprstuvz",
    "абвгдежзиклмнопрст",
    "αβγδεζηθικλμνοπρστ",
    "订单退货尺寸颜色快递付款优惠",
    "주문배송반품사이즈색상결제",
)
KNOWN_WORDS = ("order", "return", "parcel", "size", "refund", "when", "please", "thanks", "delivery", "invoice")


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    words: frozenset[str]


class Writing:
    """Texts of messages: words by Zipf's law in a few scripts, and some messages that repeat."""

    def __init__(self, rnd: random.Random, count: int) -> None:
        count = min(_TEXTS, count)
        words = [*KNOWN_WORDS, *(self._word(rnd) for _ in range(count * 3 // 2))]
        weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))
        texts = [" ".join(rnd.choices(words, cum_weights=weights, k=rnd.randint(3, 14))) for _ in range(count)]
        self._texts = [Text(text, frozenset(message_terms([_message_of(text)]))) for text in texts]
        self._weights = list(itertools.accumulate(1 / (rank + 50) for rank in range(count)))

    def texts(self, rnd: random.Random, count: int) -> list[Text]:
        return rnd.choices(self._texts, cum_weights=self._weights, k=count)

    @staticmethod
    def _word(rnd: random.Random) -> str:
        letters = rnd.choices((_LATIN, _CYRILLIC, _GREEK, _HAN, _HANGUL), weights=(82, 8, 4, 3, 3))[0]
        return "".join(rnd.choices(letters, k=rnd.randint(2, 3) if letters in (_HAN, _HANGUL) else rnd.randint(3, 10)))


class Shop:
    """Draws conversations, oldest first."""

    def __init__(
        self, account_id: AccountId, *, count: int, seed: int, now: datetime, head: int, long_every: int = 0
    ) -> None:
        self._rnd = Chance(seed)
        self._account_id = account_id
        self._count = count
        self._long_every = long_every  # one conversation in so many has at least 20 messages
        self._now = now
        self._head = self.head = head  # where the log stood before, and where it stands now: the rest is let go of
        self._writing = Writing(self._rnd, count)
        self._shoppers = Shoppers(self._rnd)
        self._open: set[str] = set()
        self.words: set[str] = set()
        self._escalated: dict[str, datetime] = {}
        self._by_channel: Counter[str] = Counter()

    def activity(self) -> dict[str, list[dict[str, Any]]]:
        """Return the projections of the events, after the last conversation."""
        kind = EventType.CONVERSATION_ESCALATED.value
        rows: list[dict[str, Any]] = []
        for profile in self._shoppers.known:
            row: dict[str, Any] = {"_id": profile.id, "account": self._account_id, "not_bought_since": []}
            if profile.id in self._escalated:
                row |= {"last_event_at": {kind: self._escalated[profile.id]}, "not_bought_since": [kind]}
            rows.append(row)
        if not self._escalated:
            return {ACTIVITY: rows}
        last = max(self._escalated.values())
        types = {kind: {"count": self._by_channel.total(), "last_at": last, "by_channel": dict(self._by_channel)}}
        return {ACTIVITY: [*rows, {"_id": event_counts_id(self._account_id), "by_type": types}]}

    def chunks(self) -> Iterator[dict[str, list[dict[str, Any]]]]:
        """Yield documents by collection."""
        starts = sorted(self._now - timedelta(seconds=self._rnd.random() * DAYS * 86_400) for _ in range(self._count))
        stored = 0  # of the shoppers
        for at in range(0, self._count, _CHUNK):
            names = [TERMS, *(COLLECTIONS[kind] for kind in _KINDS)]
            chunk: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
            for start in starts[at : at + _CHUNK]:
                self._conversation(start.replace(microsecond=start.microsecond // 1000 * 1000), chunk)
            fresh, stored = self._shoppers.known[stored:], len(self._shoppers.known)
            chunk[COLLECTIONS[Profile]] += [entity_document(self._account_id, profile) for profile in fresh]
            yield chunk

    def _conversation(self, started_at: datetime, chunk: dict[str, list[dict[str, Any]]]) -> None:
        rnd, profile = self._rnd, self._shoppers.draw(started_at)
        visitor = visitor_of(profile)
        channel = rnd.choices(list(_CHANNELS), weights=list(_CHANNELS.values()))[0]
        texts = self._writing.texts(rnd, self._length())
        if rnd.random() < 0.3:
            number = f"{rnd.randrange(10**7, 10**8)}"
            texts[0] = Text(f"{texts[0].text} #{number}", texts[0].words | {number})
        conversation = replace(
            lifecycle.open_conversation(
                channel=channel, visitor=visitor, profile_id=profile.id, first_question=texts[0].text, now=started_at
            ),
            id=ConversationId(self._rnd.id(started_at)),
            version=1,
            seq=self._head,
            tags=tuple(
                dict.fromkeys(self._rnd.zipf(_TAGS) for _ in range(rnd.choices((0, 1, 2, 3), (15, 55, 22, 8))[0]))
            ),
            initial_skill=self._rnd.zipf(_SKILLS),
            final_skill=self._rnd.zipf(_SKILLS),
        )
        conversation, messages = self._talk(conversation, texts)
        conversation = self._ended(conversation)
        chunk[COLLECTIONS[Conversation]].append(entity_document(self._account_id, conversation))
        chunk[COLLECTIONS[Message]] += [entity_document(self._account_id, message) for message in messages]
        if conversation.handoff is not None:
            event = self._escalation(conversation, conversation.handoff)
            chunk[COLLECTIONS[BusinessEvent]].append(entity_document(self._account_id, event))
        row = row_of(self._account_id, conversation, (), profile)
        row["terms"] = sorted({*row["terms"], *(word for text in texts for word in text.words)})
        chunk[TERMS].append(row)
        self.words |= words_in(row["terms"])
        if not conversation.is_closed and conversation.status is ConversationStatus.OPEN:
            timer = timer_of(conversation.id, TimerKind.AUTO_CLOSE, conversation.auto_close_at)
            chunk[COLLECTIONS[Timer]].append(entity_document(self._account_id, timer))

    def _length(self) -> int:
        drawn = min(2 + int(self._rnd.expovariate(0.45)), 30)
        return max(drawn, _LONG) if self._long_every and self._rnd.random() < 1 / self._long_every else drawn

    def _talk(self, conversation: Conversation, texts: Sequence[Text]) -> tuple[Conversation, list[Message]]:
        rnd, at, messages = self._rnd, conversation.started_at, list[Message]()
        last, kind = at, AuthorKind.SHOPPER
        for place, text in enumerate(texts):
            shopper = place % 2 == 0 or (place == len(texts) - 1 and rnd.random() < 0.05)
            kind, name = (
                (AuthorKind.SHOPPER, conversation.display_name) if shopper else (AuthorKind.AI_AGENT, "Assistant")
            )
            message = Message(
                id=MessageId(self._rnd.id(at)),
                conversation_id=conversation.id,
                sequence=place + 1,
                kind=MessageKind.TEXT,
                author=Author(kind=kind, name=name),
                text=text.text,
                sent_at=at,
            )
            messages.append(message)
            last, at = at, min(at + timedelta(seconds=rnd.randint(5, 300)), self._now)
        talked = replace(
            conversation,
            last_message_at=last,
            last_speaker=kind,
            sequence=len(texts),
            message_count=len(texts),
        )
        return talked, messages

    def _ended(self, conversation: Conversation) -> Conversation:
        rnd = self._rnd
        if rnd.random() < 0.13:
            return lifecycle.close(self._handed_over(conversation), conversation.last_message_at)
        key = f"{conversation.channel}|b:{conversation.visitor.browser_id}"
        if not conversation.is_due(self._now) and key not in self._open and rnd.random() < 0.5:
            self._open.add(key)
            return replace(conversation, open_keys=(key,))
        due = conversation.is_due(self._now)
        return lifecycle.close(conversation, conversation.auto_close_at if due else conversation.last_message_at)

    def _handed_over(self, conversation: Conversation) -> Conversation:
        at = conversation.last_message_at
        handoff = Handoff(
            id=conversation.next_handoff_id,
            state=HandoffState.DELIVERED,
            method=HandoffMethod.HELPDESK,
            helpdesk=Helpdesk.INBOX,
            reason=self._rnd.choice(list(EscalationReason)),
            requested_at=at,
            ticket_id=conversation.next_ticket_id,
        )
        ticket = Ticket(
            id=conversation.next_ticket_id, handoff_id=handoff.id, helpdesk=Helpdesk.INBOX, created_at=at, unread=False
        )
        return replace(conversation, status=ConversationStatus.NOT_RESOLVED_BY_AI, handoffs=(handoff,), ticket=ticket)

    def _escalation(self, conversation: Conversation, handoff: Handoff) -> BusinessEvent:
        at, profile_id = handoff.requested_at, conversation.profile_id
        self._escalated[profile_id] = max(at, self._escalated.get(profile_id, at))
        self._by_channel[conversation.channel.value] += 1
        self.head += 1
        return BusinessEvent(
            id=self._rnd.id(at),
            type=EventType.CONVERSATION_ESCALATED,
            at=at,
            seq=self.head,
            conversation=conversation,
            reason=handoff.reason,
            imported=True,
        )


def _message_of(text: str) -> Message:
    return Message(
        id=MessageId(""),
        conversation_id=ConversationId(""),
        sequence=1,
        kind=MessageKind.TEXT,
        author=Author(kind=AuthorKind.SHOPPER, name=""),
        text=text,
        sent_at=datetime.now(UTC),
    )


async def generate(  # noqa: PLR0913 - a shop has these properties
    uri: str,
    name: str,
    count: int,
    *,
    seed: int = 7,
    now: datetime | None = None,
    quiet: bool = True,
    long_every: int = 0,
    demo: bool = False,
) -> AccountId:
    """Create an account with that many conversations in an empty database. Returns its id.

    With `long_every`, one conversation in so many has at least 20 messages. `demo`: it is the demo account.
    """
    database = connect(uri, database=name)
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        account_id = await _account(database, demo=demo)
        head = await client[name]["account_state"].find_one({"_id": account_id})
        assert head is not None
        now = now or datetime.now(UTC).replace(microsecond=0)
        shop = Shop(account_id, count=count, seed=seed, now=now, head=head["seq"], long_every=long_every)
        await _write(client[name], shop, account_id, quiet=quiet)
        stands = {"seq": shop.head, "floor": shop.head}
        await client[name]["account_state"].update_one({"_id": account_id}, {"$set": stands})
        began = time.perf_counter()
        await client[name]["counter_state"].update_one(
            {"_id": account_id}, {"$set": {"hours_complete": False, "days_complete": False}}
        )
        await create_indexes(database)
        if not quiet:
            print(f"indexes: {time.perf_counter() - began:.0f} s", flush=True)
        await fill_search_index(database)
        began = time.perf_counter()
        await MongoCounterMaintenance(database=database, clock=SystemClock(), tags=TagCache()).catch_up()
        if not quiet:
            print(f"counters: {time.perf_counter() - began:.0f} s", flush=True)
    await database.close()
    return account_id


async def _account(database: MongoDatabase, *, demo: bool) -> AccountId:
    await create_indexes(database)
    storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS)
    owner = new_staff_member("Ada", "ada@example.com", StaffRole.OWNER)
    accounts = AccountService(storage=storage, clock=SystemClock())
    account = await accounts.create("Bench", staff=[owner], time_zone=ZONE, demo=demo)
    await storage.close()
    return account.id


async def _write(database: AsyncDatabase[dict[str, Any]], shop: Shop, account_id: AccountId, *, quiet: bool) -> None:
    written, began = 0, time.perf_counter()
    for chunk in shop.chunks():
        if not written:
            for collection in chunk:
                if collection in INDEXES:
                    await database[collection].drop_indexes()
        for collection, documents in chunk.items():
            if documents:
                await database[collection].insert_many(documents, ordered=False)
        written += len(chunk[TERMS])
        if not quiet and written % 100_000 < _CHUNK:
            print(f"{written:,} conversations: {time.perf_counter() - began:.0f} s", flush=True)
    for collection, documents in shop.activity().items():
        await database[collection].insert_many(documents, ordered=False)
    words = sorted(shop.words)
    for at in range(0, len(words), 50_000):
        known = [{"_id": f"{account_id}:{word}", "account": account_id} for word in words[at : at + 50_000]]
        await database[VOCABULARY].insert_many(known, ordered=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uri", required=True)
    parser.add_argument("--database", default="bench")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    print(asyncio.run(generate(given.uri, given.database, given.count, seed=given.seed, quiet=False)))


if __name__ == "__main__":
    main()
